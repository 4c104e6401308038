"""Files to the facts of one company: each read once, partial views merged, contradictions named, nothing dropped."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Final, TypeVar

import attrs

from domain.balance_transaction import BalanceTransaction, BalanceTransactionId
from domain.bank_deposit import BankDepositId
from domain.company_facts import CompanyFacts
from domain.money import Currency, Money
from domain.payout import Payout, PayoutId
from domain.reconciliation_break import BreakKind, ReconciliationBreak
from ports.facts_reader import AssumesCurrency, FactsRead, FactsReader, InputFile, UnreadableFile
from ports.file_formats.csv_rows import no_known_heading, unknown_headings
from ports.use_cases.bank_lines import bank_lines
from ports.use_cases.merged_views import Contradiction, merged_balance_transaction, merged_payout

_Record = TypeVar("_Record", Payout, BalanceTransaction)


@attrs.frozen(kw_only=True)
class InputSummary:
    """What one file gave."""

    file: str
    kind: str
    records: int
    notes: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class GatheredFacts:
    """The facts of all files, and what there is to say about the reading of them. Sorted; the files' order is lost."""

    facts: CompanyFacts
    inputs: tuple[InputSummary, ...]
    breaks: tuple[ReconciliationBreak, ...]
    conflicted_payouts: tuple[PayoutId, ...] = ()
    """Ids that came with contradictory content: not among the facts, one break each."""
    conflicted_balance_transactions: tuple[BalanceTransactionId, ...] = ()
    conflicted_deposits: tuple[BankDepositId, ...] = ()


def gather_facts(
    *,
    stripe: Sequence[InputFile],
    bank: Sequence[InputFile],
    stripe_readers: Sequence[FactsReader],
    bank_readers: Sequence[FactsReader],
) -> GatheredFacts:
    """Reads the files, each with the first reader that recognises it, and puts together what they say.

    A bank file that names no currency is taken to be in the payouts' currency, if they have only one. Raises
    UnreadableFile: a file cannot be used as a whole, was given under the wrong option, or modes are mixed.
    """
    stripe_files, stripe_doubles = _once(stripe)
    bank_files, bank_doubles = _once(bank)
    reads = {file.name: _read(file, stripe_readers, bank_readers, of_bank=False) for file in stripe_files}
    _refuse_mixed_modes(reads)
    currencies = {payout.amount.currency for read in reads.values() for payout in read.payouts}
    if len(currencies) == 1:
        bank_readers = _assuming(bank_readers, next(iter(currencies)))
    statements = {file.name: _read(file, bank_readers, stripe_readers, of_bank=True) for file in bank_files}
    lines = bank_lines(tuple(statements.items()))
    transactions, transaction_breaks, bad_transactions = _merge(
        reads, lambda read: read.balance_transactions, merged_balance_transaction
    )
    payouts, payout_breaks, bad_payouts = _merge(reads, lambda read: read.payouts, merged_payout)
    payouts, unsummed = _summed(payouts, transactions, _payouts_of(reads, set(bad_transactions)))
    doubles = [*stripe_doubles, *bank_doubles]
    return GatheredFacts(
        facts=CompanyFacts(
            payouts=tuple(payouts),
            balance_transactions=tuple(transactions),
            accounts=lines.accounts,
            deposits=lines.deposits,
        ),
        inputs=_summaries({**reads, **statements}, doubles, _repeated(reads), lines.notes),
        breaks=tuple(
            sorted(
                {
                    *(found for read in (*reads.values(), *statements.values()) for found in read.breaks),
                    *(double for double, _ in doubles),
                    *transaction_breaks,
                    *payout_breaks,
                    *unsummed,
                    *lines.breaks,
                }
            )
        ),
        conflicted_payouts=tuple(PayoutId(id_) for id_ in bad_payouts),
        conflicted_balance_transactions=tuple(BalanceTransactionId(id_) for id_ in bad_transactions),
        conflicted_deposits=lines.conflicted,
    )


