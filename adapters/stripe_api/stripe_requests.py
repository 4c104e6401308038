"""One request to Stripe: with the platform's key, for an account of it or for itself, until it is answered or given up.

The SDK makes the request and reads errors; retries are ours, for it leaves out 429 and Retry-After, and so are limits.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from hashlib import sha256
from types import TracebackType
from typing import Any, Final, Literal, Self

import aiohttp
import stripe

from adapters.stripe_api.error_translation import translated
from adapters.stripe_api.http_client import TIMEOUT, StripeHttpClient, last_body
from adapters.stripe_api.request_limits import RequestLimits
from domain.partner import Mode
from domain.secret import Secret
from domain.stripe_integration import mode_of_key
from ports.stripe_refusals import StripeRateLimited, StripeUnavailable

API_VERSION: Final = "2026-10-28.endive"
"""Fields move between versions: whatever a platform's default is, this one is spoken."""
ATTEMPTS_MAX: Final = 4
PATIENCE: Final = timedelta(seconds=40)
"""For all attempts of one request together."""
_FIRST_PAUSE: Final = 0.5
_PAUSE_MAX: Final = 8.0

Verb = Literal["get", "post", "delete"]
Address = Literal["api", "connect"]


class StripeRequests:
    """Open it once (`async with`) and share it: it holds the connections and the limits."""

    def __init__(
        self,
        *,
        api_base: str,
        connect_base: str,
        limits: RequestLimits | None = None,
        timeout: aiohttp.ClientTimeout = TIMEOUT,
        patience: timedelta = PATIENCE,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._bases = {"api": api_base, "connect": connect_base, "files": api_base, "meter_events": api_base}
        self._limits = limits
        self._timeout = timeout
        self._patience = patience.total_seconds()
        self._sleep = sleep
        self._http: StripeHttpClient | None = None

    async def __aenter__(self) -> Self:
        stripe.enable_telemetry = False  # what we ask of Stripe is enough for it to know of us
        self._http = StripeHttpClient(self._timeout)
        if self._limits is None:
            self._limits = RequestLimits(clock=asyncio.get_running_loop().time, sleep=self._sleep)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._http is not None:
            await self._http.close_async()  # type: ignore[no-untyped-call]

    async def get(self, path: str, *, key: Secret, account: str | None = None, **params: Any) -> bytes:
        """The answer's body as it came. Raises what `ports.stripe_refusals` has."""
        return await self.send("get", path, key=key, account=account, params=params)

    async def send(
        self,
        verb: Verb,
        path: str,
        *,
        key: Secret,
        account: str | None = None,
        params: Mapping[str, Any] | None = None,
        idempotency_key: str | None = None,
        address: Address = "api",
    ) -> bytes:
        """As `get`. What may change something is asked again only under an idempotency key, under which it is once."""
        again = verb == "get" or idempotency_key is not None
        give_up, pause = self._now() + self._patience, _FIRST_PAUSE
        for attempt in range(1, ATTEMPTS_MAX + 1):
            try:
                return await self._once(verb, path, key, account, params or {}, idempotency_key, address)
            except StripeUnavailable as trouble:
                limited = isinstance(trouble, StripeRateLimited)
                wait = max(pause * random.uniform(0.5, 1.0), trouble.retry_after.total_seconds() if limited else 0)  # noqa: S311
                if limited:  # nothing was done: everybody else waits, too
                    self._open()[1].hold_back(name_of_key(key), account, wait)
                last = attempt == ATTEMPTS_MAX or not (again or limited)
                if last or self._now() + wait > give_up:
                    raise
                await self._sleep(wait)
                pause = min(2 * pause, _PAUSE_MAX)
        raise AssertionError("the last attempt returns or raises")

    async def _once(
        self,
        verb: Verb,
        path: str,
        key: Secret,
        account: str | None,
        params: Mapping[str, Any],
        idempotency_key: str | None,
        address: Address,
    ) -> bytes:
        http, limits = self._open()
        await limits.turn(name_of_key(key), account, path, live=mode_of_key(key) is Mode.LIVE)
        options = {"stripe_account": account, "idempotency_key": idempotency_key, "base": address}
        client = stripe.StripeClient(
            key.reveal().decode("ascii"),
            http_client=http,
            stripe_version=API_VERSION,
            base_addresses=self._bases,  # type: ignore[arg-type]  # a TypedDict of these very names
            max_network_retries=0,
        )
        given = {name: value for name, value in options.items() if value is not None}
        try:
            await client.raw_request_async(verb, path, **params, **given)
        except (stripe.StripeError, aiohttp.ClientError, TimeoutError, OSError) as error:
            raise translated(error, key=key, account=account) from error
        return last_body()

    def _open(self) -> tuple[StripeHttpClient, RequestLimits]:
        if self._http is None or self._limits is None:
            raise RuntimeError("open it first: async with StripeRequests(…)")
        return self._http, self._limits

    def _now(self) -> float:
        return asyncio.get_running_loop().time()


def name_of_key(key: Secret) -> str:
    """Stands for a platform among limits: what is remembered longer than a request is not the key."""
    return sha256(key.reveal()).hexdigest()
