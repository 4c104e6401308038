"""A bank's statement file brings lines; the same file, or one that overlaps it, brings only what is new."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

import attrs

from domain.actor import Actor
from domain.bank_deposit import BankAccount, BankAccountId, BankDeposit, BankDepositId, BankDepositStatus
from domain.company import CompanyId
from domain.company_facts import CompanyFacts
from domain.covered_period import CoveredPeriod, latest_run
from domain.json_value import JsonObject
from domain.money import Currency
from domain.partner import Tenant
from domain.pushed_deposit import pushed_account_id
from domain.reconciliation_break import ReconciliationBreak
from domain.statement_lines import FROM_STATEMENTS, statement_account_id, statement_line_id, with_lasting_ids
from ports.facts import AllAccounts, FactSource, RecordedFacts, WithIds
from ports.facts_reader import AssumesCurrency, FactsRead, FactsReader, InputFile, UnreadableFile
from ports.file_formats.csv_rows import no_known_heading, unknown_headings
from ports.transaction import CompanyTransaction, Store
from ports.use_cases.account_of_statement import account_of_statement, refused_currency
from ports.use_cases.active_company import active_company
from ports.use_cases.bank_lines import bank_lines
from ports.use_cases.lines_told_before import LinesToldBefore, lines_told_before
from ports.use_cases.replaced_lines import replaced_lines
from ports.use_cases.statements_of_account import StatementsOfAccount, statements_of_account
from ports.use_cases.told_facts import follow_up

Readers = Callable[[str | None], Sequence[FactsReader]]
"""The readers of banks' files, given what is known of the columns of a CSV."""

_NAME: Final = "statement"
"""What the file is called while it is read, so that no line or account is known by the file's own name."""


BREAKS_IN_AUDIT_MAX: Final = 50


class NoSuchAccount(Exception):
    """The company has no bank account of this id."""

    def __init__(self, account: BankAccountId) -> None:
        super().__init__(f"no bank account {account}")
        self.account = account


@attrs.frozen(kw_only=True)
class UploadedStatement:
    """What one file brought."""

    file: str
    kind: str
    records: int
    accounts: tuple[BankAccount, ...]
    new: int
    changed: int
    known: int
    """Lines that were known already: just as they are, or as the same money told by pushes or another file."""
    breaks: tuple[ReconciliationBreak, ...]
    notes: tuple[str, ...]


async def upload_statement(
    file: InputFile,
    *,
    account: BankAccountId | None,
    columns: str | None,
    readers: Readers,
    company: CompanyId,
    tenant: Tenant,
    who: Actor,
    at: datetime,
    store: Store,
) -> UploadedStatement:
    """Keeps the lines of the file, in the account that is named, else in those that the file names.

    Without a name, the account is the one that the file names, else the only one of the same last digits and currency.
    Lines that pushes or another file told before count once (`lines_told_before`). `columns` says how a CSV's columns
    are called, and is remembered of the account; None: as remembered. Raises NoSuchCompany, CompanyIsArchived,
    NoSuchAccount, UnreadableFile: not readable as a whole, names no account (and none was named), several (and one
    was), one that could be any of several, or another currency than the account's.
    """
    told_columns = columns
    async with store.company(company) as transaction:
        owner = await active_company(company, tenant=tenant, companies=transaction.companies)
        into = None if account is None else await _account(account, transaction)
        if columns is None and into is not None:
            columns = await transaction.statements.columns(into.id)
    # Reading a large file takes a while, so no transaction is open meanwhile, and other requests go on.
    currency = (into and into.currency) or owner.currency
    read = await asyncio.to_thread(_read, file, _assuming(readers(columns), currency))
    _refuse_wrong_account(file, read, into)
    async with store.company(company) as transaction:
        await active_company(company, tenant=tenant, companies=transaction.companies)
        await transaction.facts.load(to_change=True)  # another statement of the account may be on its way
        kept = [await _account_lines(found, file, read, into, transaction, at) for found in read.accounts]
        accounts = {part.account.id: part.account for part in kept}
        told = {line.id: line for part in kept for line in part.lines}
        for line in await _taken_back(read, tuple(accounts), transaction):
            told.setdefault(line.id, line)
        for line in await replaced_lines(tuple(told.values()), facts=transaction.facts):
            told.setdefault(line.id, line)
        for line in (line for part in kept for line in part.statements.no_longer_pending):
            told.setdefault(line.id, line)
        kept = [await _without_told_before(part, told, transaction) for part in kept]
        before = {line.id for part in kept for line in part.before.lines}
        pending = {line.id: line for part in kept for line in part.before.no_longer_pending}
        lines = {id_: line for id_, line in told.items() if id_ not in before} | pending
        recorded = await transaction.facts.record(
            CompanyFacts(accounts=tuple(accounts.values()), deposits=tuple(lines.values())),
            source=FactSource.STATEMENT,
            at=at,
            external_ids={id_: name for part in kept for id_, name in part.references.items() if id_ in lines},
        )
        if told_columns is not None:
            for id_ in accounts:
                if await transaction.statements.columns(id_) != told_columns:
                    await transaction.statements.remember_columns(id_, told_columns, at=at)
        result = _result(file, read, kept, recorded)
        await follow_up(
            recorded, "statement.uploaded", transaction=transaction, who=who, at=at, detail=_in_audit(result)
        )
    return result


