"""Reads CAMT.053 statements and CAMT.052 interim reports, of every version. Source: ISO 20022.

An entry is one line, however many transactions it has in it: it is the sum that the account shows. What the entry says
of the transactions is in its text. CAMT.054 notifications repeat lines of statements, and are refused.
"""

import re
from datetime import date
from typing import Final

import attrs

from adapters.statement_files.camt_entries import amount_of, day_of, entry_line, signed
from adapters.statement_files.safe_xml import Element, read_xml
from adapters.statement_files.written_statement import WrittenAccount, WrittenStatement, facts_of
from domain.money import Currency, Money, UnknownCurrency
from ports.facts_reader import FactsRead, InputFile, UnreadableFile
from ports.file_formats.records import UnreadableRecord
from ports.file_formats.text import beginning_of, printable

_ROOTS: Final = {"BkToCstmrStmt": "CAMT.053 statement", "BkToCstmrAcctRpt": "CAMT.052 interim report"}
_NOTIFICATION: Final = "BkToCstmrDbtCdtNtfctn"
_LOOKS_LIKE: Final = re.compile(r"camt\.05[234]|<(?:\w+:)?(?:BkToCstmrStmt|BkToCstmrAcctRpt|BkToCstmrDbtCdtNtfctn)\b")
_OPENING: Final = ("OPBD", "PRCD")
"""The opening booked balance; else the closing booked balance of the statement before."""
_CLOSING: Final = "CLBD"
_INTERIM: Final = "ITBD"
"""The balance between two pages of a statement: it opens one and closes the other."""


class CamtReader:
    """Bank lines, accounts and balances out of CAMT.052 and CAMT.053."""

    def recognises(self, file: InputFile) -> bool:
        """XML that names one of the messages."""
        beginning = beginning_of(file.content)
        return beginning.startswith("<") and _LOOKS_LIKE.search(beginning) is not None

    def read(self, file: InputFile) -> FactsRead:
        """All entries. Raises UnreadableFile: not XML, a document type, truncated, a notification, no usable entry."""
        found = _Found(file)
        notes = read_xml(file, found.ended)
        if found.notified is not None:
            raise UnreadableFile(
                file=file.name,
                place=f"line {found.notified}",
                reason="is a CAMT.054 notification, whose lines a CAMT.053 statement shows again: give the statement",
            )
        if not found.statements:
            reason = "holds no statement (Stmt) and no report (Rpt)"
            raise UnreadableFile(file=file.name, place="line 1", reason=reason)
        kind = " and ".join(sorted(found.kinds))
        return facts_of(file, kind, found.statements, notes=(*notes, *found.notes))


