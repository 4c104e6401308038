"""Reads OFX and QFX statements: bank and credit card accounts, several per file. Source: OFX 1.0.2 to 2.3."""

import re
from datetime import date
from typing import Final

import attrs

from adapters.statement_files.ofx_elements import ofx_elements
from domain.bank_deposit import BankAccount, BankAccountId, BankDeposit, BankDepositId, BankDepositStatus
from domain.money import Currency, Money, UnknownCurrency
from domain.reconciliation_break import ReconciliationBreak
from ports.facts_reader import FactsRead, InputFile, UnreadableFile
from ports.file_formats.amounts import exact_money
from ports.file_formats.records import UnreadableRecord, broken_record, refuse_if_nothing_usable, shown
from ports.file_formats.text import beginning_of, is_plain_id, printable, text_of

_START: Final = re.compile(r"<OFX\s*>", re.IGNORECASE)
_END: Final = re.compile(r"</OFX\s*>", re.IGNORECASE)
_STATEMENTS: Final = frozenset({"STMTRS", "CCSTMTRS"})
_TRANSACTIONS: Final = frozenset({"STMTTRN", "STMTTRNP"})
_SCOPES: Final = _STATEMENTS | _TRANSACTIONS | {
    "BANKACCTFROM", "CCACCTFROM", "BANKACCTTO", "CCACCTTO", "BANKTRANLIST", "BANKTRANLISTP",
    "CURRENCY", "ORIGCURRENCY", "PAYEE", "FI", "STATUS", "LEDGERBAL", "AVAILBAL",
}  # fmt: skip
_DAY: Final = re.compile(r"(\d{4})(\d\d)(\d\d)(?:\d\d|\D|$)", re.ASCII)
_PLAIN: Final = re.compile(r"[+-]?(?:\d+(?:[.,]\d+)?|[.,]\d+)", re.ASCII)
_GROUPED_POINT: Final = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+\.\d{2}", re.ASCII)
_GROUPED_COMMA: Final = re.compile(r"[+-]?\d{1,3}(?:\.\d{3})+,\d{2}", re.ASCII)


class OfxReader:
    """Bank lines and accounts out of OFX and QFX."""

    def recognises(self, file: InputFile) -> bool:
        """The OFX header of either version, or the root element."""
        beginning = beginning_of(file.content)
        return beginning[:10].upper() == "OFXHEADER:" or "<?OFX" in beginning[:2000] or bool(_START.search(beginning))

    def read(self, file: InputFile) -> FactsRead:
        """All bank lines. Raises UnreadableFile: not text, no `<OFX>`, truncated, no usable line among some."""
        text, notes = text_of(file, windows_1252_allowed=True)
        start, end = _START.search(text), _END.search(text)
        if start is None:
            raise UnreadableFile(file=file.name, place="line 1", reason="has an OFX heading, but no <OFX>")
        if end is None:
            last = text.rstrip().count("\n") + 1
            raise UnreadableFile(file=file.name, place=f"line {last}", reason="is truncated: there is no </OFX>")
        found = _Found(file)
        body = text[start.start() : end.end()]
        for element in ofx_elements(body, text.count("\n", 0, start.start()) + 1):
            if element.closes:
                found.close(element.name, element.line)
            elif element.name in _SCOPES:
                found.open(element.name, element.line)
            else:
                found.field(element.name, element.text)
        refuse_if_nothing_usable(file, len(found.deposits), found.breaks)
        records = len(found.deposits) + len(found.breaks)
        return FactsRead(
            kind="OFX statement",
            records=records,
            accounts=tuple(found.accounts.values()),
            deposits=tuple(found.deposits),
            breaks=tuple(found.breaks),
            notes=(*notes, *found.notes, *(() if records else ("holds no records",))),
        )


@attrs.define
class _Statement:
    """The statement that the scan is in."""

    fields: dict[str, str] = attrs.Factory(dict)
    lines: list[tuple[int, str, dict[str, str]]] = attrs.Factory(list)
    """Of each transaction: its line in the file, its element, and its fields."""


