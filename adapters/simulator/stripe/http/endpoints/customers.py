"""`/v1/customers` and `/v1/invoiceitems` (docs.stripe.com/api/customers; documented)."""

from typing import Final

from adapters.simulator.stripe import customers, invoices
from adapters.simulator.stripe.http.endpoint import Call, Endpoint
from adapters.simulator.stripe.http.pagination import PAGE, having, page
from adapters.simulator.stripe.http.parameters import currency, integer, metadata, moments, text
from adapters.simulator.stripe.refused import Refused
from adapters.simulator.stripe.wire import JsonObject


def _list(call: Call) -> JsonObject:
    accepts = having(call.values, "email")
    return page(call.book.collection("customer"), call.values, call.path, "customer", accepts)


def _retrieve(call: Call) -> JsonObject:
    return call.named("customer")


def _create(call: Call) -> JsonObject:
    return customers.create(call.book, **call.values)


def _list_items(call: Call) -> JsonObject:
    def accepts(item: JsonObject) -> bool:
        return all(call.values.get(name) in (None, item[name]) for name in ("customer", "invoice"))

    return page(call.book.collection("invoiceitem"), call.values, call.path, "invoiceitem", accepts)


def _create_item(call: Call) -> JsonObject:
    """Only for an invoice that is there: items that wait for a customer's next invoice are not simulated."""
    values = call.values
    call.named("customer", values["customer"], param="customer", status=400)
    invoice = call.named("invoice", values["invoice"], param="invoice", status=400)
    if invoice["customer"] != values["customer"]:
        raise Refused("The invoice is another customer's.", param="customer")
    if values.get("currency", invoice["currency"]) != invoice["currency"]:
        raise Refused("The currency is not the invoice's.", param="currency")
    return invoices.add_item(call.book, invoice, values["amount"], description=values.get("description"))


_NEW: Final = {"description": text(), "email": text(), "metadata": metadata, "name": text()}

ENDPOINTS: Final = (
    Endpoint(
        method="GET",
        path="/v1/customers",
        resource="customer",
        answer=_list,
        parameters={**PAGE, "created": moments, "email": text()},
    ),
    Endpoint(method="GET", path="/v1/customers/{id}", resource="customer", answer=_retrieve),
    Endpoint(method="POST", path="/v1/customers", resource="customer", answer=_create, parameters=_NEW),
    Endpoint(
        method="GET",
        path="/v1/invoiceitems",
        resource="invoice",
        answer=_list_items,
        parameters={**PAGE, "customer": text(), "invoice": text()},
    ),
    Endpoint(
        method="POST",
        path="/v1/invoiceitems",
        resource="invoice",
        answer=_create_item,
        required=("customer", "invoice", "amount"),
        parameters={
            "amount": integer(),
            "currency": currency,
            "customer": text(),
            "description": text(),
            "invoice": text(),
        },
    ),
)
