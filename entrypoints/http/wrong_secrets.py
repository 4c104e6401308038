"""Guessing is bounded: from one address only so many wrong secrets are looked up.

An address may be many callers' (behind a proxy that nobody called trusted), and one that guesses must not lock out the
rest: a secret that was right before, from there, goes on being looked up.
"""

from collections import OrderedDict
from datetime import datetime
from typing import Final

from entrypoints.http.problem_details import Problem, ProblemKind
from entrypoints.http.rate_limit import RateLimit

PER_SECOND: Final = 0.5
KNOWN_MAX: Final = 10_000
"""The longest unused are forgotten."""


class WrongSecrets:
    """In the memory of one process. Requests that are under way at the same time may overshoot by their own number."""

    def __init__(self, at_once: int) -> None:
        self._limit = RateLimit(PER_SECOND, at_once=at_once)
        self._known: OrderedDict[tuple[str, bytes], None] = OrderedDict()

    def check(self, address: str, digest: bytes | None, at: datetime) -> None:
        """Raises Problem if a secret of this hash, from there, is not to be looked up now."""
        if digest is not None and (address, digest) in self._known:
            return
        wait = self._limit.seconds_to_wait(address, at, take=False)
        if wait:
            detail = "Too many wrong secrets came from this address."
            raise Problem(ProblemKind.RATE_LIMITED, detail, headers={"Retry-After": str(wait)})

    def was_wrong(self, address: str, digest: bytes | None, at: datetime) -> None:
        """It proved nothing, or nothing any more."""
        if digest is not None:
            self._known.pop((address, digest), None)
        self._limit.seconds_to_wait(address, at)

    def was_right(self, address: str, digest: bytes) -> None:
        """It proved who is calling."""
        self._known[address, digest] = None
        self._known.move_to_end((address, digest))
        if len(self._known) > KNOWN_MAX:
            self._known.popitem(last=False)
