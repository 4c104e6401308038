"""`/v1/payouts` (docs.stripe.com/api/payouts; documented)."""

from typing import Final

from adapters.simulator.stripe import payouts
from adapters.simulator.stripe.http.endpoint import Call, Endpoint
from adapters.simulator.stripe.http.pagination import PAGE, page, within
from adapters.simulator.stripe.http.parameters import currency, integer, metadata, moments, one_of, text
from adapters.simulator.stripe.wire import JsonObject

_STATUS: Final = one_of("pending", "in_transit", "paid", "failed", "canceled")


def _list(call: Call) -> JsonObject:
    values, book = call.values, call.book
    status = values.get("status")
    if status == "in_transit" and book.kernel.switches.payout_status_filter == "ignores_in_transit":
        status = None

    def accepts(payout: JsonObject) -> bool:
        return (
            within(payout["created"], values.get("created"))
            and within(payout["arrival_date"], values.get("arrival_date"))
            and values.get("destination") in (None, payout["destination"])
            and status in (None, payout["status"])
        )

    return page(book.listing("payout"), values, call.path, "payout", accepts)


def _retrieve(call: Call) -> JsonObject:
    return call.named("payout", param="payout")


def _create(call: Call) -> JsonObject:
    values = call.values
    return payouts.request(
        call.book,
        values["amount"],
        currency=values["currency"],
        instant=values.get("method") == "instant",
        destination=values.get("destination"),
        statement_descriptor=values.get("statement_descriptor"),
        description=values.get("description"),
        metadata=values.get("metadata"),
    )


def _update(call: Call) -> JsonObject:
    payout = call.named("payout", param="payout")
    merged = {**payout["metadata"], **call.values.get("metadata", {})}
    return call.book.change(payout, "payout.updated", metadata=merged)


def _cancel(call: Call) -> JsonObject:
    return payouts.cancel(call.book, call.named("payout", param="payout"))


def _reverse(call: Call) -> JsonObject:
    return payouts.reverse(call.book, call.named("payout", param="payout"), metadata=call.values.get("metadata"))


ENDPOINTS: Final = (
    Endpoint(
        method="GET",
        path="/v1/payouts",
        resource="payout",
        answer=_list,
        parameters={**PAGE, "created": moments, "arrival_date": moments, "destination": text(), "status": _STATUS},
    ),
    Endpoint(method="GET", path="/v1/payouts/{id}", resource="payout", answer=_retrieve),
    Endpoint(
        method="POST",
        path="/v1/payouts",
        resource="payout",
        answer=_create,
        required=("amount", "currency"),
        parameters={
            "amount": integer(1),
            "currency": currency,
            "description": text(),
            "destination": text(),
            "metadata": metadata,
            "method": one_of("standard", "instant"),
            "source_type": one_of("card", "bank_account", "fpx"),
            "statement_descriptor": text(22),
        },
    ),
    Endpoint(
        method="POST", path="/v1/payouts/{id}", resource="payout", answer=_update, parameters={"metadata": metadata}
    ),
    Endpoint(method="POST", path="/v1/payouts/{id}/cancel", resource="payout", answer=_cancel),
    Endpoint(
        method="POST",
        path="/v1/payouts/{id}/reverse",
        resource="payout",
        answer=_reverse,
        parameters={"metadata": metadata},
    ),
)
