"""What everything in the simulated Stripe shares: seed, clock, ids, switches, and whoever listens for events."""

from collections.abc import Callable
from random import Random

from adapters.simulator.chances import Chances
from adapters.simulator.clock import Clock
from adapters.simulator.stripe.identifiers import IdMint
from adapters.simulator.stripe.switches import Switches
from adapters.simulator.stripe.wire import API_VERSION, JsonObject

EventListener = Callable[[str, bool, JsonObject], None]
"""Told of the account, the mode and the event as soon as it is written."""


class Kernel:
    """One simulated Stripe's inner works. The same seed and the same actions give the same bytes."""

    def __init__(self, *, seed: str, clock: Clock, switches: Switches) -> None:
        self.seed, self.switches = seed, switches
        self.clock = clock
        self.ids = IdMint(seed)
        self.listeners: list[EventListener] = []
        self.request: JsonObject | None = None
        """Id and idempotency key of the API request under way, which its events name."""
        self.event_version = API_VERSION
        """The accounts' default API version, in which events are written."""
        self.address = "https://connect.stripe.com"
        """Where the pages are that users see."""
        self._chances = Chances(seed)

    @property
    def now(self) -> int:
        """The moment at which the clock stands."""
        return self.clock.now

    def chance(self, purpose: str) -> Random:
        """Chance for one purpose, so that what is drawn for one does not move another."""
        return self._chances.of(purpose)
