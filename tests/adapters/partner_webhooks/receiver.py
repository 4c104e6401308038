"""A partner's server on this machine, which answers as it is told and remembers what it was sent."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import attrs
from aiohttp import web
from aiohttp.test_utils import TestServer
from standardwebhooks import Webhook

Answering = Callable[["Received"], Awaitable[web.StreamResponse]]


@attrs.frozen(kw_only=True)
class Received:
    """One request."""

    headers: dict[str, str]
    body: bytes
    path: str = "/"
    request: web.Request = attrs.field(repr=False)

    def verified(self, secret: str) -> Any:
        """What was told, once the signature was checked as a partner would."""
        return Webhook(secret).verify(self.body, self.headers)

    @property
    def told(self) -> Any:
        """What was told."""
        return json.loads(self.body)


async def take(_: Received) -> web.StreamResponse:
    """Takes it, as it should be."""
    return web.Response(status=204)


@attrs.define
class Receiver:
    """The server."""

    answer: Answering = take
    received: list[Received] = attrs.field(factory=list)
    port: int = 0
    path: str = "/hooks"

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}{self.path}"

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Remembers, then answers."""
        body = await request.read()
        one = Received(headers=dict(request.headers), body=body, path=request.path, request=request)
        self.received.append(one)
        return await self.answer(one)


@asynccontextmanager
async def listening(answer: Answering = take, **options: Any) -> AsyncIterator[Receiver]:
    """A receiver that listens on a free port of 127.0.0.1."""
    receiver = Receiver(answer=answer)
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", receiver.handle)
    server = TestServer(application, host="127.0.0.1")
    await server.start_server(**options)
    assert server.port is not None
    receiver.port = server.port
    try:
        yield receiver
    finally:
        await server.close()


@asynccontextmanager
async def speaking(raw: bytes) -> AsyncIterator[str]:
    """The address of a server that sends these bytes, whatever it is asked, and hangs up."""

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(raw)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(speak, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    finally:
        server.close()
        await server.wait_closed()
