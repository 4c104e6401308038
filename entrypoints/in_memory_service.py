"""Tieout in the memory of a test: the whole service, a clock that stands still, work that is done when you say so."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import attrs
from aiohttp import web

from entrypoints.background import deliveries_of, stripe_events_of, worker_of
from entrypoints.composition.in_memory import InMemoryAdapters, MovableClock, in_memory_adapters
from entrypoints.http.application import build_application
from entrypoints.new_partner import NewPartner, make_partner
from ports.facts_reader import FactsReader
from ports.master_key import MasterKey
from ports.transaction import Store
from ports.webhook_sender import OutgoingWebhook, WebhookSender


def in_memory_service(
    *,
    now: datetime,
    more_bank_readers: Sequence[FactsReader] = (),
    sender: WebhookSender | None = None,
    master_key: MasterKey | None = None,
) -> "InMemoryService":
    """An empty service at this moment (with a time zone). An adapter of your own takes the place of ours."""
    return InMemoryService(
        in_memory_adapters(now=now, more_bank_readers=more_bank_readers, sender=sender, master_key=master_key)
    )


@attrs.frozen
class InMemoryService:
    """The same use cases, routes, checks and matching as of `tieout serve`; all of it is gone with this object.

    It differs in this: one transaction runs at a time, requests are hardly limited, and webhooks are kept in `sent`.
    """

    _adapters: InMemoryAdapters

    @property
    def clock(self) -> MovableClock:
        """`clock.move(timedelta(days=1))`."""
        return self._adapters.clock

    @property
    def store(self) -> Store:
        """For use cases: `await create_company(…, store=service.store)`."""
        return self._adapters.service.store

    @property
    def sent(self) -> Sequence[OutgoingWebhook]:
        """Every attempt to tell a webhook endpoint; none if you gave a sender of your own."""
        return self._adapters.sent

    def application(self) -> web.Application:
        """The HTTP API, for aiohttp's TestServer or a runner of your own."""
        return build_application(self._adapters.service.services)

    async def add_partner(self, name: str = "Platform") -> NewPartner:
        """A partner with a test key and a live key."""
        return await make_partner(name, self._adapters.service.services)

    async def work(self) -> None:
        """Does what is due now, as workers would: events are taken, companies reconciled, and partners told."""
        while await stripe_events_of(self._adapters.service).run_once():
            pass
        worker, never = worker_of(self._adapters.service), asyncio.Event()
        while await worker.run_once(never, grace=timedelta(0)):
            pass
        await deliveries_of(self._adapters.service).run_until_idle()
