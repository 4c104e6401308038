"""The back-fill benchmark measures what it says: a short run, of which is looked at what holds on every machine."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

from entrypoints.benchmarks.backfill import measured
from entrypoints.benchmarks.backfill_report import Backfill, BackfillReport, Death

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


@pytest.fixture
def folder() -> Iterator[Path]:
    memory = Path("/dev/shm")
    place = Path(tempfile.mkdtemp(prefix="tieout-backfill-", dir=memory if memory.is_dir() else None))
    place.chmod(0o711)
    yield place
    shutil.rmtree(place)


async def test_a_short_run(folder: Path) -> None:
    report = await measured(
        folder, sizes=(1_000,), answer_seconds=0.0, deaths=0, progress=lambda _words, _done, _of: None
    )

    (fill,) = report.fills
    assert fill.kept == fill.transactions == 1_000
    # Ten pages of the list, and one for each payout; then whether more came is asked.
    assert fill.requests["/v1/balance_transactions"] >= 20
    assert fill.refused == 0
    assert fill.memory_peak >= fill.memory_before > 0
    assert fill.service_cpu > 0
    assert fill.database_cpu > 0
    assert "1,000 transactions" in report.as_text()


FILL = Backfill(
    transactions=100_000,
    seconds=80.0,
    requests={"/v1/balance_transactions": 1_920, "/v1/payouts": 20},
    refused=0,
    memory_before=80.0,
    memory_peak=90.0,
    service_cpu=10.0,
    database_cpu=5.0,
    stripe_cpu=3.0,
    kept=100_000,
)
GOOD = BackfillReport(answer_seconds=0.0, bare_rate=500.0, fills=(FILL,), deaths=(Death(pages_before=900, repeated=1),))


def test_what_meets_the_goals_is_said_to_and_shown_with_its_ratios() -> None:
    assert FILL.share == pytest.approx(0.96)
    assert GOOD.holds
    text = GOOD.as_text()
    assert "24.00 requests/s at the busiest endpoint = 0.960 × the limit" in text
    assert "service 100, database 50, together 150" in text
    assert "1 after 900" in text


@pytest.mark.parametrize(
    "worse",
    [
        attrs.evolve(FILL, seconds=90.0),
        attrs.evolve(FILL, refused=3),
        attrs.evolve(FILL, kept=99_999),
    ],
)
def test_what_is_too_slow_refused_too_often_or_not_all_there_is_not_good(worse: Backfill) -> None:
    assert not attrs.evolve(GOOD, fills=(FILL, worse)).holds


def test_two_pages_again_after_a_death_are_one_too_many() -> None:
    assert not attrs.evolve(GOOD, deaths=(Death(pages_before=900, repeated=2),)).holds
