"""Writers on the same keys, through the use cases that the service runs, all at once: none may ever be in a deadlock.

The control is what everybody writes first: upserts of many rows in whatever order they came. It must deadlock, or the
proof proves nothing.
"""

import asyncio
import random
import shutil
import tempfile
import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import asyncpg
import attrs

from domain.actor import Actor, ActorKind
from domain.company import Company, CompanyId
from domain.money import Currency, Money
from domain.partner import Mode, PartnerId, Tenant
from domain.pushed_deposit import PushedAccount, PushedDeposit, pushed_account_id
from domain.pushed_payout import PushedItem, PushedPayout
from domain.reconciliation_decision import Verdict, VerdictOnMatch
from entrypoints.composition.service import opened_database, opened_service
from entrypoints.progress_bar import Progress
from entrypoints.settings import Settings
from ports.reconciliation_lists import MatchesWanted
from ports.reconciliation_record import RunOvertaken
from ports.transaction import Store, StoreUnavailable
from ports.use_cases.create_company import create_company
from ports.use_cases.decide_matches import DecidedOtherwise, NoSuchMatch, decide_matches
from ports.use_cases.push_deposits import push_deposits
from ports.use_cases.push_payouts import push_payouts
from ports.use_cases.put_bank_account import put_bank_account
from ports.use_cases.reconcile_company import reconcile_company
from ports.work_list import WorkList
from ports.work_requests import LeaseLost

WRITERS: Final = 8
COMPANY: Final = CompanyId("co_deadlocks00")
TENANT: Final = Tenant(partner=PartnerId("partner_deadlocks"), mode=Mode.TEST)
WHO: Final = Actor(kind=ActorKind.PARTNER, id="key_deadlocks")
IDS: Final = 60
"""Payouts and bank lines, which all writers write."""
CONTROL_SECONDS_MAX: Final = 60
_USD: Final = Currency.of("usd")
_FIRST: Final = date(2026, 6, 1)
_SECOND: Final = 1.0
_DEADLOCKS: Final = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
_UPSERT: Final = """
INSERT INTO public.unsorted AS u (id, times) SELECT id, 1 FROM unnest($1::int[]) AS told (id)
ON CONFLICT (id) DO UPDATE SET times = u.times + 1
"""


@attrs.frozen(kw_only=True)
class DeadlockReport:
    """What came of it."""

    seconds: float
    done: dict[str, int]
    """Use cases that ended, by what they do."""
    refused: dict[str, int]
    """Those that were told, in order, that another was first."""
    failed: dict[str, int]
    """Those that the database let down, by its own word."""
    deadlocks: int
    """As the server counted them."""
    control_deadlocks: int
    control_seconds: float
    """Until the control had its first."""

    @property
    def holds(self) -> bool:
        """No deadlock, nothing failed, every kind of work was done, and the control did deadlock."""
        return not self.deadlocks and not self.failed and len(self.done) == len(ACTIONS) and self.control_deadlocks > 0

    def as_text(self) -> str:
        """For people."""
        return "\n".join(
            (
                f"{WRITERS} writers on {IDS} payouts and {IDS} bank lines of one company, {self.seconds:.0f} s",
                "done: " + ", ".join(f"{name} {count:,}" for name, count in sorted(self.done.items())),
                f"told that another was first: {self.refused or 0}; failed: {self.failed or 0}",
                f"deadlocks: {self.deadlocks}",
                f"the control, unsorted upserts: {self.control_deadlocks} after {self.control_seconds:.1f} s",
            )
        )


def prove_no_deadlocks(*, seconds: int, seed: int, progress: Progress) -> DeadlockReport:
    """In a database of its own, in a temporary folder, on a real disk."""
    place = Path(tempfile.mkdtemp(prefix="tieout-deadlocks-"))
    place.chmod(0o711)  # as root, the database runs as somebody else, who must pass
    try:
        return asyncio.run(_on_embedded(Settings(data_dir=place / "data"), seconds, seed, progress))
    finally:
        shutil.rmtree(place, ignore_errors=True)


async def _on_embedded(settings: Settings, seconds: int, seed: int, progress: Progress) -> DeadlockReport:
    async with (
        opened_database(settings) as database,
        opened_service(settings, public_url="http://localhost") as service,
    ):
        return await run_writers(
            service.store,
            service.work_list,
            database.administrator,
            seconds=seconds,
            seed=seed,
            progress=progress,
        )


async def run_writers(
    store: Store,
    work_list: WorkList,
    dsn: str,
    *,
    seconds: float,
    seed: int,
    progress: Progress = lambda _words, _done, _of: None,
) -> DeadlockReport:
    """The writers for so long, then the control. `dsn`: the administrator's, of the store's database."""
    await _make_company(store)
    begun = time.monotonic()
    writers = [_Writer(store, work_list, random.Random(seed + number)) for number in range(WRITERS)]  # noqa: S311
    running = [asyncio.create_task(writer.run(begun + seconds)) for writer in writers]
    while (passed := time.monotonic() - begun) < seconds:
        progress("writers on the same keys", int(passed), int(seconds))
        await asyncio.sleep(min(_SECOND, seconds - passed))
    await asyncio.gather(*running)
    took = time.monotonic() - begun
    administrator = await asyncpg.connect(dsn)
    try:
        await asyncio.sleep(_SECOND)  # servers tell their counts now and then
        deadlocks = await administrator.fetchval(_DEADLOCKS)
        control_deadlocks, control_seconds = await _control(administrator, dsn, seed)
    finally:
        await administrator.close()
    return DeadlockReport(
        seconds=took,
        done=dict(sum((writer.done for writer in writers), Counter())),
        refused=dict(sum((writer.refused for writer in writers), Counter())),
        failed=dict(sum((writer.failed for writer in writers), Counter())),
        deadlocks=deadlocks,
        control_deadlocks=control_deadlocks,
        control_seconds=control_seconds,
    )


