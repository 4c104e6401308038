"""One entry of a CAMT message: its amount and sign, its day, and all that is said of it and its transactions."""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from adapters.statement_files.safe_xml import Element
from adapters.statement_files.written_statement import WrittenLine
from domain.bank_deposit import BankDepositStatus
from domain.money import Currency, Money, UnknownCurrency
from ports.file_formats.amounts import exact_money
from ports.file_formats.records import UnreadableRecord, shown
from ports.file_formats.text import printable

TRANSACTIONS_SHOWN_MAX: Final = 50
"""Of an entry with more transactions the text has so many, and the number of the others."""

_AMOUNT: Final = re.compile(r"\+?(?:\d+(?:\.\d*)?|\.\d+)", re.ASCII)
_STATUS: Final = {
    "BOOK": BankDepositStatus.POSTED,
    "PDNG": BankDepositStatus.PENDING,
    "FUTR": BankDepositStatus.PENDING,
}
_NOTHING: Final = frozenset({"", "NOTPROVIDED", "NOT PROVIDED", "NONREF"})
_REMITTANCE: Final = ("Ustrd", "Strd/CdtrRefInf/Ref", "Strd/AddtlRmtInf", "Strd/RfrdDocInf/Nb")


def entry_line(entry: Element, *, currency_said: str) -> WrittenLine | None:
    """The line of an entry; None: it is for information only, and books nothing. Raises UnreadableRecord.

    The indicator of credit or debit says how the entry itself moves the account, also where it is a reversal (`RvslInd`
    says that the original was the opposite).
    """
    status = entry.said("Sts/Cd", "Sts/Prtry", "Sts")
    if status == "INFO":
        return None
    if status and status not in _STATUS:
        raise UnreadableRecord(f"Sts is {shown(status)}, not BOOK, PDNG or INFO")
    amount = signed(entry, amount_of(entry, currency_said=currency_said))
    day = day_of(entry, "BookgDt") or day_of(entry, "ValDt")
    if day is None:
        raise UnreadableRecord("has neither a booking date nor a value date")
    transactions = list(entry.all("NtryDtls/TxDtls"))
    single = transactions[0] if len(transactions) == 1 else None
    payer = _other_side(single, amount) if single is not None else None
    return WrittenLine(
        place=entry.line,
        amount=amount,
        date=day,
        text=" | ".join(_each_once(_said(entry, transactions, amount))),
        reference=entry.said("AcctSvcrRef") or (single.said("Refs/AcctSvcrRef") if single is not None else ""),
        status=_STATUS.get(status, BankDepositStatus.POSTED),
        counterparty=(printable(_name(payer)) or None) if payer is not None else None,
        company_id=printable(payer.said("Id/OrgId/Othr/Id", "Pty/Id/OrgId/Othr/Id", "Id/PrvtId/Othr/Id")) or None
        if payer is not None
        else None,
    )


def amount_of(element: Element, *, currency_said: str = "") -> Money:
    """The amount of an entry or balance, without its sign. Raises UnreadableRecord."""
    amount = element.first("Amt")
    if amount is None:
        raise UnreadableRecord("has no amount (Amt)")
    code, written = amount.attributes.get("Ccy", currency_said), amount.text.strip()
    try:
        currency = Currency.of(code)
    except UnknownCurrency as error:
        reason = f"currency {shown(code)} is not known" if code else "Amt names no currency (Ccy)"
        raise UnreadableRecord(reason) from error
    if not _AMOUNT.fullmatch(written):
        raise UnreadableRecord(f"Amt is {shown(written) if written else 'empty'}, not a plain amount")
    return exact_money("Amt", written, written, currency)


def signed(element: Element, amount: Money) -> Money:
    """With the sign that the indicator of credit or debit gives it. Raises UnreadableRecord."""
    indicator = element.said("CdtDbtInd")
    if indicator == "CRDT":
        return amount
    if indicator == "DBIT":
        return -amount
    said = shown(indicator) if indicator else "missing"
    raise UnreadableRecord(f"CdtDbtInd is {said}, not CRDT or DBIT")


def day_of(element: Element, name: str) -> date | None:
    """The day as it is written, None if none is; a time of day does not move it. Raises UnreadableRecord."""
    written = element.said(f"{name}/Dt", f"{name}/DtTm", name)
    if not written:
        return None
    try:
        day = date.fromisoformat(written[:10])
    except ValueError as error:
        raise UnreadableRecord(f"{name} is {shown(written)}, not a date such as 2026-12-31") from error
    if not 1970 <= day.year < 2100:
        raise UnreadableRecord(f"{name} is {shown(written)}, not a date of our time")
    return day


def _said(entry: Element, transactions: list[Element], amount: Money) -> Iterator[str]:
    """All words of the entry: its transactions', then its own."""
    for transaction in transactions[:TRANSACTIONS_SHOWN_MAX]:
        payer = _other_side(transaction, amount)
        if payer is not None:
            yield _name(payer)
            yield payer.said("Id/OrgId/Othr/Id", "Pty/Id/OrgId/Othr/Id")
        for remittance in transaction.all("RmtInf"):
            yield from (" ".join(each.text for each in remittance.all(path)) for path in _REMITTANCE)
        yield transaction.said("AddtlTxInf")
        for references in transaction.all("Refs"):
            yield from (each.said("Ref") if each.name == "Prtry" else each.text for each in references.children)
        side = "Dbtr" if amount.minor_units >= 0 else "Cdtr"
        yield transaction.said(f"RltdPties/{side}Acct/Id/IBAN", f"RltdPties/{side}Acct/Id/Othr/Id")
    batch = entry.first("NtryDtls/Btch")
    if batch is not None:
        yield from (batch.said(name) for name in ("MsgId", "PmtInfId"))
    stated = batch.said("NbOfTxs") if batch is not None else ""
    count = max(len(transactions), int(stated) if re.fullmatch(r"[0-9]{1,9}", stated) else 0)
    if count > 1:
        yield f"{count} transactions"
    yield entry.said("AddtlNtryInf")
    yield entry.said("AcctSvcrRef")
    yield entry.said("NtryRef")
    if entry.said("RvslInd") in ("true", "1"):
        yield "reversal"


def _other_side(transaction: Element, amount: Money) -> Element | None:
    """Who paid, of a credit; who was paid, of a debit."""
    side = "Dbtr" if amount.minor_units >= 0 else "Cdtr"
    for path in (f"RltdPties/{side}", f"RltdPties/Ultmt{side}"):
        party = transaction.first(path)
        if party is not None and _name(party):
            return party
    return None


def _name(party: Element) -> str:
    return party.said("Nm", "Pty/Nm", "Agt/FinInstnId/Nm")


def _each_once(said: Iterable[str]) -> list[str]:
    kept: dict[str, None] = {}
    for each in said:
        words = printable(each)
        if words.upper() not in _NOTHING:
            kept.setdefault(words)
    return list(kept)
