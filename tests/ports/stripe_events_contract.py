"""What every inbox of Stripe's events promises, and what taking them does, whatever they are kept in."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Sequence

import pytest

from domain.company import CompanyId
from domain.stripe_account import ConnectionState
from domain.stripe_event import ParkReason, StripeEventId
from domain.work import WorkKind
from ports.stripe_events import InboxLoad, StripeInbox, WaitingEvent
from ports.transaction import Store
from ports.use_cases.take_stripe_events import TakenEvents, take_stripe_events
from ports.work_list import WorkList
from tests.ports.stripe_accounts_contract import connect, end
from tests.ports.stripe_told import ACCOUNT, ACME, BOLT, LIVE, MINUTE, NOON, OTHER, RIVALS, TEST, connection, told

UNKNOWN, THIN = ParkReason.UNKNOWN_ACCOUNT, ParkReason.THIN


class StripeEventsContract(ABC):
    """Subclass it with a fixture `store` for each adapter."""

    @abstractmethod
    def inbox(self, store: Store) -> StripeInbox:
        """The inbox that belongs to the store."""

    @abstractmethod
    def work_list(self, store: Store) -> WorkList:
        """The work list that belongs to the store."""

    async def test_an_event_is_new_once_for_a_partner_and_mode(self, store: Store) -> None:
        inbox = self.inbox(store)

        together = await inbox.keep(
            [told("evt_b"), told("evt_a"), told("evt_b", minutes=1), told("evt_b", tenant=LIVE)]
        )
        again = await inbox.keep([told("evt_a", minutes=9), told("evt_a", tenant=RIVALS)])

        assert list(together) == [True, True, False, True]
        assert list(again) == [False, True]
        assert await inbox.load() == InboxLoad(waiting=4, oldest_waiting=NOON)
        assert await inbox.keep([]) == []

    async def test_when_the_last_one_came_is_known_of_each_tenant(self, store: Store) -> None:
        inbox = self.inbox(store)
        await inbox.keep([told("evt_b", minutes=2), told("evt_a"), told("evt_c", tenant=LIVE, minutes=3, parked=THIN)])
        await self.taken(store, limit=2)

        assert [await inbox.latest(tenant) for tenant in (TEST, LIVE, RIVALS)] == [
            NOON + 2 * MINUTE,
            NOON + 3 * MINUTE,
            None,
        ]

    async def test_the_oldest_are_taken_first_and_once(self, store: Store) -> None:
        await self.inbox(store).keep([told("evt_b", minutes=2), told("evt_c", minutes=1), told("evt_a", minutes=2)])

        assert ids(await self.taken(store, limit=2)) == ["evt_c", "evt_a"]
        assert ids(await self.taken(store, limit=2)) == ["evt_b"]
        assert ids(await self.taken(store, limit=2)) == []

    async def test_what_is_taken_since_leaves_older_ones_waiting(self, store: Store) -> None:
        await self.inbox(store).keep([told("evt_a"), told("evt_b", minutes=2)])

        async with store.control() as transaction:
            since = await transaction.stripe_events.take(limit=9, since=NOON + 2 * MINUTE)

        assert since == (WaitingEvent(tenant=TEST, id=StripeEventId("evt_b"), account=ACCOUNT),)

    async def test_what_is_rolled_back_waits_again(self, store: Store) -> None:
        await self.inbox(store).keep([told("evt_a")])
        with pytest.raises(ZeroDivisionError):
            async with store.control() as transaction:
                events = await transaction.stripe_events.take(limit=9)
                await transaction.stripe_events.handled(events, at=NOON)
                raise ZeroDivisionError

        assert ids(await self.taken(store)) == ["evt_a"]

    async def test_an_event_that_is_parked_as_it_arrives_is_not_taken(self, store: Store) -> None:
        await self.inbox(store).keep([told("evt_a", parked=THIN), told("evt_b", account=None, parked=THIN)])

        assert ids(await self.taken(store)) == []
        assert await self.inbox(store).load() == InboxLoad(waiting=0, oldest_waiting=None, parked={(TEST, THIN): 2})

    async def test_a_hint_becomes_work_of_the_company_that_has_the_account(self, store: Store) -> None:
        await connect(store, connection(ACCOUNT, ACME))
        await connect(store, connection(OTHER, BOLT))
        events = [told(f"evt_{number}", account=(ACCOUNT, OTHER)[number % 2]) for number in range(7)]
        await self.inbox(store).keep(events)

        taken = await take_stripe_events(store=store, at=NOON, limit=9)
        again = await take_stripe_events(store=store, at=NOON, limit=9)

        assert (taken, again) == (TakenEvents(hints=7), TakenEvents())
        assert await self.asked_for(store) == [ACME, BOLT]

    async def test_an_account_of_another_partner_or_mode_is_an_unknown_one(self, store: Store) -> None:
        await connect(store, connection(ACCOUNT))
        await self.inbox(store).keep([told("evt_a", tenant=LIVE), told("evt_b", tenant=RIVALS)])

        taken = await take_stripe_events(store=store, at=NOON, limit=9)

        assert (ids(taken.unknown), taken.hints) == (["evt_a", "evt_b"], 0)
        assert (await self.inbox(store).load()).parked == {(LIVE, UNKNOWN): 1, (RIVALS, UNKNOWN): 1}
        assert await self.asked_for(store) == []

    async def test_what_is_told_of_an_account_that_is_no_longer_read_leads_to_nothing(self, store: Store) -> None:
        await connect(store, connection(ACCOUNT))
        await end(store, ConnectionState.DISCONNECTED)
        await self.inbox(store).keep([told("evt_a")])

        assert await take_stripe_events(store=store, at=NOON, limit=9) == TakenEvents(ignored=1)
        assert await self.asked_for(store) == []
        assert (await self.inbox(store).load()).parked == {}

    async def test_the_work_failed_so_the_event_still_waits(self, store: Store) -> None:
        """Failure 1: a row that says "seen" was written before the work, the work failed, the retry was skipped."""
        await connect(store, connection(ACCOUNT))
        await self.inbox(store).keep([told("evt_a")])

        with pytest.raises(WorkLost):
            await take_stripe_events(store=_LosingWork(store), at=NOON, limit=9)  # type: ignore[arg-type]
        before = await self.asked_for(store)
        repeated = await self.inbox(store).keep([told("evt_a")])
        taken = await take_stripe_events(store=store, at=NOON, limit=9)

        assert (before, list(repeated)) == ([], [False])
        assert taken == TakenEvents(hints=1)
        assert await self.asked_for(store) == [ACME]

    async def test_events_of_an_unknown_account_are_taken_once_a_company_has_it(self, store: Store) -> None:
        await self.inbox(store).keep([told("evt_a"), told("evt_b", account=OTHER), told("evt_c", parked=THIN)])
        await take_stripe_events(store=store, at=NOON, limit=9)
        await connect(store, connection(ACCOUNT, minutes=5))

        too_late = await self.unparked(store, since=6)
        unparked = await self.unparked(store, since=5)
        taken = await take_stripe_events(store=store, at=NOON + 6 * MINUTE, limit=9)

        assert (too_late, unparked, taken) == (0, 1, TakenEvents(hints=1))
        assert (await self.inbox(store).load()).parked == {(TEST, UNKNOWN): 1, (TEST, THIN): 1}

    async def test_only_what_was_settled_long_ago_is_forgotten(self, store: Store) -> None:
        await connect(store, connection(ACCOUNT))
        await self.inbox(store).keep([told("evt_waits", minutes=-900, tenant=RIVALS)])
        await self.inbox(store).keep([told("evt_a", minutes=-99), told("evt_old", minutes=-99, parked=THIN)])
        async with store.control() as transaction:
            done = [each for each in await transaction.stripe_events.take(limit=9) if each.tenant == TEST]
            await transaction.stripe_events.handled(done, at=NOON)
        await self.inbox(store).keep([told("evt_new", parked=THIN)])

        assert await self.forgotten(store, handled=0, parked=-99) == 0
        assert await self.forgotten(store, handled=1, parked=-98) == 2
        new = await self.inbox(store).keep([told("evt_waits", tenant=RIVALS), told("evt_new"), told("evt_a")])
        assert list(new) == [False, False, True]

    async def test_no_more_is_forgotten_at_once_than_is_said(self, store: Store) -> None:
        await self.inbox(store).keep([told(f"evt_{number}", parked=THIN) for number in range(5)])

        assert [await self.forgotten(store, handled=9, parked=9, limit=3) for _ in range(3)] == [3, 2, 0]

    async def test_many_who_take_at_once_share_the_events(self, store: Store) -> None:
        await connect(store, connection(ACCOUNT, ACME))
        await connect(store, connection(OTHER, BOLT))
        await self.inbox(store).keep(
            [told(f"evt_{number}", account=(ACCOUNT, OTHER)[number % 2]) for number in range(60)]
        )

        taken = await asyncio.gather(*(take_stripe_events(store=store, at=NOON, limit=20) for _ in range(6)))
        rest = await take_stripe_events(store=store, at=NOON, limit=60)

        assert sum(each.hints for each in taken) + rest.hints == 60
        assert await self.asked_for(store) == [ACME, BOLT]

    async def test_many_who_keep_the_same_events_at_once_agree_on_who_was_first(self, store: Store) -> None:
        events = [told(f"evt_{number}") for number in range(30)]

        kept = await asyncio.gather(
            *(self.inbox(store).keep(events if turn % 2 else events[::-1]) for turn in range(8))
        )

        assert sum(sum(each) for each in kept) == 30
        assert (await self.inbox(store).load()).waiting == 30

    async def taken(self, store: Store, *, limit: int = 9) -> Sequence[WaitingEvent]:
        async with store.control() as transaction:
            events = await transaction.stripe_events.take(limit=limit)
            await transaction.stripe_events.handled(events, at=NOON)
        return events

    async def unparked(self, store: Store, *, since: float) -> int:
        async with store.control() as transaction:
            return await transaction.stripe_events.unpark_known(since=NOON + since * MINUTE)

    async def forgotten(self, store: Store, *, handled: float, parked: float, limit: int = 9) -> int:
        async with store.control() as transaction:
            return await transaction.stripe_events.forget_before(
                handled=NOON + handled * MINUTE, parked=NOON + parked * MINUTE, limit=limit
            )

    async def asked_for(self, store: Store) -> list[CompanyId]:
        """The companies that are to be looked at, by what a worker is given."""
        companies, at = [], NOON + 60 * MINUTE
        while claimed := await self.work_list(store).claim("w", at=at, until=at + MINUTE):
            assert claimed.kind is WorkKind.SYNC_STRIPE
            companies.append(claimed.company)
        return sorted(companies)


def ids(events: Sequence[WaitingEvent]) -> list[str]:
    return [event.id for event in events]


class WorkLost(Exception):
    """Asking for work fails."""


class _LosingWork:
    """A store in which no work can be asked for."""

    def __init__(self, store: Store) -> None:
        self._control = store.control()

    def control(self) -> "_LosingWork":
        return self

    async def __aenter__(self) -> "_LosingWork":
        transaction = await self._control.__aenter__()
        self.stripe_events, self.stripe_routing = transaction.stripe_events, transaction.stripe_routing
        self.work = self
        return self

    async def __aexit__(self, *raised: object) -> None:
        await self._control.__aexit__(*raised)  # type: ignore[arg-type]

    async def request(self, *_asked: object, **_more: object) -> None:
        raise WorkLost
