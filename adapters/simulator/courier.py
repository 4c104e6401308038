"""Carries webhooks: once or oftener, late, shuffled or never, by a policy; and again until one is acknowledged."""

from collections.abc import Mapping
from random import Random
from typing import Protocol

import aiohttp
import attrs

from adapters.simulator.clock import Clock
from adapters.simulator.delivery_policy import DeliveryPolicy


class Delivery(Protocol):
    """One webhook on its way."""

    attempts: int
    statuses: list[int]
    """What each attempt was answered; 0 for no answer."""
    is_done: bool
    """It was acknowledged."""

    async def send(self) -> int:
        """Posts it. The status; 0 if there was no answer."""
        ...

    def acknowledges(self, status: int) -> bool:
        """This status ends it."""
        ...

    def acknowledged(self) -> None:
        """It arrived, for the first time."""
        ...

    def retry_after(self) -> int | None:
        """Seconds until the next attempt, now that the last one failed; None: it is given up."""
        ...


@attrs.define
class _Draw:
    """What the policy has in store for one webhook."""

    policy: DeliveryPolicy
    chance: Random

    def is_lost(self) -> bool:
        """It is never attempted."""
        return self.policy.never or self.chance.random() < self.policy.lost

    def is_repeated(self) -> bool:
        """It comes a second time."""
        return self.chance.random() < self.policy.repeated

    def is_twinned(self) -> bool:
        """Another one comes for the same change."""
        return self.chance.random() < self.policy.twinned


class Courier:
    """What is due waits here until `flush` sends it."""

    def __init__(self, clock: Clock, policy: DeliveryPolicy, chance: Random, *, timeout_seconds: float) -> None:
        self.clock, self.policy = clock, policy
        self.due: list[Delivery] = []
        self._chance = chance
        self._timeout = aiohttp.ClientTimeout(total=timeout_seconds)
        self._session: aiohttp.ClientSession | None = None

    def draw(self) -> _Draw:
        """Chance for the next webhook, by the policy as it is now."""
        return _Draw(self.policy, self._chance)

    def accept(self, delivery: Delivery) -> None:
        """Takes one to be sent, now or late."""
        delay = self._chance.randint(0, self.policy.delay_most) if self.policy.delay_most else 0
        if delay == 0:
            self.due.append(delivery)
        else:
            self.clock.after(delay, lambda: self.due.append(delivery))

    async def flush(self) -> int:
        """Sends all that is due, one after the other, and plans another attempt where one failed. How many it sent."""
        due, self.due = self.due, []
        if self.policy.shuffled:
            self._chance.shuffle(due)
        for delivery in due:
            await self.attempt(delivery)
        return len(due)

    async def attempt(self, delivery: Delivery) -> None:
        """One attempt, now."""
        delivery.attempts += 1
        status = await delivery.send()
        delivery.statuses.append(status)
        if delivery.acknowledges(status):
            if not delivery.is_done:
                delivery.is_done = True
                delivery.acknowledged()
        elif (seconds := delivery.retry_after()) is not None:
            self.clock.after(seconds, lambda: self.due.append(delivery))

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """Sends a body as it is, following no redirect. The status; 0 if there was no answer."""
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=self._timeout)
        try:
            async with self._session.post(url, data=body, headers=headers, allow_redirects=False) as response:
                await response.read()
                return response.status
        except (TimeoutError, aiohttp.ClientError):
            return 0

    async def close(self) -> None:
        """Ends its connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None
