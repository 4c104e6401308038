"""What every store of webhook endpoints and deliveries promises, whatever it is kept in."""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime, timedelta

import attrs
import pytest

from domain.company import Company, CompanyId
from domain.company_event import EventType
from domain.money import Currency
from domain.partner import Mode, PartnerId, Tenant
from domain.webhook_delivery import (
    Answer,
    DeliveryAttempt,
    Done,
    DueDelivery,
    FailureKind,
    Hold,
    NextStep,
    Park,
    TryAgain,
    Turn,
)
from domain.webhook_endpoint import ENDPOINTS_MAX, DisabledReason, WebhookEndpoint, WebhookEndpointId
from ports.partner_events import EventRange
from ports.transaction import Store
from ports.webhook_endpoints import TooManyEndpoints
from tests.ports.trail_contract import ACME, BOLT, NOON, event

TEST = Tenant(partner=PartnerId("part_one00000"), mode=Mode.TEST)
LIVE = Tenant(partner=PartnerId("part_one00000"), mode=Mode.LIVE)
OTHER = Tenant(partner=PartnerId("part_two00000"), mode=Mode.TEST)
MINUTE = timedelta(minutes=1)


def endpoint(name: str = "one", tenant: Tenant = TEST) -> WebhookEndpoint:
    return WebhookEndpoint(
        id=WebhookEndpointId(f"we_{name}"), tenant=tenant, url=f"https://{name}.example/", created=NOON, updated=NOON
    )


def company(id: CompanyId, tenant: Tenant = TEST) -> Company:
    return Company(
        id=id,
        tenant=tenant,
        external_id=id,
        name=id,
        time_zone="UTC",
        currency=Currency.of("usd"),
        books_start=date(2026, 1, 1),
        created=NOON,
        updated=NOON,
    )


def due(name: str, company: CompanyId, sequence: int, *, attempt: int = 1, lease: int = 1) -> DueDelivery:
    return DueDelivery(
        endpoint=WebhookEndpointId(f"we_{name}"),
        company=company,
        turn=Turn.IN_TURN,
        sequence=sequence,
        attempt=attempt,
        lease=lease,
    )


class WebhookEndpointsContract:
    """Subclass it with a fixture `store` for each adapter."""

    async def test_an_endpoint_is_found_as_it_was_added_by_its_own_tenant_only(self, store: Store) -> None:
        full = attrs.evolve(
            endpoint(),
            event_types=(EventType.PAYOUT_LATE, EventType.BREAK_OPENED),
            description="Ledger “ü”",
            disabled=DisabledReason.GONE,
            disabled_at=NOON,
            failing_since=NOON,
            secret_number=3,
            older_secret_until=NOON,
        )
        async with store.control() as transaction:
            await transaction.webhook_endpoints.add(full)
            await transaction.webhook_endpoints.add(endpoint())
            await transaction.webhook_endpoints.add(endpoint("live", LIVE))

        async with store.control() as transaction:
            endpoints = transaction.webhook_endpoints
            assert await endpoints.find(TEST, full.id) == await endpoints.find(None, full.id) == full
            assert [await endpoints.find(tenant, full.id) for tenant in (LIVE, OTHER)] == [None, None]
            assert await endpoints.of_tenant(TEST) == (full,)

    async def test_an_endpoint_changes_and_goes_with_all_that_was_for_it(self, store: Store) -> None:
        await given(store, [endpoint()], {ACME: 1})
        async with store.control() as transaction:
            await transaction.webhook_endpoints.change(attrs.evolve(endpoint(), url="https://new.example/"))
            await transaction.delivery_log.record(attempt(1))
            await transaction.delivery_log.ask_again(endpoint().id, ACME, 1, at=NOON)
        async with store.control() as transaction:
            found = await transaction.webhook_endpoints.find(TEST, endpoint().id)
            assert found is not None
            assert found.url == "https://new.example/"
            await transaction.webhook_endpoints.delete(found)

        assert await claim(store) == []
        async with store.control() as transaction:
            await transaction.delivery_log.record(attempt(2))
            assert await transaction.webhook_endpoints.of_tenant(TEST) == ()
            assert (await transaction.delivery_log.page(endpoint().id)).records == ()

    async def test_a_tenant_has_so_many_endpoints_and_no_more(self, store: Store) -> None:
        async with store.control() as transaction:
            for number in range(ENDPOINTS_MAX):
                await transaction.webhook_endpoints.add(endpoint(f"n{number}"))
            await transaction.webhook_endpoints.add(endpoint("live", LIVE))

        with pytest.raises(TooManyEndpoints):
            async with store.control() as transaction:
                await transaction.webhook_endpoints.add(endpoint("too_many"))


