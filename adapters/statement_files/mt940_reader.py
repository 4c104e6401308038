"""Reads MT940 (and MT950) statements and MT942 interim reports. Source: SWIFT's Category 9 standards.

Own code: the kept library (`mt-940`, BSD) gives up a whole file for one line that it cannot read, puts the lines of
several accounts together, and tells no place. Banks bend this format more than any other: what is bent is read where it
can mean one thing only.
"""

import re
from datetime import date, timedelta
from typing import Final

import attrs

from adapters.statement_files.mt940_fields import Field, Message, swift_messages
from adapters.statement_files.mt940_texts import line_text
from adapters.statement_files.written_statement import WrittenAccount, WrittenLine, WrittenStatement, facts_of
from domain.bank_deposit import BankDepositStatus
from domain.money import Currency, Money, UnknownCurrency
from ports.facts_reader import FactsRead, InputFile, UnreadableFile
from ports.file_formats.amounts import exact_money
from ports.file_formats.records import UnreadableRecord, shown
from ports.file_formats.text import beginning_of, printable, text_of

_LOOKS_LIKE: Final = re.compile(r"^(?:\{1:[^\r\n]*\{4:)?[ \t]*:20:", re.MULTILINE)
_TELLS: Final = re.compile(r"^:(?:25|28C?|60[FM]|34F|61|62[FM]):", re.MULTILINE)
_BALANCE: Final = re.compile(r"([CD])(\d{6})\s?([A-Z]{3})\s?([\d.,]+)", re.ASCII)
_LINE: Final = re.compile(
    r"(?P<value>\d{6})(?P<entry>\d{4}|\s{4})?\s*(?P<mark>R[CD]|E[CD]|[CD])(?P<funds>[A-Z])?\s?"
    r"(?P<amount>\d[\d.,]*|,\d+)(?:(?P<type>[A-Z][A-Z0-9 ]{3})(?P<reference>.*))?",
    re.ASCII,
)
_AMOUNT: Final = re.compile(r"\d{1,15}(?:,\d*)?|,\d+|\d{1,15}\.\d{1,2}", re.ASCII)
_GROUPED: Final = re.compile(r"\d{1,3}(?:\.\d{3})+,\d{0,3}", re.ASCII)
_TOTAL: Final = re.compile(r"(\d{1,5})\s?([A-Z]{3})\s?([\d.,]+)", re.ASCII)
_NUMBER: Final = re.compile(r"(\d{1,9})(?:/(\d{1,6}))?")
_ACCOUNT: Final = re.compile(
    r"/?(?:(?P<bank>[A-Z0-9]{6,12})/)?(?P<number>[ -.0-~]*[0-9][ -.0-~]*?)\s*(?P<currency>[A-Z]{3})?"
)
_POSITIVE: Final = ("C", "RD", "EC")
"""Credits, and debits taken back. Expected entries (E) are of interim reports."""
_BEFORE_LINES: Final = ("20", "21", "25", "28", "28C", "60F", "60M", "34F", "13", "13D")


class Mt940Reader:
    """Bank lines, accounts and balances out of MT940, MT942 and MT950."""

    def recognises(self, file: InputFile) -> bool:
        """A field `:20:` at the beginning of a line, and another that only statements have; or a SWIFT envelope."""
        beginning = beginning_of(file.content).replace("\r", "\n")
        if beginning.startswith("{1:"):
            return True
        found = _LOOKS_LIKE.search(beginning)
        return found is not None and _TELLS.search(beginning, found.end()) is not None

    def read(self, file: InputFile) -> FactsRead:
        """All lines. Raises UnreadableFile: not text, no statement, no account, no usable line among some."""
        text, notes = text_of(file, windows_1252_allowed=True)
        messages = [each for each in swift_messages(text) if each.first("25", "60F", "60M", "61", "62F", "62M")]
        if not messages:
            reason = "has no MT940 or MT942 statement in it (:25:, :60F:, :61:)"
            raise UnreadableFile(file=file.name, place="line 1", reason=reason)
        statements = [_Statement(file, message).read() for message in messages]
        interim = [each.interim for each in statements]
        kind = "MT942 interim report" if all(interim) else "MT940 and MT942" if any(interim) else "MT940 statement"
        return facts_of(file, kind, statements, notes=notes)


