"""A server that answers as Stripe does, or does not: a script of answers, and what it was asked."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import attrs
from aiohttp import web

PLATFORM = "acct_platform0000"
CONNECTED = "acct_connected0000"


@attrs.define
class StripeLike:
    """`answers` come first, one a request; then the usual ones."""

    url: str = ""
    requests: list[web.Request] = attrs.field(factory=list)
    bodies: list[str] = attrs.field(factory=list)
    answers: list[Callable[[web.Request], "web.StreamResponse | BaseException"]] = attrs.field(factory=list)
    lacking: dict[tuple[str, str, bool], str] = attrs.field(factory=dict)
    """Method, path, in a connected account's name → what is said in the 403."""
    connected: bool = True
    """The platform has an account."""
    accepted: int = 0
    """Requests to change something that were taken for good."""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request)
        self.bodies.append(await request.text())
        if self.answers:
            answer = self.answers.pop(0)(request)
            if asyncio.iscoroutine(answer):
                answer = await answer
            assert isinstance(answer, web.StreamResponse)
            return answer
        place = request.method, request.path, "Stripe-Account" in request.headers
        if place in self.lacking:
            return error(403, "invalid_request_error", None, self.lacking[place])
        if request.path.startswith("/oauth/"):
            return _oauth(request.path)
        if request.method == "POST":
            return self._written(request)
        if request.path == "/v1/account":
            return web.json_response({"id": request.headers.get("Stripe-Account", PLATFORM), "object": "account"})
        if request.path == "/v1/balance":
            return web.json_response({"object": "balance", "available": []})
        data = [{"id": CONNECTED, "object": "account"}] if request.path == "/v1/accounts" and self.connected else []
        return web.json_response({"object": "list", "data": data, "has_more": False, "url": request.path})

    def _written(self, request: web.Request) -> web.StreamResponse:
        """No parameter that is tried here is one that anybody could mean."""
        if request.path == "/v1/topups":
            names = "Having the 'rak_topup_write' permission would allow this request to continue."
            return error(403, "invalid_request_error", None, names)
        if "tieout_permission_check" in self.bodies[-1]:
            return error(400, "invalid_request_error", "parameter_invalid", "Invalid value")
        self.accepted += 1
        return web.json_response({"id": "new_1", "object": "thing"})


def _oauth(path: str) -> web.StreamResponse:
    """No such code; and no such account of this client."""
    if path == "/oauth/token":
        told = {"error": "invalid_grant", "error_description": "Authorization code does not exist"}
    else:
        told = {"error": "invalid_client", "error_description": "This application is not connected to that account"}
    return web.json_response(told, status=400, headers={"Request-Id": "req_1"})


def error(
    status: int, type: str, code: str | None, message: str, headers: dict[str, str] | None = None
) -> web.StreamResponse:
    """An error object, as Stripe writes it."""
    detail: dict[str, Any] = {"type": type, "message": message, **({"code": code} if code else {})}
    return web.json_response({"error": detail}, status=status, headers={"Request-Id": "req_1", **(headers or {})})


def answering(status: int, body: str | bytes = "{}", **headers: str) -> Callable[[web.Request], web.StreamResponse]:
    """This, whatever is asked."""
    content = body.encode() if isinstance(body, str) else body
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _request: web.Response(status=status, body=content, headers=names)


def refusing(
    status: int, type: str, code: str | None, message: str, **headers: str
) -> Callable[[web.Request], web.StreamResponse]:
    """An error object, whatever is asked."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _request: error(status, type, code, message, names)


def cut(request: web.Request) -> Any:
    """The body is announced, begun, and broken off."""

    async def answer() -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000", "Content-Type": "application/json"})
        await response.prepare(request)
        await response.write(json.dumps({"id": "acct_"})[:5].encode())
        assert request.transport is not None
        request.transport.close()
        return response

    return answer()


def stalled(request: web.Request) -> Any:
    """The body is announced, begun, and never ended."""

    async def answer() -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b"{")
        await asyncio.sleep(2)
        return response

    return answer()


def dropped(request: web.Request) -> web.StreamResponse:
    """The connection is closed before there is any answer."""
    assert request.transport is not None
    request.transport.close()
    return web.Response()


@asynccontextmanager
async def stripe_like() -> AsyncIterator[StripeLike]:
    """While it runs."""
    server = StripeLike()
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", server.handle)
    runner = web.AppRunner(application, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    server.url = f"http://{host}:{port}"
    yield server
    await runner.cleanup()