class DeliveriesContract:
    """Subclass it with a fixture `store` for each adapter."""

    async def test_events_go_to_each_endpoint_of_the_companys_partner_in_that_mode(self, store: Store) -> None:
        async with store.control() as transaction:
            await transaction.companies.add(company(BOLT, OTHER))
        await given(store, [endpoint("one"), endpoint("two"), endpoint("live", LIVE)], {ACME: 1, BOLT: 1}, known=[ACME])

        assert await claim(store) == [due("one", ACME, 1), due("two", ACME, 1)]

    async def test_a_companys_events_follow_one_another(self, store: Store) -> None:
        await given(store, [endpoint()], {ACME: 2, BOLT: 1})

        first = await claim(store)
        meanwhile = await claim(store)
        await settle(store, first[0], Done())
        after = await claim(store)

        assert first == [due("one", ACME, 1), due("one", BOLT, 1)]
        assert meanwhile == []
        assert after == [due("one", ACME, 2, lease=2)]

    async def test_an_event_recorded_during_the_last_delivery_is_not_lost(self, store: Store) -> None:
        await given(store, [endpoint()], {ACME: 1})
        (first,) = await claim(store)

        await given(store, [], {ACME: 1})
        await settle(store, first, Done())

        assert await claim(store) == [due("one", ACME, 2, lease=2)]

    async def test_events_recorded_after_all_were_sent_are_due(self, store: Store) -> None:
        await given(store, [endpoint()], {ACME: 1})
        (first,) = await claim(store)
        await settle(store, first, Done())
        assert await claim(store) == []

        await given(store, [], {ACME: 1})

        assert await claim(store) == [due("one", ACME, 2, lease=2)]

    async def test_a_new_endpoint_gets_what_happens_from_then_on(self, store: Store) -> None:
        await given(store, [endpoint("old")], {ACME: 3})
        await given(store, [endpoint("new")], {ACME: 1})

        assert sorted((one.endpoint, one.sequence) for one in await claim(store)) == [("we_new", 4), ("we_old", 1)]

    async def test_a_failed_one_is_due_again_at_its_time_and_the_next_ones_wait(self, store: Store) -> None:
        await given(store, [endpoint()], {ACME: 2})
        (first,) = await claim(store)

        await settle(store, first, TryAgain(due=NOON + MINUTE))
        await given(store, [], {ACME: 1})

        assert await claim(store) == []
        assert await claim(store, at=NOON + MINUTE) == [due("one", ACME, 1, attempt=2, lease=2)]

    async def test_a_parked_one_lets_the_next_go_on_and_is_tried_apart(self, store: Store) -> None:
        await given(store, [endpoint()], {ACME: 2})
        (first,) = await claim(store)

        await settle(store, first, Park(due=NOON + MINUTE))
        (second,) = await claim(store)
        await settle(store, second, Done())
        (parked,) = await claim(store, at=NOON + MINUTE)
        await settle(store, parked, TryAgain(due=NOON + 3 * MINUTE))
        too_early = await claim(store, at=NOON + 2 * MINUTE)
        (again,) = await claim(store, at=NOON + 3 * MINUTE)

        assert second == due("one", ACME, 2, lease=2)
        assert parked == attrs.evolve(due("one", ACME, 1), turn=Turn.PARKED)
        assert too_early == []
        assert again == attrs.evolve(parked, attempt=2, lease=2)

    async def test_a_parked_one_that_is_done_does_not_come_back(self, store: Store) -> None:
        await given(store, [endpoint()], {ACME: 1})
        (first,) = await claim(store)
        await settle(store, first, Park(due=NOON))
        (parked,) = await claim(store)

        await settle(store, parked, Done())

        assert await claim(store, at=NOON + timedelta(days=9)) == []

    async def test_what_a_dead_worker_held_is_claimed_again_and_its_word_no_longer_counts(self, store: Store) -> None:
        await given(store, [endpoint()], {ACME: 2})
        (held,) = await claim(store)

        (again,) = await claim(store, at=NOON + MINUTE)
        late = await settle(store, held, Done())
        in_time = await settle(store, again, Done())

        assert again == due("one", ACME, 1, attempt=2, lease=2)
        assert (late, in_time) == (False, True)
        assert [one.sequence for one in await claim(store)] == [2]

    async def test_busy_endpoints_are_passed_over(self, store: Store) -> None:
        await given(store, [endpoint("one"), endpoint("two")], {ACME: 1, BOLT: 1})

        found = await claim(store, busy=[endpoint("one").id])

        assert {one.endpoint for one in found} == {"we_two"}

    async def test_no_two_workers_hold_the_same(self, store: Store) -> None:
        await given(store, [endpoint("one"), endpoint("two")], {ACME: 1, BOLT: 1})

        claims = await asyncio.gather(*(claim(store, limit=1) for _ in range(8)))

        held = [(one.endpoint, one.company) for found in claims for one in found]
        assert len(held) == len(set(held)) == 4

    async def test_a_disabled_endpoint_gets_nothing_until_it_is_resumed_and_then_all(self, store: Store) -> None:
        await given(store, [endpoint()], {ACME: 2})
        (first,) = await claim(store)
        async with store.control() as transaction:
            await transaction.deliveries.pause(endpoint().id)
            await transaction.webhook_endpoints.change(endpoint().turned_off(DisabledReason.PARTNER, at=NOON))
        await settle(store, first, Hold())
        await given(store, [], {ACME: 1, BOLT: 1})
        assert await claim(store) == []

        async with store.control() as transaction:
            await transaction.webhook_endpoints.change(endpoint())
            await transaction.deliveries.resume(endpoint().id, at=NOON)

        assert await claim(store) == [due("one", ACME, 1, lease=2), due("one", BOLT, 1)]

    async def test_an_event_asked_for_again_is_due_once_more_apart_from_its_turn(self, store: Store) -> None:
        await given(store, [endpoint()], {ACME: 1})
        (first,) = await claim(store)
        await settle(store, first, Done())

        async with store.control() as transaction:
            for _ in range(2):
                await transaction.delivery_log.ask_again(endpoint().id, ACME, 1, at=NOON)

        (again,) = await claim(store)
        assert (again.turn, again.sequence, again.attempt) == (Turn.PARKED, 1, 1)