@attrs.define
class _Statement:
    """One message being read."""

    file: InputFile
    message: Message
    written: WrittenStatement = attrs.field(init=False)

    def read(self) -> WrittenStatement:
        message = self.message
        balances = message.first("60F", "60M", "62F", "62M")
        written = self.written = WrittenStatement(
            place=message.line,
            interim=balances is None and message.first("34F", "13", "13D", "90C", "90D") is not None,
        )
        number = message.first("28C", "28")
        if number is not None:
            found = _NUMBER.fullmatch(number.text)
            written.number = printable(number.text) or None
            written.sequence, written.page = (int(found[1]), int(found[2] or 1)) if found else (None, 1)
        written.opening, written.opened_on = self._balance("opening", "60F", "60M")
        written.closing, written.closed_on = self._balance("closing", "62F", "62M")
        stated = written.opening or written.closing
        currency = stated.currency if stated is not None else self._floor_currency()
        written.account = self._account(currency)
        self._lines(currency or written.account.currency)
        if written.interim:
            made = message.first("13D", "13")
            written.made_on = _day(made.text[:6]) if made is not None else None
            written.closed_on = written.made_on or written.last_day()
            self._totals()
        return written

    def _account(self, currency: Currency | None) -> WrittenAccount:
        field = self.message.first("25", "25P")
        found = _ACCOUNT.fullmatch(printable(field.text)) if field is not None else None
        if field is None or found is None:
            place = field.line if field is not None else self.message.line
            reason = (
                "its :25: names no account" if field is not None else "the statement does not name its account (:25:)"
            )
            raise UnreadableFile(file=self.file.name, place=f"line {place}", reason=reason)
        more = " ".join(field.lines[1:]).strip()
        if more:
            self.written.doubts.append((field.line, f"its :25: goes on with {shown(more)}, which is not used"))
        number, suffix = found["number"], found["currency"] or ""
        known = _currency(suffix)
        if suffix and known is None:
            number += suffix
        return WrittenAccount(number=number, currency=currency or known, bank=found["bank"])

    def _floor_currency(self) -> Currency | None:
        field = self.message.first("34F")
        return _currency(field.text[:3]) if field is not None else None

    def _balance(self, name: str, *tags: str) -> tuple[Money | None, date | None]:
        fields = list(self.message.all(*tags))
        if not fields:
            if not self.written.interim:
                reason = f"has no {name} balance (:{tags[0]}:): nothing tells whether all of its lines are here"
                self.written.doubts.append((self.message.line, reason))
            return None, None
        field = fields[0]
        for other in fields[1:]:
            self.written.doubts.append((other.line, f"a second :{other.tag}: in one statement: the first is used"))
        try:
            return _balance_of(field)
        except UnreadableRecord as error:
            self.written.doubts.append((field.line, f"its {name} balance cannot be read: {error.reason}"))
            return None, None

    def _lines(self, currency: Currency | None) -> None:
        """Each `:61:` with the `:86:` that follow it; what follows a balance is about the statement."""
        at_hand: Field | None = None
        details: list[str] = []
        seen_line = False
        for field in (*self.message.fields, Field("", 0, [""])):
            if field.tag == "86" and at_hand is not None:
                details.extend(field.lines)
                continue
            if at_hand is not None:
                self._line(at_hand, details, currency)
                at_hand, details = None, []
            if field.tag == "61":
                at_hand, seen_line = field, True
            elif seen_line and field.tag in _BEFORE_LINES:
                reason = f":{field.tag}: stands among the lines, where it cannot be: {shown(field.text)} is not used"
                self.written.doubts.append((field.line, reason))

    def _line(self, field: Field, details: list[str], currency: Currency | None) -> None:
        try:
            self.written.lines.append(_line_of(field, details, currency))
        except UnreadableRecord as error:
            self.written.unread.append((field.line, error))

    def _totals(self) -> None:
        """The number and sum of debits and credits, which interim reports state."""
        if self.written.unread:
            return
        for tag, positive in (("90C", True), ("90D", False)):
            field = self.message.first(tag)
            found = _TOTAL.fullmatch(field.text) if field is not None else None
            if field is None or found is None:
                continue
            amounts = [line.amount for line in self.written.lines if (line.amount.minor_units >= 0) is positive]
            if len(amounts) != int(found[1]):
                reason = f":{tag}: says {int(found[1])} lines, but {len(amounts)} are here"
                self.written.doubts.append((field.line, reason))


