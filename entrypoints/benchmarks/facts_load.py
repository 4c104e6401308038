"""The load of one company's facts into PostgreSQL, beside COPY of the same rows into the same tables, in one run.

`L_copy` is COPY of the rows as they end up, built beforehand, by a role that row-level security does not bind. What is
compared with it is the port as the service uses it: from domain values, by the role of the run time, in a transaction,
with what was new, changed and unchanged told. The two take turns on empty tables, with fsync and the server's settings
as they are. CPU-seconds are those of this process and of the server's backends together.
"""

import asyncio
import hashlib
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any, Final

import asyncpg
import attrs

from adapters.postgres.fact_rows import DEPOSITS, PAYOUTS, FactTable
from adapters.postgres.fact_statements import written
from adapters.postgres.store import PostgresStore
from domain.bank_deposit import BankAccountId, BankDeposit, BankDepositId
from domain.company import CompanyId
from domain.company_facts import CompanyFacts
from domain.money import Currency, Money
from domain.payout import Payout, PayoutId, PayoutStatus
from ports.facts import FactSource

COMPANY: Final = CompanyId("co_factsloadbenchmark")
DRIFT_MAX: Final = 1.15
_USD: Final = Currency.of("usd")
_FIRST: Final = date(2024, 1, 1)
_AT: Final = datetime(2026, 6, 30, 12, tzinfo=UTC)
_TICK: Final = 100
"""Of the processor's clock, per second, as Linux counts it."""

Progress = Callable[[str, int, int], None]
"""Called with what is being measured, rounds done and rounds wanted."""


@attrs.frozen(kw_only=True)
class LoadTimes:
    """One candidate: seconds on the clock, and CPU-seconds of service and database, of each round."""

    seconds: tuple[float, ...]
    cpu_seconds: tuple[float, ...]


@attrs.frozen(kw_only=True)
class FactsLoadReport:
    """What was measured."""

    rows: int
    copy: LoadTimes
    record: LoadTimes
    read_rows_per_second: float
    """All of it streamed back as domain values."""

    @property
    def ratio(self) -> float:
        """Speed of `record` as a share of `L_copy`: median of the rounds, each against its own."""
        pairs = zip(self.copy.seconds, self.record.seconds, strict=True)
        return median(copy / record for copy, record in pairs)

    @property
    def is_rejected(self) -> bool:
        """The control drifted too much for the figures to be trusted."""
        return max(self.copy.seconds) > DRIFT_MAX * min(self.copy.seconds)

    def as_text(self) -> str:
        """For people."""
        million = 1_000_000 / self.rows
        lines = [
            f"{self.rows:,} payouts and bank lines of one company, {len(self.copy.seconds)} rounds",
            *(
                f"{name:<8} {self.rows / median(times.seconds):>9,.0f} rows/s (worst "
                f"{self.rows / max(times.seconds):,.0f}), {million * median(times.cpu_seconds):.1f} CPU-s a million"
                for name, times in (("L_copy", self.copy), ("record", self.record))
            ),
            f"record / L_copy = {self.ratio:.2f}; read back {self.read_rows_per_second:,.0f} rows/s",
        ]
        if self.is_rejected:
            lines.append("REJECTED: the control drifted by more than 15 %")
        return "\n".join(lines)


async def run_facts_load(
    dsn: str, *, rows: int = 1_000_000, rounds: int = 7, progress: Progress | None = None
) -> FactsLoadReport:
    """Measures on this database, which has the schema and no facts; `dsn` is its administrator's. Leaves it empty."""
    facts = facts_of(rows)
    copied = [(table, list(_copied(table, facts))) for table in (PAYOUTS, DEPOSITS)]
    administrator = await asyncpg.connect(dsn, server_settings={"search_path": "tieout"})
    store = await PostgresStore.open(dsn, connections_max=1)
    times: dict[str, list[tuple[float, float]]] = {"copy": [], "record": []}
    try:
        for number in range(rounds):
            await _empty(administrator)
            times["copy"].append(await _timed(administrator, lambda: _copy(administrator, copied)))
            await _empty(administrator)
            times["record"].append(await _timed(administrator, lambda: _record(store, facts)))
            if progress is not None:
                progress("load of facts", number + 1, rounds)
        read, _ = await _timed(administrator, lambda: _read(store, rows))
        await _empty(administrator)
    finally:
        await store.close()
        await administrator.close()
    return FactsLoadReport(
        rows=rows,
        copy=_times(times["copy"]),
        record=_times(times["record"]),
        read_rows_per_second=rows / read,
    )


