"""Stripe's balance transaction object to a BalanceTransaction. Source: API version 2026-10-28."""

from adapters.stripe_api import json_fields
from domain.balance_transaction import BalanceTransaction, BalanceTransactionId, NetMismatch
from domain.payout import PayoutId
from domain.reconciliation_break import BreakKind
from ports.file_formats.json_values import JsonObject
from ports.file_formats.records import UnreadableRecord


def balance_transaction_from_json(record: JsonObject, payout: PayoutId | None) -> BalanceTransaction:
    """The transaction that the object describes; `payout` is the one in whose list it stands.

    The object itself does not say which payout it is in, except a payout's own movement, whose source it is.
    Raises UnreadableRecord; its kind is NET_MISMATCH if net is not amount less fee.
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
            status=json_fields.text(record, "status"),
            balance_type=json_fields.text(record, "balance_type") or "payments",
        )
    except NetMismatch as error:
        raise UnreadableRecord(str(error), BreakKind.NET_MISMATCH) from error
