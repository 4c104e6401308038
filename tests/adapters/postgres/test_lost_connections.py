"""The store when PostgreSQL goes away, or a connection of it, at a bad moment."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio

from adapters.postgres import store as store_module
from adapters.postgres.store import PostgresStore
from domain.partner import Partner, PartnerId
from ports.transaction import StoreUnavailable

ACME = Partner(id=PartnerId("partner_acme00000000"), name="Acme")


@pytest_asyncio.fixture
async def store(postgres_database: str) -> AsyncIterator[PostgresStore]:
    store = await PostgresStore.open(postgres_database, connections_max=2)
    yield store
    await store.close()


async def cut_off_everybody(address: str) -> None:
    connection = await asyncpg.connect(address)
    await connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await connection.close()


async def test_a_connection_lost_before_the_commit_changes_nothing_and_the_next_transaction_works(
    store: PostgresStore, postgres_database: str
) -> None:
    with pytest.raises(StoreUnavailable):
        async with store.control() as transaction:
            await transaction.partners.add(ACME)
            await cut_off_everybody(postgres_database)
            await transaction.partners.all()

    async with store.control() as transaction:
        assert await transaction.partners.all() == []


async def test_a_connection_lost_while_it_is_idle_is_replaced(store: PostgresStore, postgres_database: str) -> None:
    async with store.control() as transaction:
        await transaction.partners.add(ACME)
    await cut_off_everybody(postgres_database)
    await asyncio.sleep(0.1)  # the pool notices

    async with store.control() as transaction:
        assert await transaction.partners.all() == [ACME]


async def test_a_refusal_after_the_connection_was_lost_is_still_that_refusal(
    store: PostgresStore, postgres_database: str
) -> None:
    with pytest.raises(ZeroDivisionError):
        async with store.control():
            await cut_off_everybody(postgres_database)
            await asyncio.sleep(0.1)
            raise ZeroDivisionError


async def test_a_failure_that_somebody_swallowed_is_not_taken_for_a_commit(store: PostgresStore) -> None:
    with pytest.raises(StoreUnavailable, match="everything was rolled back"):
        async with store.control() as transaction:
            await transaction.partners.add(ACME)
            with contextlib.suppress(asyncpg.DivisionByZeroError):
                await transaction.partners._connection.execute("SELECT 1 / 0")

    async with store.control() as transaction:
        assert await transaction.partners.all() == []


async def test_whoever_gets_no_connection_in_time_is_told_so(
    store: PostgresStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "ACQUIRE_SECONDS_MAX", 0.05)
    async with store.control(), store.control():
        with pytest.raises(StoreUnavailable, match="taking a connection"):
            async with store.control():
                pass
