"""What every work list promises, whatever it is kept in."""

from abc import ABC, abstractmethod
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Protocol

import pytest

from domain.company import CompanyId
from domain.work import ATTEMPTS_MAX, ClaimedWork, ParkedWork, WorkKind, WorkLoad
from ports.transaction import Store
from ports.work_list import WorkList, WorkReplay
from ports.work_requests import LeaseLost

ACME, BOLT = CompanyId("co_acme0000"), CompanyId("co_bolt0000")
NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)
LEASE = timedelta(minutes=1)


class ListWithReplay(WorkList, WorkReplay, Protocol):
    """Both faces of one list."""


class WorkListContract(ABC):
    """Subclass it with a fixture for each adapter."""

    @abstractmethod
    def the_list(self, store: Store) -> ListWithReplay:
        """The list that belongs to the store."""

    async def test_work_that_nobody_asked_for_is_not_given(self, store: Store) -> None:
        assert await self.claim(store) is None

    async def test_what_was_asked_for_is_given_once(self, store: Store) -> None:
        await request(store, ACME)

        first, second = await self.claim(store), await self.claim(store)

        assert first == ClaimedWork(kind=WorkKind.RECONCILE, company=ACME, lease=1, attempt=1, worker="w")
        assert second is None

    async def test_work_of_a_kind_that_a_worker_does_not_know_waits_for_one_that_does(self, store: Store) -> None:
        async with store.control() as transaction:
            await transaction.work.request(WorkKind.SYNC_STRIPE, ACME, at=NOON)
        await request(store, ACME, at=NOON + timedelta(seconds=1))

        at = NOON + timedelta(minutes=1)
        of_one_kind = [
            await self.the_list(store).claim("w", at=at, until=at + LEASE, kinds=[WorkKind.RECONCILE]) for _ in range(2)
        ]
        of_any = await self.the_list(store).claim("w", at=at, until=at + LEASE)

        assert [claimed and claimed.kind for claimed in of_one_kind] == [WorkKind.RECONCILE, None]
        assert of_any is not None
        assert of_any.kind is WorkKind.SYNC_STRIPE

    async def test_what_was_asked_for_often_is_one_piece_of_work(self, store: Store) -> None:
        for minutes in (3, 1, 2):
            await request(store, ACME, at=NOON + timedelta(minutes=minutes))

        assert await self.claim(store, at=NOON) is None
        claimed = await self.claim(store, at=NOON + timedelta(minutes=1))
        assert claimed is not None
        await finish(store, claimed)
        assert await self.claim(store, at=NOON + timedelta(hours=1)) is None

    async def test_a_request_rolled_back_was_never_made(self, store: Store) -> None:
        with pytest.raises(ZeroDivisionError):
            async with store.company(ACME) as transaction:
                await transaction.work.request(WorkKind.RECONCILE, ACME, at=NOON)
                raise ZeroDivisionError

        assert await self.claim(store) is None

    async def test_the_longest_due_comes_first(self, store: Store) -> None:
        await request(store, ACME, at=NOON)
        await request(store, BOLT, at=NOON - timedelta(seconds=1))

        claimed = [await self.claim(store), await self.claim(store)]

        assert [each.company for each in claimed if each] == [BOLT, ACME]

    async def test_what_is_asked_for_during_a_run_is_done_after_it(self, store: Store) -> None:
        await request(store, ACME)
        running = await self.claim(store)
        assert running is not None
        await request(store, ACME)

        assert await self.claim(store) is None
        await finish(store, running)

        again = await self.claim(store)
        assert again is not None
        assert again.lease == 2

    async def test_finished_work_runs_again_when_it_said_so(self, store: Store) -> None:
        await request(store, ACME)
        claimed = await self.claim(store)
        assert claimed is not None
        tomorrow = NOON + timedelta(days=1)

        await finish(store, claimed, next_at=tomorrow)

        assert await self.claim(store, at=tomorrow - timedelta(seconds=1)) is None
        assert await self.claim(store, at=tomorrow) is not None

    async def test_a_dead_workers_work_is_claimed_again_and_the_dead_cannot_finish_it(self, store: Store) -> None:
        await request(store, ACME)
        dead = await self.claim(store)
        later = NOON + LEASE
        alive = await self.claim(store, at=later)
        assert dead is not None
        assert alive is not None
        assert alive.attempt == 2

        with pytest.raises(LeaseLost):
            await finish(store, dead)
        assert not await self.the_list(store).extend(dead, until=later + LEASE)
        await self.the_list(store).give_back(dead, at=later, reason="too late to matter")

        await finish(store, alive)

    async def test_results_under_a_lost_lease_are_rolled_back(self, store: Store) -> None:
        await request(store, ACME)
        dead = await self.claim(store)
        await self.claim(store, at=NOON + LEASE)
        assert dead is not None

        with pytest.raises(LeaseLost):
            async with store.company(ACME) as transaction:
                await transaction.work.request(WorkKind.RECONCILE, BOLT, at=NOON)
                await transaction.work.finish(dead)

        assert await self.claim(store) is None

    async def test_finishing_twice_is_refused(self, store: Store) -> None:
        await request(store, ACME)
        claimed = await self.claim(store)
        assert claimed is not None
        await finish(store, claimed)

        with pytest.raises(LeaseLost):
            await finish(store, claimed)

    async def test_an_extended_lease_is_not_claimed_by_others(self, store: Store) -> None:
        await request(store, ACME)
        claimed = await self.claim(store)
        assert claimed is not None

        assert await self.the_list(store).extend(claimed, until=NOON + 3 * LEASE)

        assert await self.claim(store, at=NOON + 2 * LEASE) is None
        assert await self.claim(store, at=NOON + 3 * LEASE) is not None

    async def test_failed_work_waits_longer_each_time_and_is_parked_in_the_end(self, store: Store) -> None:
        await request(store, ACME)
        at, waits = NOON, []
        for _ in range(ATTEMPTS_MAX):
            claimed = await self.claim(store, at=at)
            while claimed is None:
                at += timedelta(seconds=1)
                claimed = await self.claim(store, at=at)
            waits.append(at)
            await self.the_list(store).give_back(claimed, at=at, reason="the poison")

        gaps = [(b - a).total_seconds() for a, b in pairwise(waits)]
        assert gaps == sorted(gaps)
        assert len(set(gaps)) == len(gaps)
        assert await self.claim(store, at=at + timedelta(days=30)) is None
        assert await self.the_list(store).parked() == [
            ParkedWork(kind=WorkKind.RECONCILE, company=ACME, since=at, reason="the poison")
        ]

    async def test_work_that_kills_its_workers_is_parked(self, store: Store) -> None:
        await request(store, ACME)
        at = NOON
        for _ in range(ATTEMPTS_MAX):
            assert await self.claim(store, at=at) is not None
            at += LEASE

        assert await self.claim(store, at=at) is None
        assert [each.company for each in await self.the_list(store).parked()] == [ACME]

    async def test_poison_of_one_company_harms_no_other(self, store: Store) -> None:
        await self.poison(store, ACME)
        await request(store, BOLT)

        claimed = await self.claim(store, at=NOON + timedelta(days=1))

        assert claimed is not None
        assert claimed.company == BOLT

    async def test_parked_work_is_replayed_with_all_its_attempts(self, store: Store) -> None:
        await self.poison(store, ACME)

        assert await self.the_list(store).replay(WorkKind.RECONCILE, ACME, at=NOON)

        claimed = await self.claim(store)
        assert claimed is not None
        assert claimed.attempt == 1
        assert not await self.the_list(store).replay(WorkKind.RECONCILE, ACME, at=NOON)
        assert await self.the_list(store).parked() == []

    async def test_something_new_gives_parked_work_a_new_chance(self, store: Store) -> None:
        await self.poison(store, ACME)

        await request(store, ACME)

        assert await self.claim(store) is not None

    async def test_work_given_back_by_a_worker_that_stops_is_due_at_once_and_counts_no_attempt(
        self, store: Store
    ) -> None:
        await request(store, ACME)
        claimed = await self.claim(store)
        assert claimed is not None

        await self.the_list(store).give_back(claimed, at=NOON, reason=None)

        again = await self.claim(store)
        assert again is not None
        assert again.attempt == 1

    async def test_the_load_is_told(self, store: Store) -> None:
        await request(store, ACME, at=NOON - timedelta(minutes=5))
        await request(store, BOLT, at=NOON - timedelta(minutes=1))
        await self.claim(store)

        load = await self.the_list(store).load(at=NOON)

        assert load == WorkLoad(due=1, running=1, oldest_due=NOON - timedelta(minutes=1), parked=0)

    async def claim(self, store: Store, *, at: datetime = NOON) -> ClaimedWork | None:
        return await self.the_list(store).claim("w", at=at, until=at + LEASE)

    async def poison(self, store: Store, company: CompanyId) -> None:
        """Work of this company that failed as often as it may."""
        await request(store, company)
        for attempt in range(ATTEMPTS_MAX):
            claimed = await self.claim(store, at=NOON + attempt * timedelta(hours=1))
            assert claimed is not None
            await self.the_list(store).give_back(claimed, at=NOON + attempt * timedelta(hours=1), reason="poison")


async def request(store: Store, company: CompanyId, *, at: datetime = NOON) -> None:
    async with store.company(company) as transaction:
        await transaction.work.request(WorkKind.RECONCILE, company, at=at)


async def finish(store: Store, claimed: ClaimedWork, *, next_at: datetime | None = None) -> None:
    async with store.company(claimed.company) as transaction:
        await transaction.work.finish(claimed, next_at=next_at)
