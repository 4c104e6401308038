"""What everything in the simulated Plaid shares: seed, clock, ids, switches, and whoever sends webhooks."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from random import Random
from typing import Literal

from adapters.simulator.chances import Chances
from adapters.simulator.clock import Clock
from adapters.simulator.plaid.identifiers import IdMint
from adapters.simulator.plaid.switches import Switches
from adapters.simulator.wire import JsonObject

Environment = Literal["sandbox", "production"]
WebhookListener = Callable[[str, JsonObject], None]
"""Told of the address and the body."""


class Kernel:
    """One simulated Plaid's inner works. The same seed and the same actions give the same bytes."""

    def __init__(self, *, seed: str, clock: Clock, switches: Switches) -> None:
        self.seed, self.clock, self.switches = seed, clock, switches
        self.ids = IdMint(seed)
        self.listeners: list[WebhookListener] = []
        self.address = "https://secure.plaid.com"
        """Where the pages are that users see."""
        self._chances = Chances(seed)

    @property
    def now(self) -> int:
        """The moment at which the clock stands, in seconds since 1970."""
        return self.clock.now

    @property
    def today(self) -> date:
        """The day, in UTC, on which the clock stands."""
        return datetime.fromtimestamp(self.now, UTC).date()

    def chance(self, purpose: str) -> Random:
        """Chance for one purpose, so that what is drawn for one does not move another."""
        return self._chances.of(purpose)

    def tell(self, url: str | None, body: JsonObject) -> None:
        """Sends a webhook, where there is an address for it."""
        if url:
            for listener in self.listeners:
                listener(url, body)


def moment_text(seconds: int) -> str:
    """A moment as Plaid writes it, in ISO 8601."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
