"""How fast Stripe is asked: so many requests in any one second, of a platform, each account, and each resource of one.

Whoever asks waits for a turn instead of being refused. Source: docs.stripe.com/rate-limits: 100 a second for an
account in live mode and 25 in test mode, 25 for an endpoint. Whether what is asked of connected accounts counts for
the platform too is not documented: it is counted. Nor is how Stripe counts; so no second, whenever it begins, has more.
"""

import asyncio
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable
from typing import Final

import attrs

BUCKETS_MAX: Final = 10_000
"""The longest unused are forgotten, which only ever lets somebody go sooner."""
SECOND: Final = 1.005
"""Our clock is not Stripe's."""
SPREAD: Final = 0.6
"""Turns are at least so much of an even pace apart: what was missed is made up for within the second, but requests that
come together might be held up on their way, and be counted with those of the next second."""


@attrs.frozen(kw_only=True)
class Rates:
    """Requests in any one second."""

    account: int
    """Of a platform, and of each account of it."""
    resource: int
    """Of one resource of one account, such as its payouts."""


LIVE: Final = Rates(account=97, resource=24)
TEST: Final = Rates(account=24, resource=24)
"""A little less than is documented."""


@attrs.define
class _Bucket:
    turns: deque[float]
    held_until: float = 0.0

    def take(self, now: float, in_a_second: int) -> float:
        """The moment of the next turn."""
        turn = max(now, self.held_until)
        if self.turns:
            turn = max(turn, self.turns[-1] + SPREAD * SECOND / in_a_second)
        if len(self.turns) >= in_a_second:
            turn = max(turn, self.turns.popleft() + SECOND)
        self.turns.append(turn)
        return turn


class RequestLimits:
    """In the memory of one process: with several, Stripe's own refusals are what they share."""

    def __init__(
        self,
        *,
        clock: Callable[[], float],
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        live: Rates = LIVE,
        test: Rates = TEST,
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._rates = {True: live, False: test}
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    async def turn(self, platform: str, account: str | None, path: str, *, live: bool) -> None:
        """Returns when it is this request's turn, in the order in which they asked.

        `platform` is any text that stands for the key: it is not the key.
        """
        rates, whose = self._rates[live], _whose(platform, account)
        wanted = {platform: rates.account, whose: rates.account, f"{whose}{_resource(path)}": rates.resource}
        now = self._clock()
        wait = max(self._bucket(name).take(now, rate) for name, rate in wanted.items()) - now
        if wait > 0:
            await self._sleep(wait)

    def hold_back(self, platform: str, account: str | None, seconds: float) -> None:
        """Nobody's turn comes before so long from now: Stripe said that it was too much."""
        bucket = self._bucket(_whose(platform, account))
        bucket.held_until = max(bucket.held_until, self._clock() + seconds)

    def _bucket(self, name: str) -> _Bucket:
        bucket = self._buckets.get(name)
        if bucket is None:
            bucket = self._buckets[name] = _Bucket(turns=deque())
        self._buckets.move_to_end(name)
        if len(self._buckets) > BUCKETS_MAX:
            self._buckets.popitem(last=False)
        return bucket


def _whose(platform: str, account: str | None) -> str:
    return platform if account is None else f"{platform}/{account}"


def _resource(path: str) -> str:
    """`/v1/payouts` of `/v1/payouts/po_1`."""
    return "/".join(path.split("/")[:3])
