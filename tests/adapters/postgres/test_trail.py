"""Events, audit, secrets and deliveries in PostgreSQL: their contracts, and tampering with the tables themselves."""

import base64
from collections.abc import AsyncIterator
from typing import Final

import asyncpg
import pytest
import pytest_asyncio

from adapters.encryption.checkpoint_signing import DerivedCheckpointSigner
from adapters.encryption.master_keys import MasterKeyText
from adapters.postgres.store import PostgresStore
from domain.audit_chain import ChainFault, ChainFaultKind
from ports.transaction import Store
from ports.use_cases.sign_checkpoint import sign_checkpoint
from ports.use_cases.verify_audit import AuditVerdict, verify_audit
from tests.ports.deliveries_contract import (
    DeliveriesContract,
    DeliveryLogContract,
    PartnerEventsContract,
    WebhookEndpointsContract,
)
from tests.ports.partner_trail_contract import CheckpointsContract, PartnerTrailContract
from tests.ports.secrets_contract import SecretsContract
from tests.ports.trail_contract import ACME, NOON, AuditTrailContract, OutboxContract, entry

SIGNER: Final = DerivedCheckpointSigner(MasterKeyText(base64.b64encode(bytes(32)).decode()))

CHANGES: Final = {
    "bigint": "{0} + 1000",
    "integer": "{0} + 1000",
    "text": "{0} || ' '",
    "bytea": "set_byte({0}, 0, 255 - get_byte({0}, 0))",
    "timestamp with time zone": "{0} + interval '1 microsecond'",
}
"""For each type of column, a value next to what is there."""


@pytest.fixture
def store(postgres_store: PostgresStore) -> Store:
    return postgres_store


class TestPostgresOutbox(OutboxContract):
    pass


class TestPostgresAuditTrail(AuditTrailContract):
    pass


class TestPostgresPartnerTrail(PartnerTrailContract):
    pass


class TestPostgresCheckpoints(CheckpointsContract):
    pass


class TestPostgresSecrets(SecretsContract):
    pass


class TestPostgresWebhookEndpoints(WebhookEndpointsContract):
    pass


class TestPostgresDeliveries(DeliveriesContract):
    pass


class TestPostgresPartnerEvents(PartnerEventsContract):
    pass


class TestPostgresDeliveryLog(DeliveryLogContract):
    pass


@pytest_asyncio.fixture
async def tampering(
    postgres_store: PostgresStore, shared_postgres_store: tuple[PostgresStore, asyncpg.Connection]
) -> AsyncIterator[asyncpg.Connection]:
    """A superuser in the database, after three links with two rows each; what it does is undone."""
    for number in range(3):
        async with postgres_store.company(ACME) as transaction:
            await transaction.audit.append([entry(f"match_{number}"), entry(f"match_{number}0")])
    await sign_checkpoint(ACME, store=postgres_store, signer=SIGNER, at=NOON)
    assert (await verified(postgres_store)).holds
    yield shared_postgres_store[1]


async def verified(store: Store) -> AuditVerdict:
    return await verify_audit(ACME, store=store, signer=SIGNER, at=NOON)


@pytest.mark.parametrize("table", ["audit_links", "audit_rows"])
async def test_a_change_of_any_column_of_any_row_is_found(
    store: Store, tampering: asyncpg.Connection, table: str
) -> None:
    columns = await tampering.fetch(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = 'tieout' "
        "AND table_name = $1 ORDER BY ordinal_position",
        table,
    )
    rows = await tampering.fetchval(f"SELECT array_agg(ctid::text) FROM tieout.{table}")
    assert (len(columns), len(rows)) == ((4, 3) if table == "audit_links" else (10, 6))

    missed = []
    for column, kind in columns:
        for place in range(len(rows)):
            kept = await tampering.fetch(f"SELECT * FROM tieout.{table} ORDER BY number, ctid")
            changed = f"{column} = {CHANGES[kind].format(column)}"
            row = f"(SELECT ctid FROM tieout.{table} ORDER BY number, ctid LIMIT 1 OFFSET {place})"
            assert await tampering.execute(f"UPDATE tieout.{table} SET {changed} WHERE ctid = {row}") == "UPDATE 1"
            if (await verified(store)).holds:
                missed.append((column, place))
            await tampering.execute(f"DELETE FROM tieout.{table}")
            await tampering.copy_records_to_table(table, schema_name="tieout", records=kept)

    assert missed == []
    assert (await verified(store)).holds


@pytest.mark.parametrize("table", ["audit_links", "audit_rows"])
async def test_every_dropped_row_is_found(store: Store, tampering: asyncpg.Connection, table: str) -> None:
    rows = await tampering.fetch(f"SELECT * FROM tieout.{table} ORDER BY number, ctid")

    for place in range(len(rows)):
        await tampering.execute(f"DELETE FROM tieout.{table}")
        await tampering.copy_records_to_table(table, schema_name="tieout", records=[*rows[:place], *rows[place + 1 :]])

        assert not (await verified(store)).holds, f"row {place} of {table}"


async def test_a_chain_cut_off_with_everything_beside_it_contradicts_its_checkpoint(
    store: Store, tampering: asyncpg.Connection
) -> None:
    await tampering.execute(
        "DELETE FROM tieout.audit_rows WHERE number > 1; DELETE FROM tieout.audit_links WHERE number > 1; "
        "UPDATE tieout.trail_heads SET links = 1; UPDATE tieout.trail_tips SET links = 1, signed = 1"
    )

    assert (await verified(store)).faults == (ChainFault(kind=ChainFaultKind.CUT_OFF, number=3),)


async def test_a_chain_cut_off_is_found_without_a_checkpoint_if_its_head_is_left(
    store: Store, tampering: asyncpg.Connection
) -> None:
    await tampering.execute(
        "DELETE FROM tieout.audit_checkpoints; DELETE FROM tieout.audit_links WHERE number = 3; "
        "DELETE FROM tieout.audit_rows WHERE number = 3"
    )

    assert (await verified(store)).faults == (ChainFault(kind=ChainFaultKind.CUT_OFF, number=3),)


async def test_work_goes_on_after_a_cut_and_the_cut_stays_visible(store: Store, tampering: asyncpg.Connection) -> None:
    await tampering.execute("DELETE FROM tieout.audit_links; DELETE FROM tieout.audit_rows")

    async with store.company(ACME) as transaction:
        await transaction.audit.append([entry()])

    assert ChainFault(kind=ChainFaultKind.LINK_MISSING, number=1) in (await verified(store)).faults
