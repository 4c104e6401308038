"""`/v1/events`: what happened in the last thirty days (docs.stripe.com/api/events; documented)."""

from typing import Any, Final

from adapters.simulator.stripe.account_book import EVENTS_KEPT
from adapters.simulator.stripe.http.endpoint import Call, Endpoint
from adapters.simulator.stripe.http.pagination import PAGE, page, within
from adapters.simulator.stripe.http.parameters import flag, list_of, moments, text
from adapters.simulator.stripe.refused import Refused, no_such
from adapters.simulator.stripe.wire import JsonObject

TYPES_MOST: Final = 20


def _list(call: Call) -> JsonObject:
    values, book = call.values, call.book
    if "type" in values and "types" in values:
        raise Refused("You may only pass one of type or types.", param="types")
    oldest, told = book.now - EVENTS_KEPT, values.get("delivery_success")

    def accepts(event: JsonObject) -> bool:
        return (
            event["created"] >= oldest
            and within(event["created"], values.get("created"))
            and _is_of(event["type"], values)
            and told in (None, event["pending_webhooks"] == 0)
        )

    answer = page(book.collection("event"), values, call.path, "event", accepts)
    answer["data"] = [_shown(call, event) for event in answer["data"]]
    return answer


def _is_of(type: str, values: Any) -> bool:
    """A type, one with a wildcard at its end, or a list of types."""
    if "types" in values:
        return type in values["types"]
    wanted = values.get("type")
    if wanted is None:
        return True
    return type.startswith(wanted[:-1]) if wanted.endswith(".*") else bool(type == wanted)


def _retrieve(call: Call) -> JsonObject:
    event = call.named("event")
    if event["created"] < call.book.now - EVENTS_KEPT:
        raise no_such("event", event["id"])
    return _shown(call, event)


def _shown(call: Call, event: JsonObject) -> JsonObject:
    if call.book.kernel.switches.listed_events_name_account:
        return event
    return {key: value for key, value in event.items() if key != "account"}


ENDPOINTS: Final = (
    Endpoint(
        method="GET",
        path="/v1/events",
        resource="event",
        answer=_list,
        parameters={
            **PAGE,
            "created": moments,
            "delivery_success": flag,
            "type": text(),
            "types": list_of(text(), TYPES_MOST),
        },
    ),
    Endpoint(method="GET", path="/v1/events/{id}", resource="event", answer=_retrieve),
)
