"""Looks a database over: its version, schema, roles, row-level security and clock. Changes nothing."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import asyncpg

from adapters.postgres.errors import translated
from adapters.postgres.migrations import MigrationRefused, connected, missing_steps
from adapters.postgres.store import RUNTIME_ROLE
from ports.findings import Finding

SERVER_VERSION_TESTED_MAX: Final = 18
CLOCK_DIFFERENCE_MAX: Final = timedelta(seconds=5)

_ROLES: Final = """
SELECT rolname, rolsuper OR rolbypassrls AS unbound, rolcreaterole OR rolcreatedb OR rolreplication AS mighty
FROM pg_roles WHERE rolname IN ('tieout_owner', 'tieout_runtime', 'tieout_eraser')
"""
_OWNED_AT_RUN_TIME: Final = """
SELECT relname FROM pg_class
WHERE relnamespace = 'tieout'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')
  AND (relowner = session_user::regrole AND NOT $1 OR relowner IN ('tieout_runtime'::regrole, 'tieout_eraser'::regrole))
"""
_UNGUARDED: Final = """
SELECT relname FROM pg_class
WHERE relnamespace = 'tieout'::regnamespace
  AND EXISTS (SELECT FROM pg_policy WHERE polrelid = pg_class.oid) AND NOT (relrowsecurity AND relforcerowsecurity)
"""
_GUARDED: Final = """
SELECT count(*) FROM pg_class
WHERE relnamespace = 'tieout'::regnamespace AND relrowsecurity AND relforcerowsecurity
"""


async def examine(dsn: str, *, at: datetime) -> Sequence[Finding]:
    """Raises StoreUnavailable, and MigrationRefused if the database lets nobody like us in."""
    async with connected(dsn) as connection:
        with translated("examining"):
            server = await _server(connection, at)
            try:
                await connection.execute(f"SET ROLE {RUNTIME_ROLE}")
                missing = await missing_steps(connection)
                await connection.execute("RESET ROLE")
            except MigrationRefused as refusal:
                return (*server, Finding.wrong(f"schema: {refusal}"))
            except asyncpg.InvalidParameterValueError:
                return (*server, Finding.wrong("schema: not there yet: run `tieout migrate`"))
            except asyncpg.InsufficientPrivilegeError as error:
                return (*server, Finding.wrong(f"roles: the database's user may not put them on ({error.args[0]})"))
            if missing:
                steps = f"{missing[0]} … {missing[-1]}" if len(missing) > 1 else missing[0]
                return (*server, Finding.wrong(f"schema: {steps} not applied yet: run `tieout migrate`"))
            return (*server, Finding.fine("schema: up to date"), *await _guards(connection))


async def _server(connection: asyncpg.Connection, at: datetime) -> list[Finding]:
    version = await connection.fetchval("SHOW server_version")
    findings = [Finding.fine(f"database: PostgreSQL {version} answers")]
    if connection.get_server_version().major > SERVER_VERSION_TESTED_MAX:
        findings.append(Finding.note(f"database: newer than what Tieout is tested on ({SERVER_VERSION_TESTED_MAX})"))
    difference = abs(await connection.fetchval("SELECT clock_timestamp()") - at)
    if difference > CLOCK_DIFFERENCE_MAX:
        findings.append(Finding.note(f"clock: the database's differs from this machine's by {difference}"))
    if await connection.fetchval("SELECT current_setting('fsync') = 'off'"):
        findings.append(Finding.wrong("database: fsync is off: what is acknowledged can be lost"))
    return findings


async def _guards(connection: asyncpg.Connection) -> list[Finding]:
    roles = {row["rolname"]: row for row in await connection.fetch(_ROLES)}
    absent = sorted({"tieout_owner", RUNTIME_ROLE, "tieout_eraser"} - roles.keys())
    if absent:
        return [
            Finding.wrong(f"roles: {', '.join(absent)} not there: run `tieout migrate` as a user who may make them")
        ]
    findings = [
        Finding.wrong(f"roles: {name} may pass row-level security or do what no role of Tieout's should")
        for name, role in roles.items()
        if role["unbound"] or role["mighty"]
    ]
    is_superuser = connection.get_settings().is_superuser == "on"
    owned = [row[0] for row in await connection.fetch(_OWNED_AT_RUN_TIME, is_superuser)]
    if owned:
        findings.append(Finding.wrong(f"roles: {', '.join(owned)} belong to a role of the run time"))
    unguarded = [row[0] for row in await connection.fetch(_UNGUARDED)]
    if unguarded:
        findings.append(Finding.wrong(f"row-level security: not forced on {', '.join(unguarded)}"))
    else:
        count = await connection.fetchval(_GUARDED)
        findings.append(Finding.fine(f"row-level security: forced on all {count} tables of companies' data"))
    if not any(finding.words.startswith("roles:") for finding in findings):
        findings.insert(0, Finding.fine("roles: the run time's own nothing and are bound by row-level security"))
    return findings