def _balance_of(field: Field) -> tuple[Money, date]:
    found = _BALANCE.fullmatch(field.text)
    if found is None:
        raise UnreadableRecord(f":{field.tag}: is {shown(field.text)}, not such as C260630EUR1234,56")
    currency = _currency(found[3])
    if currency is None:
        raise UnreadableRecord(f"currency {shown(found[3])} is not known")
    day = _day(found[2])
    if day is None:
        raise UnreadableRecord(f"its date is {shown(found[2])}, not such as 260630")
    money = _money(found[4], currency)
    return (money if found[1] == "C" else -money), day


def _line_of(field: Field, details: list[str], currency: Currency | None) -> WrittenLine:
    found = _LINE.fullmatch(field.text)
    if found is None:
        raise UnreadableRecord(f":61: is {shown(field.text)}, not such as 2606300630C1234,56NTRFreference")
    if currency is None:
        raise UnreadableRecord("nothing says in which currency it is (:60F:, :34F:)")
    money = _money(found["amount"], currency)
    reference, _, banks = (found["reference"] or "").partition("//")
    said = line_text(details, (*field.lines[1:], reference, banks))
    return WrittenLine(
        place=field.line,
        amount=money if found["mark"] in _POSITIVE else -money,
        date=_booked_on(found["value"], (found["entry"] or "").strip()),
        text=said.text,
        reference=banks.strip() or None,
        status=BankDepositStatus.PENDING if found["mark"].startswith("E") else BankDepositStatus.POSTED,
        counterparty=said.counterparty,
    )


def _money(written: str, currency: Currency) -> Money:
    if _GROUPED.fullmatch(written):
        plain = written.replace(".", "")
    elif _AMOUNT.fullmatch(written):
        plain = written
    else:
        raise UnreadableRecord(f"the amount is {shown(written)}, not such as 1234,56")
    return exact_money("the amount", written, plain.replace(",", ".").rstrip(".") or "0", currency)


def _booked_on(value: str, entry: str) -> date:
    """The entry date, whose year is the one that brings it nearest to the value date; else the value date.

    Some banks count every month as 30 days: a value date that does not exist serves to find the year.
    """
    valued = _day(value)
    if entry:
        year = 2000 + int(value[:2]) if int(value[:2]) < 80 else 1900 + int(value[:2])
        near = valued or date(year, min(12, max(1, int(value[2:4]))), 28)
        days = filter(None, (_date(near.year + shift, int(entry[:2]), int(entry[2:])) for shift in (0, -1, 1)))
        booked = min(days, key=lambda day: abs(day - near), default=None)
        if booked is not None and abs(booked - near) <= timedelta(days=182):
            return booked
    if valued is None:
        raise UnreadableRecord(f"the date is {shown(value + entry)}, not such as 2606300630")
    return valued


def _day(written: str) -> date | None:
    if not re.fullmatch(r"[0-9]{6}", written):
        return None
    year = int(written[:2])
    return _date(year + (2000 if year < 80 else 1900), int(written[2:4]), int(written[4:]))


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _currency(code: str) -> Currency | None:
    try:
        return Currency.of(code) if code else None
    except UnknownCurrency:
        return None
