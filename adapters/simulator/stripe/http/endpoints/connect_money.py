"""`/v1/application_fees`, `/v1/transfers`, `/v1/topups`: money of platforms (docs.stripe.com/api; documented)."""

from typing import Final

from adapters.simulator.stripe import topups, transfers
from adapters.simulator.stripe.http.endpoint import Call, Endpoint
from adapters.simulator.stripe.http.pagination import PAGE, having, page
from adapters.simulator.stripe.http.parameters import currency, integer, metadata, moments, one_of, text
from adapters.simulator.stripe.refused import no_such
from adapters.simulator.stripe.wire import JsonObject


def _list_fees(call: Call) -> JsonObject:
    accepts = having(call.values, "charge")
    return page(call.book.collection("application_fee"), call.values, call.path, "application_fee", accepts)


def _fee(call: Call) -> JsonObject:
    return call.named("application_fee")


def _list_transfers(call: Call) -> JsonObject:
    accepts = having(call.values, "destination", "transfer_group")
    return page(call.book.collection("transfer"), call.values, call.path, "transfer", accepts)


def _transfer(call: Call) -> JsonObject:
    return call.named("transfer")


def _create_transfer(call: Call) -> JsonObject:
    values = call.values
    connected = call.platform.reaches(values["destination"], livemode=call.book.livemode)
    if connected is None:
        raise no_such("destination", values["destination"], param="destination", status=400)
    destination = call.simulation.book(connected.account, livemode=connected.livemode)
    return transfers.transfer(
        call.book,
        destination,
        values["amount"],
        currency=values["currency"],
        description=values.get("description"),
        metadata=values.get("metadata"),
    )


def _list_topups(call: Call) -> JsonObject:
    accepts = having(call.values, "status", "amount")
    return page(call.book.collection("topup"), call.values, call.path, "topup", accepts)


def _topup(call: Call) -> JsonObject:
    return call.named("topup")


def _create_topup(call: Call) -> JsonObject:
    values = call.values
    return topups.top_up(
        call.book, values["amount"], currency=values["currency"], description=values.get("description")
    )


ENDPOINTS: Final = (
    Endpoint(
        method="GET",
        path="/v1/application_fees",
        resource="application_fee",
        answer=_list_fees,
        parameters={**PAGE, "created": moments, "charge": text()},
    ),
    Endpoint(method="GET", path="/v1/application_fees/{id}", resource="application_fee", answer=_fee),
    Endpoint(
        method="GET",
        path="/v1/transfers",
        resource="transfer",
        answer=_list_transfers,
        parameters={**PAGE, "created": moments, "destination": text(), "transfer_group": text()},
    ),
    Endpoint(method="GET", path="/v1/transfers/{id}", resource="transfer", answer=_transfer),
    Endpoint(
        method="POST",
        path="/v1/transfers",
        resource="transfer",
        answer=_create_transfer,
        required=("amount", "currency", "destination"),
        parameters={
            "amount": integer(1),
            "currency": currency,
            "description": text(),
            "destination": text(),
            "metadata": metadata,
        },
    ),
    Endpoint(
        method="GET",
        path="/v1/topups",
        resource="topup",
        answer=_list_topups,
        parameters={
            **PAGE,
            "amount": integer(1),
            "created": moments,
            "status": one_of("canceled", "failed", "pending", "reversed", "succeeded"),
        },
    ),
    Endpoint(method="GET", path="/v1/topups/{id}", resource="topup", answer=_topup),
    Endpoint(
        method="POST",
        path="/v1/topups",
        resource="topup",
        answer=_create_topup,
        required=("amount", "currency"),
        parameters={"amount": integer(1), "currency": currency, "description": text()},
    ),
)
