"""`tieout bench service`: one company in a PostgreSQL of its own, loaded, reconciled, and then changed one by one.

The database is embedded, in a temporary folder, with fsync and synchronous_commit on. Everything goes through what the
service itself uses: the port of facts, the use case of reconciliation, the role of the run time. Limits are measured in
the same run: COPY of the very rows that were written, and, between the changes, bare commits of one row.
"""

import asyncio
import gc
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import asyncpg

from adapters.postgres.store import PostgresStore
from domain.company import Company, CompanyId
from domain.company_facts import CompanyFacts
from domain.money import Currency
from domain.partner import Mode, PartnerId, Tenant
from domain.work import WorkKind
from entrypoints.benchmarks.copied_rows import copied_again, emptied
from entrypoints.benchmarks.counted_statements import CountingConnection
from entrypoints.benchmarks.facts_load import cpu_seconds
from entrypoints.benchmarks.peak_memory import peak_mebibytes, reset_peak
from entrypoints.benchmarks.recomputed import compared_with_recompute
from entrypoints.benchmarks.service_data import A_YEAR, GrownCompany, Mix, SingleChange, grown_company
from entrypoints.benchmarks.service_report import (
    Bulk,
    ChangeTimes,
    ServiceReport,
    ServiceSize,
    changes_in_words,
    in_words,
)
from entrypoints.composition.service import opened_database, up_to_date
from entrypoints.progress_bar import Progress
from entrypoints.settings import Settings
from ports.facts import FactSource
from ports.transaction import CompanyTransaction, Store
from ports.use_cases.reconcile_company import reconcile_company

COMPANY: Final = CompanyId("co_servicebenchmark")
FACTS: Final = ("bank_accounts", "payouts", "bank_deposits", "fact_moments")
DECIDED: Final = (
    *("matches", "match_records", "payout_standings", "deposit_standings", "breaks"),
    *("model_snapshots", "reconciliation_basis", "outbox_events"),
)
SAID_EVERY: Final = 25
Said = Callable[[str], None]
_COPIES: Final = 3
_FEW_FROM: Final = 1_000_000
_ROWS_READ: Final = """
SELECT COALESCE(sum(seq_tup_read + COALESCE(idx_tup_fetch, 0)), 0)::bigint FROM pg_stat_user_tables
WHERE schemaname = 'tieout' AND relname = ANY ($1::text[])
"""
_COMMIT: Final = "INSERT INTO public.bare_commits VALUES ($1)"


