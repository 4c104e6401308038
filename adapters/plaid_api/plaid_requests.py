"""One request to Plaid by its SDK, in a thread, until it is answered or given up.

Seen in plaid-python 46: it is synchronous, has no time-out of its own, retries nothing, makes floats of amounts, and
takes two milliseconds for each object that it builds. So: threads of our own, a time-out for every call, and the body
as it came. Cancelling the task that waits does not stop a thread: the time-out does.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import TracebackType
from typing import Any, Final, Self

import plaid
import urllib3
from plaid.api import plaid_api

from adapters.plaid_api.error_translation import translated
from ports.plaid_feed import PlaidKeys
from ports.plaid_refusals import PlaidAnswerUnreadable, PlaidRateLimited, PlaidUnavailable

API_VERSION: Final = "2020-09-14"
"""Whatever a client's default is, this one is spoken."""
THREADS: Final = 8
CONNECT_SECONDS: Final = 5.0
READ_SECONDS: Final = 60.0
"""Plaid itself may ask a bank for half a minute."""
BODY_BYTES_MAX: Final = 32 * 1024 * 1024
"""No page of five hundred lines is nearly as long."""
ATTEMPTS_MAX: Final = 3
PATIENCE: Final = timedelta(seconds=90)
"""For all attempts of one request together."""
_FIRST_PAUSE: Final = 0.5
_LONG_PAUSE: Final = timedelta(seconds=30)
"""Who says that he needs longer is not asked again at once."""
_PIECE: Final = 1 << 16


class PlaidRequests:
    """Open it once (`async with`) and share it: it holds threads and connections, and no key."""

    def __init__(
        self,
        *,
        base: str,
        threads: int = THREADS,
        connect_seconds: float = CONNECT_SECONDS,
        read_seconds: float = READ_SECONDS,
        patience: timedelta = PATIENCE,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._base, self._threads = base, threads
        self._connect_seconds, self._read_seconds = connect_seconds, read_seconds
        self._patience = patience.total_seconds()
        self._sleep = sleep
        self._open: tuple[ThreadPoolExecutor, plaid.ApiClient, plaid_api.PlaidApi] | None = None

    async def __aenter__(self) -> Self:
        configuration = plaid.Configuration(host=self._base, api_key={})
        configuration.retries = False  # retries are ours, and nobody is redirected with a key in hand
        configuration.connection_pool_maxsize = self._threads
        client = plaid.ApiClient(configuration)
        pool = ThreadPoolExecutor(self._threads, thread_name_prefix="plaid")
        self._open = pool, client, plaid_api.PlaidApi(client)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._open is not None:
            pool, client, _ = self._open
            self._open = None
            pool.shutdown(wait=False, cancel_futures=True)
            client.rest_client.pool_manager.clear()
            client.close()

    async def ask(self, method: str, request: object, *, keys: PlaidKeys, again: bool = True) -> bytes:
        """The answer's body as it came. `method` is the SDK's; without `again` it is tried once, come what may.

        Raises what `ports.plaid_refusals` has.
        """
        give_up, pause = time.monotonic() + self._patience, _FIRST_PAUSE
        for attempt in range(1, ATTEMPTS_MAX + 1):
            try:
                return await self._once(method, request, keys)
            except PlaidUnavailable as trouble:
                wait = pause * random.uniform(0.5, 1.0)  # noqa: S311  # spreads those who try again
                in_vain = isinstance(trouble, PlaidRateLimited) or trouble.retry_after > _LONG_PAUSE
                if attempt == ATTEMPTS_MAX or not again or in_vain or time.monotonic() + wait > give_up:
                    raise
                await self._sleep(wait)
                pause *= 2
        raise AssertionError("the last attempt returns or raises")

    async def _once(self, method: str, request: object, keys: PlaidKeys) -> bytes:
        if self._open is None:
            raise RuntimeError("open it first: async with PlaidRequests(…)")
        pool, _, api = self._open
        return await asyncio.get_running_loop().run_in_executor(pool, self._call, getattr(api, method), request, keys)

    def _call(self, method: Callable[..., Any], request: object, keys: PlaidKeys) -> bytes:
        """In a thread. The time-out holds for the whole answer, too: a body may trickle for ever."""
        give_up = time.monotonic() + self._read_seconds
        try:
            answer = method(
                request,
                _preload_content=False,
                _request_timeout=(self._connect_seconds, self._read_seconds),
                _request_auths=_headers(keys),
            )
            try:
                body = _whole(answer.stream(_PIECE), give_up)
            except BaseException:
                answer.close()  # what is left of the body is nobody's
                raise
            answer.release_conn()
        except (plaid.ApiException, urllib3.exceptions.HTTPError, OSError) as error:
            raise translated(error, secret=keys.secret) from error
        except (UnicodeDecodeError, AttributeError) as error:
            # The SDK decodes the body of a refusal, also if it is not UTF-8, or if there is none.
            raise PlaidUnavailable(f"Plaid's refusal cannot be read ({type(error).__name__})") from error
        return body


def _whole(pieces: Iterator[bytes], give_up: float) -> bytes:
    received = bytearray()
    for piece in pieces:
        received += piece
        if len(received) > BODY_BYTES_MAX:
            raise PlaidAnswerUnreadable("the answer is too long")
        if time.monotonic() > give_up:
            raise PlaidUnavailable("Plaid could not be reached, or broke off (the answer took too long)")
    return bytes(received)


def _headers(keys: PlaidKeys) -> list[dict[str, str]]:
    """For this request only: what lives longer knows no key."""
    values = {
        "PLAID-CLIENT-ID": keys.client_id,
        "PLAID-SECRET": keys.secret.reveal().decode("ascii", "replace"),
        "Plaid-Version": API_VERSION,
    }
    return [{"type": "api_key", "in": "header", "key": name, "value": value} for name, value in values.items()]
