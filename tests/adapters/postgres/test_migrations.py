"""Migrations: once, whole, by whoever comes first."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import count

import asyncpg
import attrs
import pytest
import pytest_asyncio

from adapters.postgres.migrations import MigrationRefused, SchemaFile, migrate, missing_steps, schema_files
from adapters.postgres.store import PostgresStore
from ports.transaction import StoreUnavailable
from tests.postgres_server import PostgresForTests

ALL = tuple(step.name for step in schema_files())
DIE = "RESET ROLE; SELECT pg_terminate_backend(pg_backend_pid());"
_numbers = count(1)


@pytest_asyncio.fixture
async def empty_database(
    postgres_server: PostgresForTests, postgres_superuser: asyncpg.Connection
) -> AsyncIterator[str]:
    name = f"migrated_{next(_numbers)}"
    await postgres_superuser.execute(f"CREATE DATABASE {name}")
    yield postgres_server.dsn(name)
    await postgres_superuser.execute(f"DROP DATABASE {name} WITH (FORCE)")


async def test_an_empty_database_gets_every_step_and_a_second_run_does_nothing(empty_database: str) -> None:
    first = await migrate(empty_database)
    second = await migrate(empty_database)

    assert (first, second) == (ALL, ())


async def test_four_that_start_at_once_make_one_clean_schema(empty_database: str, postgres_database: str) -> None:
    applied = await asyncio.gather(*(migrate(empty_database) for _ in range(4)))

    assert sorted(name for each in applied for name in each) == sorted(ALL)
    assert await catalog(empty_database) == await catalog(postgres_database)


async def test_killed_at_any_statement_it_goes_on_to_one_clean_schema(
    empty_database: str, postgres_database: str
) -> None:
    for number, step in enumerate(schema_files()):
        before, after = schema_files()[:number], schema_files()[number + 1 :]
        for so_far in beginnings_of(step.sql):
            dying = attrs.evolve(step, sql=so_far + DIE)
            with pytest.raises(StoreUnavailable):
                await migrate(empty_database, files=(*before, dying, *after))
        assert await migrate(empty_database, files=(*before, step)) == (step.name,)

    assert await catalog(empty_database) == await catalog(postgres_database)


def test_a_step_is_cut_at_each_of_its_statements() -> None:
    assert list(beginnings_of("A;\nDO $$\nB;\n$$;\nC; -- D\n")) == [
        "",
        "A;\n",
        "A;\nDO $$\nB;\n$$;\n",
        "A;\nDO $$\nB;\n$$;\nC; -- D\n",
    ]


async def test_a_schema_of_an_older_version_is_brought_up_to_date(empty_database: str) -> None:
    await migrate(empty_database, files=schema_files()[:2])

    assert await migrate(empty_database) == ALL[2:]


async def test_a_schema_of_a_newer_version_is_refused(empty_database: str) -> None:
    await migrate(empty_database)

    with pytest.raises(MigrationRefused, match=f"newer than this version.*{ALL[-1]}"):
        await migrate(empty_database, files=schema_files()[:-1])


async def test_a_step_that_was_changed_since_it_was_applied_is_refused(empty_database: str) -> None:
    await migrate(empty_database)
    changed = attrs.evolve(schema_files()[1], sql="SELECT 1;")

    with pytest.raises(MigrationRefused, match=f"{ALL[1]}: changed since it was applied"):
        await migrate(empty_database, files=(schema_files()[0], changed, *schema_files()[2:]))


async def test_a_step_that_was_left_out_before_is_refused(empty_database: str) -> None:
    first, _, *others = schema_files()
    await migrate(empty_database, files=(first, *others))

    with pytest.raises(MigrationRefused, match=f"{ALL[1]} was not applied"):
        await migrate(empty_database)


async def test_a_broken_step_leaves_nothing_of_itself(empty_database: str) -> None:
    broken = SchemaFile(name="999_broken", sql="CREATE TABLE tieout.half (); SELECT 1 / 0;")

    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate(empty_database, files=(*schema_files(), broken))

    connection = await asyncpg.connect(empty_database)
    assert await connection.fetchval("SELECT to_regclass('tieout.half')") is None
    assert await missing_steps(connection) == ()
    await connection.close()


async def test_whoever_finds_the_lock_taken_gives_up_after_a_while_and_changes_nothing(empty_database: str) -> None:
    other = await asyncpg.connect(empty_database)
    await other.execute("SELECT pg_advisory_lock(127996022191476)")

    with pytest.raises(MigrationRefused, match="others have been holding its lock"):
        await migrate(empty_database, patience=timedelta(milliseconds=60))

    assert await missing_steps(other) == ALL
    await other.close()


async def test_a_user_who_owns_the_database_and_may_make_roles_is_enough() -> None:
    async with a_server_without_tieouts_roles() as server:
        await as_superuser(server, "CREATE ROLE ordinary LOGIN CREATEROLE", "CREATE DATABASE theirs OWNER ordinary")

        assert await migrate(server.dsn("theirs", user="ordinary")) == ALL

        store = await PostgresStore.open(server.dsn("theirs", user="ordinary"))
        async with store.control() as transaction:
            assert await transaction.partners.all() == []
        await store.close()


async def test_a_user_who_may_not_make_roles_is_told_what_an_administrator_can_do() -> None:
    async with a_server_without_tieouts_roles() as server:
        await as_superuser(server, "CREATE ROLE ordinary LOGIN", "CREATE DATABASE theirs OWNER ordinary")
        address = server.dsn("theirs", user="ordinary")

        with pytest.raises(MigrationRefused, match="the database's user ordinary may not make") as refusal:
            await migrate(address)

        advice = str(refusal.value).partition("or CREATE ROLE")[2]
        await as_superuser(server, *f"CREATE ROLE{advice}".rstrip(";").split(";"))
        assert await migrate(address) == ALL


@asynccontextmanager
async def a_server_without_tieouts_roles() -> AsyncIterator[PostgresForTests]:
    """Roles belong to the whole server, and the other tests' server has them."""
    server = PostgresForTests.start()
    try:
        yield server
    finally:
        server.stop()


