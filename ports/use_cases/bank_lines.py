"""Bank lines of several files put together: one state for each line, one account for each feed, ids that are unique."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise

import attrs

from domain.bank_deposit import BankAccount, BankAccountId, BankDeposit, BankDepositId, BankDepositStatus
from domain.reconciliation_break import BreakKind, ReconciliationBreak
from domain.statement_sequence import sequence_breaks
from ports.facts_reader import FactsRead
from ports.use_cases.statement_days import with_days_between, without_closed


@attrs.frozen(kw_only=True)
class BankLines:
    """The lines and accounts of all bank files, ids unique within each."""

    accounts: tuple[BankAccount, ...]
    deposits: tuple[BankDeposit, ...]
    conflicted: tuple[BankDepositId, ...]
    breaks: tuple[ReconciliationBreak, ...]
    notes: Mapping[str, tuple[str, ...]]
    """By file: what was put together."""


@attrs.define
class _Line:
    """What the files say of one line of one account."""

    versions: dict[BankDeposit, list[str]] = attrs.Factory(dict)
    """Each content, with the files that have it."""
    corrected: set[BankDeposit] = attrs.Factory(set)


def bank_lines(reads: Sequence[tuple[str, FactsRead]]) -> BankLines:
    """Puts the files together. The result does not depend on their order."""
    reads, notes = without_closed(sorted(reads, key=lambda item: item[0]))
    statements = [statement for _, read in reads for statement in read.statements]
    reads = _with_accounts_apart(with_days_between(reads))
    lines: dict[tuple[BankAccountId, BankDepositId], _Line] = defaultdict(_Line)
    for file, read in reads:
        corrected, repeated = set(read.corrected), 0
        for deposit in read.deposits:
            line = lines[deposit.account, deposit.id]
            repeated += deposit in line.versions
            line.versions.setdefault(deposit, []).append(file)
            if deposit.id in corrected:
                line.corrected.add(deposit)
        if repeated:
            notes[file].append(f"{_count(repeated, 'bank line')} given before: counted once")
    withdrawn = {id_ for _, read in reads for id_ in read.withdrawn}
    known = {id_ for _, id_ in lines}
    for file, read in reads:
        unseen = len(set(read.withdrawn) - known)
        if unseen:
            notes[file].append(f"{_count(unseen, 'removed line')} that no file shows: nothing to withdraw")
    settled, conflicted, breaks = _settle(lines, withdrawn)
    deposits, clashing = _with_unique_ids(_without_replaced(settled), conflicted)
    return BankLines(
        accounts=_accounts(reads),
        deposits=tuple(sorted(deposits, key=lambda deposit: deposit.id)),
        conflicted=tuple(sorted(clashing)),
        breaks=(*breaks, *(each.found for each in sequence_breaks(statements))),
        notes={file: tuple(said) for file, said in notes.items()},
    )


def _settle(
    lines: Mapping[tuple[BankAccountId, BankDepositId], _Line], withdrawn: set[BankDepositId]
) -> tuple[list[BankDeposit], list[tuple[BankAccountId, BankDepositId]], list[ReconciliationBreak]]:
    """The one state of each line; lines that contradict themselves, with a break for each."""
    settled, conflicted, breaks = list[BankDeposit](), list[tuple[BankAccountId, BankDepositId]](), []
    for (account, id_), line in lines.items():
        deposit = _state(line)
        if deposit is None:
            conflicted.append((account, id_))
            files = sorted({file for named in line.versions.values() for file in named})
            breaks.append(
                ReconciliationBreak(
                    kind=BreakKind.CONFLICTING_RECORD,
                    where=id_,
                    reason=f"came with different content ({_differences(line.versions)}) in {', '.join(files)}: "
                    "none is used",
                )
            )
        elif id_ in withdrawn:
            settled.append(attrs.evolve(deposit, status=BankDepositStatus.WITHDRAWN))
        else:
            settled.append(deposit)
    return settled, conflicted, breaks


def _state(line: _Line) -> BankDeposit | None:
    """The content that holds: the only one; else the correction; else the posted or withdrawn form of a pending one."""
    if len(line.versions) == 1:
        return next(iter(line.versions))
    if len(line.corrected) == 1:
        return next(iter(line.corrected))
    final = [version for version in line.versions if version.status is not BankDepositStatus.PENDING]
    if len(final) == 1:
        return final[0]
    gone = [version for version in final if version.status is BankDepositStatus.WITHDRAWN]
    same = {attrs.evolve(version, status=BankDepositStatus.WITHDRAWN) for version in final}
    return gone[0] if len(gone) == 1 and len(same) == 1 else None


def _differences(versions: Iterable[BankDeposit]) -> str:
    fields = (
        (field.name, {str(getattr(version, field.name)) for version in versions}) for field in attrs.fields(BankDeposit)
    )
    return ", ".join(name for name, values in fields if len(values) > 1)


def _without_replaced(deposits: Sequence[BankDeposit]) -> list[BankDeposit]:
    """A pending line that a posted one replaces is withdrawn, also where no file says that it was removed."""
    replaced = {(deposit.account, deposit.pending_id) for deposit in deposits if deposit.pending_id is not None}
    return [
        attrs.evolve(deposit, status=BankDepositStatus.WITHDRAWN)
        if deposit.status is BankDepositStatus.PENDING and (deposit.account, deposit.id) in replaced
        else deposit
        for deposit in deposits
    ]


def _with_unique_ids(
    deposits: Sequence[BankDeposit], conflicted: Sequence[tuple[BankAccountId, BankDepositId]]
) -> tuple[list[BankDeposit], list[BankDepositId]]:
    """The account is put before an id only where two accounts have the same one."""
    accounts: dict[BankDepositId, set[BankAccountId]] = defaultdict(set)
    for account, id_ in (*((deposit.account, deposit.id) for deposit in deposits), *conflicted):
        accounts[id_].add(account)
    clashing = {id_ for id_, owners in accounts.items() if len(owners) > 1}

    def unique(account: BankAccountId, id_: BankDepositId) -> BankDepositId:
        return BankDepositId(f"{account}:{id_}") if id_ in clashing else id_

    return [
        attrs.evolve(
            deposit,
            id=unique(deposit.account, deposit.id),
            pending_id=None if deposit.pending_id is None else unique(deposit.account, deposit.pending_id),
        )
        if clashing
        else deposit
        for deposit in deposits
    ], [unique(account, id_) for account, id_ in conflicted]


def _with_accounts_apart(reads: Sequence[tuple[str, FactsRead]]) -> list[tuple[str, FactsRead]]:
    """Files of one account become one feed only if the bank's own ids tell their lines apart.

    So do the days, if no two files cover the same one. Otherwise each file is a feed of its own, with the file in the
    account's id, and matching sees through doubles.
    """
    files: dict[BankAccountId, list[tuple[str, BankAccount, bool]]] = defaultdict(list)
    for file, read in reads:
        unnamed = {deposit.account for deposit in read.deposits if deposit.id.startswith(f"{file}:")}
        booked = {deposit.account for deposit in read.deposits if deposit.status is not BankDepositStatus.PENDING}
        interim = {statement.account for statement in read.statements if statement.interim} - booked
        for account in read.accounts:
            if account.id not in interim:
                files[account.id].append((file, account, account.id in unnamed))
    apart = {
        id_
        for id_, found in files.items()
        if len(found) > 1
        and (
            (any(unnamed for _, _, unnamed in found) and not _are_apart([a for _, a, _ in found]))
            or not _covers_all([a for _, a, _ in found])
        )
    }
    return [(file, _renamed(file, read, apart)) for file, read in reads] if apart else list(reads)


def _renamed(file: str, read: FactsRead, apart: set[BankAccountId]) -> FactsRead:
    def name(id_: BankAccountId) -> BankAccountId:
        return BankAccountId(f"{id_} ({file})") if id_ in apart else id_

    return attrs.evolve(
        read,
        accounts=tuple(attrs.evolve(account, id=name(account.id)) for account in read.accounts),
        deposits=tuple(attrs.evolve(deposit, account=name(deposit.account)) for deposit in read.deposits),
    )


def _covers_all(accounts: Sequence[BankAccount]) -> bool:
    """The periods that the files cover follow one another without a gap, or none states any."""
    periods = sorted((a.covered_from, a.covered_to) for a in accounts if a.covered_from and a.covered_to)
    if len(periods) != len(accounts):
        return not periods
    end: date = periods[0][1]
    for begin, until in periods[1:]:
        if begin > end + timedelta(days=1):
            return False
        end = max(end, until)
    return True


def _are_apart(accounts: Sequence[BankAccount]) -> bool:
    """All state the days that they cover, and no day is covered twice."""
    periods = sorted((a.covered_from, a.covered_to) for a in accounts if a.covered_from and a.covered_to)
    return len(periods) == len(accounts) and all(later[0] > earlier[1] for earlier, later in pairwise(periods))


def _accounts(reads: Sequence[tuple[str, FactsRead]]) -> tuple[BankAccount, ...]:
    """Each account once; where several files show it, what one leaves out is taken from the next."""
    found: dict[BankAccountId, list[BankAccount]] = defaultdict(list)
    for _, read in reads:
        for account in read.accounts:
            found[account.id].append(account)
    return tuple(_one_account(found[id_]) for id_ in sorted(found))


def _one_account(views: Sequence[BankAccount]) -> BankAccount:
    if len(views) == 1:
        return views[0]
    views = sorted(views, key=lambda view: (view.feed, str(view)))
    begins, ends = [v.covered_from for v in views if v.covered_from], [v.covered_to for v in views if v.covered_to]

    return attrs.evolve(
        views[0],
        feed=", ".join(dict.fromkeys(view.feed for view in views)),
        institution=next((view.institution for view in views if view.institution), None),
        name=next((view.name for view in views if view.name), None),
        mask=next((view.mask for view in views if view.mask), None),
        persistent_id=next((view.persistent_id for view in views if view.persistent_id), None),
        currency=next((view.currency for view in views if view.currency), None),
        covered_from=min(begins, default=None),
        covered_to=max(ends, default=None),
    )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
