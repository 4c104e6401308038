"""Stripe's payout object to a Payout. Source: API version 2026-10-28, `GET /v1/payouts`."""

from collections.abc import Mapping

from adapters.stripe_api import json_fields
from domain.payout import Payout, PayoutId, PayoutStatus, ReconciliationStatus
from ports.file_formats.json_values import JsonObject
from ports.file_formats.records import UnreadableRecord, shown


def payout_from_json(record: JsonObject) -> Payout:
    """The payout that the object describes. Raises UnreadableRecord."""
    currency = json_fields.currency(record)
    arrival_date = json_fields.day(record, "arrival_date")
    if arrival_date is None:
        raise UnreadableRecord("arrival_date is missing")
    original, reversed_by = (
        json_fields.reference(record, "original_payout"),
        json_fields.reference(record, "reversed_by"),
    )
    return Payout(
        id=PayoutId(json_fields.id_of(record)),
        amount=json_fields.minor_units(record, "amount", currency),
        arrival_date=arrival_date,
        status=payout_status(json_fields.text(record, "status")),
        created=json_fields.moment(record, "created"),
        automatic=json_fields.truth(record, "automatic"),
        method=json_fields.text(record, "method") or "standard",
        stripe_account=json_fields.reference(record, "account"),
        destination=json_fields.reference(record, "destination"),
        destination_last4=_last4(record),
        trace_id=_trace_id(record),
        statement_descriptor=json_fields.text(record, "statement_descriptor"),
        source_type=json_fields.text(record, "source_type"),
        balance_transaction=json_fields.reference(record, "balance_transaction"),
        failure_balance_transaction=json_fields.reference(record, "failure_balance_transaction"),
        failure_code=json_fields.text(record, "failure_code"),
        original_payout=PayoutId(original) if original else None,
        reversed_by=PayoutId(reversed_by) if reversed_by else None,
        reconciliation_status=_reconciliation_status(json_fields.text(record, "reconciliation_status")),
        livemode=json_fields.truth(record, "livemode"),
    )


def payout_status(stated: str | None) -> PayoutStatus:
    """Stripe's word for the status, in any case; UNKNOWN where nothing is stated. Raises UnreadableRecord."""
    if stated is None:
        return PayoutStatus.UNKNOWN
    try:
        return PayoutStatus(stated.strip().lower().replace(" ", "_"))
    except ValueError as error:
        raise UnreadableRecord(f"status {shown(stated)} is not a payout's status") from error


def supported_trace_id(status: str | None, value: str | None) -> str | None:
    """The trace id, if Stripe says that the rail supports it and gives it; nothing else counts."""
    return value if value and status and status.strip().lower() == "supported" else None


def _reconciliation_status(stated: str | None) -> ReconciliationStatus:
    try:
        return ReconciliationStatus(stated) if stated else ReconciliationStatus.UNKNOWN
    except ValueError as error:
        raise UnreadableRecord(f"reconciliation_status {shown(stated)} is not known") from error


def _trace_id(record: JsonObject) -> str | None:
    trace = record.get("trace_id")
    if trace is None:
        return None
    if not isinstance(trace, Mapping):
        raise UnreadableRecord(f"trace_id is {shown(trace)}, not an object with status and value")
    return supported_trace_id(json_fields.text(trace, "status"), json_fields.text(trace, "value"))


def _last4(record: JsonObject) -> str | None:
    destination = record.get("destination")
    return json_fields.text(destination, "last4") if isinstance(destination, Mapping) else None
