"""Answers that go wrong on their way, of any simulated provider."""

import asyncio
import contextlib
from collections.abc import Mapping
from typing import Final

from aiohttp import web

from adapters.simulator.faults import Fault

GATEWAY_PAGE: Final = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


async def sent(
    request: web.Request, fault: Fault | None, status: int, body: bytes, headers: Mapping[str, str]
) -> web.StreamResponse:
    """The JSON answer of a request that was carried out, as the fault lets it through."""
    match None if fault is None else fault.kind:
        case "cut_body":
            response = await _begun(request, status, body, headers)
            await response.write(body[: len(body) // 2])
            return cut(request, response)
        case "lost_answer":
            return cut(request)
        case "slow_body":
            return await _in_two_parts(request, status, body, headers, fault.seconds if fault else 0.0)
        case _:
            return web.Response(status=status, body=body, headers=headers, content_type="application/json")


def cut(request: web.Request, response: web.StreamResponse | None = None) -> web.StreamResponse:
    """Ends the connection: with a reset, or, in the middle of a body, with its end."""
    if request.transport is not None:
        request.transport.abort() if response is None else request.transport.close()
    return response or web.Response()


async def _in_two_parts(
    request: web.Request, status: int, body: bytes, headers: Mapping[str, str], seconds: float
) -> web.StreamResponse:
    response = await _begun(request, status, body, headers)
    await response.write(body[: len(body) // 2])
    await asyncio.sleep(seconds)
    with contextlib.suppress(ConnectionResetError):  # whoever asked had no such patience
        await response.write(body[len(body) // 2 :])
        await response.write_eof()
    return response


async def _begun(request: web.Request, status: int, body: bytes, headers: Mapping[str, str]) -> web.StreamResponse:
    response = web.StreamResponse(status=status, headers=headers)
    response.content_type, response.content_length = "application/json", len(body)
    await response.prepare(request)
    return response