@attrs.define
class _Found:
    """What was found so far."""

    file: InputFile
    accounts: dict[BankAccountId, BankAccount] = attrs.Factory(dict)
    deposits: list[BankDeposit] = attrs.Factory(list)
    breaks: list[ReconciliationBreak] = attrs.Factory(list)
    notes: list[str] = attrs.Factory(list)
    institution: str | None = None
    made_on: date | None = None
    """The day on which the bank's server answered: no later day can be covered."""
    _scopes: list[str] = attrs.Factory(list)
    _statement: _Statement | None = None

    def open(self, name: str, line: int) -> None:
        """An aggregate begins."""
        if name in _TRANSACTIONS and any(scope in _TRANSACTIONS for scope in self._scopes):
            raise UnreadableFile(file=self.file.name, place=f"line {line}", reason=f"<{name}> inside a <{name}>")
        self._scopes.append(name)
        if name in _STATEMENTS:
            self._statement = _Statement()
        elif name in _TRANSACTIONS:
            if self._statement is None:
                raise UnreadableFile(file=self.file.name, place=f"line {line}", reason=f"<{name}> outside a statement")
            self._statement.lines.append((line, name, {}))

    def close(self, name: str, line: int) -> None:
        """An aggregate, or in XML a value, ends."""
        if name not in _SCOPES:
            if name == "OFX" and any(scope in _STATEMENTS | _TRANSACTIONS for scope in self._scopes):
                raise UnreadableFile(
                    file=self.file.name, place=f"line {line}", reason=f"<{self._scopes[-1]}> is never closed"
                )
            return
        while self._scopes:
            if self._scopes.pop() == name:
                break
        if name in _STATEMENTS and self._statement is not None:
            self._finish(self._statement)
            self._statement = None

    def field(self, name: str, text: str) -> None:
        """A value. Inside a transaction it belongs there; else to the statement; the bank's name to the file."""
        if not text:
            return
        scope = self._scopes[-1] if self._scopes else ""
        if scope == "FI" and name == "ORG":
            self.institution = printable(text)
        elif name == "DTSERVER" and self._statement is None:
            self.made_on = self._covered({name: text}, name)
        elif self._statement is not None:
            inside = any(part in _TRANSACTIONS for part in self._scopes) and self._statement.lines
            fields = self._statement.lines[-1][2] if inside else self._statement.fields
            fields.setdefault(name if scope in _TRANSACTIONS | _STATEMENTS else f"{scope}.{name}", text)

    def _finish(self, statement: _Statement) -> None:
        account, stated = self._account(statement), statement.fields.get("CURDEF", "")
        for line, element, fields in statement.lines:
            try:
                deposit = self._deposit(account.id, line, fields, stated)
                if element == "STMTTRNP":
                    deposit = attrs.evolve(deposit, status=BankDepositStatus.PENDING)
                self.deposits.append(deposit)
            except UnreadableRecord as error:
                self.breaks.append(broken_record(self.file, f"line {line}", error))

    def _account(self, statement: _Statement) -> BankAccount:
        fields = statement.fields
        number = _first(fields, "BANKACCTFROM.ACCTID", "CCACCTFROM.ACCTID")
        bank = fields.get("BANKACCTFROM.BANKID")
        id_ = BankAccountId(number or f"{self.file.name} account {len(self.accounts) + 1}")
        covered_from = self._covered(fields, "BANKTRANLIST.DTSTART")
        covered_to = self._covered(fields, "BANKTRANLIST.DTEND")
        if covered_to and self.made_on and covered_to > self.made_on:
            covered_to = self.made_on
        known = self.accounts.get(id_)
        if known is not None:
            # Two statements of one account: what is between them is covered only if they meet.
            meets = covered_from and known.covered_to and covered_from <= known.covered_to
            covered_from, covered_to = (known.covered_from, covered_to) if meets else (None, None)
        try:
            currency = Currency.of(fields["CURDEF"]) if "CURDEF" in fields else None
        except UnknownCurrency:
            currency = None
        self.accounts[id_] = account = BankAccount(
            id=id_,
            feed=self.file.name,
            institution=self.institution,
            name=printable(_first(fields, "BANKACCTFROM.ACCTTYPE", "CCACCTFROM.ACCTTYPE") or "") or None,
            mask=re.sub(r"\W", "", number)[-4:] if number else None,
            persistent_id=f"{bank}:{number}" if bank and number else None,
            currency=currency,
            covered_from=covered_from,
            covered_to=covered_to,
        )
        return account

    def _covered(self, fields: dict[str, str], name: str) -> date | None:
        if name not in fields:
            return None
        try:
            return _day(name, fields[name])
        except UnreadableRecord as error:
            self.notes.append(f"{error.reason}: the days covered are not known")
            return None

    def _deposit(self, account: BankAccountId, line: int, fields: dict[str, str], stated: str) -> BankDeposit:
        # `CURRENCY` says in which currency the amount is; `ORIGCURRENCY` only what it was before conversion.
        code = fields.get("CURRENCY.CURSYM") or stated
        try:
            currency = Currency.of(code)
        except UnknownCurrency as error:
            reason = f"currency {shown(code)} is not known" if code else "no currency is stated (CURDEF)"
            raise UnreadableRecord(reason) from error
        own = fields.get("FITID", "")
        posted = _first(fields, "DTPOSTED", "DTTRAN")
        if posted is None:
            raise UnreadableRecord("DTPOSTED is missing")
        return BankDeposit(
            id=BankDepositId(own if is_plain_id(own) else f"{self.file.name}:{line}"),
            account=account,
            amount=_amount(fields.get("TRNAMT", ""), currency),
            date=_day("DTPOSTED", posted),
            text=_text(fields),
            counterparty=printable(_first(fields, "PAYEE.NAME", "NAME") or "") or None,
        )


def _amount(value: str, currency: Currency) -> Money:
    compact = value.strip()
    if _GROUPED_POINT.fullmatch(compact):
        compact = compact.replace(",", "")
    elif _GROUPED_COMMA.fullmatch(compact):
        compact = compact.replace(".", "")
    elif not _PLAIN.fullmatch(compact):
        raise UnreadableRecord(f"TRNAMT is {shown(value) if value else 'missing'}, not a plain amount")
    return exact_money("TRNAMT", value, compact.replace(",", "."), currency)


def _day(name: str, value: str) -> date:
    """The calendar date that the bank wrote; the time and zone after it do not move it."""
    parts = _DAY.match(value)
    try:
        found = date(int(parts[1]), int(parts[2]), int(parts[3])) if parts else None
    except ValueError:
        found = None
    if found is None or not 1970 <= found.year < 2100:
        raise UnreadableRecord(f"{name} is {shown(value)}, not a date such as 20261231")
    return found


def _text(fields: dict[str, str]) -> str:
    """All that the bank says about the line, each word once."""
    said: list[str] = []
    for name in ("NAME", "PAYEE.NAME", "EXTDNAME", "MEMO", "REFNUM"):
        part = printable(fields.get(name, ""))
        if part and not any(part.casefold() in known.casefold() for known in said):
            said = [known for known in said if known.casefold() not in part.casefold()]
            said.append(part)
    return " | ".join(said)


def _first(fields: dict[str, str], *names: str) -> str | None:
    return next((printable(fields[name]) for name in names if name in fields), None)
