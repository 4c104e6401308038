"""Webhooks told while processes are killed for real; `tieout prove webhooks` does it for as long as wanted."""

import sys
from pathlib import Path

import pytest

from entrypoints.proofs.real_deaths import DEATHS
from entrypoints.proofs.webhook_deaths import run_webhook_deaths
from tests.entrypoints.proofs.test_real_deaths import folder

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
__all__ = ["folder"]


async def test_no_acknowledged_event_is_lost_whatever_is_killed(folder: Path) -> None:
    report = await run_webhook_deaths(folder, cycles=len(DEATHS), seed=1)

    assert report.holds, report.as_text()
    assert report.deaths == dict.fromkeys(DEATHS, 1)
    assert report.unanswered > 0, "something was under way when they died"