@attrs.frozen(kw_only=True)
class _Part:
    """What the file says of one account."""

    account: BankAccount
    lines: tuple[BankDeposit, ...]
    references: Mapping[str, str]
    breaks: tuple[ReconciliationBreak, ...]
    notes: tuple[str, ...]
    statements: StatementsOfAccount = attrs.field(factory=StatementsOfAccount)
    before: LinesToldBefore = attrs.field(factory=LinesToldBefore)


async def _without_told_before(
    part: _Part, told: Mapping[BankDepositId, BankDeposit], transaction: CompanyTransaction
) -> _Part:
    withdrawn = {id_ for id_, line in told.items() if line.status is BankDepositStatus.WITHDRAWN}
    before = await lines_told_before(
        part.lines, part.references, withdrawn, facts=transaction.facts, fact_lists=transaction.fact_lists
    )
    return attrs.evolve(part, before=before, notes=(*part.notes, *before.notes))


async def _account(id: BankAccountId, transaction: CompanyTransaction) -> BankAccount:
    """By its id, else by the partner's own external id."""
    ids = id, pushed_account_id(transaction.company, id)
    known = {account.id: account for account in (await transaction.facts.load(WithIds(ids=ids))).accounts}
    found = next((known[each] for each in ids if each in known), None)
    if found is None:
        raise NoSuchAccount(id)
    return found


def _assuming(readers: Sequence[FactsReader], currency: Currency) -> list[FactsReader]:
    return [reader.assuming_currency(currency) if isinstance(reader, AssumesCurrency) else reader for reader in readers]


def _read(file: InputFile, readers: Iterable[FactsReader]) -> FactsRead:
    """What the first reader that recognises the file says, without the file's own name in any id."""
    renamed = attrs.evolve(file, name=_NAME)
    reader = next((reader for reader in readers if reader.recognises(renamed)), None)
    if reader is None and (headings := unknown_headings(file)):
        raise no_known_heading(file, headings)
    if reader is None:
        reason = "is in no format of a bank that is known here" if file.content else "is empty"
        raise UnreadableFile(file=file.name, place="", reason=reason)
    try:
        return reader.read(renamed)
    except UnreadableFile as error:
        raise UnreadableFile(file=file.name, place=error.place, reason=error.reason, columns=error.columns) from error


def _refuse_wrong_account(file: InputFile, read: FactsRead, into: BankAccount | None) -> None:
    unnamed = [account for account in read.accounts if account.id.startswith(_NAME)]
    if into is None and unnamed:
        reason = "does not say which bank account it is of: name the account"
        raise UnreadableFile(file=file.name, place="", reason=reason)
    if into is not None and len(read.accounts) > 1:
        reason = f"is of {len(read.accounts)} accounts: upload it without naming one"
        raise UnreadableFile(file=file.name, place="", reason=reason)


