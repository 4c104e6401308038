import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from adapters.in_memory.store import InMemoryStore
from adapters.in_memory.work_list import InMemoryWorkList
from domain.company import CompanyId
from domain.work import ATTEMPTS_MAX, ClaimedWork, WorkKind
from entrypoints.worker import Handler, Worker
from ports.transaction import StoreUnavailable

ACME, BOLT = CompanyId("co_acme0000"), CompanyId("co_bolt0000")


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 6, 30, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, by: timedelta) -> None:
        self.now += by


@pytest.fixture
def store() -> InMemoryStore:
    return InMemoryStore()


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def test_work_is_done_and_finished(store: InMemoryStore, clock: Clock) -> None:
    await ask(store, ACME, clock)
    done: list[ClaimedWork] = []

    busy = await run_once(store, clock, finishing(store, done))

    assert busy
    assert [each.company for each in done] == [ACME]
    assert not await run_once(store, clock, finishing(store, done))


async def test_poison_is_parked_with_its_reason_and_others_go_on(store: InMemoryStore, clock: Clock) -> None:
    done: list[ClaimedWork] = []
    healthy = finishing(store, done)

    async def handler(claimed: ClaimedWork, at: datetime) -> None:
        if claimed.company == ACME:
            raise ValueError("the poison")
        await healthy(claimed, at)

    await ask(store, ACME, clock)
    await ask(store, BOLT, clock)
    for _ in range(ATTEMPTS_MAX + 1):
        await run_once(store, clock, handler)
        clock.now += timedelta(hours=1)

    parked = await InMemoryWorkList(store.tables).parked()
    assert [(each.company, each.reason) for each in parked] == [(ACME, "ValueError: the poison")]
    assert [each.company for each in done] == [BOLT]


async def test_a_lost_store_costs_no_attempt(store: InMemoryStore, clock: Clock) -> None:
    async def handler(claimed: ClaimedWork, at: datetime) -> None:
        raise StoreUnavailable("gone")

    await ask(store, ACME, clock)
    for _ in range(ATTEMPTS_MAX + 3):
        with pytest.raises(StoreUnavailable):
            await run_once(store, clock, handler)

    assert await InMemoryWorkList(store.tables).parked() == []


async def test_a_worker_told_to_stop_gives_back_what_does_not_end_in_time(store: InMemoryStore, clock: Clock) -> None:
    begun, stop = asyncio.Event(), asyncio.Event()

    async def endless(claimed: ClaimedWork, at: datetime) -> None:
        begun.set()
        await asyncio.Event().wait()

    await ask(store, ACME, clock)
    worker = asyncio.create_task(worker_of(store, clock, endless).run(stop, grace=timedelta(0)))
    await begun.wait()
    stop.set()
    await worker

    again = await InMemoryWorkList(store.tables).claim("other", at=clock.now, until=clock.now)
    assert again is not None
    assert again.attempt == 1


async def test_a_worker_told_to_stop_lets_what_runs_end(store: InMemoryStore, clock: Clock) -> None:
    begun, stop, done = asyncio.Event(), asyncio.Event(), list[ClaimedWork]()
    finish = finishing(store, done)

    async def slow(claimed: ClaimedWork, at: datetime) -> None:
        begun.set()
        await stop.wait()
        await finish(claimed, at)

    await ask(store, ACME, clock)
    await ask(store, BOLT, clock)
    worker = asyncio.create_task(worker_of(store, clock, slow).run(stop, grace=timedelta(minutes=1)))
    await begun.wait()
    stop.set()
    await worker

    assert len(done) == 1


async def test_a_long_run_keeps_its_lease(store: InMemoryStore, clock: Clock) -> None:
    lease, done = timedelta(milliseconds=30), list[ClaimedWork]()
    finish = finishing(store, done)
    others: list[ClaimedWork | None] = []

    async def long(claimed: ClaimedWork, at: datetime) -> None:
        for _ in range(6):
            await asyncio.sleep(0.02)
            clock.now += timedelta(milliseconds=20)
            others.append(await InMemoryWorkList(store.tables).claim("other", at=clock.now, until=clock.now))
        await finish(claimed, at)

    await ask(store, ACME, clock)
    worker = Worker(InMemoryWorkList(store.tables), {WorkKind.RECONCILE: long}, clock=clock, name="w", lease=lease)
    await worker.run_once(asyncio.Event(), grace=timedelta(0))

    assert others == [None] * 6
    assert len(done) == 1


async def test_a_lease_outlives_two_renewals_that_failed(store: InMemoryStore, clock: Clock) -> None:
    """As while a store is being restarted: the work goes on, and nobody else begins it."""
    lease, done = timedelta(milliseconds=90), list[ClaimedWork]()
    finish = finishing(store, done)
    the_list = SometimesGone(store, failures=2)
    others: list[ClaimedWork | None] = []

    async def long(claimed: ClaimedWork, at: datetime) -> None:
        while the_list.renewed < 2:
            await asyncio.sleep(0.001)
            others.append(await InMemoryWorkList(store.tables).claim("other", at=clock.now, until=clock.now))
        await finish(claimed, at)

    the_list.failed = lambda: clock.move(lease / 3)
    await ask(store, ACME, clock)
    await Worker(the_list, {WorkKind.RECONCILE: long}, clock=clock, name="w", lease=lease).run_once(
        asyncio.Event(), grace=timedelta(0)
    )

    assert set(others) == {None}
    assert len(done) == 1


class SometimesGone(InMemoryWorkList):
    """A work list whose store is gone for the first renewals, each of which takes its time."""

    def __init__(self, store: InMemoryStore, failures: int) -> None:
        super().__init__(store.tables)
        self.renewed = 0
        self.failed: Callable[[], None] = lambda: None
        self._failures = failures

    async def extend(self, claimed: ClaimedWork, *, until: datetime) -> bool:
        if self._failures:
            self._failures -= 1
            self.failed()
            raise StoreUnavailable("restarting")
        self.renewed += 1
        return await super().extend(claimed, until=until)


def finishing(store: InMemoryStore, done: list[ClaimedWork]) -> Handler:
    async def handler(claimed: ClaimedWork, at: datetime) -> None:
        async with store.company(claimed.company) as transaction:
            await transaction.work.finish(claimed)
        done.append(claimed)

    return handler


def worker_of(store: InMemoryStore, clock: Clock, handler: Handler) -> Worker:
    return Worker(InMemoryWorkList(store.tables), {WorkKind.RECONCILE: handler}, clock=clock, name="w")


async def run_once(store: InMemoryStore, clock: Clock, handler: Handler) -> bool:
    return await worker_of(store, clock, handler).run_once(asyncio.Event(), grace=timedelta(0))


async def ask(store: InMemoryStore, company: CompanyId, clock: Clock) -> None:
    async with store.company(company) as transaction:
        await transaction.work.request(WorkKind.RECONCILE, company, at=clock.now)
