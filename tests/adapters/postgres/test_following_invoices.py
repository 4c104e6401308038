"""Two who change the way of one invoice's money at the same time, over connections of their own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Final, cast

import attrs
import pytest
import pytest_asyncio

from adapters.postgres.store import PostgresStore
from domain.company_event import EventType
from domain.company_facts import CompanyFacts
from domain.invoice import InvoiceId, InvoiceStatus
from domain.invoice_facts import InvoiceFacts
from domain.payout import PayoutId
from domain.reconciliation_match import MatchStatus
from domain.stripe_feed import StripeFeed
from domain.work import WorkKind
from ports.facts import FactSource, RecordedFacts
from ports.reconciliation_lists import MatchesWanted
from ports.transaction import CompanyTransaction
from ports.use_cases.follow_invoices import follow_facts, follow_invoices
from ports.use_cases.reconcile_company import reconcile_company
from tests.entrypoints.http.callers import TEST, company
from tests.ports.facts_contract import CHECKING, item, line, payout
from tests.ports.invoices_contract import invoice, payment
from tests.ports.stripe_told import ACCOUNT, ACME, MINUTE, NOON

CHARGE: Final = attrs.evolve(item("txn_1"), payment_intent="pi_1", source="ch_1")
PAID: Final = InvoiceFacts(invoices=(invoice(status=InvoiceStatus.PAID, paid=10_000),), payments=(payment(paid=True),))


@pytest_asyncio.fixture
async def store(postgres_database: str) -> AsyncIterator[PostgresStore]:
    store = await PostgresStore.open(postgres_database)
    async with store.company(ACME) as transaction:
        await transaction.stripe_feeds.put(StripeFeed(account=ACCOUNT, begun=NOON))
    yield store
    await store.close()


async def record_payment(transaction: CompanyTransaction) -> None:
    await transaction.invoices.record(PAID, at=NOON)
    await follow_invoices([InvoiceId("in_1")], at=NOON, transaction=transaction)


async def record_movement(transaction: CompanyTransaction) -> None:
    told = CompanyFacts(balance_transactions=(CHARGE,))
    recorded: RecordedFacts = await transaction.facts.record(told, source=FactSource.STRIPE, at=NOON)
    await follow_facts(recorded, at=NOON, transaction=transaction)


Step = Callable[[CompanyTransaction], Awaitable[None]]


async def take(store: PostgresStore, step: Step) -> None:
    """The transaction stays open until others had time to look."""
    async with store.company(ACME) as transaction:
        await step(transaction)
        await asyncio.sleep(0.5)


async def where(store: PostgresStore) -> str:
    """Where the money of the one payment is said to be, by the last event too, each of which says something else."""
    async with store.company(ACME) as transaction:
        kept = (await transaction.invoice_standings.find([InvoiceId("in_1")]))[InvoiceId("in_1")]
        told = [
            each.event.data
            for each in await transaction.events.after(0, limit=10)
            if each.event.type is EventType.INVOICE_UPDATED
        ]
    assert told[-1] == kept.standing.told
    assert len({repr(each) for each in told}) == len(told)
    [said] = cast("tuple[Mapping[str, str], ...]", kept.standing.told["payments"])
    return said["place"]


async def test_a_payment_and_its_movement_that_come_together_find_each_other(store: PostgresStore) -> None:
    await asyncio.gather(take(store, record_payment), take(store, record_movement))

    assert await where(store) == "balance"


async def test_a_movement_that_comes_first_finds_a_payment_that_is_not_committed_yet(store: PostgresStore) -> None:
    async with store.company(ACME) as transaction:
        await transaction.invoices.record(InvoiceFacts(invoices=(invoice(),)), at=NOON)
        await follow_invoices([InvoiceId("in_1")], at=NOON, transaction=transaction)
    await asyncio.gather(take(store, record_movement), take(store, record_payment))

    assert await where(store) == "balance"


@pytest.mark.parametrize("first", ["payment", "match"])
async def test_a_payment_that_is_read_while_its_payout_is_matched_is_told_to_be_at_the_bank(
    store: PostgresStore, first: str
) -> None:
    """What reconciliation says of a payout is kept by a transaction of its own, which looks for invoices in it."""
    async with store.control() as control:
        await control.companies.add(company(ACME, TEST))
    async with store.company(ACME) as transaction:
        facts = CompanyFacts(
            payouts=(payout("po_1"),),
            balance_transactions=(attrs.evolve(CHARGE, payout=PayoutId("po_1")),),
            accounts=(CHECKING,),
            deposits=(attrs.evolve(line("dep_1"), text="STRIPE TRANSFER"),),
        )
        await transaction.facts.record(facts, source=FactSource.STRIPE, at=NOON)
        await transaction.work.request(WorkKind.RECONCILE, ACME, at=NOON)
    claimed = await store.work_list().claim("tests", at=NOON, until=NOON + MINUTE)
    assert claimed is not None

    async def reconcile() -> None:
        await asyncio.sleep(0.05 if first == "payment" else 0)
        await reconcile_company(claimed, at=NOON, store=store)

    async def pay() -> None:
        await asyncio.sleep(0.05 if first == "match" else 0)
        await take(store, record_payment)

    await asyncio.gather(reconcile(), pay())
    async with store.company(ACME) as transaction:
        [match] = (await transaction.reconciliation_lists.matches(MatchesWanted())).records

    assert match.match.status is MatchStatus.MATCHED
    assert await where(store) == "bank"
