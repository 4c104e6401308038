"""The hand that moves a clock, and with it every simulated provider that goes by it."""

import asyncio
import time

from adapters.simulator.clock import Clock
from adapters.simulator.courier import Courier


class ClockHand:
    """Moves one clock. Whoever sends webhooks by it adds its courier, so that they go out at their moment."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.couriers: list[Courier] = []

    async def advance(self, seconds: int) -> None:
        """Moves the clock. Everything due on the way happens at its moment, webhooks and their retries too."""
        until = self.clock.now + seconds
        await self.deliver()
        while self.clock.step(until):
            if any(courier.due for courier in self.couriers):
                await self.deliver()
        self.clock.run_until(until)

    async def advance_to(self, moment: int) -> None:
        """Moves the clock to this moment."""
        await self.advance(moment - self.clock.now)

    async def keep_time(self, *, speed: float = 1.0, every_seconds: float = 0.2) -> None:
        """Moves the clock by itself, so many times as fast as real time, until it is cancelled: for demonstrations."""
        begun, start = time.monotonic(), self.clock.now
        while True:
            await asyncio.sleep(every_seconds)
            await self.advance_to(max(self.clock.now, start + int((time.monotonic() - begun) * speed)))

    async def deliver(self) -> None:
        """Sends the webhooks that are due now, and those that come of it."""
        while any(courier.due for courier in self.couriers):
            for courier in self.couriers:
                await courier.flush()