async def as_superuser(server: PostgresForTests, *statements: str) -> None:
    connection = await asyncpg.connect(server.dsn())
    for statement in statements:
        await connection.execute(statement)
    await connection.close()


async def catalog(dsn: str) -> object:
    """What a schema is: columns, constraints, indices, policies, privileges and owners."""
    connection = await asyncpg.connect(dsn)
    try:
        return [await connection.fetch(query) for query in CATALOG]
    finally:
        await connection.close()


CATALOG = (
    "SELECT table_name, column_name, ordinal_position, data_type, collation_name, is_nullable, column_default "
    "FROM information_schema.columns WHERE table_schema = 'tieout' ORDER BY 1, 3",
    "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
    "WHERE connamespace = 'tieout'::regnamespace ORDER BY 1, 2",
    "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'tieout' ORDER BY 1",
    "SELECT tablename, policyname, qual, with_check FROM pg_policies WHERE schemaname = 'tieout' ORDER BY 1, 2",
    "SELECT relname, relkind::text, relowner::regrole::text, relacl::text, relrowsecurity, relforcerowsecurity, "
    "reloptions FROM pg_class WHERE relnamespace = 'tieout'::regnamespace ORDER BY 1",
    "SELECT nspacl::text, nspowner::regrole::text FROM pg_namespace WHERE nspname = 'tieout'",
    "SELECT name, sha256 FROM tieout.schema_migrations ORDER BY 1",
)


def beginnings_of(sql: str) -> Iterator[str]:
    """A step up to each of its statements: nothing, the first, the first two, …, all. `$$ … $$` is one piece."""
    so_far = ""
    yield so_far
    for line in sql.splitlines(keepends=True):
        so_far += line
        if line.split("--")[0].rstrip().endswith(";") and so_far.count("$$") % 2 == 0:
            yield so_far
