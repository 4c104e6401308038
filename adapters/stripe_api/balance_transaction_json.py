"""Stripe's balance transaction object to a BalanceTransaction. Source: API version 2026-10-28."""

from collections.abc import Mapping

from adapters.stripe_api import json_fields
from adapters.stripe_api.source_json import links_of_source
from domain.balance_transaction import BalanceTransaction, BalanceTransactionId, NetMismatch
from domain.fee_part import FeePart, in_order
from domain.money import Currency
from domain.payout import PayoutId
from domain.reconciliation_break import BreakKind
from ports.file_formats.json_values import JsonObject
from ports.file_formats.records import UnreadableRecord


def balance_transaction_from_json(
    record: JsonObject, payout: PayoutId | None, *, account: str | None = None, with_status: bool = True
) -> BalanceTransaction:
    """The transaction that the object describes; `payout` is the one in whose list it stands, `account` whose it is.

    The object itself does not say which payout it is in, except a payout's own movement, whose source it is.
    What its source says beside (its charge, its payment) is known where
    the source is expanded. Raises UnreadableRecord; its kind is NET_MISMATCH if net is not amount less fee.
    """
    id_, currency = json_fields.id_of(record), json_fields.currency(record)
    kind, source = json_fields.text(record, "type"), json_fields.reference(record, "source")
    if payout is None and kind == "payout" and source is not None and source.startswith("po_"):
        payout = PayoutId(source)
    try:
        return BalanceTransaction(
            id=BalanceTransactionId(id_),
            amount=json_fields.minor_units(record, "amount", currency),
            fee=json_fields.minor_units(record, "fee", currency),
            net=json_fields.minor_units(record, "net", currency),
            type=kind,
            reporting_category=json_fields.text(record, "reporting_category"),
            payout=payout,
            source=source,
            created=json_fields.moment(record, "created"),
            available_on=json_fields.day(record, "available_on"),
            description=json_fields.text(record, "description"),
            status=json_fields.text(record, "status") if with_status else None,
            stripe_account=account,
            balance_type=json_fields.text(record, "balance_type") or "payments",
            fee_parts=_fee_parts(record, currency),
            **links_of_source(record.get("source")),
        )
    except NetMismatch as error:
        raise UnreadableRecord(str(error), BreakKind.NET_MISMATCH) from error


def _fee_parts(record: JsonObject, currency: Currency) -> tuple[FeePart, ...] | None:
    """None where the record has no such list: it need not add up to the fee, and is none of its amounts."""
    listed = record.get("fee_details")
    if not isinstance(listed, list):
        return None
    return in_order(_fee_part(each, currency) for each in listed if isinstance(each, Mapping))


def _fee_part(record: JsonObject, currency: Currency) -> FeePart:
    own = json_fields.currency(record) if record.get("currency") is not None else currency
    return FeePart(
        kind=json_fields.text(record, "type") or "unnamed",
        amount=json_fields.minor_units(record, "amount", own),
        description=json_fields.text(record, "description"),
        application=json_fields.reference(record, "application"),
    )
