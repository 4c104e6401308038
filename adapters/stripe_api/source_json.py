"""What the object behind a balance transaction says of it: the charge, the payment, what it undoes.

Only where the source is expanded (`expand[]=data.source`). Source: API version 2026-10-28, the objects that a balance
transaction's `source` can be.
"""

from collections.abc import Callable, Mapping
from typing import Final

from adapters.stripe_api import json_fields
from domain.balance_transaction import CHARGES
from ports.file_formats.json_values import JsonObject, JsonValue

Links = dict[str, str | None]
"""Fields of a BalanceTransaction, by name."""


def links_of_source(source: JsonValue) -> Links:
    """What it says; nothing of an id alone. Raises UnreadableRecord."""
    if not isinstance(source, Mapping):
        return {}
    kind = source.get("object")
    read = _KINDS.get(kind) if isinstance(kind, str) else None
    return {} if read is None else {name: said for name, said in read(source).items() if said is not None}


def _charge(source: JsonObject) -> Links:
    return {
        "payment_intent": json_fields.reference(source, "payment_intent"),
        "invoice": json_fields.reference(source, "invoice"),  # until version 2025-03-31
        "of_source": json_fields.reference(source, "source_transfer"),
    }


def _refund(source: JsonObject) -> Links:
    return {
        "of_charge": json_fields.reference(source, "charge"),
        "payment_intent": json_fields.reference(source, "payment_intent"),
    }


def _dispute(source: JsonObject) -> Links:
    return {**_refund(source), "dispute_status": json_fields.text(source, "status")}


def _application_fee(source: JsonObject) -> Links:
    """Of the platform's own: what it was taken from may be a payout's fee, not a charge."""
    return _charge_or_other(json_fields.reference(source, "charge"))


def _fee_refund(source: JsonObject) -> Links:
    return {"of_source": json_fields.reference(source, "fee")}


def _transfer(source: JsonObject) -> Links:
    return _charge_or_other(json_fields.reference(source, "source_transaction"))


def _transfer_reversal(source: JsonObject) -> Links:
    return {"of_source": json_fields.reference(source, "transfer")}


def _payout(source: JsonObject) -> Links:
    return {"of_source": json_fields.reference(source, "original_payout")}


def _charge_or_other(id: str | None) -> Links:
    return {"of_charge" if id is not None and id.startswith(CHARGES) else "of_source": id}


_KINDS: Final[Mapping[str, Callable[[JsonObject], Links]]] = {
    "charge": _charge,
    "refund": _refund,
    "dispute": _dispute,
    "application_fee": _application_fee,
    "fee_refund": _fee_refund,
    "transfer": _transfer,
    "transfer_reversal": _transfer_reversal,
    "payout": _payout,
}
