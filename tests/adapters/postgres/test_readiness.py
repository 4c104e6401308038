"""Readiness tells the truth: of the schema's version, and of a database that is not there."""

import asyncpg
import pytest

from adapters.postgres.readiness import why_not_ready
from adapters.postgres.store import PostgresStore
from ports.transaction import StoreUnavailable


async def test_with_the_schema_in_place_it_is_ready(postgres_database: str) -> None:
    store = await PostgresStore.open(postgres_database)

    assert await why_not_ready(store.pool) is None
    await store.close()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (
            "DELETE FROM tieout.schema_migrations WHERE name = (SELECT max(name) FROM tieout.schema_migrations)",
            "The database's schema is not up to date.",
        ),
        (
            "UPDATE tieout.schema_migrations SET name = '999_later' "
            "WHERE name = (SELECT max(name) FROM tieout.schema_migrations)",
            "The database's schema is of another version of Tieout.",
        ),
    ],
    ids=["older", "newer"],
)
async def test_with_another_schema_it_is_not(postgres_database: str, change: str, reason: str) -> None:
    administrator = await asyncpg.connect(postgres_database)
    await administrator.execute(change)
    await administrator.close()
    store = await PostgresStore.open(postgres_database)

    assert await why_not_ready(store.pool) == reason
    await store.close()


async def test_without_a_database_it_is_not(postgres_database: str, postgres_superuser: asyncpg.Connection) -> None:
    store = await PostgresStore.open(postgres_database)
    async with store.pool.acquire() as connection:
        name = await connection.fetchval("SELECT current_database()")
    await postgres_superuser.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    await postgres_superuser.execute(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1", name
    )

    assert await why_not_ready(store.pool) == "The database cannot be reached."
    with pytest.raises(StoreUnavailable):
        async with store.control():
            raise AssertionError("it let us in")
    store.pool.terminate()
