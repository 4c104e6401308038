"""Statements as a file writes them, made facts: ids, accounts, days covered, and whether their balances add up.

Shared by the readers of formats that have statements with balances: CAMT, MT940 and BAI2.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Final

import attrs

from domain.bank_deposit import BankAccount, BankAccountId, BankDeposit, BankDepositId, BankDepositStatus
from domain.bank_statement import BankStatement, balance_break
from domain.money import Currency, Money
from domain.reconciliation_break import BreakKind, ReconciliationBreak
from domain.statement_sequence import closed_periods
from ports.facts_reader import FactsRead, InputFile
from ports.file_formats.records import UnreadableRecord, broken_record, refuse_if_nothing_usable
from ports.file_formats.text import is_plain_id, printable

_NO_REFERENCE: Final = re.compile(r"(?i)(NON?REF|NOTPROVIDED|NOT PROVIDED|NONE|UNKNOWN|0*|[^0-9A-Z]*)")
_IBAN: Final = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_REFERENCE_LENGTH_MAX: Final = 200


@attrs.frozen(kw_only=True)
class WrittenLine:
    """One line of a statement."""

    place: int
    """The line of the file on which it begins."""
    amount: Money
    date: date
    text: str
    reference: str | None = None
    """The bank's own for this line, if it gives one."""
    status: BankDepositStatus = BankDepositStatus.POSTED
    counterparty: str | None = None
    company_id: str | None = None


@attrs.frozen(kw_only=True)
class WrittenAccount:
    """The account as the file names it."""

    number: str
    currency: Currency | None = None
    bank: str | None = None
    """The bank's own number, where it stands apart from the account's."""
    institution: str | None = None
    name: str | None = None

    @property
    def iban(self) -> str | None:
        """The number, if it is an IBAN."""
        compact = re.sub(r"\s", "", self.number).upper()
        return compact if _IBAN.fullmatch(compact) else None

    @property
    def is_mistyped(self) -> bool:
        """It has the form of an IBAN, but not its check digits (ISO 7064)."""
        iban = self.iban
        return iban is not None and int("".join(str(int(each, 36)) for each in iban[4:] + iban[:4])) % 97 != 1

    @property
    def id(self) -> BankAccountId:
        """What the file's lines and statements call it."""
        return BankAccountId(self.iban or printable(self.number))


@attrs.define(kw_only=True)
class WrittenStatement:
    """One statement, as far as it has been read."""

    place: int
    account: WrittenAccount | None = None
    number: str | None = None
    sequence: int | None = None
    page: int = 1
    opening: Money | None = None
    opened_on: date | None = None
    closing: Money | None = None
    closed_on: date | None = None
    first_day: date | None = None
    """As the statement states it; None: by its opening balance."""
    interim: bool = False
    made_on: date | None = None
    """Of an interim report: what was booked on an earlier day is booked for good."""
    lines: list[WrittenLine] = attrs.Factory(list)
    unread: list[tuple[int, UnreadableRecord]] = attrs.Factory(list)
    """Lines that could not be read."""
    doubts: list[tuple[int, str]] = attrs.Factory(list)
    """What else is wrong with it, and where: totals that are not met, balances that are missing."""

    def last_day(self) -> date | None:
        """The day of its closing balance, else of its last line."""
        return self.closed_on or max((line.date for line in self.lines), default=self.opened_on)


def facts_of(
    file: InputFile, kind: str, statements: Sequence[WrittenStatement], *, notes: Iterable[str] = ()
) -> FactsRead:
    """What the statements say. Raises UnreadableFile where there are lines and not one of them can be used.

    Every statement has its account. A line is known by the bank's reference with its day and amount, for some banks use
    one reference for several lines; by its place in the file if there is none, or if two lines share all three.
    """
    statements, repeated = _once(statements)
    found = _Found(file)
    for written, identities in zip(statements, _identities(statements), strict=True):
        found.add(written, identities)
    interim = frozenset(found.interim)
    unread = [each for each in found.breaks if each.kind is BreakKind.UNREADABLE_RECORD]
    refuse_if_nothing_usable(file, len(found.deposits), unread)
    records = len(found.deposits) + len(unread)
    said = list(notes)
    said += [
        f"{each.iban}: the check digits of this IBAN are wrong"
        for each in dict.fromkeys(map(account_of, statements))
        if each.is_mistyped
    ]
    if repeated:
        said.append(f"{_counted(repeated, 'statement')} given twice in it: counted once")
    if any(each.id in interim for each in found.deposits if each.status is BankDepositStatus.PENDING):
        said.append("an interim report: lines of its own day are pending until a statement shows them")
    if not records:
        said.append("holds no records")
    return FactsRead(
        kind=kind,
        records=records,
        accounts=_accounts(file, statements, found.statements, found.whole),
        deposits=tuple(found.deposits),
        interim=tuple(found.interim),
        statements=tuple(found.statements),
        breaks=tuple(found.breaks),
        notes=tuple(dict.fromkeys(said)),
    )


