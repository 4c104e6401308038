"""Buckets of tokens, one for each caller: so many a second, and so many at once after a pause."""

from collections import OrderedDict
from datetime import datetime
from math import ceil
from typing import Final

BUCKETS_MAX: Final = 10_000
"""The longest unused are forgotten, which only ever gives somebody a full bucket."""


class RateLimit:
    """In the memory of one process: with several, each lets its own share through."""

    def __init__(self, per_second: float, *, at_once: float | None = None) -> None:
        """`at_once`: twice as many as in a second, unless it is said."""
        self._rate = per_second
        self._most = float(2 * per_second if at_once is None else at_once)
        self._buckets: OrderedDict[str, tuple[float, datetime]] = OrderedDict()

    def __len__(self) -> int:
        """How many callers are remembered."""
        return len(self._buckets)

    def seconds_to_wait(self, who: str, at: datetime, *, take: bool = True) -> int:
        """0: go on, and one token is gone, if it is to be taken. Otherwise how long until there is one."""
        tokens, last = self._buckets.pop(who, (self._most, at))
        tokens = min(self._most, tokens + max(0.0, (at - last).total_seconds()) * self._rate)
        enough = tokens >= 1
        self._buckets[who] = (tokens - 1 if enough and take else tokens, max(at, last))
        if len(self._buckets) > BUCKETS_MAX:
            self._buckets.popitem(last=False)
        return 0 if enough else max(1, ceil((1 - tokens) / self._rate))
