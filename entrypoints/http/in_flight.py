"""How much one process takes on at once: what is more is told to come back, before it costs memory or a connection."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from entrypoints.http.problem_details import Problem, ProblemKind

BODY_BYTES_MAX: Final = 256 * 1024 * 1024
"""Of all bodies that are being received or worked on. It is above the largest single one."""


class InFlight:
    """Counts what is under way."""

    def __init__(self, requests_max: int, body_bytes_max: int = BODY_BYTES_MAX) -> None:
        self._requests_left = requests_max
        self._bytes_left = body_bytes_max

    @contextmanager
    def request(self) -> Iterator[None]:
        """One more request, while it lasts. Raises Problem when there are too many."""
        if self._requests_left < 1:
            raise Problem(ProblemKind.UNAVAILABLE, "Too many requests are under way: nothing was done.")
        self._requests_left -= 1
        try:
            yield
        finally:
            self._requests_left += 1

    def body(self, size: int) -> "_HeldBytes":
        """A body of at most this size, while it is worked on. Raises Problem when there is no room for it."""
        return _HeldBytes(self, size)

    def take_bytes(self, size: int) -> None:
        """They are in use from now on. Raises Problem."""
        if size > self._bytes_left:
            raise Problem(ProblemKind.UNAVAILABLE, "Too many large bodies are under way: nothing was done.")
        self._bytes_left -= size

    def give_bytes(self, size: int) -> None:
        """They are free again."""
        self._bytes_left += size


class _HeldBytes:
    def __init__(self, in_flight: InFlight, size: int) -> None:
        self._in_flight = in_flight
        self._size = size

    def __enter__(self) -> None:
        self._in_flight.take_bytes(self._size)

    def __exit__(self, *_raised: object) -> None:
        self._in_flight.give_bytes(self._size)