@attrs.define
class _Found:
    """What the statements of one file come to."""

    file: InputFile
    deposits: list[BankDeposit] = attrs.Factory(list)
    interim: list[BankDepositId] = attrs.Factory(list)
    statements: list[BankStatement] = attrs.Factory(list)
    whole: list[BankStatement] = attrs.Factory(list)
    """Those with which nothing is wrong, and which are not interim."""
    breaks: list[ReconciliationBreak] = attrs.Factory(list)
    _places: Counter[int] = attrs.Factory(Counter)

    def add(self, written: WrittenStatement, identities: Sequence[str | None]) -> None:
        """One statement, with the identity of each of its lines, None where the place must do."""
        account = account_of(written).id
        for line, own in zip(written.lines, identities, strict=True):
            deposit = _deposit(line, account, own or self._place(line), written)
            self.deposits.append(deposit)
            if written.interim:
                self.interim.append(deposit.id)
        statement = _statement(self.file, written)  # may add a doubt
        broken = [(place, broken_record(self.file, f"line {place}", error)) for place, error in written.unread]
        broken += [(place, _doubt(self.file, place, reason)) for place, reason in written.doubts]
        if statement is not None:
            self.statements.append(statement)
            off = balance_break(statement)
            if off is not None:
                broken.append((written.place, _with_unread(off, len(written.unread))))
            if not broken and not written.interim:
                self.whole.append(statement)
        self.breaks.extend(each for _, each in sorted(broken, key=lambda item: item[0]))

    def _place(self, line: WrittenLine) -> str:
        """The file and line; with a number where several are on one line, as in XML without line ends."""
        self._places[line.place] += 1
        number = self._places[line.place]
        return f"{self.file.name}:{line.place}" + (f".{number}" if number > 1 else "")


def account_of(written: WrittenStatement) -> WrittenAccount:
    """The account of a statement that was read as a whole."""
    if written.account is None:
        raise AssertionError(f"the statement at line {written.place} has no account")
    return written.account


def _once(statements: Sequence[WrittenStatement]) -> tuple[list[WrittenStatement], int]:
    """Without copies of an earlier statement: of the same days and balances, with the same amounts on the same days.

    Whatever else differs, the money between two balances moved once. If nothing was moved, the number must agree too.
    """
    kept: dict[object, WrittenStatement] = {}
    for each in statements:
        moved = sum(line.amount.minor_units for line in each.lines)
        said = (
            account_of(each).id, each.opening, each.opened_on, each.closing, each.closed_on, each.interim,
            each.number if moved == 0 else None, tuple((line.amount, line.date) for line in each.lines),
        )  # fmt: skip
        can_be_told = bool(each.lines) and not each.unread and each.opening is not None and each.closing is not None
        kept.setdefault(said if can_be_told else object(), each)
    return list(kept.values()), len(statements) - len(kept)


def _identities(statements: Sequence[WrittenStatement]) -> list[list[str | None]]:
    """Of every line of every statement; None where it has none, or another line of the account has the same."""
    own = [[_identity(line) for line in each.lines] for each in statements]
    shared = Counter((account_of(each).id, id_) for each, ids in zip(statements, own, strict=True) for id_ in ids)
    return [
        [id_ if shared[account_of(each).id, id_] == 1 else None for id_ in ids]
        for each, ids in zip(statements, own, strict=True)
    ]


def _identity(line: WrittenLine) -> str | None:
    """The bank's reference of the line, with its day and amount."""
    reference = printable(line.reference or "")
    if _NO_REFERENCE.fullmatch(reference) or len(reference) > _REFERENCE_LENGTH_MAX:
        return None
    own = f"{reference}/{line.date:%Y%m%d}/{line.amount.minor_units}"
    return own if is_plain_id(own) else None


