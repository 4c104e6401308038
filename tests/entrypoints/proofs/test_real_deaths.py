"""Processes killed for real, a few times; `tieout prove deaths` does it for as long as wanted."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from entrypoints.proofs.real_deaths import DEATHS, run_real_deaths

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


@pytest.fixture
def folder() -> Iterator[Path]:
    memory = Path("/dev/shm")
    place = Path(tempfile.mkdtemp(prefix="tieout-deaths-", dir=memory if memory.is_dir() else None))
    place.chmod(0o711)
    yield place / "data"
    shutil.rmtree(place)


async def test_nothing_acknowledged_is_lost_or_doubled_whatever_is_killed_under_load(folder: Path) -> None:
    report = await run_real_deaths(folder, cycles=len(DEATHS), seed=1)

    assert report.holds, report.as_text()
    assert report.deaths == dict.fromkeys(DEATHS, 1)
    assert report.acknowledged > 0
