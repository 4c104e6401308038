"""`tieout bench intake`: how fast webhooks are kept, beside a server that only verifies and one commit an event."""

import asyncio
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median
from typing import Final

import asyncpg
import attrs

from adapters.postgres.store import PostgresStore
from adapters.postgres.stripe_events import PostgresStripeInbox
from adapters.stripe_api.event_reader import StripeEventEnvelopeReader
from domain.partner import Tenant
from domain.stripe_event import StripeEvent
from entrypoints.benchmarks.intake_report import AtConnections, IntakeReport, Overload
from entrypoints.benchmarks.intake_server import VARIANTS
from entrypoints.benchmarks.webhook_load import SECRET, Told, tell_steadily, tell_too_much
from entrypoints.composition.service import Database, now, opened_database, up_to_date
from entrypoints.http.resources.stripe_integration import webhook_path
from entrypoints.progress_bar import Progress
from entrypoints.proofs.webhook_deaths import partner_with_a_secret
from entrypoints.running import run
from entrypoints.settings import Settings
from entrypoints.stripe_signing import stripe_event_body

CONNECTIONS: Final = (1, 8, 64)
COMMIT_CONNECTIONS: Final = (1, 8, 32, 64)
OVERLOAD: Final = 3
OVERLOAD_CONNECTIONS: Final = 1_200
_AUDITED_AT_ONCE: Final = 1_000
_COMMITS: Final = "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"


def run_intake(
    *, rounds: int = 7, seconds: float = 1.0, progress: Progress = lambda _words, _done, _of: None
) -> IntakeReport:
    """On a database of its own, on this machine's disk."""
    with tempfile.TemporaryDirectory(prefix="tieout-bench-") as place:
        Path(place).chmod(0o711)  # as root, the database runs as somebody else, who must pass
        reports: list[IntakeReport] = []

        async def measure() -> int:
            reports.append(await measured(Path(place) / "data", rounds=rounds, seconds=seconds, progress=progress))
            return 0

        run(measure)
    return reports[0]


