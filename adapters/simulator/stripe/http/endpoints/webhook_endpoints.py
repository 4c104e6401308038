"""`/v1/webhook_endpoints` (docs.stripe.com/api/webhook_endpoints; documented)."""

from typing import Any, Final

from adapters.simulator.stripe.http.endpoint import Call, Endpoint
from adapters.simulator.stripe.http.parameters import any_text, flag, integer, list_of, metadata, text
from adapters.simulator.stripe.refused import Refused, no_such
from adapters.simulator.stripe.versions import is_version
from adapters.simulator.stripe.webhook_endpoints import WebhookEndpoint
from adapters.simulator.stripe.wire import JsonObject, list_object


def _endpoint(call: Call) -> WebhookEndpoint:
    endpoint = call.simulation.webhook_endpoints.get(call.ids["id"])
    if endpoint is None or (endpoint.platform, endpoint.livemode) != (call.book.id, call.book.livemode):
        raise no_such("webhook endpoint", call.ids["id"])
    return endpoint


def _list(call: Call) -> JsonObject:
    found = call.simulation.webhook_endpoints.of(call.book.id, livemode=call.book.livemode)
    limit = call.values.get("limit", 10)
    return list_object([each.as_object() for each in found[:limit]], call.path, has_more=len(found) > limit)


def _retrieve(call: Call) -> JsonObject:
    return _endpoint(call).as_object()


def _create(call: Call) -> JsonObject:
    values = call.values
    if call.book.livemode and not values["url"].startswith("https://"):
        words = "Invalid URL: In live mode, webhook endpoints must be https."
        raise Refused(words, code="url_invalid", param="url")
    version = values.get("api_version")
    if version is not None and not is_version(version):
        raise Refused(f"Invalid API version: {version}", param="api_version")
    endpoint = call.simulation.webhook_endpoints.add(
        call.book.id,
        values["url"],
        livemode=call.book.livemode,
        connect=values.get("connect", False),
        enabled_events=values["enabled_events"],
        api_version=version,
        description=values.get("description"),
        metadata=values.get("metadata"),
    )
    return endpoint.as_object(with_secret=True)


def _update(call: Call) -> JsonObject:
    endpoint = _endpoint(call)
    values: dict[str, Any] = dict(call.values)
    if "disabled" in values:
        endpoint.is_enabled = not values.pop("disabled")
    for name, value in values.items():
        setattr(endpoint, name, value)
    return endpoint.as_object()


def _delete(call: Call) -> JsonObject:
    endpoint = _endpoint(call)
    call.simulation.webhook_endpoints.remove(endpoint.id)
    return {"id": endpoint.id, "object": "webhook_endpoint", "deleted": True}


_SETTABLE: Final = {
    "description": any_text,
    "enabled_events": list_of(text()),
    "metadata": metadata,
    "url": text(),
}

ENDPOINTS: Final = (
    Endpoint(
        method="GET",
        path="/v1/webhook_endpoints",
        resource="webhook",
        answer=_list,
        parameters={"limit": integer(1, 100)},
        own_account_only=True,
    ),
    Endpoint(
        method="GET", path="/v1/webhook_endpoints/{id}", resource="webhook", answer=_retrieve, own_account_only=True
    ),
    Endpoint(
        method="POST",
        path="/v1/webhook_endpoints",
        resource="webhook",
        answer=_create,
        required=("enabled_events", "url"),
        parameters={**_SETTABLE, "api_version": text(), "connect": flag},
        own_account_only=True,
    ),
    Endpoint(
        method="POST",
        path="/v1/webhook_endpoints/{id}",
        resource="webhook",
        answer=_update,
        parameters={**_SETTABLE, "disabled": flag},
        own_account_only=True,
    ),
    Endpoint(
        method="DELETE",
        path="/v1/webhook_endpoints/{id}",
        resource="webhook",
        answer=_delete,
        own_account_only=True,
    ),
)
