"""The HTTP server: who asks, may they, for what, and what Plaid would answer."""

import asyncio
from collections import deque
from typing import Any, Final

from aiohttp import web

from adapters.simulator.broken_answers import GATEWAY_PAGE, cut, sent
from adapters.simulator.faults import Fault, Faults
from adapters.simulator.plaid.http.checks import Checks
from adapters.simulator.plaid.http.rate_limits import RateLimiter, RateLimits
from adapters.simulator.plaid.refused import Refused
from adapters.simulator.plaid.simulation import Simulation
from adapters.simulator.wire import encoded

_REQUESTS_KEPT: Final = 100_000


class PlaidApi:
    """Answers Plaid's paths for one simulation."""

    def __init__(self, simulation: Simulation, *, limits: RateLimits | None = None) -> None:
        self.simulation = simulation
        self.faults = Faults()
        self.limiter = RateLimiter(limits or RateLimits())
        self.requests: deque[str] = deque(maxlen=_REQUESTS_KEPT)
        """The paths of the last requests."""
        self._checks = Checks(simulation)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Any request to the API."""
        self.requests.append(request.path)
        id = self.simulation.kernel.ids.request_id()
        headers = {"Plaid-Request-Id": id}
        fault = self.faults.next(request.method, request.path)
        if fault is not None and (response := await _failed_outright(request, fault, id)) is not None:
            return response
        try:
            status, body = 200, await self._answered(request, fault, id)
        except Refused as refusal:
            status, body = refusal.status, _error_body(refusal, id)
        self.faults.answered(request.path)
        return await sent(request, fault, status, body, headers)

    async def _answered(self, request: web.Request, fault: Fault | None, id: str) -> bytes:
        checks = self._checks
        endpoint = checks.endpoint(request)
        content = await checks.content(request)
        client, environment = checks.who(request, content)
        self.limiter.check(endpoint, client.client_id, _item_in(content))
        if fault is not None and fault.kind == "refusal":
            raise Refused(fault.code)
        call = checks.call(endpoint, client, environment, content)
        if fault is not None and fault.kind == "slow_answer":
            await asyncio.sleep(fault.seconds)
        return encoded({**endpoint.answer(call), "request_id": id})


def _item_in(content: dict[str, Any]) -> str | None:
    token = content.get("access_token")
    return token if isinstance(token, str) else None


def _error_body(refusal: Refused, request_id: str) -> bytes:
    return encoded({**refusal.as_object(), "request_id": request_id})


async def _failed_outright(request: web.Request, fault: Fault, id: str) -> web.StreamResponse | None:
    """The answer of a request that is not carried out at all; None if it is."""
    match fault.kind:
        case "reset":
            return cut(request)
        case "server_error":
            await asyncio.sleep(fault.seconds)
            body = _error_body(Refused("INTERNAL_SERVER_ERROR"), id)
            return web.Response(status=fault.status, body=body, content_type="application/json")
        case "not_json":
            status = 502 if fault.status == 500 else fault.status
            return web.Response(status=status, body=GATEWAY_PAGE, content_type="text/html")
        case _:
            return None
