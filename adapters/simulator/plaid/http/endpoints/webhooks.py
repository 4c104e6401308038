"""`/webhook_verification_key/get` (plaid.com/docs/api/webhooks/webhook-verification; documented)."""

from typing import Final

from adapters.simulator.plaid.http.endpoint import Call, Endpoint
from adapters.simulator.plaid.http.parameters import text
from adapters.simulator.plaid.refused import Refused
from adapters.simulator.wire import JsonObject


def _get(call: Call) -> JsonObject:
    key = call.simulation.keys.get(call.values["key_id"])
    if key is None:
        raise Refused("INVALID_WEBHOOK_VERIFICATION_KEY_ID")
    return {"key": key.as_object()}


ENDPOINTS: Final = (
    Endpoint(
        path="/webhook_verification_key/get",
        answer=_get,
        fields={"key_id": text()},
        required=("key_id",),
        limit_code="WEBHOOK_VERIFICATION_KEY_LIMIT",
    ),
)