@attrs.define
class _Found:
    """What was found so far."""

    file: InputFile
    statements: list[WrittenStatement] = attrs.Factory(list)
    kinds: dict[str, None] = attrs.Factory(dict)
    notes: list[str] = attrs.Factory(list)
    notified: int | None = None
    _at_hand: WrittenStatement | None = None
    _made_on: date | None = None
    """The day on which the message was made."""
    _currency_said: str = ""
    _information: int = 0
    """Entries of the statement at hand that are for information only."""

    def ended(self, element: Element, parent: Element | None) -> bool:
        """Statements and their entries are used as soon as they end, and let go."""
        within = parent.name if parent is not None else ""
        if element.name in _ROOTS:
            self.kinds[_ROOTS[element.name]] = None
        elif element.name == _NOTIFICATION:
            self.notified = element.line
        elif element.name == "GrpHdr":
            self._made_on = _day(element.said("CreDtTm"))
        elif element.name == "Acct" and within in ("Stmt", "Rpt"):
            self._currency_said = element.said("Ccy")
        elif element.name == "Ntry" and within in ("Stmt", "Rpt"):
            self._entry(element, parent)
            return False
        elif element.name in ("Stmt", "Rpt") and within in _ROOTS:
            self._statement(element, interim=element.name == "Rpt")
            return False
        return within not in ("", "Document") and element.name not in _ROOTS

    def _entry(self, entry: Element, statement: Element | None) -> None:
        """Entries are read when the account's currency is known, which stands before them."""
        written = self._current(statement)
        try:
            line = entry_line(entry, currency_said=self._currency_said)
        except UnreadableRecord as error:
            written.unread.append((entry.line, error))
            return
        if line is None:
            self._information += 1
            self.notes.append("entries for information only (INFO) are not lines of the account")
            return
        written.lines.append(line)

    def _current(self, statement: Element | None) -> WrittenStatement:
        if self._at_hand is None:
            self._at_hand = WrittenStatement(place=statement.line if statement is not None else 0)
            self.statements.append(self._at_hand)
        return self._at_hand

    def _statement(self, element: Element, *, interim: bool) -> None:
        written = self._current(element)
        written.account = self._account(element)
        written.interim = interim
        written.made_on = _day(element.said("CreDtTm")) or self._made_on
        number = element.said("ElctrncSeqNb", "LglSeqNb")
        written.number = printable(number or element.said("Id")) or None
        written.sequence = int(number) if re.fullmatch(r"[0-9]{1,12}", number) else None
        page = element.said("StmtPgntn/PgNb", "RptPgntn/PgNb")
        written.page = int(page) if re.fullmatch(r"[0-9]{1,6}", page) else 1
        self._balances(element, written)
        self._period(element, written)
        self._summary(element, written)
        self._at_hand, self._currency_said, self._information = None, "", 0

    def _account(self, element: Element) -> WrittenAccount:
        number = element.said("Acct/Id/IBAN", "Acct/Id/Othr/Id", "Acct/Id/PrtryAcct/Id", "Acct/Id/BBAN")
        if not number:
            raise UnreadableFile(
                file=self.file.name,
                place=f"line {element.line}",
                reason="the statement does not name its account (Acct/Id)",
            )
        code = element.said("Acct/Ccy")
        try:
            currency = Currency.of(code) if code else None
        except UnknownCurrency:
            currency = None
        return WrittenAccount(
            number=number,
            currency=currency,
            institution=printable(element.said("Acct/Svcr/FinInstnId/Nm")) or None,
            name=printable(element.said("Acct/Nm", "Acct/Tp/Cd", "Acct/Tp/Prtry")) or None,
        )

    def _balances(self, element: Element, written: WrittenStatement) -> None:
        between = list[tuple[Money, date | None]]()
        for balance in element.all("Bal"):
            code = balance.said("Tp/CdOrPrtry/Cd", "Tp/Cd", "Cd")
            if code not in (*_OPENING, _CLOSING, _INTERIM):
                continue
            try:
                money = signed(balance, amount_of(balance))
                day = day_of(balance, "Dt")
            except UnreadableRecord as error:
                written.doubts.append((balance.line, f"its balance {code} cannot be read: {error.reason}"))
                continue
            if code == _CLOSING:
                written.closing, written.closed_on = money, day
            elif code == _INTERIM:
                between.append((money, day))
            elif written.opening is None or code == _OPENING[0]:
                written.opening, written.opened_on = money, day
        if written.interim:
            written.opening = written.closing = None  # what is booked later today is in neither
            return
        if between and written.opening is None:
            written.opening, written.opened_on = between.pop(0)
        if between and written.closing is None:
            written.closing, written.closed_on = between.pop()
        self._missing(element, written)

    def _missing(self, element: Element, written: WrittenStatement) -> None:
        missing = [
            f"{name} ({code})"
            for name, code, money in (("opening", "OPBD", written.opening), ("closing", _CLOSING, written.closing))
            if money is None
        ]
        if missing and not written.doubts:
            said = " and no ".join(missing)
            reason = f"has no {said} balance: nothing tells whether all of its lines are here"
            written.doubts.append((element.line, reason))

    def _period(self, element: Element, written: WrittenStatement) -> None:
        """The days from and to, as far as the closing balance goes."""
        begin, end = element.said("FrToDt/FrDtTm", "FrToDt/FrDt"), element.said("FrToDt/ToDtTm", "FrToDt/ToDt")
        first, last = _day(begin), _day(end)
        if first is not None and (written.closed_on is None or first <= written.closed_on):
            written.first_day = first
        if written.closed_on is None:
            made = _day(element.said("CreDtTm"))
            known = max((line.date for line in written.lines), default=None)
            written.closed_on = known if written.interim and known else last or made

    def _summary(self, element: Element, written: WrittenStatement) -> None:
        """Where the statement counts and adds its entries, what was read must be as many, and as much."""
        totals = element.first("TxsSummry/TtlNtries")
        if totals is None:
            return
        read = len(written.lines) + len(written.unread) + self._information
        count = totals.said("NbOfNtries")
        if re.fullmatch(r"[0-9]{1,9}", count) and int(count) != read:
            written.doubts.append((totals.line, f"says that it has {int(count)} entries, but {read} are here"))


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value[:10]) if value else None
    except ValueError:
        return None
