"""`/v1/credit_notes` (docs.stripe.com/api/credit_notes; documented)."""

from typing import Final

from adapters.simulator.stripe import credit_notes
from adapters.simulator.stripe.http.endpoint import Call, Endpoint
from adapters.simulator.stripe.http.pagination import PAGE, having, page
from adapters.simulator.stripe.http.parameters import integer, moments, one_of, text
from adapters.simulator.stripe.wire import JsonObject


def _list(call: Call) -> JsonObject:
    accepts = having(call.values, "customer", "invoice")
    return page(call.book.collection("credit_note"), call.values, call.path, "credit_note", accepts)


def _retrieve(call: Call) -> JsonObject:
    return call.named("credit_note")


def _create(call: Call) -> JsonObject:
    values = dict(call.values)
    invoice = call.named("invoice", values.pop("invoice"), param="invoice", status=400)
    return credit_notes.create(call.book, invoice, values.pop("amount"), **values)


def _void(call: Call) -> JsonObject:
    return credit_notes.void(call.book, call.named("credit_note"))


ENDPOINTS: Final = (
    Endpoint(
        method="GET",
        path="/v1/credit_notes",
        resource="invoice",
        answer=_list,
        parameters={**PAGE, "created": moments, "customer": text(), "invoice": text()},
    ),
    Endpoint(method="GET", path="/v1/credit_notes/{id}", resource="invoice", answer=_retrieve),
    Endpoint(
        method="POST",
        path="/v1/credit_notes",
        resource="invoice",
        answer=_create,
        required=("invoice", "amount"),
        parameters={
            "amount": integer(1),
            "credit_amount": integer(0),
            "invoice": text(),
            "memo": text(),
            "out_of_band_amount": integer(0),
            "reason": one_of("duplicate", "fraudulent", "order_change", "product_unsatisfactory"),
            "refund_amount": integer(0),
        },
    ),
    Endpoint(method="POST", path="/v1/credit_notes/{id}/void", resource="invoice", answer=_void),
)