def _once(files: Sequence[InputFile]) -> tuple[list[InputFile], list[tuple[ReconciliationBreak, InputSummary]]]:
    """Files of different content under different names; for each double a break and a summary."""
    by_content: dict[bytes, list[str]] = defaultdict(list)
    contents: dict[bytes, bytes] = {}
    for file in files:
        digest = hashlib.sha256(file.content).digest()
        by_content[digest].append(file.name)
        contents[digest] = file.content
    kept, doubles, taken = list[InputFile](), list[tuple[ReconciliationBreak, InputSummary]](), Counter[str]()
    for digest, names in sorted(by_content.items(), key=lambda item: (min(item[1]), item[0])):
        first, *others = sorted(names)
        taken[first] += 1
        name = first if taken[first] == 1 else f"{first} ({taken[first]})"
        kept.append(InputFile(name=name, content=contents[digest]))
        for other in others:
            what = "was given twice" if other == first else f"has the same content as {name}"
            doubles.append(
                (
                    ReconciliationBreak(
                        kind=BreakKind.DUPLICATE_FILE, where=other, reason=f"{what}: it is counted once"
                    ),
                    InputSummary(file=other, kind="duplicate file", records=0, notes=(f"{what}: counted once",)),
                )
            )
    return kept, doubles


def _read(
    file: InputFile, readers: Sequence[FactsReader], others: Sequence[FactsReader], *, of_bank: bool
) -> FactsRead:
    """What the file says, by the first reader that recognises it. Raises UnreadableFile."""
    if not file.content.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise UnreadableFile(file=file.name, place="", reason="is empty")
    for reader in readers:
        if reader.recognises(file):
            return reader.read(file)
    if any(_can_read(reader, file) for reader in _assuming(others, Currency.of("usd"))):
        elsewhere = "a file of Stripe's: give it under --stripe" if of_bank else "a bank's file: give it under --bank"
        raise UnreadableFile(file=file.name, place="", reason=f"looks like {elsewhere}")
    if of_bank and (headings := unknown_headings(file)):
        raise no_known_heading(file, headings)
    raise UnreadableFile(file=file.name, place="", reason=_unknown(file.content))


def _can_read(reader: FactsReader, file: InputFile) -> bool:
    try:
        return reader.recognises(file) and reader.read(file).kind != ""
    except UnreadableFile:
        return False


_TOLD_BY_BEGINNING: Final = (
    (b"%PDF", "is a PDF: download it as CSV, or a statement as OFX, CAMT, MT940 or BAI2"),
    (b"PK\x03\x04", "is a workbook or an archive: save it as CSV, or unpack it"),
    (b"\xd0\xcf\x11\xe0", "is an Excel workbook: save it as CSV"),
    (b"\x1f\x8b", "is compressed: unpack it first"),
    (b":20:", "begins like MT940, but has no statement in it (:25:, :60F:, :61:)"),
)


def _unknown(content: bytes) -> str:
    """Why no reader recognises the file, as far as its first bytes tell."""
    head = content[:2_000].lstrip(b"\xef\xbb\xbf \t\r\n")
    for beginning, what in _TOLD_BY_BEGINNING:
        if head.startswith(beginning):
            return what
    first = head[:400].decode("utf-8", errors="replace").strip().split("\n", 1)[0].strip()
    if first[:1].isdigit() and any(mark in first for mark in ",;\t"):
        return "line 1: looks like CSV without a heading row: put one above it, such as Date,Description,Amount"
    shown = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in first[:60])
    return f"is in no format that is known here; it begins with “{shown}”"


def _assuming(readers: Sequence[FactsReader], currency: Currency) -> list[FactsReader]:
    return [reader.assuming_currency(currency) if isinstance(reader, AssumesCurrency) else reader for reader in readers]


def _refuse_mixed_modes(reads: dict[str, FactsRead]) -> None:
    modes: dict[bool, str] = {}
    for file in sorted(reads):
        for payout in reads[file].payouts:
            if payout.livemode is not None:
                modes.setdefault(payout.livemode, file)
    if len(modes) > 1:
        live, test = modes[True], modes[False]
        where = "test mode and live mode are mixed"
        raise UnreadableFile(
            file=test, place="", reason=f"{where}: its payouts are test mode, those of {live} are live"
        )


