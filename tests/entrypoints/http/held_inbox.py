"""An inbox that waits, or is lost, when a test says so."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

import attrs

from domain.partner import Tenant
from domain.stripe_event import StripeEvent
from entrypoints.stripe_intake import StripeIntake
from ports.stripe_events import InboxLoad, StripeInbox
from ports.transaction import StoreUnavailable
from tests.entrypoints.http.callers import introduce_everybody
from tests.entrypoints.http.live_service import LiveService


class HeldInbox:
    """Passes everything on to another inbox, once it is `free`."""

    def __init__(self, inbox: StripeInbox) -> None:
        self._inbox = inbox
        self.asked = asyncio.Event()
        self.free = asyncio.Event()
        self.lost = False
        self.together: list[int] = []
        """How many came with each write."""

    async def keep(self, events: Sequence[StripeEvent]) -> Sequence[bool]:
        self.asked.set()
        self.together.append(len(events))
        await self.free.wait()
        if self.lost:
            raise StoreUnavailable("the store is lost")
        return await self._inbox.keep(events)

    async def load(self) -> InboxLoad:
        return await self._inbox.load()

    async def latest(self, tenant: Tenant) -> datetime | None:
        return await self._inbox.latest(tenant)


@asynccontextmanager
async def live_service_with(service: LiveService, intake: StripeIntake) -> AsyncIterator[LiveService]:
    """The service, running, with this intake."""
    service.services = attrs.evolve(service.services, stripe_intake=intake)
    await introduce_everybody(service.services.store)
    async with service.running():
        yield service