class PartnerEventsContract:
    """Subclass it with a fixture `store` for each adapter."""

    async def test_a_partners_events_have_one_order_in_which_one_can_go_on(self, store: Store) -> None:
        await given(store, [], {BOLT: 2, ACME: 3})
        await given(store, [], {BOLT: 1})
        async with store.control() as transaction:
            everything = await transaction.partner_events.after(TEST, None, limit=9)
            from_within = await transaction.partner_events.after(TEST, (ACME, 2), limit=9)
            from_the_end_of_one = await transaction.partner_events.after(TEST, (BOLT, 2), limit=1)
            after_all = await transaction.partner_events.after(TEST, (BOLT, 3), limit=9)
            of_others = await transaction.partner_events.after(OTHER, (BOLT, 1), limit=9)

        acme, bolt, more = (
            EventRange(company=ACME, first=1, last=3),
            EventRange(company=BOLT, first=1, last=2),
            EventRange(company=BOLT, first=3, last=3),
        )
        assert everything == (acme, bolt, more)
        assert from_within == (EventRange(company=ACME, first=3, last=3), bolt, more)
        assert from_the_end_of_one == (more,)
        assert (after_all, of_others) == ((), ())

    async def test_every_event_has_one_place_however_many_hand_out_at_once(self, store: Store) -> None:
        ids = [CompanyId(f"co_number{number:03d}") for number in range(12)]
        async with store.control() as transaction:
            for number, id in enumerate(ids):
                await transaction.companies.add(company(id, TEST if number % 2 else OTHER))
        for id in ids:
            async with store.company(id) as of_company:
                await of_company.outbox.append([event()])

        async def hand_out() -> None:
            async with store.control() as transaction:
                await transaction.deliveries.hand_out(at=NOON, limit=4)

        await asyncio.gather(*(hand_out() for _ in range(6)))
        await hand_out()
        await hand_out()
        await hand_out()

        async with store.control() as transaction:
            places = [await transaction.partner_events.after(tenant, None, limit=99) for tenant in (OTHER, TEST)]
        assert [sorted(each.company for each in found) for found in places] == [ids[0::2], ids[1::2]]