class _Writer:
    """Does one thing after the other, each on some of the ids, in an order of its own."""

    def __init__(self, store: Store, work_list: WorkList, chance: random.Random) -> None:
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.failed: Counter[str] = Counter()
        self._store = store
        self._work_list = work_list
        self._chance = chance

    async def run(self, end: float) -> None:
        while time.monotonic() < end:
            action = self._chance.choice(ACTIONS)
            try:
                await action(self)
                self.done[action.__name__] += 1
            except (RunOvertaken, LeaseLost, DecidedOtherwise, NoSuchMatch) as refusal:
                self.refused[type(refusal).__name__] += 1
            except StoreUnavailable as failure:
                self.failed[type(failure.__cause__ or failure).__name__] += 1

    async def payouts(self) -> None:
        told = [
            PushedPayout(
                external_id=f"out_{number}",
                amount=Money(units, _USD),
                arrival_date=_FIRST + timedelta(days=number % 20),
                items=(PushedItem(external_id="pay", type="charge", amount=Money(units, _USD)),),
            )
            for number, units in self._some()
        ]
        await push_payouts(told, company=COMPANY, tenant=TENANT, who=WHO, at=_now(), store=self._store)

    async def bank_lines(self) -> None:
        told = [
            PushedDeposit(
                external_id=f"line_{number}",
                account=pushed_account_id(COMPANY, "checking"),
                amount=Money(units, _USD),
                date=_FIRST + timedelta(days=number % 20),
                text="STRIPE TRANSFER",
            )
            for number, units in self._some()
        ]
        await push_deposits(told, company=COMPANY, tenant=TENANT, who=WHO, at=_now(), store=self._store)

    async def verdicts(self) -> None:
        async with self._store.snapshot(COMPANY) as snapshot:
            found = await snapshot.reconciliation_lists.matches(MatchesWanted(), limit=100)
        some = self._chance.sample(found.records, min(5, len(found.records)))
        told = [
            VerdictOnMatch(match=each.id, verdict=self._chance.choice(list(Verdict)), note="as a test") for each in some
        ]
        await decide_matches(told, company=COMPANY, tenant=TENANT, who=WHO, at=_now(), store=self._store)

    async def reconciliations(self) -> None:
        at = _now()
        claimed = await self._work_list.claim("writer", at=at, until=at + timedelta(minutes=1))
        if claimed is None:
            return
        try:
            await reconcile_company(claimed, at=_now(), store=self._store)
        except BaseException:
            await self._work_list.give_back(claimed, at=_now(), reason=None)
            raise

    def _some(self) -> list[tuple[int, int]]:
        """Numbers in a random order, each with an amount that it may have had before."""
        numbers = self._chance.sample(range(IDS), self._chance.randint(IDS // 4, IDS))
        return [(number, 10_000 + number * 100 + self._chance.randrange(2)) for number in numbers]


ACTIONS: Final = (_Writer.payouts, _Writer.bank_lines, _Writer.verdicts, _Writer.reconciliations)


async def _control(administrator: asyncpg.Connection, dsn: str, seed: int) -> tuple[int, float]:
    """How many deadlocks, and after how long: it ends with the first."""
    await administrator.execute("CREATE TABLE public.unsorted (id int PRIMARY KEY, times int NOT NULL)")
    connections = [await asyncpg.connect(dsn) for _ in range(WRITERS)]
    met = asyncio.Event()
    begun = time.monotonic()

    async def write(connection: asyncpg.Connection, chance: random.Random) -> int:
        ids = list(range(10 * IDS))
        while not met.is_set() and time.monotonic() < begun + CONTROL_SECONDS_MAX:
            chance.shuffle(ids)
            try:
                await connection.execute(_UPSERT, ids)
            except asyncpg.DeadlockDetectedError:
                met.set()
                return 1
        return 0

    try:
        found = await asyncio.gather(
            *(write(each, random.Random(seed + number)) for number, each in enumerate(connections))  # noqa: S311
        )
        return sum(found), time.monotonic() - begun
    finally:
        for connection in connections:
            await connection.close()
        await administrator.execute("DROP TABLE public.unsorted")


async def _make_company(store: Store) -> None:
    at = _now()
    company = Company(
        id=COMPANY,
        tenant=TENANT,
        external_id="deadlocks",
        name="Deadlocks",
        time_zone="UTC",
        currency=_USD,
        created=at,
        updated=at,
    )
    await create_company(company, who=WHO, store=store)
    account = PushedAccount(external_id="checking", currency=_USD)
    await put_bank_account(account, csv_columns=None, company=COMPANY, tenant=TENANT, who=WHO, at=at, store=store)


def _now() -> datetime:
    return datetime.now(UTC)
