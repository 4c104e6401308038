"""Kills the service, its database and its keeper for real, under load, and counts what was acknowledged and is gone."""

import asyncio
import random
import shutil
import tempfile
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from statistics import median
from typing import Final

import aiohttp
import attrs

from domain.company import CompanyId
from entrypoints.composition.service import opened_service
from entrypoints.progress_bar import Progress
from entrypoints.proofs.acknowledged_writes import Verdict, Writer, audit, make_company
from entrypoints.proofs.served_process import ServedProcess
from entrypoints.settings import Settings
from ports.use_cases.verify_audit import verify_audit

DEATHS: Final = ("service", "database", "keeper", "service and database", "everything")
COMPANIES: Final = 2
WRITERS: Final = 6
_CALM_SECONDS: Final = (0.1, 1.2)
"""Between a recovery and the next death."""
_READY_SECONDS_MAX: Final = 120


@attrs.frozen(kw_only=True)
class DeathReport:
    """What came of it."""

    deaths: dict[str, int]
    requests: int
    acknowledged: int
    """Payouts whose keeping was acknowledged."""
    unanswered: int
    """Pushed, and no answer came."""
    refusals: dict[int, int]
    """Answers that nobody should get, by status."""
    recovery_seconds: tuple[float, ...]
    verdicts: tuple[Verdict, ...]
    audit_faults: int
    """In the audit trails of the companies."""

    @property
    def holds(self) -> bool:
        """Nothing acknowledged was lost, nothing doubled, nobody told nonsense."""
        return not self.refusals and not self.audit_faults and all(verdict.holds for verdict in self.verdicts)

    def as_text(self) -> str:
        """For people."""
        lost = sum(len(verdict.lost) for verdict in self.verdicts)
        doubled = sum(len(verdict.doubled) for verdict in self.verdicts)
        made_up = sum(len(verdict.made_up) for verdict in self.verdicts)
        recoveries = self.recovery_seconds or (0.0,)
        return "\n".join(
            (
                "killed: " + ", ".join(f"{name} {count} times" for name, count in self.deaths.items()),
                f"requests: {self.requests}; payouts acknowledged: {self.acknowledged}, unanswered: {self.unanswered}",
                f"lost: {lost}; doubled: {doubled}; never sent: {made_up}; wrong answers: {self.refusals or 0}; "
                f"faults in the audit trail: {self.audit_faults}",
                f"ready again after: median {median(recoveries):.1f} s, worst {max(recoveries):.1f} s",
            )
        )


def prove_real_deaths(*, cycles: int, seed: int, progress: Progress) -> DeathReport:
    """In a folder of its own, on a real disk, which is removed afterwards if all was well."""
    place = Path(tempfile.mkdtemp(prefix="tieout-deaths-"))
    place.chmod(0o711)  # as root, the database runs as somebody else, who must pass
    report = asyncio.run(run_real_deaths(place / "data", cycles=cycles, seed=seed, progress=progress))
    if report.holds:
        shutil.rmtree(place)
    return report


async def run_real_deaths(
    folder: Path, *, cycles: int, seed: int, progress: Progress = lambda _words, _done, _of: None
) -> DeathReport:
    """Every cycle one death, each kind in turn; at the end, and now and then before, the books are read."""
    chance = random.Random(seed)  # noqa: S311  # a repeatable course of deaths, not a secret
    served = ServedProcess(folder)
    await served.start()
    try:
        companies = [await make_company(served, f"company-{number}") for number in range(COMPANIES)]
        writers = [
            Writer(f"w{number}", companies[number % COMPANIES], served, seed + number) for number in range(WRITERS)
        ]
        deaths: Counter[str] = Counter()
        recoveries: list[float] = []
        stop = asyncio.Event()
        writing = [asyncio.create_task(writer.run(stop)) for writer in writers]
        for cycle in range(cycles):
            await asyncio.sleep(chance.uniform(*_CALM_SECONDS))
            death = DEATHS[cycle % len(DEATHS)]
            recoveries.append(await die(served, death))
            deaths[death] += 1
            progress(f"killed the {death}", cycle + 1, cycles)
        await asyncio.sleep(_CALM_SECONDS[1])
        stop.set()
        await asyncio.gather(*writing)
        verdicts = [
            await audit(served, company, [writer.ledger for writer in writers if writer.company == company])
            for company in companies
        ]
    finally:
        await served.stop()
    ledgers = [writer.ledger for writer in writers]
    return DeathReport(
        deaths=dict(deaths),
        requests=sum(ledger.requests for ledger in ledgers),
        acknowledged=sum(len(ledger.acknowledged) for ledger in ledgers),
        unanswered=sum(len(ledger.unanswered) for ledger in ledgers),
        refusals=dict(sum((ledger.refusals for ledger in ledgers), Counter())),
        recovery_seconds=tuple(recoveries),
        verdicts=tuple(verdicts),
        audit_faults=await _audit_faults(folder, companies),
    )


async def _audit_faults(folder: Path, companies: list[str]) -> int:
    async with opened_service(Settings(data_dir=folder), public_url="http://localhost") as service:
        trails = [
            await verify_audit(
                CompanyId(company),
                store=service.store,
                signer=service.checkpoint_signer,
                at=service.services.clock(),
            )
            for company in companies
        ]
    return sum(len(trail.faults) for trail in trails)


async def die(served: ServedProcess, death: str) -> float:
    """Kills, and waits until the service is ready again. How long that took, in seconds."""
    died = time.monotonic()
    before = served.database
    if death in {"keeper", "everything"}:
        served.kill_keeper()
    if death in {"database", "service and database", "everything"}:
        served.kill_database()
    if death in {"service", "service and database", "everything"}:
        await served.kill()
        await served.start()
    while served.database == before:  # a keeper's death ends its database in order, which takes a moment
        await asyncio.sleep(0.01)
    await _until_ready(served)
    return time.monotonic() - died


async def _until_ready(served: ServedProcess) -> None:
    give_up = time.monotonic() + _READY_SECONDS_MAX
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=5)) as client:
        while time.monotonic() < give_up:
            with suppress(aiohttp.ClientError, TimeoutError, OSError):
                async with client.get(f"{served.address}/readyz") as response:
                    if response.status == 200:
                        return
            await asyncio.sleep(0.05)
    raise RuntimeError("the service did not become ready again")