class DeliveryLogContract:
    """Subclass it with a fixture `store` for each adapter."""

    async def test_attempts_are_shown_the_last_first_page_by_page(self, store: Store) -> None:
        attempts = [attempt(number) for number in range(5)]
        async with store.control() as transaction:
            await transaction.webhook_endpoints.add(endpoint())
            for one in (*attempts, attempts[0]):
                await transaction.delivery_log.record(one)

        async with store.control() as transaction:
            first = await transaction.delivery_log.page(endpoint().id, limit=3)
            second = await transaction.delivery_log.page(endpoint().id, after=first.next, limit=3)

        assert (*first.records, *second.records) == tuple(reversed(attempts))
        assert (first.has_more, second.has_more) == (True, False)

    async def test_old_attempts_are_dropped(self, store: Store) -> None:
        async with store.control() as transaction:
            await transaction.webhook_endpoints.add(endpoint())
            for number in range(4):
                await transaction.delivery_log.record(attempt(number))

        async with store.control() as transaction:
            dropped = await transaction.delivery_log.forget_before(NOON + 2 * MINUTE, limit=10)
            left = await transaction.delivery_log.page(endpoint().id)

        assert (dropped, left.records) == (2, (attempt(3), attempt(2)))


def attempt(number: int) -> DeliveryAttempt:
    failed = number % 2 == 1
    return DeliveryAttempt(
        endpoint=endpoint().id,
        company=ACME,
        sequence=7,
        turn=Turn.IN_TURN,
        attempt=number + 1,
        at=NOON + number * MINUTE,
        answer=Answer(
            failure=FailureKind.REFUSED if failed else None,
            status=500 if failed else 204,
            beginning="oh no" if failed else "",
            took=timedelta(microseconds=1234),
        ),
    )


async def given(
    store: Store,
    endpoints: Sequence[WebhookEndpoint],
    events: dict[CompanyId, int],
    known: Sequence[CompanyId] | None = None,
) -> None:
    """These endpoints, and so many more events of these companies, handed out."""
    async with store.control() as transaction:
        for one in endpoints:
            await transaction.webhook_endpoints.add(one)
        for id in known or events:
            await transaction.companies.add(company(id))
    for id, count in events.items():
        async with store.company(id) as of_company:
            await of_company.outbox.append([event(number) for number in range(count)])
    async with store.control() as transaction:
        await transaction.deliveries.hand_out(at=NOON, limit=100)


async def claim(
    store: Store, *, at: datetime = NOON, limit: int = 10, busy: Sequence[WebhookEndpointId] = ()
) -> list[DueDelivery]:
    async with store.control() as transaction:
        found = await transaction.deliveries.claim(at=at, until=at + MINUTE, limit=limit, busy=busy)
    return sorted(found, key=lambda one: (one.endpoint, one.company))


async def settle(store: Store, delivery: DueDelivery, step: NextStep) -> bool:
    async with store.control() as transaction:
        return await transaction.deliveries.settle(delivery, step, sequence=delivery.sequence, at=NOON)
