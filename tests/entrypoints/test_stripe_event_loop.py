"""The loop that takes Stripe's events: it goes on whatever happens, and forgets what is old."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from adapters.in_memory.store import InMemoryStore
from adapters.in_memory.stripe_events import InMemoryStripeInbox
from domain.stripe_event import ParkReason
from entrypoints import stripe_event_loop
from entrypoints.http.metrics import Metrics
from entrypoints.stripe_event_loop import StripeEventLoop
from ports.transaction import ControlTransaction, StoreUnavailable
from tests.entrypoints.http.service import Clock
from tests.ports.stripe_accounts_contract import connect
from tests.ports.stripe_told import connection, told


class Flickering(InMemoryStore):
    """Lost, or worse, for its first transactions."""

    def __init__(self, *troubles: Exception) -> None:
        super().__init__()
        self.troubles = list(troubles)

    @asynccontextmanager
    async def control(self) -> AsyncIterator[ControlTransaction]:  # type: ignore[override]
        if self.troubles:
            raise self.troubles.pop(0)
        async with super().control() as transaction:
            yield transaction


async def test_it_outlives_a_lost_store_and_whatever_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stripe_event_loop, "POLL_WITHOUT_STORE", timedelta(milliseconds=1))
    monkeypatch.setattr(stripe_event_loop, "POLL", timedelta(milliseconds=1))
    store = Flickering()
    await InMemoryStripeInbox(store.tables).keep([told("evt_1")])
    await connect(store, connection())
    store.troubles = [StoreUnavailable("lost"), RuntimeError("worse"), StoreUnavailable("lost again")]
    stop = asyncio.Event()

    running = asyncio.create_task(StripeEventLoop(store=store, metrics=Metrics(), clock=Clock()).run(stop))
    while (await InMemoryStripeInbox(store.tables).load()).waiting:
        await asyncio.sleep(0.001)
    stop.set()
    await running

    assert store.troubles == []


async def test_what_arrives_late_with_an_older_time_is_found_within_a_minute() -> None:
    store, clock = InMemoryStore(), Clock()
    loop = StripeEventLoop(store=store, metrics=Metrics(), clock=clock)
    await connect(store, connection())
    await loop.run_once()
    await InMemoryStripeInbox(store.tables).keep([told("evt_1", minutes=-10)])

    at_once = await loop.run_once()
    clock.move(timedelta(minutes=1))

    assert (at_once, await loop.run_once()) == (0, 1)


async def test_what_was_handled_a_week_and_parked_a_month_ago_is_forgotten() -> None:
    store, clock = InMemoryStore(), Clock()
    loop = StripeEventLoop(store=store, metrics=Metrics(), clock=clock)
    inbox = InMemoryStripeInbox(store.tables)
    await connect(store, connection())
    await inbox.keep([told("evt_1"), told("evt_2", parked=ParkReason.THIN)])
    await loop.run_once()
    left = []
    for days in (7, 1, 22, 1):
        clock.move(timedelta(days=days))
        await loop.run_once()
        async with store.tables() as tables:
            left.append(len(tables.table("stripe_events")))

    assert left == [2, 1, 1, 0]
