"""Group commit: what waits goes together, in bounds, and one event's trouble is not the others'."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

import pytest

from domain.partner import Tenant
from domain.stripe_event import StripeEvent
from entrypoints.stripe_intake import IntakeFull, StripeIntake
from ports.stripe_events import InboxLoad
from ports.transaction import StoreUnavailable
from tests.ports.stripe_told import NOON, told


class Inbox:
    """Keeps ids; waits before each write until it is let go."""

    def __init__(self) -> None:
        self.writes: list[list[str]] = []
        self.kept: set[str] = set()
        self.go = asyncio.Semaphore(0)
        self.trouble: Exception | None = None
        self.poison = ""

    async def keep(self, events: Sequence[StripeEvent]) -> Sequence[bool]:
        ids = [str(event.id) for event in events]
        self.writes.append(ids)
        await self.go.acquire()
        if self.trouble is not None:
            raise self.trouble
        if self.poison in ids:
            raise ValueError("poison")
        new = [id not in self.kept for id in ids]
        self.kept.update(ids)
        return new

    async def load(self) -> InboxLoad:
        return InboxLoad(waiting=len(self.kept), oldest_waiting=NOON)

    async def latest(self, tenant: Tenant) -> datetime | None:  # noqa: ARG002
        return NOON if self.kept else None

    def release(self, writes: int = 9) -> None:
        for _ in range(writes):
            self.go.release()


async def asked(intake: StripeIntake, *ids: str, size: int = 2) -> list["asyncio.Task[bool]"]:
    tasks = [asyncio.create_task(intake.keep(told(id, body=b"x" * size))) for id in ids]
    await asyncio.sleep(0.01)
    return tasks


async def test_what_comes_while_one_write_is_under_way_goes_into_the_next() -> None:
    inbox = Inbox()
    intake = StripeIntake(inbox)

    first = await asked(intake, "a")
    rest = await asked(intake, "b", "c", "a")
    inbox.release()

    assert await asyncio.gather(*first, *rest) == [True, True, True, False]
    assert inbox.writes == [["a"], ["b", "c", "a"]]


async def test_nothing_is_acknowledged_before_it_is_written() -> None:
    inbox = Inbox()
    intake = StripeIntake(inbox)

    (kept,) = await asked(intake, "a")
    early = kept.done()
    inbox.release()

    assert not early
    assert await kept


@pytest.mark.parametrize(("waiting_max", "waiting_bytes_max"), [(2, 1_000), (99, 250)])
async def test_what_waits_is_bounded_and_room_comes_back(waiting_max: int, waiting_bytes_max: int) -> None:
    inbox = Inbox()
    intake = StripeIntake(inbox, waiting_max=waiting_max, waiting_bytes_max=waiting_bytes_max)

    tasks = [*await asked(intake, "a", size=100), *await asked(intake, "b", "c", size=100)]
    with pytest.raises(IntakeFull):
        await asyncio.wait_for(intake.keep(told("d", body=b"x" * 100)), 1)
    inbox.release()
    await asyncio.gather(*tasks)

    assert await intake.keep(told("d", body=b"x" * 100))


async def test_many_and_large_ones_go_in_several_writes() -> None:
    inbox = Inbox()
    intake = StripeIntake(inbox, waiting_max=999)
    inbox.release(99)

    many = await asked(intake, *(str(number) for number in range(600)))
    await asyncio.gather(*many)
    sizes = [len(write) for write in inbox.writes]
    inbox.writes.clear()
    await asyncio.gather(*(await asked(intake, "x", "y", "z", size=5 * 1024 * 1024)))

    assert (max(sizes), sum(sizes)) == (256, 600)
    assert [len(write) for write in inbox.writes] == [1, 1, 1]


async def test_a_lost_store_is_told_to_all_who_wait_and_the_next_are_kept() -> None:
    inbox = Inbox()
    intake = StripeIntake(inbox)
    inbox.trouble = StoreUnavailable("lost")

    tasks = [*await asked(intake, "a"), *await asked(intake, "b", "c")]
    inbox.release()
    told_to = await asyncio.gather(*tasks, return_exceptions=True)
    inbox.trouble = None

    assert [type(each) for each in told_to] == [StoreUnavailable] * 3
    assert await intake.keep(told("a"))


async def test_one_that_cannot_be_kept_is_no_trouble_of_the_others() -> None:
    inbox = Inbox()
    inbox.poison = "p"
    intake = StripeIntake(inbox)

    tasks = [*await asked(intake, "a"), *await asked(intake, "b", "p", "c")]
    inbox.release()
    ends = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 1)

    assert [end if isinstance(end, bool) else type(end) for end in ends] == [True, True, ValueError, True]


async def test_who_goes_away_takes_nobody_along() -> None:
    inbox = Inbox()
    intake = StripeIntake(inbox)

    first, second = await asked(intake, "a", "b")
    first.cancel()
    inbox.release()

    assert await second
    assert inbox.kept == {"a", "b"}