async def _account_lines(
    found: BankAccount,
    file: InputFile,
    read: FactsRead,
    into: BankAccount | None,
    transaction: CompanyTransaction,
    at: datetime,
) -> _Part:
    """The lines of one account of the file, under ids that last, and the account with all the days now covered."""
    said: tuple[str, ...] = ()
    if into is None:
        all_accounts = (await transaction.facts.load(AllAccounts())).accounts
        into, said = account_of_statement(found, transaction.company, all_accounts, file=file.name)
    id_ = into.id if into else statement_account_id(transaction.company, found)
    own = attrs.evolve(
        read,
        accounts=(found,),
        deposits=tuple(line for line in read.deposits if line.account == found.id),
        statements=(),
        breaks=(),
    )
    if into is not None:
        refused_currency(found, own.deposits, into, file=file.name)
    settled = bank_lines(((_NAME, own),))
    place = {line.id: number for number, line in reversed(list(enumerate(own.deposits)))}
    in_order = sorted(settled.deposits, key=lambda line: place[line.id])
    interim_ids = frozenset(read.interim)
    lasting = with_lasting_ids(in_order, transaction.company, id_, unnamed=f"{_NAME}:")
    interim = {line.id for (line, _), told in zip(lasting, in_order, strict=True) if told.id in interim_ids}
    statements = await statements_of_account(
        id_,
        [
            attrs.evolve(each, account=id_, where=_with_name(each.where, file.name))
            for each in read.statements
            if each.account == found.id
        ],
        [line for line, _ in lasting],
        interim,
        transaction=transaction,
        at=at,
    )
    periods = list(statements.covered)
    if found.covered_from and found.covered_to and found.covered_from <= found.covered_to:
        periods.append(CoveredPeriod(first_day=found.covered_from, last_day=found.covered_to))
    for period in periods:
        await transaction.statements.add_period(id_, period, at=at)
    known = (await transaction.facts.load(WithIds(ids=(id_,)))).accounts
    run = latest_run(await transaction.statements.periods(id_))
    account = known[0] if known else attrs.evolve(found, id=id_, feed=FROM_STATEMENTS)
    if account.feed == FROM_STATEMENTS:  # of its own accounts the partner alone says what they are
        account = _completed(account, found)
    return _Part(
        account=attrs.evolve(
            account, covered_from=run.first_day if run else None, covered_to=run.last_day if run else None
        ),
        lines=tuple(line for line, _ in lasting if line.id not in statements.left),
        references={line.id: reference for line, reference in lasting if reference is not None},
        breaks=(*settled.breaks, *statements.breaks),
        notes=(*settled.notes.get(_NAME, ()), *said, *statements.notes),
        statements=statements,
    )


def _completed(account: BankAccount, found: BankAccount) -> BankAccount:
    """What is not known of the account is taken from the file."""
    fields = ("institution", "name", "mask", "persistent_id", "currency")
    missing = {name: getattr(found, name) for name in fields if getattr(account, name) is None}
    return attrs.evolve(account, **missing)


async def _taken_back(
    read: FactsRead, accounts: Sequence[BankAccountId], transaction: CompanyTransaction
) -> list[BankDeposit]:
    """Known lines that the file says were taken back, as withdrawn."""
    company = transaction.company
    ids = tuple(statement_line_id(company, account, reference) for account in accounts for reference in read.withdrawn)
    known = (await transaction.facts.load(WithIds(ids=ids))).deposits if ids else ()
    return [attrs.evolve(line, status=BankDepositStatus.WITHDRAWN) for line in known]


def _result(file: InputFile, read: FactsRead, kept: Sequence[_Part], recorded: RecordedFacts) -> UploadedStatement:
    before = {line.id for part in kept for line in part.before.lines}
    told: set[BankDepositId] = {line.id for part in kept for line in part.lines} - before

    def count(facts: CompanyFacts) -> int:
        return sum(line.id in told for line in facts.deposits)

    breaks = [*read.breaks, *(found for part in kept for found in part.breaks)]
    return UploadedStatement(
        file=file.name,
        kind=read.kind,
        records=read.records,
        accounts=tuple(part.account for part in kept),
        new=count(recorded.new),
        changed=count(recorded.changed),
        known=count(recorded.unchanged) + len(before) + sum(len(part.statements.left) for part in kept),
        breaks=tuple(sorted({_renamed(found, file.name) for found in breaks})),
        notes=(*read.notes, *(note for part in kept for note in part.notes)),
    )


def _in_audit(result: UploadedStatement) -> JsonObject:
    """What the trail says of the file: also what could not be read of it."""
    unread = tuple(f"{found.where}: {found.reason}" for found in result.breaks[:BREAKS_IN_AUDIT_MAX])
    return {"file": result.file, "format": result.kind, "breaks": len(result.breaks), "unread": unread}


def _renamed(found: ReconciliationBreak, name: str) -> ReconciliationBreak:
    """The break with the file's own name in its place."""
    return attrs.evolve(
        found, where=_with_name(found.where, name), reason=found.reason.replace(f"in {_NAME}:", f"in {name}:")
    )


def _with_name(where: str, name: str) -> str:
    return f"{name}{where[len(_NAME) :]}" if where.startswith(f"{_NAME}:") else where
