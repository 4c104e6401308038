"""The intake benchmark measures what it says: a short run, of which is looked at what holds on every machine."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from entrypoints.benchmarks.intake import measured
from entrypoints.benchmarks.intake_report import AtConnections, IntakeReport, Overload

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


@pytest.fixture
def folder() -> Iterator[Path]:
    memory = Path("/dev/shm")
    place = Path(tempfile.mkdtemp(prefix="tieout-intake-", dir=memory if memory.is_dir() else None))
    place.chmod(0o711)
    yield place / "data"
    shutil.rmtree(place)


async def test_a_short_run(folder: Path) -> None:
    report = await measured(folder, rounds=1, seconds=0.1, progress=lambda _words, _done, _of: None)

    assert [each.connections for each in report.at] == [1, 8, 64]
    assert report.overload.acknowledged > 0
    assert (report.overload.lost, report.overload.other_answers, report.overload.without_retry_after) == (0, {}, 0)
    assert "durable / verify" in report.as_text()


def rates(*rounds: float) -> AtConnections:
    return AtConnections(
        connections=64,
        rates={
            "verify": rounds,
            "durable": [each / 2 for each in rounds],
            "each": [each / 4 for each in rounds],
            "commit": [each / 5 for each in rounds],
        },
        each_best=8,
        p99_seconds={},
        commits_an_event=0.1,
        cpu_seconds_a_million={},
    )


def reported(*at: AtConnections, lost: int = 0) -> IntakeReport:
    overload = Overload(
        peak=[100.0, 200.0, 100.0],
        goodput=[95.0, 100.0, 99.0],
        offered=[300.0],
        turned_away=1,
        never_sent=0,
        without_retry_after=0,
        other_answers={},
        p99_seconds=1.0,
        memory_before=80.0,
        memory_peak=90.0,
        acknowledged=9,
        lost=lost,
    )
    return IntakeReport(at=at, overload=overload, commit_best=8, fsync_seconds=0.001)


def test_ratios_are_of_one_round_and_a_control_that_drifts_is_said() -> None:
    steady, drifting = reported(rates(1000.0, 1000.0, 1100.0)), reported(rates(1000.0, 1000.0, 2000.0, 2000.0))

    assert steady.at[0].ratios("verify") == [0.5, 0.5, 0.5]
    assert steady.overload.ratio == 0.95
    assert (steady.is_rejected, drifting.is_rejected) == (False, True)
    assert "REJECTED" in drifting.as_text()
    assert not steady.holds, "half of what is verified is less than the goal"
