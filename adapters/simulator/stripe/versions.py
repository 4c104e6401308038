"""Older API versions: how objects looked before fields moved. For events of endpoints that nobody pinned.

Documented in Stripe's changelog: 2024-11-20.acacia added `trace_id`; 2025-03-31.basil took `charge`,
`payment_intent`, `paid`, `paid_out_of_band` and `application_fee_amount` from invoices and `invoice` from charges.
"""

import re
from typing import TYPE_CHECKING, Any, Final

from adapters.simulator.stripe.wire import API_VERSION, JsonObject

if TYPE_CHECKING:
    from adapters.simulator.stripe.account_book import AccountBook

_FORM: Final = re.compile(r"20[0-9]{2}-[01][0-9]-[0-3][0-9](\.[a-z]+)?", re.ASCII)
_TRACE_IDS: Final = "2024-11-20"
_INVOICE_PAYMENTS: Final = "2025-03-31"


def is_version(text: str) -> bool:
    """It has the form of an API version, and is none of the future."""
    return bool(_FORM.fullmatch(text)) and text[:10] <= API_VERSION[:10]


def rendered(book: "AccountBook", value: Any, version: str) -> Any:
    """The object, and what is in it, as that version had it."""
    if version == API_VERSION or version[:10] >= _INVOICE_PAYMENTS:
        return value
    if isinstance(value, list):
        return [rendered(book, each, version) for each in value]
    if not isinstance(value, dict):
        return value
    result = {key: rendered(book, each, version) for key, each in value.items()}
    match result.get("object"):
        case "invoice":
            _old_invoice(book, result)
        case "charge":
            payments = book.payments_of.get(result.get("payment_intent") or "", [])
            result["invoice"] = book.get(payments[-1])["invoice"] if payments else None
        case "payout" if version[:10] < _TRACE_IDS:
            result.pop("trace_id", None)
    return result


def rendered_event(book: "AccountBook", event: JsonObject, version: str) -> JsonObject:
    """The event as an endpoint of that version gets it."""
    if version == event["api_version"]:
        return event
    data = book.undrifted.get(event["id"], event["data"])
    return {**event, "api_version": version, "data": rendered(book, data, version)}


def _old_invoice(book: "AccountBook", invoice: JsonObject) -> None:
    payments = book.payments_of.get(invoice["id"], [])
    last = book.get(payments[-1])["payment"].get("payment_intent") if payments else None
    intent = book.find(last)
    invoice.pop("payments", None)
    invoice["payment_intent"] = last
    invoice["charge"] = intent["latest_charge"] if intent else None
    invoice["paid"] = invoice["status"] == "paid"
    invoice["paid_out_of_band"] = bool(invoice["paid"] and invoice.get("amount_paid_off_stripe"))
    invoice["application_fee_amount"] = intent["application_fee_amount"] if intent else None
