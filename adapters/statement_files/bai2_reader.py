"""Reads BAI2 cash management files: prior day, which are statements, and intraday, which are interim reports.

Source: BAI, Cash Management Balance Reporting Specifications, version 2. Own code: the kept library (`bai2`, MIT)
refuses a whole file for one record that it cannot read, and tells no place.
"""

import re
from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Final

import attrs

from adapters.statement_files.bai2_records import Fields, Record, bai2_records
from adapters.statement_files.written_statement import WrittenAccount, WrittenLine, WrittenStatement, facts_of
from domain.money import Currency, Money, UnknownCurrency
from ports.facts_reader import FactsRead, InputFile, UnreadableFile
from ports.file_formats.amounts import exact_money
from ports.file_formats.records import UnreadableRecord, shown
from ports.file_formats.text import beginning_of, printable, text_of

_LOOKS_LIKE: Final = re.compile(r"01,[^,\r\n]*,[^,\r\n]*,\d{6},", re.ASCII)
_INTERIM: Final = ("1", "3")
"""As-of-date modifiers: interim of the day before, interim of the same day."""
_OPENING, _CLOSING, _CREDITS, _DEBITS = "010", "015", "100", "400"
_TOTALS: Final = frozenset({"100", "101", "102", "400", "401", "402"})
_NON_MONETARY: Final = "890"
_AMOUNT: Final = re.compile(r"([+-]?)(\d{1,18})", re.ASCII)
_POINTED: Final = re.compile(r"([+-]?)(\d{1,15}\.\d{1,3})", re.ASCII)
_DECIMALS_OTHERWISE: Final = {"isk": 0, "ugx": 0, "mga": 2}
"""Where ISO 4217, whose decimals BAI2 implies, differs from the minor units of Stripe's API."""
_SPECIFIED_CURRENCY: Final = "usd"


class Bai2Reader:
    """Bank lines, accounts and balances out of BAI2."""

    def recognises(self, file: InputFile) -> bool:
        """A file header with its date."""
        return _LOOKS_LIKE.match(beginning_of(file.content)) is not None

    def read(self, file: InputFile) -> FactsRead:
        """All transactions. Raises UnreadableFile: not text, no account, a record out of place, no usable line."""
        text, notes = text_of(file, windows_1252_allowed=True)
        found = bai2_records(text)
        reading = _Reading(file)
        for record in found.records:
            reading.take(record)
        reading.end(text.rstrip().count("\n") + 1)
        if not reading.statements:
            raise UnreadableFile(file=file.name, place="line 1", reason="is BAI2, but holds no account (03)")
        for line, stray in found.strays:
            reading.statements[-1].unread.append((line, UnreadableRecord(f"{shown(stray)} is no BAI2 record")))
        said = list(notes)
        if found.shared_lines:
            said.append("several records on one line: read as if each had its own")
        if found.broken_lines:
            said.append("records broken over lines without 88: put together")
        interim = [each.interim for each in reading.statements]
        kind = "BAI2 intraday report" if all(interim) else "BAI2 statement"
        return facts_of(file, kind, reading.statements, notes=(*said, *reading.notes))


@attrs.define
class _Group:
    """The group that is being read."""

    day: date
    currency: str
    interim: bool
    is_test: bool
    total: int = 0
    accounts: int = 0
    records: int = 0


@attrs.define
class _Account:
    """The account that is being read."""

    written: WrittenStatement
    currency: Currency
    total: int = 0
    """Sum of all amounts, as its trailer states it."""
    records: int = 0
    stated: dict[str, tuple[int, int | None]] = attrs.Factory(dict)
    """By type: total credits and debits, and how many transactions they say they are."""
    moved: Counter[str] = attrs.Factory(Counter)