def facts_of(rows: int) -> CompanyFacts:
    """Payouts of three years, and a line for each."""
    payouts, lines = list[Payout](), list[BankDeposit]()
    for number in range(rows // 2):
        amount = Money(100 + number * 7_919 % 1_000_000, _USD)
        day = _FIRST + timedelta(days=number % 900)
        name = hashlib.sha256(str(number).encode()).hexdigest()[:24]
        payouts.append(
            Payout(
                id=PayoutId(f"po_{name}"),
                amount=amount,
                arrival_date=day,
                status=PayoutStatus.PAID,
                created=_AT,
                automatic=True,
                stripe_account="acct_1",
                destination="ba_1",
                destination_last4="4821",
                balance_transaction=f"txn_{name}",
            )
        )
        lines.append(
            BankDeposit(
                id=BankDepositId(f"dep_{name}"),
                account=BankAccountId("bank_checking"),
                amount=amount,
                date=day + timedelta(days=1),
                text=f"STRIPE TRANSFER ST-{name[:12].upper()}",
            )
        )
    return CompanyFacts(payouts=tuple(payouts), deposits=tuple(lines))


def _copied(table: FactTable[Any], facts: CompanyFacts) -> Iterator[tuple[Any, ...]]:
    rows = sorted(map(table.row, table.of(facts)))
    return ((COMPANY, *row, 1, None, FactSource.PUSHED.value, _AT) for row in rows)


async def _copy(connection: asyncpg.Connection, copied: list[tuple[FactTable[Any], list[tuple[Any, ...]]]]) -> None:
    async with connection.transaction():
        for table, rows in copied:
            columns = ["company_id", *(name for name, _ in written(table))]
            await connection.copy_records_to_table(table.name, columns=columns, records=rows)


async def _record(store: PostgresStore, facts: CompanyFacts) -> None:
    async with store.company(COMPANY) as transaction:
        await transaction.facts.record(facts, source=FactSource.PUSHED, at=_AT)


async def _read(store: PostgresStore, rows: int) -> None:
    read = 0
    async with store.company(COMPANY) as transaction:
        async for batch in transaction.facts.stream():
            read += len(batch.payouts) + len(batch.deposits)
    if read != rows:
        raise RuntimeError(f"{read} rows were read back, not {rows}")


async def _empty(connection: asyncpg.Connection) -> None:
    await connection.execute("TRUNCATE payouts, bank_deposits, fact_moments; CHECKPOINT")


async def _timed(connection: asyncpg.Connection, work: Callable[[], Any]) -> tuple[float, float]:
    """Seconds on the clock and of the processor."""
    processor, begun = await cpu_seconds(connection), time.perf_counter()
    await work()
    seconds = time.perf_counter() - begun
    return seconds, await cpu_seconds(connection) - processor


async def cpu_seconds(connection: asyncpg.Connection) -> float:
    """Of this process, and, where the server runs on this machine, of its backends for this database."""
    backends = await connection.fetch(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'"
    )
    return time.process_time() + await asyncio.to_thread(_of_processes, [row["pid"] for row in backends])


def _of_processes(pids: list[int]) -> float:
    ticks = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue  # on another machine, or not Linux, or gone
        ticks += int(fields[11]) + int(fields[12])
    return ticks / _TICK


def _times(taken: list[tuple[float, float]]) -> LoadTimes:
    return LoadTimes(seconds=tuple(each for each, _ in taken), cpu_seconds=tuple(each for _, each in taken))
