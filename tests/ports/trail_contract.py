"""What every outbox and every audit trail promises, whatever it is kept in."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from domain.actor import Actor, ActorKind
from domain.audit_chain import ChainName, follow, start_of
from domain.audit_entry import AuditEntry, AuditRow
from domain.company import CompanyId
from domain.company_event import CompanyEvent, EventType, NumberedEvent
from ports.transaction import Store

ACME, BOLT = CompanyId("co_acme0000"), CompanyId("co_bolt0000")
NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)
ANA = Actor(kind=ActorKind.BOOKKEEPER, id="ana@books.example")


def event(number: int = 1, type: EventType = EventType.DEPOSIT_MATCHED) -> CompanyEvent:
    return CompanyEvent(
        type=type,
        data={
            "deposit": f"dep_{number}",
            "amount": {"minor_units": -(2**60), "currency": "usd"},
            "of": [1, None, True],
        },
        at=NOON + timedelta(microseconds=number),
    )


def entry(subject: str = "match_1", note: str = "the wire of June “ü”") -> AuditEntry:
    return AuditEntry(
        who=ANA,
        action="match.confirmed",
        subject=subject,
        note=note,
        at=NOON,
        detail={"was": "matched", "now": ["confirmed", {"text": 'a "quoted" \0 \ud83d\ude00 line\n'}]},
    )


class OutboxContract:
    """Subclass it with a fixture `store` for each adapter."""

    async def test_events_are_numbered_in_the_order_they_were_appended(self, store: Store) -> None:
        async with store.company(ACME) as transaction:
            await transaction.outbox.append([event(1), event(2)])
            await transaction.outbox.append([event(3)])
        async with store.company(ACME) as transaction:
            await transaction.outbox.append([event(4, EventType.PAYOUT_LATE)])

        assert await events(store, ACME) == [
            NumberedEvent(company=ACME, sequence=1, event=event(1)),
            NumberedEvent(company=ACME, sequence=2, event=event(2)),
            NumberedEvent(company=ACME, sequence=3, event=event(3)),
            NumberedEvent(company=ACME, sequence=4, event=event(4, EventType.PAYOUT_LATE)),
        ]

    async def test_each_company_counts_for_itself(self, store: Store) -> None:
        for company in (ACME, BOLT, ACME):
            async with store.company(company) as transaction:
                await transaction.outbox.append([event()])

        assert [found.sequence for found in await events(store, ACME)] == [1, 2]
        assert [found.sequence for found in await events(store, BOLT)] == [1]

    async def test_a_transaction_rolled_back_leaves_no_gap(self, store: Store) -> None:
        await append_one_event(store, event(1))
        with pytest.raises(ZeroDivisionError):
            async with store.company(ACME) as transaction:
                await transaction.outbox.append([event(2)])
                raise ZeroDivisionError
        await append_one_event(store, event(3))

        assert [(found.sequence, found.event) for found in await events(store, ACME)] == [(1, event(1)), (2, event(3))]

    async def test_numbers_have_no_gap_however_many_write_at_once(self, store: Store) -> None:
        await asyncio.gather(*(append_one_event(store, event(number)) for number in range(20)))

        found = await events(store, ACME)
        assert [numbered.sequence for numbered in found] == list(range(1, 21))
        assert sorted((numbered.event for numbered in found), key=lambda one: one.at) == [event(n) for n in range(20)]

    async def test_events_are_read_from_where_one_left_off(self, store: Store) -> None:
        async with store.company(ACME) as transaction:
            await transaction.outbox.append([event(number) for number in range(5)])

        async with store.company(ACME) as transaction:
            page = await transaction.events.after(1, limit=2)
            fifth, sixth = await transaction.events.numbered(5), await transaction.events.numbered(6)

        assert [found.sequence for found in page] == [2, 3]
        assert fifth == NumberedEvent(company=ACME, sequence=5, event=event(4))
        assert sixth is None


class AuditTrailContract:
    """Subclass it with a fixture `store` for each adapter."""

    async def test_all_that_a_transaction_did_is_one_link(self, store: Store) -> None:
        async with store.company(ACME) as transaction:
            await transaction.audit.append([entry("match_1")])
            await transaction.audit.append([entry("match_2"), entry("match_3")])
        async with store.company(ACME) as transaction:
            await transaction.audit.append([entry("match_1", note="")])

        async with store.company(ACME) as transaction:
            links = await transaction.audit_log.links(after=0, limit=10)
            head = await transaction.audit_log.head()
            strays = await transaction.audit_log.strays()

        assert [link.number for link in links] == [1, 2]
        assert [link.rows for link in links] == [
            tuple(AuditRow.of(place, entry(f"match_{place + 1}")) for place in range(3)),
            (AuditRow.of(0, entry("match_1", note="")),),
        ]
        assert follow(start_of(ChainName(ACME)), links) == (head, ())
        assert strays == ()

    async def test_a_transaction_that_did_nothing_adds_no_link(self, store: Store) -> None:
        async with store.company(ACME) as transaction:
            await transaction.audit.append([])
        with pytest.raises(ZeroDivisionError):
            async with store.company(ACME) as transaction:
                await transaction.audit.append([entry()])
                raise ZeroDivisionError

        async with store.company(ACME) as transaction:
            assert await transaction.audit_log.links(after=0, limit=10) == ()
            assert await transaction.audit_log.head() == start_of(ChainName(ACME))

    async def test_the_chain_holds_however_many_write_at_once(self, store: Store) -> None:
        async def write(company: CompanyId, number: int) -> None:
            async with store.company(company) as transaction:
                await transaction.audit.append([entry(f"match_{number}")])
                await transaction.outbox.append([event(number)])

        await asyncio.gather(*(write((ACME, BOLT)[number % 2], number) for number in range(20)))

        for company in (ACME, BOLT):
            async with store.company(company) as transaction:
                links = await transaction.audit_log.links(after=0, limit=100)
                assert follow(start_of(ChainName(company)), links) == (await transaction.audit_log.head(), ())
            assert [link.number for link in links] == list(range(1, 11))

    async def test_the_trail_of_one_subject_is_read_from_its_end(self, store: Store) -> None:
        async with store.company(ACME) as transaction:
            await transaction.audit.append([entry("match_1"), entry("match_2")])
        for subject in ("match_2", "match_1", "match_1"):
            async with store.company(ACME) as transaction:
                await transaction.audit.append([entry(subject)])

        async with store.company(ACME) as transaction:
            newest = await transaction.audit_log.recent(before=None, subject="match_1", limit=2)
            older = await transaction.audit_log.recent(before=newest[-1].number, subject="match_1", limit=2)
            everything = await transaction.audit_log.recent(before=None, subject=None, limit=9)

        assert [(link.number, [row.subject for row in link.rows]) for link in (*newest, *older)] == [
            (4, ["match_1"]),
            (3, ["match_1"]),
            (1, ["match_1"]),
        ]
        assert [(link.number, len(link.rows)) for link in everything] == [(4, 1), (3, 1), (2, 1), (1, 2)]


async def append_one_event(store: Store, one: CompanyEvent) -> None:
    async with store.company(ACME) as transaction:
        await transaction.outbox.append([one])


async def events(store: Store, company: CompanyId) -> Sequence[NumberedEvent]:
    async with store.company(company) as transaction:
        return list(await transaction.events.after(0, limit=100))