def _deposit(line: WrittenLine, account: BankAccountId, id: str, written: WrittenStatement) -> BankDeposit:
    is_over = written.made_on is not None and line.date < written.made_on
    pending = written.interim and not is_over and line.status is BankDepositStatus.POSTED
    return BankDeposit(
        id=BankDepositId(id),
        account=account,
        amount=line.amount,
        date=line.date,
        text=line.text,
        status=BankDepositStatus.PENDING if pending else line.status,
        counterparty=line.counterparty,
        company_id=line.company_id,
    )


def _statement(file: InputFile, written: WrittenStatement) -> BankStatement | None:
    """None where nothing says of which currency or day it is: it holds nothing then."""
    account = account_of(written)
    booked = [line.amount for line in written.lines if line.status is BankDepositStatus.POSTED]
    currencies = {each.currency for each in (written.opening, written.closing, *booked) if each is not None}
    pending = [line.amount.currency for line in written.lines]
    currency = next(iter(currencies), account.currency or next(iter(pending), None))
    last_day = written.last_day()
    if currency is None or last_day is None:
        return None
    opening, closing = written.opening, written.closing
    if len(currencies) > 1:
        written.doubts.append((written.place, "its amounts are in several currencies: they cannot be added up"))
        opening = closing = None
        currency = account.currency or currency
        booked = [amount for amount in booked if amount.currency == currency]
    return BankStatement(
        account=account.id,
        where=f"{file.name}:line {written.place}",
        currency=currency,
        number=written.number,
        sequence=written.sequence,
        page=written.page,
        opening=opening,
        closing=closing,
        moved=sum(booked, start=Money.zero(currency)),
        lines=len(booked),
        first_day=_first_day(written, last_day),
        last_day=last_day,
        interim=written.interim,
    )


def _first_day(written: WrittenStatement, last_day: date) -> date | None:
    """The first day that the statement is complete for; of an interim report the first day that it shows.

    Most banks date the opening balance by the day on which the statement before closed, which is then not covered.
    """
    if written.first_day is not None:
        return min(written.first_day, last_day)
    if written.interim:
        return min((line.date for line in written.lines if line.date <= last_day), default=None)
    if written.opened_on is None or written.opened_on > last_day:
        return None
    first = min((line.date for line in written.lines), default=None)
    if written.opened_on == last_day or (first is not None and first <= written.opened_on):
        return written.opened_on
    return written.opened_on + timedelta(days=1)


def _accounts(
    file: InputFile,
    statements: Sequence[WrittenStatement],
    read: Sequence[BankStatement],
    whole: Sequence[BankStatement],
) -> tuple[BankAccount, ...]:
    found: dict[BankAccountId, WrittenAccount] = {}
    for each in statements:
        account = account_of(each)
        known = found.setdefault(account.id, account)
        if known.currency is None and account.currency is not None:
            found[account.id] = attrs.evolve(known, currency=account.currency)
    currencies: dict[BankAccountId, set[Currency]] = {}
    for statement in read:
        currencies.setdefault(statement.account, set()).add(statement.currency)
    whole_of: dict[BankAccountId, list[BankStatement]] = {}
    for statement in whole:
        whole_of.setdefault(statement.account, []).append(statement)
    accounts = []
    for id_, account in found.items():
        only = currencies.get(id_, set())
        digits = re.sub(r"\W", "", account.number)
        covered = _covered(whole_of.get(id_, []))
        accounts.append(
            BankAccount(
                id=id_,
                feed=file.name,
                institution=account.institution,
                name=account.name,
                mask=digits[-4:] or None,
                persistent_id=account.iban or (f"{account.bank}:{account.number}" if account.bank else None),
                currency=next(iter(only)) if len(only) == 1 else account.currency if not only else None,
                covered_from=covered[0] if covered else None,
                covered_to=covered[1] if covered else None,
            )
        )
    return tuple(accounts)


def _covered(whole: Sequence[BankStatement]) -> tuple[date, date] | None:
    """The days of the last run of statements that have all their lines, as far as they and their balances tell."""
    runs = closed_periods(each for each in whole if each.first_day is not None)
    return (runs[-1].first_day, runs[-1].last_day) if runs else None


def _doubt(file: InputFile, place: int, reason: str) -> ReconciliationBreak:
    return ReconciliationBreak(
        kind=BreakKind.STATEMENT_DOES_NOT_ADD_UP, where=f"{file.name}:line {place}", reason=reason
    )


def _with_unread(found: ReconciliationBreak, unread: int) -> ReconciliationBreak:
    """Says where a difference comes from, if lines could not be read."""
    if not unread:
        return found
    return attrs.evolve(found, reason=f"{found.reason} ({_counted(unread, 'line')} could not be read)")


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
