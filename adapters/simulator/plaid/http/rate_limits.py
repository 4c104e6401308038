"""Rate limits: so many requests a minute per Item, and per client (plaid.com/docs/errors/rate-limit-exceeded)."""

import time
from collections.abc import Callable

import attrs

from adapters.simulator.plaid.http.endpoint import Endpoint
from adapters.simulator.plaid.refused import Refused


@attrs.frozen(kw_only=True)
class RateLimits:
    """Whether the documented limits hold, and which hold where Plaid's own number was not found."""

    enforced: bool = False
    sync_per_item: int | None = 50
    """Of `/transactions/sync`, a minute: not found; 50 is often quoted."""
    sync_per_client: int | None = 2_500
    """Likewise."""


class RateLimiter:
    """Counts requests in whole minutes of a clock of real time: what a client's own pace is measured by."""

    def __init__(self, limits: RateLimits, seconds: Callable[[], float] = time.monotonic) -> None:
        self.limits, self._seconds = limits, seconds
        self._minute = 0
        self._counts: dict[tuple[str, str], int] = {}
        self.refused = 0
        """How many requests were refused so far."""

    def check(self, endpoint: Endpoint, client: str, item: str | None) -> None:
        """Counts a request. Raises Refused with 429."""
        if not self.limits.enforced:
            return
        minute = int(self._seconds() // 60)
        if minute != self._minute:
            self._minute, self._counts = minute, {}
        per_item, per_client = endpoint.per_item, endpoint.per_client
        if endpoint.path == "/transactions/sync":
            per_item, per_client = self.limits.sync_per_item, self.limits.sync_per_client
        if item is not None:
            self._take(endpoint, item, per_item)
        self._take(endpoint, client, per_client)

    def _take(self, endpoint: Endpoint, who: str, most: int | None) -> None:
        bucket = endpoint.path, who
        taken = self._counts.get(bucket, 0)
        if most is not None and taken >= most:
            self.refused += 1
            raise Refused(endpoint.limit_code)
        self._counts[bucket] = taken + 1
