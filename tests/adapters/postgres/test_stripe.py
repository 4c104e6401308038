"""The contracts of what Stripe told and of whose it is, kept by PostgreSQL."""

import asyncio
from datetime import datetime

import asyncpg
import pytest

from adapters.postgres.store import PostgresStore
from adapters.postgres.stripe_events import TAKE, PostgresStripeInbox
from ports.stripe_events import StripeInbox
from ports.transaction import Store
from ports.work_list import WorkList
from tests.ports.invoice_requests_contract import InvoiceRequestsContract
from tests.ports.invoices_contract import InvoicesContract, InvoiceStandingsContract
from tests.ports.stripe_accounts_contract import StripeAccountsContract
from tests.ports.stripe_authorizations_contract import StripeAuthorizationsContract
from tests.ports.stripe_events_contract import StripeEventsContract
from tests.ports.stripe_feeds_contract import StripeFeedsContract
from tests.ports.stripe_integrations_contract import StripeIntegrationsContract
from tests.ports.stripe_told import MINUTE, NOON, told


@pytest.fixture
def store(postgres_store: PostgresStore) -> Store:
    return postgres_store


class TestPostgresStripeIntegrations(StripeIntegrationsContract):
    pass


class TestPostgresStripeAccounts(StripeAccountsContract):
    pass


class TestPostgresStripeAuthorizations(StripeAuthorizationsContract):
    pass


class TestPostgresStripeFeeds(StripeFeedsContract):
    pass


class TestPostgresInvoices(InvoicesContract):
    pass


class TestPostgresInvoiceRequests(InvoiceRequestsContract):
    pass


class TestPostgresInvoiceStandings(InvoiceStandingsContract):
    pass


class TestPostgresStripeEvents(StripeEventsContract):
    def inbox(self, store: Store) -> StripeInbox:
        assert isinstance(store, PostgresStore)
        return store.stripe_inbox()

    def work_list(self, store: Store) -> WorkList:
        assert isinstance(store, PostgresStore)
        return store.work_list()


async def test_a_body_is_kept_byte_by_byte(
    postgres_store: PostgresStore, shared_postgres_store: tuple[PostgresStore, asyncpg.Connection]
) -> None:
    event = told("evt_a")
    await postgres_store.stripe_inbox().keep([event])

    assert await shared_postgres_store[1].fetchval("SELECT body FROM tieout.stripe_events") == event.body


async def test_processes_that_keep_the_same_events_in_other_orders_do_not_deadlock(
    postgres_store: PostgresStore,
) -> None:
    """Failure 7: a deadlock ends one of them, and what it had was not kept."""
    inbox = PostgresStripeInbox(postgres_store.pool)  # as many connections as there are processes
    for turn in range(12):
        events = [told(f"evt_{turn}_{number}", body=b"{}") for number in range(600)]
        await asyncio.gather(*(inbox.keep(events[:: -1 if writer % 2 else 1]) for writer in range(4)))

    assert (await inbox.load()).waiting == 12 * 600


async def test_a_long_snapshot_does_not_slow_those_who_take(postgres_database: str) -> None:
    """Failure 23: what was taken stays in the index for as long as somebody's snapshot may see it as waiting."""
    store = await PostgresStore.open(postgres_database)
    reader, asked = await asyncpg.connect(postgres_database), await asyncpg.connect(postgres_database)
    try:
        await reader.execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1 FROM tieout.stripe_events")
        for hour in range(8):
            await store.stripe_inbox().keep(
                [told(f"evt_{hour}_{number}", minutes=60 * hour, body=b"{}") for number in range(500)]
            )
            async with store.control() as transaction:
                await transaction.stripe_events.handled(await transaction.stripe_events.take(limit=500), at=NOON)
        read = [await pages_read(asked, since) for since in (NOON, NOON + 8 * 60 * MINUTE)]
    finally:
        await store.close()
        await reader.close()
        await asked.close()

    assert read[1] <= 5 < 100 <= read[0]


async def pages_read(connection: asyncpg.Connection, since: datetime) -> int:
    """By the very statement of those who take."""
    await connection.execute("SET search_path = tieout; SET enable_seqscan = off; SET enable_bitmapscan = off")
    plan = await connection.fetch(f"EXPLAIN (ANALYZE, BUFFERS) {TAKE}", 500, since)
    line = next(row[0] for row in plan if "Buffers:" in row[0])
    return sum(int(part.split("=")[1]) for part in line.split() if part.split("=")[0] in ("hit", "read"))
