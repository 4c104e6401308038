"""What a list of objects must be able to do, whether they are kept or computed."""

from collections.abc import Iterator
from typing import Protocol

from adapters.simulator.stripe.wire import JsonObject


class Listing(Protocol):
    """Objects in the order of their creation, by id."""

    def get(self, id: str) -> JsonObject | None:
        """The object, or None."""

    def newest_first(self, after: str | None = None) -> Iterator[JsonObject]:
        """From the newest on, or from behind this one, to the oldest."""

    def oldest_first(self, after: str | None = None) -> Iterator[JsonObject]:
        """The other way round."""

    def __contains__(self, id: str) -> bool:
        """It has an object of this id."""

    def __len__(self) -> int:
        """How many there are."""


class WithHistory:
    """What is kept, and behind it what came before."""

    def __init__(self, kept: Listing, history: Listing) -> None:
        self._kept, self._history = kept, history

    def get(self, id: str) -> JsonObject | None:
        """From either."""
        return self._kept.get(id) or self._history.get(id)

    def newest_first(self, after: str | None = None) -> Iterator[JsonObject]:
        """What is kept first."""
        if after is None or after in self._kept:
            yield from self._kept.newest_first(after)
            after = None
        yield from self._history.newest_first(after)

    def oldest_first(self, after: str | None = None) -> Iterator[JsonObject]:
        """History first."""
        if after is None or after in self._history:
            yield from self._history.oldest_first(after)
            after = None
        yield from self._kept.oldest_first(after)

    def __contains__(self, id: str) -> bool:
        return id in self._kept or id in self._history

    def __len__(self) -> int:
        return len(self._kept) + len(self._history)