@attrs.define
class _Reading:
    """What was read so far. Every trailer is held against what it ends."""

    file: InputFile
    statements: list[WrittenStatement] = attrs.Factory(list)
    notes: list[str] = attrs.Factory(list)
    _group: _Group | None = None
    _account: _Account | None = None
    _total: int = 0
    _groups: int = 0
    _records: int = 0
    _ended: bool = False

    def take(self, record: Record) -> None:
        """One record more."""
        self._records += record.physical
        if self._group is not None:
            self._group.records += record.physical
        if self._account is not None:
            self._account.records += record.physical
        match record.code:
            case "02":
                self._open_group(record)
            case "03":
                self._open_account(record)
            case "16":
                self._transaction(record)
            case "49":
                self._close_account(record)
            case "98":
                self._close_group(record)
            case "99":
                self._close_file(record)

    def end(self, line: int) -> None:
        """The file is over: what is still open was cut off, or its trailer was left out."""
        open_part = "account (49)" if self._account else "group (98)" if self._group else "file (99)"
        if self.statements and not self._ended:
            self._doubt(line, f"there is no trailer of the {open_part}: the file may have been cut off")

    def _refused(self, record: Record, reason: str) -> UnreadableFile:
        return UnreadableFile(file=self.file.name, place=f"line {record.line}", reason=reason)

    def _doubt(self, line: int, reason: str) -> None:
        if self.statements:
            self.statements[-1].doubts.append((line, reason))

    def _open_group(self, record: Record) -> None:
        if self._account is not None or self._group is not None:
            self._doubt(record.line, "a group begins (02) before the one before it ended")
            self._account = None
        fields = [*record.fields(), *[""] * 7]
        status, written, currency, modifier = fields[2], fields[3], fields[5], fields[6]
        day = _day(written)
        if day is None:
            raise self._refused(record, f"its as-of date is {shown(written)}, not such as 260630")
        if status == "2":
            raise self._refused(record, "its group (02) takes back an earlier one (status 2): that cannot be read")
        if status == "4":
            self.notes.append("a group for tests only (status 4) is left out")
        if status == "3":
            self.notes.append("a group that corrects an earlier one (status 3): give it in place of that one")
        interim = modifier in _INTERIM
        self._group = _Group(day, currency, interim, status == "4", records=record.physical)

    def _open_account(self, record: Record) -> None:
        if self._group is None:
            raise self._refused(record, "an account (03) outside of a group (02)")
        if self._account is not None:
            self._doubt(record.line, "an account begins (03) before the one before it ended (49)")
        fields = Fields.of(record)
        number, code = fields.take(), fields.take() or self._group.currency
        if not code:
            self.notes.append("names no currency: USD, as the BAI2 specification says")
        if not number:
            raise self._refused(record, "an account (03) without a number")
        try:
            currency = Currency.of(code or _SPECIFIED_CURRENCY)
        except UnknownCurrency as error:
            raise self._refused(record, f"currency {shown(code)} is not known") from error
        written = WrittenStatement(
            place=record.line,
            account=WrittenAccount(number=number, currency=currency),
            first_day=self._group.day,
            closed_on=self._group.day,
            interim=self._group.interim,
        )
        self._account = _Account(written, currency, records=record.physical)
        if not self._group.is_test:
            self.statements.append(written)
        self._balances(record, fields, self._account)

    def _balances(self, record: Record, fields: Fields, account: _Account) -> None:
        """Groups of type, amount, count, funds type, and what the funds type brings."""
        while fields.are_left():
            kind = fields.take()
            if not kind:
                continue
            amount, count, funds = fields.take(), fields.take(), fields.take()
            _skip_availability(fields, funds)
            found = _AMOUNT.fullmatch(amount)
            if amount and (found is None or not re.fullmatch(r"[0-9]{3}", kind)):
                account.written.doubts.append((record.line, f"{shown(f'{kind},{amount}')} is no balance or total"))
                return
            units = int(amount) if amount else 0
            account.total += units
            if kind in (_OPENING, _CLOSING) and amount and not account.written.interim:
                money = _minor(units, account.currency)
                if kind == _OPENING:
                    account.written.opening, account.written.opened_on = money, account.written.closed_on
                else:
                    account.written.closing = money
            elif kind in (_CREDITS, _DEBITS) and amount:
                account.stated[kind] = units, int(count) if re.fullmatch(r"[0-9]{1,9}", count) else None

    def _transaction(self, record: Record) -> None:
        account, group = self._account, self._group
        if account is None or group is None:
            raise self._refused(record, "a transaction (16) outside of an account (03)")
        try:
            line, units = _line_of(record, account.currency, group.day)
        except UnreadableRecord as error:
            account.written.unread.append((record.line, error))
            return
        account.total += abs(units)
        if line is not None:
            side = _CREDITS if line.amount.minor_units >= 0 else _DEBITS
            account.moved[side] += abs(units)
            account.moved[f"{side} count"] += 1
            account.written.lines.append(line)
        else:
            self.notes.append("records without money (type 890) are not lines of the account")

    def _close_account(self, record: Record) -> None:
        account, group = self._account, self._group
        if account is None or group is None:
            raise self._refused(record, "an account's trailer (49) outside of an account (03)")
        written = account.written
        for kind, name in ((_CREDITS, "credits"), (_DEBITS, "debits")):
            stated, count = account.stated.get(kind, (None, None))
            if stated is not None and abs(stated) != account.moved[kind] and not written.unread:
                said, here = _minor(abs(stated), account.currency), _minor(account.moved[kind], account.currency)
                reason = f"says that its {name} ({kind}) come to {said}, but those here come to {here}"
                written.doubts.append((written.place, reason))
            elif count is not None and count != account.moved[f"{kind} count"] and not written.unread:
                reason = f"says that it has {count} {name} ({kind}), but {account.moved[f'{kind} count']} are here"
                written.doubts.append((written.place, reason))
        trailer = [*record.fields(), "", ""]
        if not written.unread:
            self._held_against(record, trailer[0], account.total, "the amounts", "account")
        self._held_against(record, trailer[1], account.records, "the number of records", "account")
        group.total += _whole(trailer[0]) or 0
        group.accounts += 1
        self._account = None

    def _close_group(self, record: Record) -> None:
        group = self._group
        if group is None:
            raise self._refused(record, "a group's trailer (98) outside of a group (02)")
        if self._account is not None:
            self._doubt(record.line, "a group ends (98) before its account ended (49)")
            self._account = None
        trailer = [*record.fields(), "", "", ""]
        for value, known, what in zip(
            trailer, (group.total, group.accounts, group.records), _COUNTED_GROUP, strict=False
        ):
            self._held_against(record, value, known, what, "group")
        self._total += _whole(trailer[0]) or 0
        self._groups += 1
        self._group = None

    def _close_file(self, record: Record) -> None:
        if self._group is not None:
            self._doubt(record.line, "the file ends (99) before its group ended (98)")
        trailer = [*record.fields(), "", "", ""]
        for value, known, what in zip(trailer, (self._total, self._groups, self._records), _COUNTED_FILE, strict=False):
            self._held_against(record, value, known, what, "file")
        self._ended, self._group, self._account = True, None, None

    def _held_against(self, record: Record, value: str, known: int, what: str, part: str) -> None:
        stated = _whole(value)
        if value and stated != known:
            self._doubt(record.line, f"the {part}'s trailer states {shown(value)} for {what}, but here it is {known}")


