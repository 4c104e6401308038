"""`/v1/invoices` (docs.stripe.com/api/invoices; documented)."""

from collections.abc import Callable
from typing import Final

from adapters.simulator.stripe import invoices
from adapters.simulator.stripe.account_book import AccountBook
from adapters.simulator.stripe.collection import Collection
from adapters.simulator.stripe.http.endpoint import Call, Endpoint
from adapters.simulator.stripe.http.pagination import PAGE, having, page
from adapters.simulator.stripe.http.parameters import (
    currency,
    flag,
    integer,
    list_of,
    metadata,
    moments,
    nested,
    one_of,
    text,
)
from adapters.simulator.stripe.refused import Refused
from adapters.simulator.stripe.wire import JsonObject

_COLLECTION: Final = one_of("charge_automatically", "send_invoice")


def _list(call: Call) -> JsonObject:
    accepts = having(call.values, "customer", "status", "collection_method")
    return page(call.book.collection("invoice"), call.values, call.path, "invoice", accepts)


def _retrieve(call: Call) -> JsonObject:
    return call.named("invoice")


def _lines(call: Call) -> JsonObject:
    lines = Collection()
    for line in call.book.invoice_lines[call.named("invoice")["id"]]:
        lines.add(line)
    return page(lines, call.values, call.path, "line_item")


def _create(call: Call) -> JsonObject:
    values = call.values
    fee = values.get("application_fee_amount", 0)
    if fee and call.book.platform is None:
        words = "Can only apply an application_fee_amount when the request is made on behalf of another account."
        raise Refused(words, param="application_fee_amount")
    customer = call.named("customer", values["customer"], param="customer", status=400)
    method = values.get("collection_method", "charge_automatically")
    if method == "send_invoice" and "days_until_due" not in values:
        words = "If invoice `collection_method` is 'send_invoice', you must pass `days_until_due` or `due_date`."
        raise Refused(words, param="days_until_due")
    return invoices.create(
        call.book,
        customer,
        currency=values.get("currency"),
        collection_method=method,
        days_until_due=values.get("days_until_due"),
        application_fee=fee,
        auto_advance=values.get("auto_advance", False),
        description=values.get("description"),
        metadata=values.get("metadata"),
    )


def _update(call: Call) -> JsonObject:
    invoice = call.named("invoice")
    values = dict(call.values)
    if "metadata" in values:
        values["metadata"] = {**invoice["metadata"], **values["metadata"]}
    if set(values) - {"metadata"} and invoice["status"] != "draft":
        raise Refused("Finalized invoices can't be updated in this way.", code="invoice_not_editable")
    return call.book.change(invoice, "invoice.updated", **values)


def _delete(call: Call) -> JsonObject:
    return invoices.delete(call.book, call.named("invoice"))


def _add_lines(call: Call) -> JsonObject:
    """Of a line's price only what is said with it is simulated, not prices that are kept."""
    invoice = call.named("invoice")
    for place, line in enumerate(call.values["lines"]):
        price, quantity = line.get("price_data"), line.get("quantity", 1)
        if (price is None) is ("amount" not in line):
            name = f"lines[{place}][amount]"
            raise Refused("You must specify either `amount` or `price_data`.", code="parameter_missing", param=name)
        if price is not None and price["currency"] != invoice["currency"]:
            words = f"The price's currency ({price['currency']}) must be the invoice's ({invoice['currency']})."
            raise Refused(words, param=f"lines[{place}][price_data][currency]")
        amount = line["amount"] if price is None else price["unit_amount"] * quantity
        description = line.get("description") or (price or {}).get("product_data", {}).get("name")
        invoices.add_item(call.book, invoice, amount, description=description, quantity=quantity)
    return invoice


def _finalize(call: Call) -> JsonObject:
    _must_charge(call)
    return invoices.finalize(call.book, call.named("invoice"))


