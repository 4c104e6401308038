"""Four processes migrate one database, and are killed once; `tieout prove migrations` does it as often as wanted."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

from entrypoints.proofs.migrations import PROCESSES, MigrationsReport, run_migrations
from entrypoints.settings import Settings


@pytest.fixture
def folder() -> Iterator[Path]:
    """Open on the way: as root, the database runs as somebody else, who must pass."""
    memory = Path("/dev/shm")
    place = Path(tempfile.mkdtemp(prefix="tieout-migrated-", dir=memory if memory.is_dir() else None))
    place.chmod(0o711)
    yield place
    shutil.rmtree(place)


@pytest.mark.skipif(sys.platform == "win32", reason="the embedded server needs Unix")
async def test_four_that_are_killed_and_start_again_leave_one_clean_schema(folder: Path) -> None:
    report = await run_migrations(Settings(data_dir=folder / "data"), 1, 1, killed_rounds=1)

    assert report.holds, report.as_text()
    assert (report.databases, report.failed) == (1, 0)
    assert 0 <= report.kills <= PROCESSES


def test_another_schema_or_a_failure_is_not_clean() -> None:
    report = MigrationsReport(databases=1, kills=4, half_way=1, different=0, failed=0)

    assert report.holds
    assert not attrs.evolve(report, different=1).holds
    assert not attrs.evolve(report, failed=1).holds
