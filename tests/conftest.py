"""Hypothesis profiles: `ci` (the default) is repeatable; `long` looks further, for runs by hand. And PostgreSQL.

`postgres_store` is one store for the whole run, empty at the start of each test; `postgres_database` the address of a
database of the test's own. Both have the schema. A test that asks for neither starts no server.
"""

import os
from collections.abc import AsyncIterator, Iterator
from itertools import count

import asyncpg
import pytest
import pytest_asyncio
from hypothesis import HealthCheck, settings

from adapters.postgres.migrations import migrate
from adapters.postgres.store import PostgresStore
from tests.adapters.postgres.statements import RecordingConnection, tables_without_company
from tests.own_machine import keep_to_this_machine
from tests.postgres_server import PostgresForTests

keep_to_this_machine()
settings.register_profile(
    "ci", derandomize=True, deadline=None, max_examples=100, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "long", deadline=None, max_examples=5_000, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))

TEMPLATE = "tieout_template"
_numbers = count(1)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresForTests]:
    """The server of this run."""
    server = PostgresForTests.start()
    yield server
    server.stop()


@pytest_asyncio.fixture(scope="session")
async def postgres_superuser(postgres_server: PostgresForTests) -> AsyncIterator[asyncpg.Connection]:
    """A connection to the server that may do anything, to make and drop databases."""
    connection = await asyncpg.connect(postgres_server.dsn())
    yield connection
    await connection.close()


@pytest_asyncio.fixture(scope="session")
async def postgres_template(postgres_server: PostgresForTests, postgres_superuser: asyncpg.Connection) -> str:
    """The name of a database with the schema, and nothing else, to make others from."""
    await postgres_superuser.execute(f"CREATE DATABASE {TEMPLATE}")
    await migrate(postgres_server.dsn(TEMPLATE))
    return TEMPLATE


@pytest_asyncio.fixture
async def postgres_database(
    postgres_server: PostgresForTests, postgres_superuser: asyncpg.Connection, postgres_template: str
) -> AsyncIterator[str]:
    """The address of a database of the test's own, with the schema. Its user is a superuser."""
    name = f"tieout_{next(_numbers)}"
    await postgres_superuser.execute(f"CREATE DATABASE {name} TEMPLATE {postgres_template} STRATEGY file_copy")
    yield postgres_server.dsn(name)
    await postgres_superuser.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest_asyncio.fixture(scope="session")
async def shared_postgres_store(
    postgres_server: PostgresForTests, postgres_superuser: asyncpg.Connection, postgres_template: str
) -> AsyncIterator[tuple[PostgresStore, asyncpg.Connection]]:
    """The store that `postgres_store` empties, and a connection that sees and may delete everything."""
    await postgres_superuser.execute(f"CREATE DATABASE tieout_shared TEMPLATE {postgres_template}")
    everything = await asyncpg.connect(postgres_server.dsn("tieout_shared"))
    store = await PostgresStore.open(postgres_server.dsn("tieout_shared"), connection_class=RecordingConnection)
    yield store, everything
    await store.close()
    # The first wall, over everything that the run sent to the server.
    companies = frozenset(
        row["relname"]
        for row in await everything.fetch(
            "SELECT relname FROM pg_class WHERE relnamespace = 'tieout'::regnamespace AND relrowsecurity"
        )
    )
    silent = {sql: found for sql in RecordingConnection.statements if (found := tables_without_company(sql, companies))}
    await everything.close()
    assert silent == {}, "statements that do not say whose rows they mean"


@pytest_asyncio.fixture
async def postgres_store(shared_postgres_store: tuple[PostgresStore, asyncpg.Connection]) -> PostgresStore:
    """An empty store."""
    store, everything = shared_postgres_store
    tables = await everything.fetch(
        "SELECT format('DELETE FROM %I.%I;', schemaname, tablename) AS deletion FROM pg_tables "
        "WHERE schemaname = 'tieout' AND tablename <> 'schema_migrations'"
    )
    # As a replica, so that the order of foreign keys does not matter.
    deletions = "".join(table["deletion"] for table in tables)
    await everything.execute(f"BEGIN; SET LOCAL session_replication_role = replica; {deletions} COMMIT")
    return store
