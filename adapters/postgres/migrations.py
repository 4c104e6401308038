"""Brings a database's schema to this version's, whoever else is doing the same, and wherever it was killed before.

Each numbered file of `schema/` runs in one transaction with the row that records it, so it is there wholly or not at
all. Who runs a file first tries for a lock that ends with that transaction. It is tried for, never waited for: whoever
waits inside the server holds a snapshot, which others may in turn be waiting for.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from hashlib import sha256
from importlib import resources
from typing import Final

import asyncpg
import attrs

from adapters.postgres.errors import LOST, translated

OWNER_ROLE: Final = "tieout_owner"
SERVER_VERSION_MIN: Final = 15
_LOCK: Final = 0x7469656F7574  # 'tieout'
_PAUSE: Final = timedelta(milliseconds=50)
_LOCK_TIMEOUT: Final = "5s"
"""A table that others use is waited for so long: behind whoever waits for it, everybody else would queue."""

_RECORDS: Final = """
CREATE TABLE IF NOT EXISTS tieout.schema_migrations (
  name text COLLATE "C" PRIMARY KEY,
  sha256 text COLLATE "C" NOT NULL,
  applied timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT ON tieout.schema_migrations TO tieout_runtime
"""

_RECORDS_EXIST: Final = """
SELECT EXISTS (
  SELECT FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
  WHERE nspname = 'tieout' AND relname = 'schema_migrations'
)
"""
"""By a query, not by to_regclass: that answers from a cache, which may not know what another has just committed."""


class MigrationRefused(Exception):
    """The schema was left as it is. The message says why, and what would help."""


@attrs.frozen(kw_only=True)
class SchemaFile:
    """One numbered step."""

    name: str
    sql: str

    @property
    def sha256(self) -> str:
        """What it must still be, once it was applied."""
        return sha256(self.sql.encode()).hexdigest()


def schema_files() -> tuple[SchemaFile, ...]:
    """The steps that make up this version's schema, in their order."""
    folder = resources.files("adapters.postgres") / "schema"
    files = [file for file in folder.iterdir() if file.name.endswith(".sql")]
    return tuple(
        SchemaFile(name=file.name.removesuffix(".sql"), sql=file.read_text(encoding="utf-8"))
        for file in sorted(files, key=lambda file: file.name)
    )


async def migrate(
    dsn: str, *, files: Sequence[SchemaFile] | None = None, patience: timedelta = timedelta(minutes=5)
) -> tuple[str, ...]:
    """Applies what is missing, and returns what this call applied.

    Others may migrate the same database at the same time; `patience` is for how long they may get on with nothing.
    Killed at any moment, it goes on from there the next time. Raises MigrationRefused, and StoreUnavailable.
    """
    steps = schema_files() if files is None else tuple(files)
    async with connected(dsn) as connection:
        try:
            with translated("migrating"):
                await _refuse_an_unusable_server(connection)
                return await _apply(connection, steps, patience)
        except asyncpg.InsufficientPrivilegeError as error:
            raise MigrationRefused(_may_not(connection, error)) from error


async def bring_up_to_date(dsn: str) -> tuple[str, ...]:
    """As `migrate`, but who finds that nothing is missing need not be allowed to change anything."""
    async with connected(dsn) as connection:
        try:
            with translated("reading the schema's version"):
                # Unless the role is there and may be put on, there is no schema yet, or it is not ours to use.
                await connection.execute("SET ROLE tieout_runtime")
                missing = await missing_steps(connection)
        except (asyncpg.InvalidParameterValueError, asyncpg.InsufficientPrivilegeError):
            missing = tuple(step.name for step in schema_files())
    return await migrate(dsn) if missing else ()


async def missing_steps(
    connection: asyncpg.Connection, *, files: Sequence[SchemaFile] | None = None
) -> tuple[str, ...]:
    """What a migration would apply. Raises MigrationRefused where it would be refused."""
    steps = schema_files() if files is None else tuple(files)
    return tuple(step.name for step in _missing(steps, await _applied(connection)))


async def _apply(connection: asyncpg.Connection, steps: Sequence[SchemaFile], patience: timedelta) -> tuple[str, ...]:
    done: list[str] = []
    waited = timedelta(0)
    while missing := _missing(steps, await _applied(connection)):
        step = missing[0]
        try:
            async with _locked(connection) as ours:
                # Somebody else may have applied it since we looked; from here on nobody can.
                if ours and step in _missing(steps, await _applied(connection)):
                    await _run(connection, step, first=step is steps[0])
                    done.append(step.name)
                elif ours:
                    continue
        except asyncpg.LockNotAvailableError:
            ours = False  # a table that is being read or written for long: tried again, from the start of the step
        if ours:
            waited = timedelta(0)
            continue
        if waited >= patience:
            raise MigrationRefused(
                f"{step.name}: others have been holding its lock for {patience}; nothing was changed"
            )
        await asyncio.sleep(_PAUSE.total_seconds())
        waited += _PAUSE
    return tuple(done)


@asynccontextmanager
async def _locked(connection: asyncpg.Connection) -> AsyncIterator[bool]:
    """A transaction that holds the lock, or one that says that somebody else does."""
    async with connection.transaction():
        yield bool(await connection.fetchval("SELECT pg_try_advisory_xact_lock($1)", _LOCK))


async def _run(connection: asyncpg.Connection, step: SchemaFile, *, first: bool) -> None:
    """The step and its record, in the transaction that is open."""
    await connection.execute(f"SET LOCAL lock_timeout = '{_LOCK_TIMEOUT}'; SET LOCAL search_path = pg_catalog")
    if first:
        await connection.execute(step.sql)
    await connection.execute(f"SET LOCAL ROLE {OWNER_ROLE}")
    await connection.execute(_RECORDS if first else step.sql)
    await connection.execute(
        "INSERT INTO tieout.schema_migrations (name, sha256) VALUES ($1, $2)", step.name, step.sha256
    )


@asynccontextmanager
async def connected(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    """A connection of its own. Raises StoreUnavailable, and MigrationRefused if we are not let in."""
    try:
        with translated("connecting"):
            connection = await asyncpg.connect(dsn, server_settings={"application_name": "tieout"})
    except (asyncpg.InvalidAuthorizationSpecificationError, asyncpg.InvalidCatalogNameError) as error:
        raise MigrationRefused(f"the database refuses us: {error.args[0]}") from error
    try:
        yield connection
    finally:
        try:
            await connection.close(timeout=5)
        except LOST:
            connection.terminate()


def _may_not(connection: asyncpg.Connection, error: asyncpg.PostgresError) -> str:
    user = connection.get_settings().session_authorization
    return (
        f"the database's user {user} may not make Tieout's schema ({error.args[0]}). An administrator of the server "
        f'can help: GRANT CREATE ON DATABASE … TO "{user}"; and either ALTER ROLE "{user}" CREATEROLE; or '
        "CREATE ROLE tieout_owner; CREATE ROLE tieout_runtime; CREATE ROLE tieout_eraser; "
        f'GRANT tieout_owner, tieout_runtime, tieout_eraser TO "{user}";'
    )


async def _applied(connection: asyncpg.Connection) -> dict[str, str]:
    """Name → checksum; empty where there is no schema yet."""
    if not await connection.fetchval(_RECORDS_EXIST):
        return {}
    rows = await connection.fetch("SELECT name, sha256 FROM tieout.schema_migrations")
    return {row["name"]: row["sha256"] for row in rows}


def _missing(steps: Sequence[SchemaFile], applied: dict[str, str]) -> tuple[SchemaFile, ...]:
    """The steps that were not applied: always the last ones. Raises MigrationRefused."""
    unknown = sorted(applied.keys() - {step.name for step in steps})
    if unknown:
        raise MigrationRefused(
            f"the schema is newer than this version of Tieout, which does not know {', '.join(unknown)}: "
            "upgrade Tieout; nothing was changed"
        )
    changed = [step.name for step in steps if applied.get(step.name, step.sha256) != step.sha256]
    if changed:
        raise MigrationRefused(f"{', '.join(changed)}: changed since it was applied to this database")
    missing = tuple(step for step in steps if step.name not in applied)
    if missing != tuple(steps[len(steps) - len(missing) :]):
        raise MigrationRefused(f"{missing[0].name} was not applied to this database, but later steps were")
    return missing


async def _refuse_an_unusable_server(connection: asyncpg.Connection) -> None:
    version = connection.get_server_version().major
    if not version >= SERVER_VERSION_MIN:
        raise MigrationRefused(f"PostgreSQL {version} is too old: Tieout needs {SERVER_VERSION_MIN} or later")
    encoding = await connection.fetchval("SHOW server_encoding")
    if encoding != "UTF8":
        raise MigrationRefused(f"the database is encoded in {encoding}, not in UTF8: create one with ENCODING 'UTF8'")