def run_service(
    sizes: tuple[int, ...] = (10_000, 100_000, 1_000_000),
    *,
    rounds: int = 3,
    changes: int = 200,
    a_year: int = A_YEAR,
    mix: Mix = Mix.HARD,
    progress: Progress = lambda _words, _done, _of: None,
    said: Said = lambda _words: None,
) -> ServiceReport:
    """Measures each size on a database of its own, one after the other. `said`: told of each part when it is done."""
    results = []
    for size in sorted(sizes):
        few = size >= _FEW_FROM
        company = [grown_company(size, changes=changes // 2 if few else changes, a_year=a_year, mix=mix)]
        with tempfile.TemporaryDirectory(prefix="tieout-bench-") as place:
            Path(place).chmod(0o711)  # as root, the database runs as somebody else, who must pass
            measuring = _one_size(Path(place), company, rounds=1 if few else rounds, progress=progress, said=said)
            results.append(asyncio.run(measuring))
    return ServiceReport(sizes=tuple(results), a_year=a_year, mix=mix)


async def _one_size(
    place: Path, company: list[GrownCompany], *, rounds: int, progress: Progress, said: Said
) -> ServiceSize:
    """Takes the company out of the list: whoever measures lets it go once it is loaded, and nobody else has it."""
    async with opened_database(Settings(data_dir=place / "data")) as database:
        await up_to_date(database)
        return await measured(database.administrator, company.pop(), place, rounds=rounds, progress=progress, said=said)


async def measured(
    dsn: str,
    company: GrownCompany,
    folder: Path,
    *,
    rounds: int,
    progress: Progress = lambda _words, _done, _of: None,
    said: Said = lambda _words: None,
) -> ServiceSize:
    """One size, on this database, which has the schema and nothing else; `dsn` is its administrator's."""
    administrator = await asyncpg.connect(dsn, server_settings={"search_path": "tieout"})
    store = MeasuredStore(await PostgresStore.open(dsn, connections_max=1, connection_class=CountingConnection))
    bench = _Bench(administrator, store, folder, datetime.combine(company.as_of, datetime.min.time(), UTC))
    try:
        await bench.make_company()
        words = f"{len(company.loaded.payouts):,} payouts"
        load = await bench.loads(company.loaded, rounds, lambda done: progress(f"load, {words}", done, rounds))
        payouts, lines = len(company.loaded.payouts), len(company.loaded.deposits)
        said(in_words("loaded", load, payouts + lines))
        facts_gone = company.changes
        del company
        gc.collect()
        reconcile, matches, memory = await bench.reconciles(
            rounds, lambda done: progress(f"reconcile, {words}", done, rounds)
        )
        said(in_words("results kept", reconcile, payouts + lines))
        said(f"  {matches:,} matches; memory {memory[0] or 0:,.0f} → {memory[1] or 0:,.0f} MiB")
        times = []
        for number, change in enumerate(facts_gone, 1):
            times.append(await bench.change(change))
            progress(f"single changes, {words}", number, len(facts_gone))
            if number % SAID_EVERY == 0 or number == len(facts_gone):
                said(changes_in_words(times))
        progress(f"full recompute, {words}", 0, 1)
        compared = await compared_with_recompute(store, COMPANY, bench.at.date())
        said(f"compared: {compared}")
    finally:
        await store.inner.close()
        await administrator.close()
    return ServiceSize(
        payouts=payouts,
        lines=lines,
        load=load,
        reconcile=reconcile,
        matches=matches,
        memory_before=memory[0],
        memory_peak=memory[1],
        changes=tuple(times),
        compared=compared,
    )


class MeasuredStore:
    """A store that notes how long its last company transaction took, from its beginning to its commit."""

    def __init__(self, inner: PostgresStore) -> None:
        self.inner = inner
        self.last_seconds = 0.0

    @asynccontextmanager
    async def company(self, company: CompanyId) -> AsyncIterator[CompanyTransaction]:
        """As the store's."""
        begun = time.perf_counter()
        async with self.inner.company(company) as transaction:
            yield transaction
        self.last_seconds = time.perf_counter() - begun

    def snapshot(self, company: CompanyId) -> Any:
        """As the store's."""
        return self.inner.snapshot(company)

    def control(self) -> Any:
        """As the store's."""
        return self.inner.control()


class _Bench:
    def __init__(
        self, administrator: asyncpg.Connection, store: MeasuredStore, folder: Path, midnight: datetime
    ) -> None:
        self.administrator = administrator
        self.store = store
        self.folder = folder
        self.at = midnight + timedelta(hours=12)
        self.commits = 0

    async def make_company(self) -> None:
        company = Company(
            id=COMPANY,
            tenant=Tenant(partner=PartnerId("partner_benchmark"), mode=Mode.TEST),
            external_id="benchmark",
            name="Benchmark",
            time_zone="UTC",
            currency=Currency.of("usd"),
            created=self.at,
            updated=self.at,
        )
        async with self.store.control() as transaction:
            await transaction.companies.add(company)
        await self.administrator.execute("CREATE TABLE IF NOT EXISTS public.bare_commits (number bigint)")

    async def loads(self, facts: CompanyFacts, rounds: int, done: Any) -> Bulk:
        """Loads into empty tables, over and over; the last load stays. After each, its rows are copied again."""
        rows = len(facts.accounts) + len(facts.payouts) + len(facts.deposits)
        seconds, processor, copies = list[float](), list[float](), list[float]()
        for number in range(rounds):
            await emptied(self.administrator, FACTS)
            before, begun = await cpu_seconds(self.administrator), time.perf_counter()
            await self._tell(facts)
            seconds.append(time.perf_counter() - begun)
            processor.append(await cpu_seconds(self.administrator) - before)
            copies += await copied_again(self.administrator, FACTS, self.folder, rounds=_copies(rounds))
            done(number + 1)
        return Bulk(rows=rows, seconds=tuple(seconds), cpu_seconds=tuple(processor), copy_seconds=tuple(copies))

    async def reconciles(self, rounds: int, done: Any) -> tuple[Bulk, int, tuple[float | None, float | None]]:
        """Decides everything and keeps it, over and over; the last result stays.

        The seconds are those of the transaction that keeps it; those of the processor are of the whole.
        """
        seconds, processor, copies, whole = list[float](), list[float](), list[float](), list[float]()
        memory: tuple[float | None, float | None] = (None, None)
        for number in range(rounds):
            await emptied(self.administrator, DECIDED)
            memory_before = reset_peak()
            before, begun = await cpu_seconds(self.administrator), time.perf_counter()
            await self._reconcile()
            whole.append(time.perf_counter() - begun)
            seconds.append(self.store.last_seconds)
            processor.append(await cpu_seconds(self.administrator) - before)
            memory = memory if number else (memory_before, peak_mebibytes())
            copies += await copied_again(self.administrator, DECIDED, self.folder, rounds=_copies(rounds))
            done(number + 1)
        matches = await self.administrator.fetchval("SELECT count(*) FROM matches")
        rows = sum([await self.administrator.fetchval(f"SELECT count(*) FROM {table}") for table in DECIDED])  # noqa: S608
        bulk = Bulk(
            rows=rows,
            seconds=tuple(seconds),
            cpu_seconds=tuple(processor),
            copy_seconds=tuple(copies),
            whole_seconds=tuple(whole),
        )
        return bulk, matches, memory

    async def change(self, change: SingleChange) -> ChangeTimes:
        """A bare commit, the telling, and the reconciliation that follows, each timed."""
        begun = time.perf_counter()
        self.commits += 1
        await self.administrator.execute(_COMMIT, self.commits)
        commit = time.perf_counter() - begun
        begun = time.perf_counter()
        await self._tell(change.facts)
        told = time.perf_counter() - begun
        read, processor = await self._rows_read(), await cpu_seconds(self.administrator)
        statements, replacements = CountingConnection.statements, CountingConnection.replacements
        begun = time.perf_counter()
        await self._reconcile()
        reconciled = time.perf_counter() - begun
        statements, replacements = (
            CountingConnection.statements - statements,
            CountingConnection.replacements - replacements,
        )
        return ChangeTimes(
            kind=change.kind,
            commit_seconds=commit,
            told_seconds=told,
            reconciled_seconds=reconciled,
            cpu_seconds=await cpu_seconds(self.administrator) - processor,
            rows_read=await self._rows_read() - read,
            statements=statements,
            anew=replacements > 0,
        )

    async def _tell(self, facts: CompanyFacts) -> None:
        self.at += timedelta(milliseconds=10)
        async with self.store.company(COMPANY) as transaction:
            await transaction.facts.record(facts, source=FactSource.PUSHED, at=self.at)
            await transaction.work.request(WorkKind.RECONCILE, COMPANY, at=self.at)

    async def _reconcile(self) -> None:
        store: Store = self.store
        work_list = self.store.inner.work_list()
        if not (await work_list.load(at=self.at)).due:
            async with store.company(COMPANY) as transaction:
                await transaction.work.request(WorkKind.RECONCILE, COMPANY, at=self.at)
        claimed = await work_list.claim("benchmark", at=self.at, until=self.at + timedelta(hours=1))
        if claimed is None:
            raise RuntimeError("no work was due")
        await reconcile_company(claimed, at=self.at, store=store)

    async def _rows_read(self) -> int:
        """By the server, from all tables of the company, as far as its backends have told: they are asked to.

        The administrator's too, who has read everything for `L_copy`: told later, it would count as the first change's.
        """
        async with self.store.inner.pool.acquire() as connection:
            await connection.execute("SELECT pg_stat_force_next_flush()")
        await self.administrator.execute("SELECT pg_stat_force_next_flush()")
        return int(await self.administrator.fetchval(_ROWS_READ, [*FACTS, *DECIDED]))


def _copies(rounds: int) -> int:
    return _COPIES if rounds == 1 else 1
