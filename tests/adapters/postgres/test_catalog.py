"""What the finished schema promises, read from PostgreSQL's own catalog, whatever table is added next."""

from collections.abc import AsyncIterator
from typing import Final

import asyncpg
import pytest_asyncio

CONTROL_TABLES: Final = {
    "api_keys",
    "audit_checkpoints",
    "companies",
    "data_keys",
    "idempotency_keys",
    "partner_audit_links",
    "partner_audit_rows",
    "partner_event_heads",
    "partner_events",
    "partner_trail_heads",
    "partners",
    "schema_migrations",
    "sealed_secrets",
    "sessions",
    "stripe_accounts",
    "stripe_authorizations",
    "stripe_events",
    "stripe_integrations",
    "trail_tips",
    "webhook_attempts",
    "webhook_endpoints",
    "webhook_parked",
    "webhook_streams",
    "work_list",
}
"""Stand above companies, and are few. Everything else is one company's own, behind row-level security."""

UPDATED_IN_PLACE: Final = {
    "breaks",
    "decision_heads",
    "deposit_standings",
    "payout_standings",
    "reconciliation_basis",
    "fact_moments",
    "invoice_heads",
    "invoice_requests",
    "invoice_standings",
    "stripe_feeds",
    "stripe_itemisations",
    "trail_heads",
}
"""Company tables that are not append-only: how far something has got. Facts, decisions and matches never are."""


@pytest_asyncio.fixture
async def connection(postgres_database: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(postgres_database)
    yield connection
    await connection.close()


async def names(connection: asyncpg.Connection, query: str, *arguments: object) -> set[str]:
    return {row[0] for row in await connection.fetch(query, *arguments)}


async def company_tables(connection: asyncpg.Connection) -> set[str]:
    tables = await names(connection, "SELECT tablename FROM pg_tables WHERE schemaname = 'tieout'")
    assert tables >= CONTROL_TABLES
    return tables - CONTROL_TABLES


async def test_every_company_table_forces_row_level_security_by_the_bound_company(
    connection: asyncpg.Connection,
) -> None:
    tables = await company_tables(connection)

    forced = await names(
        connection,
        "SELECT relname FROM pg_class WHERE relnamespace = 'tieout'::regnamespace "
        "AND relrowsecurity AND relforcerowsecurity",
    )
    policies = await connection.fetch(
        "SELECT tablename, permissive, roles::text, cmd, qual, with_check FROM pg_policies WHERE schemaname = 'tieout'"
    )

    assert forced == tables
    wall = "(company_id = current_setting('tieout.company'::text, true))"
    assert sorted(tuple(policy) for policy in policies) == [
        (table, "PERMISSIVE", "{public}", "ALL", wall, wall) for table in sorted(tables)
    ]


async def test_every_company_table_begins_with_its_company_byte_by_byte(connection: asyncpg.Connection) -> None:
    first = await names(
        connection,
        "SELECT table_name FROM information_schema.columns WHERE table_schema = 'tieout' AND ordinal_position = 1 "
        "AND column_name = 'company_id' AND data_type = 'text' AND collation_name = 'C' AND is_nullable = 'NO'",
    )

    assert await company_tables(connection) <= first


async def test_every_key_index_and_reference_of_a_company_table_begins_with_the_company(
    connection: asyncpg.Connection,
) -> None:
    tables = await company_tables(connection)

    indices = await connection.fetch(
        "SELECT table_class.relname, index_class.relname, attribute.attname FROM pg_index AS index "
        "JOIN pg_class AS table_class ON table_class.oid = index.indrelid "
        "JOIN pg_class AS index_class ON index_class.oid = index.indexrelid "
        "LEFT JOIN pg_attribute AS attribute "
        "ON attribute.attrelid = index.indrelid AND attribute.attnum = index.indkey[0] "
        "WHERE table_class.relnamespace = 'tieout'::regnamespace"
    )
    constraints = await connection.fetch(
        "SELECT table_class.relname, conname, attribute.attname FROM pg_constraint "
        "JOIN pg_class AS table_class ON table_class.oid = conrelid "
        "JOIN pg_attribute AS attribute ON attribute.attrelid = conrelid AND attribute.attnum = conkey[1] "
        "WHERE connamespace = 'tieout'::regnamespace AND contype IN ('p', 'u', 'f', 'x')"
    )

    assert {table for table, _, _ in indices} >= tables
    assert [each for each in (*indices, *constraints) if each[0] in tables and each[2] != "company_id"] == []


async def test_no_company_table_has_a_trigger_a_sequence_or_a_default_that_differs_from_node_to_node(
    connection: asyncpg.Connection,
) -> None:
    triggers = await names(
        connection,
        "SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
        "WHERE relnamespace = 'tieout'::regnamespace AND NOT tgisinternal",
    )
    sequences = await names(connection, "SELECT sequencename FROM pg_sequences WHERE schemaname = 'tieout'")
    clocks = await names(
        connection,
        "SELECT table_name FROM information_schema.columns WHERE table_schema = 'tieout' AND table_name <> "
        "'schema_migrations' AND column_default ~ '\\('",
    )

    assert (triggers, sequences, clocks) == (set(), set(), set())


async def test_everything_belongs_to_the_owner_who_is_nobody_at_run_time(connection: asyncpg.Connection) -> None:
    owners = await names(
        connection,
        "SELECT DISTINCT relowner::regrole::text FROM pg_class WHERE relnamespace = 'tieout'::regnamespace "
        "UNION SELECT nspowner::regrole::text FROM pg_namespace WHERE nspname = 'tieout' "
        "UNION SELECT proowner::regrole::text FROM pg_proc WHERE pronamespace = 'tieout'::regnamespace",
    )
    roles = await connection.fetch(
        "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolcanlogin, rolreplication FROM pg_roles "
        "WHERE rolname LIKE 'tieout%' ORDER BY 1"
    )
    memberships = await names(
        connection, "SELECT member::regrole::text FROM pg_auth_members WHERE member::regrole::text LIKE 'tieout%'"
    )

    assert owners == {"tieout_owner"}
    assert [tuple(role) for role in roles] == [
        (role, False, False, False, False, False, False) for role in ("tieout_eraser", "tieout_owner", "tieout_runtime")
    ]
    assert memberships == set()


async def test_what_is_recorded_of_a_company_can_at_run_time_only_be_added_to(connection: asyncpg.Connection) -> None:
    tables = await company_tables(connection)
    granted = await connection.fetch(
        "SELECT table_name, privilege_type, grantee FROM information_schema.role_table_grants "
        "WHERE table_schema = 'tieout' AND grantee <> 'tieout_owner' UNION "
        "SELECT table_name, privilege_type, grantee FROM information_schema.column_privileges "
        "WHERE table_schema = 'tieout' AND grantee <> 'tieout_owner'"
    )

    def may(role: str) -> set[tuple[str, str]]:
        return {(row[0], row[1]) for row in granted if row[2] == role and row[0] in tables}

    reads_and_adds = {(table, privilege) for table in tables for privilege in ("SELECT", "INSERT")}
    assert may("tieout_runtime") - reads_and_adds == {(table, "UPDATE") for table in UPDATED_IN_PLACE}
    assert may("tieout_eraser") == {(table, privilege) for table in tables for privilege in ("SELECT", "DELETE")}
    assert {row[2] for row in granted} == {"tieout_runtime", "tieout_eraser"}