def _send(call: Call) -> JsonObject:
    invoice = call.named("invoice")
    if invoice["status"] == "draft":
        _must_charge(call)
    return invoices.send(call.book, invoice)


def _must_charge(call: Call) -> None:
    if not call.book.account["charges_enabled"]:
        words = "Your account cannot currently make live charges, so this invoice cannot be finalized."
        raise Refused(words, code="account_invalid")


def _pay(call: Call) -> JsonObject:
    invoice = call.named("invoice")
    if call.values.get("paid_out_of_band"):
        return invoices.pay_out_of_band(call.book, invoice)
    if not call.values.get("payment_method"):
        words = "Cannot charge a customer that has no default payment method."
        raise Refused(words, code="resource_missing")
    invoices.pay(call.book, invoice)
    return invoice


def _attach(call: Call) -> JsonObject:
    intent = call.named("payment_intent", call.values["payment_intent"], param="payment_intent", status=400)
    return invoices.attach(call.book, call.named("invoice"), intent)


def _action(name: str, action: Callable[[AccountBook, JsonObject], JsonObject]) -> Endpoint:
    def answer(call: Call) -> JsonObject:
        return action(call.book, call.named("invoice"))

    return Endpoint(method="POST", path=f"/v1/invoices/{{id}}/{name}", resource="invoice", answer=answer)


_LINE: Final = nested(
    {
        "amount": integer(),
        "description": text(),
        "price_data": nested(
            {
                "currency": currency,
                "product_data": nested({"name": text()}, required=("name",)),
                "unit_amount": integer(),
            },
            required=("currency", "product_data", "unit_amount"),
        ),
        "quantity": integer(0),
    }
)

ENDPOINTS: Final = (
    Endpoint(
        method="GET",
        path="/v1/invoices",
        resource="invoice",
        answer=_list,
        parameters={
            **PAGE,
            "collection_method": _COLLECTION,
            "created": moments,
            "customer": text(),
            "status": one_of("draft", "open", "paid", "uncollectible", "void"),
        },
    ),
    Endpoint(method="GET", path="/v1/invoices/{id}", resource="invoice", answer=_retrieve),
    Endpoint(method="GET", path="/v1/invoices/{id}/lines", resource="invoice", answer=_lines, parameters=PAGE),
    Endpoint(
        method="POST",
        path="/v1/invoices",
        resource="invoice",
        answer=_create,
        required=("customer",),
        parameters={
            "application_fee_amount": integer(0),
            "auto_advance": flag,
            "collection_method": _COLLECTION,
            "currency": currency,
            "customer": text(),
            "days_until_due": integer(0),
            "description": text(),
            "metadata": metadata,
        },
    ),
    Endpoint(
        method="POST",
        path="/v1/invoices/{id}",
        resource="invoice",
        answer=_update,
        parameters={"description": text(), "metadata": metadata},
    ),
    Endpoint(method="DELETE", path="/v1/invoices/{id}", resource="invoice", answer=_delete),
    Endpoint(
        method="POST",
        path="/v1/invoices/{id}/finalize",
        resource="invoice",
        answer=_finalize,
        parameters={"auto_advance": flag},
    ),
    Endpoint(
        method="POST",
        path="/v1/invoices/{id}/pay",
        resource="invoice",
        answer=_pay,
        parameters={"paid_out_of_band": flag, "payment_method": text()},
    ),
    Endpoint(
        method="POST",
        path="/v1/invoices/{id}/attach_payment",
        resource="invoice",
        answer=_attach,
        required=("payment_intent",),
        parameters={"payment_intent": text()},
    ),
    Endpoint(
        method="POST",
        path="/v1/invoices/{id}/add_lines",
        resource="invoice",
        answer=_add_lines,
        required=("lines",),
        parameters={"lines": list_of(_LINE, most=250)},
    ),
    Endpoint(method="POST", path="/v1/invoices/{id}/send", resource="invoice", answer=_send),
    _action("void", invoices.void),
    _action("mark_uncollectible", invoices.mark_uncollectible),
)
