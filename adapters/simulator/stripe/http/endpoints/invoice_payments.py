"""`/v1/invoice_payments` (docs.stripe.com/api/invoice-payment; documented)."""

from typing import Final

from adapters.simulator.stripe.http.endpoint import Call, Endpoint
from adapters.simulator.stripe.http.pagination import PAGE, having, page
from adapters.simulator.stripe.http.parameters import moments, nested, one_of, text
from adapters.simulator.stripe.refused import Refused
from adapters.simulator.stripe.wire import JsonObject


def _list(call: Call) -> JsonObject:
    """By invoice, or the other way round by what paid; there is no filter by charge."""
    payment = call.values.get("payment")
    same = having(call.values, "invoice", "status")
    if payment is not None and payment["type"] not in payment:
        name = f"payment[{payment['type']}]"
        raise Refused(f"Missing required param: {name}.", code="parameter_missing", param=name)

    def accepts(item: JsonObject) -> bool:
        return same(item) and (payment is None or item["payment"].get(payment["type"]) == payment[payment["type"]])

    return page(call.book.collection("invoice_payment"), call.values, call.path, "invoice_payment", accepts)


def _retrieve(call: Call) -> JsonObject:
    return call.named("invoice_payment")


_PAYMENT: Final = nested(
    {
        "type": one_of("payment_intent", "payment_record"),
        "payment_intent": text(),
        "payment_record": text(),
    },
    required=("type",),
)

ENDPOINTS: Final = (
    Endpoint(
        method="GET",
        path="/v1/invoice_payments",
        resource="invoice",
        answer=_list,
        parameters={
            **PAGE,
            "created": moments,
            "invoice": text(),
            "payment": _PAYMENT,
            "status": one_of("canceled", "open", "paid"),
        },
    ),
    Endpoint(method="GET", path="/v1/invoice_payments/{id}", resource="invoice", answer=_retrieve),
)
