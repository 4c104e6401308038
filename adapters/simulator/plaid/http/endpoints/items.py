"""Tokens and Items (plaid.com/docs/api/items; documented)."""

from typing import Final

from adapters.simulator.plaid import item_health
from adapters.simulator.plaid.http.endpoint import Call, Endpoint
from adapters.simulator.plaid.http.parameters import any_text, text
from adapters.simulator.wire import JsonObject


def _exchange(call: Call) -> JsonObject:
    item = call.simulation.link.exchange(call.client, call.environment, call.values["public_token"])
    return {"access_token": item.access_token, "item_id": item.item_id}


def _get(call: Call) -> JsonObject:
    """Whatever its state: `item.error` says what is wrong with it."""
    item = call.item()
    return {"item": item.as_object(), "status": item.status_object()}


def _remove(call: Call) -> JsonObject:
    item_health.remove(call.item())
    return {}


def _rotate(call: Call) -> JsonObject:
    return {"new_access_token": call.simulation.link.rotate_access(call.item())}


def _change_webhook(call: Call) -> JsonObject:
    item = call.item()
    item.webhook = call.values.get("webhook") or None
    item_health.tell_of_new_address(call.simulation.kernel, item)
    return {"item": item.as_object()}


def _new_public_token(call: Call) -> JsonObject:
    return {"public_token": call.simulation.link.public_token(call.item())}


_TOKEN: Final = {"access_token": text()}
_NEEDED: Final = ("access_token",)

ENDPOINTS: Final = (
    Endpoint(
        path="/item/public_token/exchange",
        answer=_exchange,
        fields={"public_token": text()},
        required=("public_token",),
    ),
    Endpoint(path="/item/public_token/create", answer=_new_public_token, fields=_TOKEN, required=_NEEDED),
    Endpoint(
        path="/item/get",
        answer=_get,
        fields=_TOKEN,
        required=_NEEDED,
        per_item=15,
        per_client=5_000,
        limit_code="ITEM_GET_LIMIT",
    ),
    Endpoint(
        path="/item/remove",
        answer=_remove,
        fields={**_TOKEN, "reason_code": text(), "reason_note": any_text(512)},
        required=_NEEDED,
        per_item=30,
        per_client=2_000,
        limit_code="ITEM_REMOVE_LIMIT",
    ),
    Endpoint(path="/item/access_token/invalidate", answer=_rotate, fields=_TOKEN, required=_NEEDED),
    Endpoint(
        path="/item/webhook/update",
        answer=_change_webhook,
        fields={**_TOKEN, "webhook": any_text(1_000)},
        required=_NEEDED,
    ),
)