def _merge(
    reads: dict[str, FactsRead],
    records: Callable[[FactsRead], Sequence[_Record]],
    merged: Callable[[Sequence[_Record]], _Record],
) -> tuple[list[_Record], list[ReconciliationBreak], list[str]]:
    """Each id's views made one, sorted by id; for each contradiction a break, and the id."""
    views: dict[str, dict[_Record, list[str]]] = defaultdict(dict)
    for file in sorted(reads):
        for record in records(reads[file]):
            views[record.id].setdefault(record, []).append(file)
    whole, breaks, conflicted = list[_Record](), list[ReconciliationBreak](), list[str]()
    for id_ in sorted(views):
        found = views[id_]
        try:
            whole.append(next(iter(found)) if len(found) == 1 else merged(tuple(found)))
        except Contradiction as error:
            files = ", ".join(sorted({file for named in found.values() for file in named}))
            conflicted.append(id_)
            breaks.append(
                ReconciliationBreak(
                    kind=BreakKind.CONFLICTING_RECORD,
                    where=id_,
                    reason=f"came with different content ({error}) in {files}: none is used",
                )
            )
    return whole, breaks, conflicted


def _payouts_of(reads: dict[str, FactsRead], transactions: set[str]) -> set[PayoutId]:
    """The payouts in which these transactions are said to be."""
    return {
        transaction.payout
        for read in reads.values()
        for transaction in read.balance_transactions
        if transaction.id in transactions and transaction.payout is not None
    }


def _summed(
    payouts: Sequence[Payout], transactions: Sequence[BalanceTransaction], unsure: set[PayoutId]
) -> tuple[list[Payout], list[ReconciliationBreak]]:
    """Payouts whose amount no file states get the sum of their items in all files; without all items, none is known."""
    wanted = {payout.id for payout in payouts if payout.amount_from_items}
    sums: dict[PayoutId, Money] = {}
    breaks = []
    for transaction in transactions if wanted else ():
        id_ = transaction.payout
        if id_ is None or id_ not in wanted or transaction.is_payout_itself:
            continue
        if id_ in sums and sums[id_].currency != transaction.net.currency:
            unsure.add(id_)
        else:
            sums[id_] = sums[id_] + transaction.net if id_ in sums else transaction.net
    whole: list[Payout] = []
    for payout in payouts:
        if not payout.amount_from_items:
            whole.append(payout)
        elif payout.id in unsure or payout.id not in sums:
            reason = "no file states its amount, and not all of its items can be used: it is not among the payouts"
            breaks.append(ReconciliationBreak(kind=BreakKind.PAYOUT_MISSING, where=payout.id, reason=reason))
        else:
            whole.append(attrs.evolve(payout, amount=sums[payout.id]))
    return whole, breaks


def _repeated(reads: dict[str, FactsRead]) -> dict[str, int]:
    """By file: how many of its Stripe records were given before with the same content."""
    seen: set[Payout | BalanceTransaction] = set()
    repeated: dict[str, int] = {}
    for file in sorted(reads):
        count = 0
        given: list[Payout | BalanceTransaction] = [*reads[file].payouts, *reads[file].balance_transactions]
        for record in given:
            count += record in seen
            seen.add(record)
        repeated[file] = count
    return repeated


def _summaries(
    reads: dict[str, FactsRead],
    doubles: Sequence[tuple[ReconciliationBreak, InputSummary]],
    repeated: dict[str, int],
    line_notes: Mapping[str, tuple[str, ...]],
) -> tuple[InputSummary, ...]:
    summaries = [
        InputSummary(
            file=file,
            kind=read.kind,
            records=read.records,
            notes=(
                *read.notes,
                *((f"{repeated[file]} records given before: counted once",) if repeated.get(file) else ()),
                *line_notes.get(file, ()),
            ),
        )
        for file, read in reads.items()
    ]
    return tuple(sorted((*summaries, *(summary for _, summary in doubles)), key=lambda s: (s.file, s.kind, s.notes)))
