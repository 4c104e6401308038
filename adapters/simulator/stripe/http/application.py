"""The HTTP server: who asks, may they, for what, and what Stripe would answer."""

import asyncio
from collections import deque
from typing import Final

from aiohttp import web

from adapters.simulator.broken_answers import sent
from adapters.simulator.faults import Fault, Faults
from adapters.simulator.stripe.http.checks import Checks
from adapters.simulator.stripe.http.endpoint import Call, Endpoint
from adapters.simulator.stripe.http.expand import expanded
from adapters.simulator.stripe.http.idempotency import IdempotencyKeys, KeptAnswer
from adapters.simulator.stripe.http.rate_limits import RateLimiter, RateLimits
from adapters.simulator.stripe.http.trouble import error_body, failed_outright
from adapters.simulator.stripe.refused import Refused
from adapters.simulator.stripe.simulation import Simulation
from adapters.simulator.stripe.versions import rendered
from adapters.simulator.stripe.wire import API_VERSION, encoded

_REQUESTS_KEPT: Final = 100_000


class StripeApi:
    """Answers `/v1/…` for one simulation."""

    def __init__(self, simulation: Simulation, *, limits: RateLimits | None = None) -> None:
        self.simulation = simulation
        self.faults = Faults()
        self.limiter = RateLimiter(limits or RateLimits())
        self.requests: deque[tuple[str, str]] = deque(maxlen=_REQUESTS_KEPT)
        """Method and path, with its query, of the last requests."""
        self._checks = Checks(simulation)
        self._idempotency = IdempotencyKeys(simulation.kernel.clock)
        self._request_ids = simulation.kernel.chance("request ids")

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Any request to the API."""
        self.requests.append((request.method, request.path_qs))
        id = f"req_{self._request_ids.getrandbits(80):020x}"[:18]
        headers = {"Request-Id": id, "Stripe-Version": request.headers.get("Stripe-Version", API_VERSION)}
        for name in ("Stripe-Account", "Idempotency-Key"):
            if name in request.headers:
                headers[name] = request.headers[name]
        fault = self.faults.next(request.method, request.path)
        if fault is not None and (response := await failed_outright(request, fault, headers)) is not None:
            return response
        try:
            status, body, more = await self._answered(request, fault, id)
            headers.update(more)
        except Refused as refusal:
            status, body = refusal.status, error_body(refusal, id)
            headers.update(refusal.headers)
        self.faults.answered(request.path)
        return await sent(request, fault, status, body, headers)

    async def _answered(self, request: web.Request, fault: Fault | None, id: str) -> tuple[int, bytes, dict[str, str]]:
        checks, simulation = self._checks, self.simulation
        key = checks.key(request)
        endpoint, ids = checks.endpoint(request)
        book, platform = checks.book(request, key, endpoint)
        self.limiter.check(self._buckets(key.account, book.id), f"{endpoint.method} {endpoint.path}")
        if fault is not None and fault.kind == "lock_timeout":
            words = "This object cannot be accessed right now because another API request is accessing it."
            raise Refused(words, status=429, code="lock_timeout")
        permission_first = simulation.kernel.switches.permissions_before_parameters
        if permission_first:
            checks.permission(key, endpoint, book)
        version = checks.version(request)
        content = await checks.form(request)
        values, paths = checks.values(endpoint, content)
        if not permission_first:
            checks.permission(key, endpoint, book)
        checks.expansion(key, endpoint, paths, book)
        call = Call(
            simulation=simulation, platform=platform, key=key, book=book, path=request.path, ids=ids, values=values
        )
        idempotency_key = request.headers.get("Idempotency-Key") if request.method == "POST" else None
        if idempotency_key is None:
            status, body = await self._carried_out(call, endpoint, paths, version, fault, id, None)
            return status, body, {}
        place = book.id, book.livemode, idempotency_key
        kept = self._idempotency.begin(*place, encoded([request.method, request.path, content]))
        if kept is not None:
            return kept.status, kept.body, {"Idempotent-Replayed": "true"}
        try:
            status, body = await self._carried_out(call, endpoint, paths, version, fault, id, idempotency_key)
        except Refused as refusal:
            self._idempotency.keep(*place, KeptAnswer(refusal.status, error_body(refusal, id)))
            raise
        except BaseException:
            self._idempotency.forget(*place)
            raise
        self._idempotency.keep(*place, KeptAnswer(status, body))
        return status, body, {}

    async def _carried_out(
        self,
        call: Call,
        endpoint: Endpoint,
        paths: list[str],
        version: str,
        fault: Fault | None,
        id: str,
        idempotency_key: str | None,
    ) -> tuple[int, bytes]:
        kernel = self.simulation.kernel
        self.limiter.enter(call.book.id)
        try:
            if fault is not None and fault.kind == "slow_answer":
                await asyncio.sleep(fault.seconds)
            kernel.request = {"id": id, "idempotency_key": idempotency_key}
            answer = expanded(call.book, endpoint.answer(call), paths)
            return 200, encoded(rendered(call.book, answer, version))
        finally:
            kernel.request = None
            self.limiter.leave(call.book.id)

    def _buckets(self, own: str, asked: str) -> list[str]:
        match self.simulation.kernel.switches.rate_bucket:
            case "connected_account":
                return [asked]
            case "platform":
                return [own]
            case _:
                return sorted({own, asked})
