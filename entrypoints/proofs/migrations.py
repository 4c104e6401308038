"""Four processes that migrate one empty database at once, each killed again and again: one clean schema every time.

They are real processes of the command `tieout migrate`, killed by SIGKILL at random moments; what runs on the server
then is cut off wherever it is. The last round is left alone, and must find or make the schema whole.
"""

import asyncio
import os
import random
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import asyncpg
import attrs

from entrypoints.composition.service import Database, opened_database
from entrypoints.progress_bar import Progress
from entrypoints.settings import Settings

PROCESSES: Final = 4
KILLED_ROUNDS: Final = 3
"""How often all four are started and killed, before they are let be."""
_PROGRAM: Final = "import sys; from entrypoints.command_line import main; sys.exit(main(['migrate']))"
_DONE: Final = 0
_UNDER_WAY: Final = "SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND backend_type = 'client backend'"
_CATALOG: Final = """
SELECT string_agg(line, E'\\n' ORDER BY line) FROM (
  SELECT format('column %s.%s %s %s %s', table_name, column_name, data_type, is_nullable, column_default) AS line
  FROM information_schema.columns WHERE table_schema = 'tieout'
  UNION ALL
  SELECT format('constraint %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
  FROM pg_constraint WHERE connamespace = 'tieout'::regnamespace
  UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'tieout'
  UNION ALL
  SELECT format('policy %s %s %s %s', tablename, policyname, qual, with_check)
  FROM pg_policies WHERE schemaname = 'tieout'
  UNION ALL
  SELECT format('%s %s %s %s %s', relname, relowner::regrole, relacl, relrowsecurity, relforcerowsecurity)
  FROM pg_class WHERE relnamespace = 'tieout'::regnamespace
  UNION ALL SELECT format('applied %s %s', name, sha256) FROM tieout.schema_migrations
) AS lines
"""


@attrs.frozen(kw_only=True)
class MigrationsReport:
    """What came of it."""

    databases: int
    kills: int
    """Processes killed before they were done."""
    half_way: int
    """Databases that were left with some steps applied and others not."""
    different: int
    """Databases whose schema is not, at the end, what an undisturbed migration makes."""
    failed: int
    """Processes, let be, that did not end well."""

    @property
    def holds(self) -> bool:
        """One clean schema every time."""
        return not self.different and not self.failed

    def as_text(self) -> str:
        """For people."""
        return (
            f"{self.databases} databases, each migrated by {PROCESSES} processes at once; processes killed: "
            f"{self.kills}; databases left half-way: {self.half_way}\n"
            f"schemas that differ in the end: {self.different}; processes that failed when let be: {self.failed}"
        )


def prove_migrations(*, databases: int, seed: int, progress: Progress) -> MigrationsReport:
    """On an embedded server of its own, in a temporary folder."""
    place = Path(tempfile.mkdtemp(prefix="tieout-migrations-"))
    place.chmod(0o711)  # as root, the database runs as somebody else, who must pass
    try:
        return asyncio.run(run_migrations(Settings(data_dir=place / "data"), databases, seed, progress))
    finally:
        shutil.rmtree(place, ignore_errors=True)


async def run_migrations(
    settings: Settings,
    databases: int,
    seed: int,
    progress: Progress = lambda _words, _done, _of: None,
    *,
    killed_rounds: int = KILLED_ROUNDS,
) -> MigrationsReport:
    """So many databases on the embedded server of these settings."""
    chance = random.Random(seed)  # noqa: S311  # a repeatable course, not a secret
    async with opened_database(settings) as database:
        begun = time.monotonic()
        await _let_be(await _new_database(database, "undisturbed"), 1)
        usual = time.monotonic() - begun
        undisturbed = _address(database, "undisturbed")
        wanted, steps = await _catalog(undisturbed), await _steps_applied(undisturbed)
        kills = half_way = different = failed = 0
        for number in range(databases):
            name = f"disturbed_{number}"
            dsn = await _new_database(database, name)
            for _ in range(killed_rounds):
                kills += await _killed(dsn, chance, usual)
                await _until_alone(database, name)
            half_way += 0 < await _steps_applied(dsn) < steps
            failed += await _let_be(dsn, PROCESSES)
            different += await _catalog(dsn) != wanted
            progress("migrations killed", number + 1, databases)
    return MigrationsReport(databases=databases, kills=kills, half_way=half_way, different=different, failed=failed)


async def _new_database(database: Database, name: str) -> str:
    connection = await asyncpg.connect(database.administrator)
    try:
        await connection.execute(f"CREATE DATABASE {name}")
    finally:
        await connection.close()
    return _address(database, name)


def _address(database: Database, name: str) -> str:
    return database.administrator.replace("/tieout?", f"/{name}?", 1)


async def _killed(dsn: str, chance: random.Random, usual_seconds: float) -> int:
    """All at once, each killed at a moment of its own, after it has had time to start."""
    processes = [await _start(dsn) for _ in range(PROCESSES)]

    async def kill(process: asyncio.subprocess.Process, after: float) -> int:
        try:
            await asyncio.wait_for(process.wait(), after)
        except TimeoutError:
            process.kill()
            await process.wait()
            return 1
        return 0

    first = usual_seconds * 0.5
    return sum(
        await asyncio.gather(*(kill(each, chance.uniform(first, first + usual_seconds * 2)) for each in processes))
    )


async def _let_be(dsn: str, count: int) -> int:
    """How many did not end well."""
    processes = [await _start(dsn) for _ in range(count)]
    return sum(status != _DONE for status in [await process.wait() for process in processes])


async def _start(dsn: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-c", _PROGRAM),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        env={**os.environ, "DATABASE_URL": dsn},
    )


async def _until_alone(database: Database, name: str) -> None:
    """What the dead had running on the server ends when it notices: only then is it seen where they were stopped."""
    connection = await asyncpg.connect(database.administrator)
    try:
        while await connection.fetchval(_UNDER_WAY, name):
            await asyncio.sleep(0.05)
    finally:
        await connection.close()


async def _steps_applied(dsn: str) -> int:
    connection = await asyncpg.connect(dsn)
    try:
        if not await connection.fetchval("SELECT to_regclass('tieout.schema_migrations') IS NOT NULL"):
            return 0
        return int(await connection.fetchval("SELECT count(*) FROM tieout.schema_migrations"))
    finally:
        await connection.close()


async def _catalog(dsn: str) -> str:
    connection = await asyncpg.connect(dsn)
    try:
        return str(await connection.fetchval(_CATALOG))
    finally:
        await connection.close()
