"""Rate limits: so many requests a second per account, and per endpoint of an account (docs.stripe.com/rate-limits).

Documented: 100 a second live, 25 in a sandbox, 25 for a single endpoint; `Stripe-Rate-Limited-Reason` says which.
Whose bucket counts when a platform calls with `Stripe-Account` is not known: `Switches.rate_bucket`.
"""

import time
from collections.abc import Callable, Iterable

import attrs

from adapters.simulator.stripe.refused import Refused


@attrs.frozen(kw_only=True)
class RateLimits:
    """Requests a second; None: no limit."""

    account: int | None = None
    endpoint: int | None = None
    concurrent: int | None = None
    """Requests of one account under way at once."""


LIVE = RateLimits(account=100, endpoint=25)
SANDBOX = RateLimits(account=25, endpoint=25)


class RateLimiter:
    """Counts requests in whole seconds of a clock of real time: what a client's own pace is measured by."""

    def __init__(self, limits: RateLimits, seconds: Callable[[], float] = time.monotonic) -> None:
        self.limits, self._seconds = limits, seconds
        self._second = 0
        self._counts: dict[tuple[str, ...], int] = {}
        self._under_way: dict[str, int] = {}
        self.refused = 0
        """How many requests were refused so far."""

    def check(self, accounts: Iterable[str], endpoint: str) -> None:
        """Counts a request against each bucket. Raises Refused with 429."""
        second = int(self._seconds())
        if second != self._second:
            self._second, self._counts = second, {}
        for account in accounts:
            self._take((account,), self.limits.account, "global-rate")
            self._take((account, endpoint), self.limits.endpoint, "endpoint-rate")
            most = self.limits.concurrent
            if most is not None and self._under_way.get(account, 0) >= most:
                raise self._too_many("global-concurrency")

    def enter(self, account: str) -> None:
        """A request of this account is under way."""
        self._under_way[account] = self._under_way.get(account, 0) + 1

    def leave(self, account: str) -> None:
        """It is answered."""
        self._under_way[account] -= 1

    def _take(self, bucket: tuple[str, ...], most: int | None, reason: str) -> None:
        taken = self._counts.get(bucket, 0)
        if most is not None and taken >= most:
            raise self._too_many(reason)
        self._counts[bucket] = taken + 1

    def _too_many(self, reason: str) -> Refused:
        self.refused += 1
        words = "Request rate limit exceeded. Learn more about rate limits here: https://docs.stripe.com/rate-limits."
        headers = {"Stripe-Rate-Limited-Reason": reason}
        return Refused(words, status=429, code="rate_limit", headers=headers)