_COUNTED_GROUP: Final = ("the amounts", "the number of accounts", "the number of records")
_COUNTED_FILE: Final = ("the amounts", "the number of groups", "the number of records")


def _line_of(record: Record, currency: Currency, day: date) -> tuple[WrittenLine | None, int]:
    """The line of a transaction, None if it moves no money, and its amount as trailers count it. Raises
    UnreadableRecord."""
    fields = Fields.of(record)
    kind, written, funds = fields.take(), fields.take(), fields.take()
    _skip_availability(fields, funds)
    bank, customer = fields.take(), fields.take()
    if not re.fullmatch(r"[0-9]{3}", kind):
        raise UnreadableRecord(f"its type is {shown(kind)}, not three digits")
    if kind == _NON_MONETARY:
        return None, _whole(written) or 0
    amount, units = _amount(written, currency)
    if kind in _TOTALS:
        raise UnreadableRecord(f"its type {kind} is of totals, not of a transaction")
    if not ("100" <= kind <= "699" or "920" <= kind <= "999"):
        raise UnreadableRecord(f"its type {kind} says neither credit nor debit")
    if units < 0:
        raise UnreadableRecord(f"its amount is {shown(written)}: the type says the sign, the amount has none")
    is_credit = kind < "400" or "920" <= kind <= "959"
    said: dict[str, None] = {}
    for each in (fields.text(), customer, bank):
        words = printable(each)
        if words:
            said.setdefault(words)
    line = WrittenLine(
        place=record.line,
        amount=amount if is_credit else -amount,
        date=day,
        text=" | ".join(said),
        reference=bank or None,
    )
    return line, units


def _amount(written: str, currency: Currency) -> tuple[Money, int]:
    found = _AMOUNT.fullmatch(written)
    if found is not None:
        return _minor(int(written), currency), int(written)
    if _POINTED.fullmatch(written):  # a point is not in the format, but says what it says
        money = exact_money("the amount", written, Decimal(written), currency)
        return money, int(written.replace(".", ""))
    raise UnreadableRecord(f"its amount is {shown(written) if written else 'missing'}, not digits")


def _minor(units: int, currency: Currency) -> Money:
    decimals = _DECIMALS_OTHERWISE.get(currency.code, currency.exponent)
    return exact_money("the amount", units, Decimal(units).scaleb(-decimals), currency)


def _skip_availability(fields: Fields, funds: str) -> None:
    """When the money can be used follows the funds type: it does not matter here."""
    count = {"S": 3, "V": 2}.get(funds.upper(), 0)
    if funds.upper() == "D":
        stated = fields.take()
        count = 2 * min(int(stated), 200) if re.fullmatch(r"[0-9]{1,4}", stated) else 0
    for _ in range(count):
        fields.take()


def _whole(written: str) -> int | None:
    return int(written) if re.fullmatch(r"[+-]?[0-9]{1,24}", written) else None


def _day(written: str) -> date | None:
    if not re.fullmatch(r"[0-9]{6}", written):
        return None
    year = int(written[:2])
    try:
        return date(year + (2000 if year < 80 else 1900), int(written[2:4]), int(written[4:]))
    except ValueError:
        return None