async def measured(folder: Path, *, rounds: int, seconds: float, progress: Progress) -> IntakeReport:
    """All of it."""
    tenant = await partner_with_a_secret(folder, SECRET)
    async with opened_database(Settings(data_dir=folder)) as database:
        await up_to_date(database)
        async with _bench(folder, database, tenant, seconds) as bench:
            commit_best = await bench.best_for_commits()
            at = []
            for connections in CONNECTIONS:
                at.append(await bench.at(connections, rounds, commit_best, progress))
            overload = await bench.overload(max(2, rounds // 2), progress)
            one = await bench.one_commit()
    return IntakeReport(at=tuple(at), overload=overload, commit_best=commit_best, fsync_seconds=one)


@attrs.define
class _Bench:
    tenant: Tenant
    seconds: float
    ports: Mapping[str, int]
    process: asyncio.subprocess.Process
    administrator: asyncpg.Connection
    runtime: str
    numbers: int = 0

    async def load(self, variant: str, connections: int) -> Told:
        path = webhook_path(self.tenant)
        return await tell_steadily(
            "127.0.0.1", self.ports[variant], path, connections=connections, seconds=self.seconds
        )

    async def best_for_commits(self) -> int:
        """How many connections commit most."""
        rates = {count: await self.commits(count) for count in COMMIT_CONNECTIONS}
        return max(rates, key=lambda count: rates[count])

    async def commits(self, connections: int) -> float:
        """Bare insertions a second, one commit each."""
        store = await PostgresStore.open(self.runtime, connections_max=connections)
        inbox, done, loop = PostgresStripeInbox(store.pool), 0, asyncio.get_running_loop()
        begun = loop.time()

        async def keep_on() -> None:
            nonlocal done
            while loop.time() < begun + self.seconds:
                await inbox.keep([self._event()])
                done += 1

        await asyncio.gather(*(keep_on() for _ in range(connections)))
        passed = loop.time() - begun
        await store.close()
        return done / passed

    def _event(self) -> StripeEvent:
        self.numbers += 1
        body = stripe_event_body(f"evt_bare_{self.numbers}")
        return StripeEventEnvelopeReader().read(body, tenant=self.tenant, own=None, received=now())

    async def one_commit(self) -> float:
        """Seconds, median of fifty."""
        store = await PostgresStore.open(self.runtime, connections_max=1)
        times = []
        for _ in range(50):
            begun = time.perf_counter()
            await store.stripe_inbox().keep([self._event()])
            times.append(time.perf_counter() - begun)
        await store.close()
        return median(times)

    async def at(self, connections: int, rounds: int, commit_best: int, progress: Progress) -> AtConnections:
        """Each variant in turn, round by round."""
        tried = {count: (await self.load(count, connections)).per_second for count in VARIANTS if "each" in count}
        best = max(tried, key=lambda name: tried[name])
        rates: dict[str, list[float]] = {"verify": [], "durable": [], "each": [], "commit": []}
        latencies: dict[str, list[float]] = {"verify": [], "durable": [], "each": []}
        cpu = dict.fromkeys(latencies, 0.0)
        told: Counter[str] = Counter()
        commits = 0
        for number in range(rounds):
            for name in latencies:
                variant = best if name == "each" else name
                commits_before, cpu_before = await self._committed(), self._cpu_seconds()
                got = await self.load(variant, connections)
                cpu[name] += self._cpu_seconds() - cpu_before
                told[name] += len(got.acknowledged)
                commits += await self._committed() - commits_before if name == "durable" else 0
                rates[name].append(got.per_second)
                latencies[name] += got.latencies
            rates["commit"].append(await self.commits(commit_best))
            await self.administrator.execute("TRUNCATE tieout.stripe_events")
            progress(f"intake, {connections} connections", number + 1, rounds)
        return AtConnections(
            connections=connections,
            rates=rates,
            each_best=int(best.removeprefix("each")),
            p99_seconds={name: _p99(some) for name, some in latencies.items()},
            commits_an_event=commits / max(1, told["durable"]),
            cpu_seconds_a_million={name: 1_000_000 * cpu[name] / max(1, told[name]) for name in latencies},
        )

    async def overload(self, rounds: int, progress: Progress) -> Overload:
        """Three times the peak that was measured just before."""
        peaks, goodput, offered = list[float](), list[float](), list[float]()
        latencies, statuses = list[float](), Counter[int]()
        acknowledged, without, never = list[str](), 0, 0
        self._reset_memory()
        before = self._memory("VmRSS")
        for number in range(rounds):
            peaks.append((await self.load("durable", CONNECTIONS[-1])).per_second)
            told = await tell_too_much(
                "127.0.0.1",
                self.ports["durable"],
                webhook_path(self.tenant),
                per_second=OVERLOAD * peaks[-1],
                connections=OVERLOAD_CONNECTIONS,
                seconds=8 * self.seconds,
            )
            goodput.append(told.per_second)
            offered.append(told.offered_per_second)
            never += told.not_offered
            latencies += told.latencies
            statuses += told.statuses
            acknowledged += told.acknowledged
            without += told.retry_after_missing
            progress("intake, three times as much as it can", number + 1, rounds)
        return Overload(
            peak=peaks,
            goodput=goodput,
            offered=offered,
            turned_away=statuses[503],
            never_sent=never,
            without_retry_after=without,
            other_answers={status: count for status, count in statuses.items() if status not in (200, 503)},
            p99_seconds=_p99(latencies),
            memory_before=before,
            memory_peak=self._memory("VmHWM"),
            acknowledged=len(acknowledged),
            lost=await self._not_there(acknowledged),
        )

    async def _not_there(self, ids: list[str]) -> int:
        there = 0
        for first in range(0, len(ids), _AUDITED_AT_ONCE):
            some = ids[first : first + _AUDITED_AT_ONCE]
            there += await self.administrator.fetchval(
                "SELECT count(*) FROM tieout.stripe_events WHERE event_id = ANY ($1::text[])", some
            )
        return len(ids) - there

    async def _committed(self) -> int:
        await asyncio.sleep(0.05)
        return int(await self.administrator.fetchval(_COMMITS))

    def _cpu_seconds(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / 100

    def _reset_memory(self) -> None:
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5", encoding="ascii")

    def _memory(self, name: str) -> float:
        for line in Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii").splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1]) / 1024
        return 0.0


@asynccontextmanager
async def _bench(folder: Path, database: Database, tenant: Tenant, seconds: float) -> AsyncIterator[_Bench]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "entrypoints.benchmarks.intake_server", str(folder)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    administrator = await asyncpg.connect(database.administrator)
    try:
        ports: dict[str, int] = {}
        while len(ports) < len(VARIANTS):
            if process.stdout is None or not (line := (await process.stdout.readline()).decode()):
                raise RuntimeError("the service that is measured did not start")
            name, port = line.split()
            ports[name] = int(port)
        yield _Bench(
            tenant=tenant,
            seconds=seconds,
            ports=ports,
            process=process,
            administrator=administrator,
            runtime=database.runtime,
        )
    finally:
        await administrator.close()
        if process.stdin is not None:
            process.stdin.close()
        await process.wait()


def _p99(seconds: list[float]) -> float:
    return sorted(seconds)[int(len(seconds) * 0.99)] if seconds else 0.0
