"""Plaid's transaction object to a BankDeposit. Source: Plaid API 2020-09-14, `/transactions/sync` and `/get`."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from adapters.plaid_api.line_amount import line_amount, sandbox_line_amount
from domain.bank_deposit import BankAccountId, BankDeposit, BankDepositId, BankDepositStatus
from ports.file_formats.json_values import JsonObject, JsonValue
from ports.file_formats.records import UnreadableRecord, shown
from ports.file_formats.text import is_plain_id, printable

_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d(?:T.*)?", re.ASCII)


def bank_line_from_json(record: JsonObject) -> BankDeposit:
    """The bank line that the object describes. Raises UnreadableRecord."""
    pending = record.get("pending", False)
    if pending is not None and not isinstance(pending, bool):
        raise UnreadableRecord(f"pending is {shown(pending)}, neither true nor false")
    replaces = optional_text(record, "pending_transaction_id")
    return BankDeposit(
        id=BankDepositId(id_in(record, "transaction_id")),
        account=BankAccountId(id_in(record, "account_id")),
        amount=line_amount(record),
        date=_day(record, "date"),
        text=_text(record),
        status=BankDepositStatus.PENDING if pending else BankDepositStatus.POSTED,
        pending_id=BankDepositId(replaces) if replaces else None,
        counterparty=next(_counterparties(record), None),
        company_id=optional_text(_object(record, "payment_meta"), "ppd_id"),
    )


def sandbox_line_from_json(record: JsonObject, id_: BankDepositId, account: BankAccountId) -> BankDeposit:
    """A line of the sandbox's custom-user file, which has no ids of its own. Raises UnreadableRecord."""
    return BankDeposit(
        id=id_,
        account=account,
        amount=sandbox_line_amount(record),
        date=_day(record, "date_posted" if record.get("date_posted") is not None else "date_transacted"),
        text=optional_text(record, "description") or "",
    )


def id_in(record: JsonObject, field: str) -> str:
    """An id that must be there. Raises UnreadableRecord."""
    value = record.get(field)
    if not isinstance(value, str) or not is_plain_id(value):
        raise UnreadableRecord(f"{field} is {'missing' if value is None else shown(value)}, not an id")
    return value


def optional_text(record: JsonObject, field: str) -> str | None:
    """Text, cleaned of control characters; None where absent, null or blank. Raises UnreadableRecord."""
    value = record.get(field)
    if value is None:
        return None
    if not isinstance(value, str):
        raise UnreadableRecord(f"{field} is {shown(value)}, not text")
    return printable(value) or None


def _day(record: JsonObject, field: str) -> date:
    value = record.get(field)
    if not isinstance(value, str):
        raise UnreadableRecord(f"{field} is {'missing' if value is None else shown(value)}, not a date")
    try:
        found = date.fromisoformat(value[:10]) if _DAY.fullmatch(value) else None
    except ValueError:
        found = None
    if found is None:
        raise UnreadableRecord(f"{field} is {shown(value)}, not a date such as 2026-12-31")
    if not 1990 <= found.year < 2100:
        raise UnreadableRecord(f"{field} is {shown(value)}, not a date between 1990 and 2100")
    return found


def _text(record: JsonObject) -> str:
    """All that Plaid says about the line: the bank's own text first, then what adds words to it."""
    said: list[str] = []
    meta = _object(record, "payment_meta")
    for part in (
        optional_text(record, "original_description"),
        optional_text(record, "name"),
        optional_text(record, "merchant_name"),
        *_counterparties(record),
        optional_text(meta, "payee"),
        optional_text(meta, "payer"),
        optional_text(meta, "by_order_of"),
        optional_text(meta, "reference_number"),
        optional_text(meta, "reason"),
    ):
        if part and not any(part.casefold() in known.casefold() for known in said):
            said.append(part)
    return " | ".join(said)


def _counterparties(record: JsonObject) -> Iterator[str]:
    merchant = optional_text(record, "merchant_name")
    if merchant:
        yield merchant
    parties = record.get("counterparties")
    for party in parties if isinstance(parties, list) else ():
        name = optional_text(party, "name") if isinstance(party, Mapping) else None
        if name:
            yield name


def _object(record: JsonObject, field: str) -> JsonObject:
    value: JsonValue = record.get(field)
    return value if isinstance(value, Mapping) else {}
