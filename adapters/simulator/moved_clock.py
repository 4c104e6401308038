"""What every simulated provider lets be done with its clock."""

from adapters.simulator.clock_hand import ClockHand


class MovedClock:
    """A provider whose time is in its keeper's hand, alone or together with another provider's."""

    def __init__(self, hand: ClockHand) -> None:
        self.hand = hand

    async def advance(self, seconds: int) -> None:
        """Moves the clock. Everything due on the way happens at its moment, webhooks and their retries too."""
        await self.hand.advance(seconds)

    async def advance_to(self, moment: int) -> None:
        """Moves the clock to this moment."""
        await self.hand.advance_to(moment)

    async def keep_time(self, *, speed: float = 1.0, every_seconds: float = 0.2) -> None:
        """Moves the clock by itself, so many times as fast as real time, until it is cancelled: for demonstrations."""
        await self.hand.keep_time(speed=speed, every_seconds=every_seconds)

    async def deliver(self) -> None:
        """Sends the webhooks that are due now, and those that come of it."""
        await self.hand.deliver()
