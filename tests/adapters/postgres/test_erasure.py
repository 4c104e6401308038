"""Forgetting a company in PostgreSQL: nothing is left out, whatever table is added next."""

import asyncio
from typing import Final

import asyncpg
import pytest

from adapters.postgres.erasure import ERASED, ERASED_BY_ACCOUNT
from adapters.postgres.store import PostgresStore
from domain.reconciliation_decision import DecisionKind, ReconciliationDecision
from ports.erasure import Erasure
from ports.stripe_events import StripeInbox
from ports.transaction import Store
from ports.use_cases.forget_company import forget_company
from tests.ports.deliveries_contract import TEST
from tests.ports.erasure_contract import ErasureContract, live
from tests.ports.trail_contract import ACME, ANA, NOON

KEPT: Final = {
    "api_keys": "the partner's own",
    "idempotency_keys": "the partner's own; answers that name the company are erased",
    "partner_audit_links": "says that a company was forgotten, and when",
    "partner_audit_rows": "says that a company was forgotten, and when",
    "partner_trail_heads": "says that a company was forgotten, and when",
    "partner_event_heads": "counts",
    "partners": "the partner itself",
    "schema_migrations": "of nobody",
    "stripe_integrations": "the partner's own",
    "webhook_endpoints": "the partner's own",
}


class TestPostgresErasure(ErasureContract):
    @pytest.fixture
    def store(self, postgres_store: PostgresStore) -> Store:
        return postgres_store

    def inbox(self, store: Store) -> StripeInbox:
        assert isinstance(store, PostgresStore)
        return store.stripe_inbox()

    def erasure(self, store: Store) -> Erasure:
        assert isinstance(store, PostgresStore)
        return store.erasure()


async def test_every_table_is_erased_from_or_kept_for_a_reason(postgres_database: str) -> None:
    connection = await asyncpg.connect(postgres_database)
    tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'tieout'")
    of_companies = await connection.fetch(
        "SELECT table_name FROM information_schema.columns WHERE table_schema = 'tieout' AND column_name = 'company_id'"
    )
    await connection.close()

    assert {row[0] for row in tables} == {*ERASED, *ERASED_BY_ACCOUNT, *KEPT}
    assert {row[0] for row in of_companies} <= {table for table, column in ERASED.items() if column == "company_id"}


async def test_the_eraser_may_look_and_delete_and_nothing_else(postgres_database: str) -> None:
    connection = await asyncpg.connect(postgres_database)
    granted = await connection.fetch(
        "SELECT table_name, privilege_type FROM information_schema.role_table_grants "
        "WHERE table_schema = 'tieout' AND grantee = 'tieout_eraser'"
    )
    await connection.close()

    assert {tuple(row) for row in granted} == {
        (table, privilege)
        for table in (*ERASED, *ERASED_BY_ACCOUNT, "idempotency_keys")
        for privilege in ("SELECT", "DELETE")
    }


async def test_no_row_of_any_table_names_a_forgotten_company_but_the_partners_trail(
    postgres_store: PostgresStore, shared_postgres_store: tuple[PostgresStore, asyncpg.Connection]
) -> None:
    everything = shared_postgres_store[1]
    await live(postgres_store, ACME, archived=True)
    before = await naming(everything, ACME)

    await forget_company(ACME, tenant=TEST, who=ANA, erasure=postgres_store.erasure(), at=NOON)

    assert before >= {"companies", "outbox_events", "audit_rows", "data_keys", "webhook_streams", "work_list"}
    assert await naming(everything, ACME) == {"partner_audit_rows"}


async def naming(connection: asyncpg.Connection, text: str) -> set[str]:
    """The tables with a row that says this text, in whatever column."""
    tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'tieout'")
    return {
        table
        for (table,) in tables
        if await connection.fetchval(
            f"SELECT EXISTS (SELECT FROM tieout.{table} AS t WHERE t::text ~ "
            "(convert_from($1::bytea, 'UTF8') || '|' || encode($1::bytea, 'hex')))",
            text.encode(),
        )
    }


async def test_whoever_forgets_a_company_waits_for_those_who_write_to_it(postgres_store: PostgresStore) -> None:
    await live(postgres_store, ACME, archived=True)
    async with postgres_store.company(ACME) as transaction:
        assert await transaction.companies.find(TEST, ACME) is not None
        forgetting = asyncio.create_task(
            forget_company(ACME, tenant=TEST, who=ANA, at=NOON, erasure=postgres_store.erasure())
        )
        await asyncio.sleep(0.2)
        waited = not forgetting.done()
        await transaction.decisions.append(ReconciliationDecision(kind=DecisionKind.NOT_STRIPE), at=NOON)
    await forgetting

    async with postgres_store.snapshot(ACME) as left:
        decisions = (await left.decisions.since(0)).last
    assert (waited, decisions) == (True, 0)
