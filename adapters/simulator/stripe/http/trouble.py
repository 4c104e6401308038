"""Answers that are refusals, and requests that are not carried out."""

import asyncio
from collections.abc import Mapping

from aiohttp import web

from adapters.simulator.broken_answers import GATEWAY_PAGE, cut
from adapters.simulator.faults import Fault
from adapters.simulator.stripe.refused import Refused
from adapters.simulator.stripe.wire import JsonObject, encoded


def error_body(refusal: Refused, request_id: str) -> bytes:
    """Stripe's error object (docs.stripe.com/api/errors; documented)."""
    error: JsonObject = {"message": refusal.message, "type": refusal.type}
    if refusal.code is not None:
        error["code"] = refusal.code
        error["doc_url"] = f"https://docs.stripe.com/error-codes/{refusal.code.replace('_', '-')}"
    if refusal.param is not None:
        error["param"] = refusal.param
    if refusal.decline_code is not None:
        error["decline_code"] = refusal.decline_code
    error["request_log_url"] = f"https://dashboard.stripe.com/logs/{request_id}"
    return encoded({"error": error})


async def failed_outright(request: web.Request, fault: Fault, headers: Mapping[str, str]) -> web.StreamResponse | None:
    """The answer of a request that is not carried out at all; None if it is."""
    match fault.kind:
        case "reset":
            return cut(request)
        case "server_error":
            words = "Sorry! There was an error while talking to one of our backends. Support has been notified."
            body = error_body(Refused(words, status=fault.status, type="api_error"), headers["Request-Id"])
            await asyncio.sleep(fault.seconds)
            return web.Response(status=fault.status, body=body, headers=headers, content_type="application/json")
        case "not_json":
            status = 502 if fault.status == 500 else fault.status
            return web.Response(status=status, body=GATEWAY_PAGE, content_type="text/html")
        case _:
            return None
