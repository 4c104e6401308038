"""The SDK's HTTP client over aiohttp, with what it leaves undone.

Seen in stripe 16.1: what happens while a body is read escapes as a bare TimeoutError or aiohttp.ClientPayloadError, a
connection that broke is left to the garbage collector, a body that is not UTF-8 ends in a UnicodeDecodeError, and one
that is good is parsed twice, once by the SDK and once by whoever wants exact figures.
"""

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any, Final

import aiohttp
import stripe

BODY_BYTES_MAX: Final = 32 * 1024 * 1024
"""No page of a hundred objects is nearly as long."""
TIMEOUT: Final = aiohttp.ClientTimeout(total=30, connect=10)

_last_body: ContextVar[bytes] = ContextVar("last_body")


class StripeHttpClient(stripe.AIOHTTPClient):
    """Every failure, also of reading, is an APIConnectionError. A good answer's body is left for `last_body`."""

    def __init__(self, timeout: aiohttp.ClientTimeout = TIMEOUT) -> None:
        super().__init__(timeout=timeout)

    async def request_async(
        self, method: str, url: str, headers: Mapping[str, str], post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        """The answer, whole."""
        args, options = self._get_request_args_kwargs(method, url, headers, post_data)
        options["allow_redirects"] = False  # a key goes where it is meant to go, or nowhere
        try:
            async with self._session.request(*args, **options) as response:
                body = await _whole(response.content)
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            self._handle_request_error(error)
        if 200 <= response.status < 300:
            _last_body.set(body)
            body = b"{}"  # what the SDK would make of it is wanted by nobody
        return body.decode("utf-8", "replace").encode(), response.status, response.headers


def last_body() -> bytes:
    """Of the last good answer in this task."""
    return _last_body.get()


async def _whole(content: aiohttp.StreamReader) -> bytes:
    received = bytearray()
    async for piece in content.iter_chunked(1 << 16):
        received += piece
        if len(received) > BODY_BYTES_MAX:
            raise aiohttp.ClientPayloadError("the answer is too long")
    return bytes(received)
