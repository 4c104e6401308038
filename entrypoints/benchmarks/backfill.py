"""`tieout bench backfill`: how fast, in how much memory and at what cost an account's whole history is read."""

import asyncio
import json
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import aiohttp
import attrs

from entrypoints.benchmarks.backfill_report import Backfill, BackfillReport, Death
from entrypoints.benchmarks.process_figures import cpu_seconds, cpu_seconds_of_family, forget_peak, mebibytes
from entrypoints.benchmarks.stripe_server import Wanted
from entrypoints.composition.service import opened_service
from entrypoints.new_partner import make_partner
from entrypoints.progress_bar import Progress
from entrypoints.proofs.served_process import ServedProcess
from entrypoints.settings import Settings

DEATHS: Final = 5
BARE_SECONDS: Final = 3.0
_ACCOUNTS_BESIDE: Final = ("bare", "killed")
"""What has an account of its own, beside the histories that are measured …"""
BESIDE: Final = 100_000
"""… and how long its history is: nobody comes to its end."""
_LOOK_EVERY: Final = 0.1
_AFTER_A_DEATH: Final = 60
"""Requests after a new start among which those are that were made before."""
_CALM: Final = (1.0, 4.0)
_COMPANY: Final = {"name": "Backfill", "external_id": "1", "time_zone": "UTC", "currency": "usd"}
_TIMEOUT: Final = aiohttp.ClientTimeout(total=30)


def run_backfill(
    *,
    sizes: Sequence[int],
    answer_seconds: float = 0.0,
    deaths: int = DEATHS,
    progress: Progress = lambda _words, _done, _of: None,
) -> BackfillReport:
    """On databases of their own, on this machine's disk."""
    with tempfile.TemporaryDirectory(prefix="tieout-bench-") as place:
        Path(place).chmod(0o711)  # as root, the database runs as somebody else, who must pass
        return asyncio.run(
            measured(Path(place), sizes=sizes, answer_seconds=answer_seconds, deaths=deaths, progress=progress)
        )


async def measured(
    place: Path, *, sizes: Sequence[int], answer_seconds: float, deaths: int, progress: Progress
) -> BackfillReport:
    """All of it. Each history is read by a service of its own, on an empty database."""
    wanted = Wanted(sizes=(*sizes, *(BESIDE for _ in _ACCOUNTS_BESIDE)), answer_seconds=answer_seconds)
    async with _stripe(wanted) as stripe:
        bare = await _bare_rate(stripe)
        fills = []
        for number, size in enumerate(sizes):
            async with _reading(place / f"fill-{number}", stripe, stripe.accounts[number]) as reading:
                fills.append(await _filled(reading, stripe, size, progress))
        killed = []
        if deaths:
            async with _reading(place / "killed", stripe, stripe.accounts[-1]) as reading:
                await reading.connect()
                for number in range(deaths):
                    killed.append(await _killed(reading, stripe))
                    progress("killed while it reads", number + 1, deaths)
    return BackfillReport(answer_seconds=answer_seconds, bare_rate=bare, fills=tuple(fills), deaths=tuple(killed))


@attrs.frozen(kw_only=True)
class _Stripe:
    process: asyncio.subprocess.Process
    url: str
    key: str
    accounts: Sequence[str]

    async def ask(self, line: str) -> Any:
        if self.process.stdin is None:
            raise RuntimeError("the simulated Stripe hears nothing")
        self.process.stdin.write(f"{line}\n".encode())
        return await _line_of(self.process)

    async def asked(self, since: int = 0) -> list[str]:
        paths: list[str] = await self.ask(f"asked {since}")
        return paths


@asynccontextmanager
async def _stripe(wanted: Wanted) -> AsyncIterator[_Stripe]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "entrypoints.benchmarks.stripe_server", json.dumps(attrs.asdict(wanted))),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        limit=1 << 26,
    )
    try:
        yield _Stripe(process=process, **await _line_of(process))
    finally:
        if process.stdin is not None:
            process.stdin.close()
        await process.wait()


async def _line_of(process: asyncio.subprocess.Process) -> Any:
    if process.stdout is None or not (line := await process.stdout.readline()):
        raise RuntimeError("the simulated Stripe has ended")
    return json.loads(line)


async def _bare_rate(stripe: _Stripe) -> float:
    await stripe.ask("limited no")
    headers = {"Authorization": f"Bearer {stripe.key}", "Stripe-Account": stripe.accounts[-2]}
    pages, after, begun = 0, "", time.perf_counter()
    async with aiohttp.ClientSession(headers=headers, timeout=_TIMEOUT) as client:
        while time.perf_counter() < begun + BARE_SECONDS:
            address = f"{stripe.url}/v1/balance_transactions?limit=100{after}"
            async with client.get(address) as response:
                page = await response.json()
            pages += 1
            after = f"&starting_after={page['data'][-1]['id']}" if page["has_more"] else ""
    await stripe.ask("limited yes")
    return pages / (time.perf_counter() - begun)


@attrs.frozen(kw_only=True)
class _Reading:
    served: ServedProcess
    client: aiohttp.ClientSession
    key: str
    account: str
    company: str

    async def ask(self, method: str, path: str, body: object = None) -> Any:
        headers = {"Authorization": f"Bearer {self.key}"}
        async with self.client.request(method, self.served.address + path, json=body, headers=headers) as response:
            answer = await response.json()
            if response.status not in (200, 201):
                raise RuntimeError(f"{method} {path}: {response.status} {answer}")
            return answer

    async def connect(self) -> None:
        await self.ask("POST", f"/v1/companies/{self.company}/stripe/accounts", {"account": self.account})

    async def progress(self) -> Any:
        return (await self.ask("GET", f"/v1/companies/{self.company}/stripe/accounts/{self.account}"))["reading"]


@asynccontextmanager
async def _reading(folder: Path, stripe: _Stripe, account: str) -> AsyncIterator[_Reading]:
    """A service on a new database, a company, and a key: all but the account itself."""
    folder.mkdir(mode=0o711)
    data = folder / "data"
    async with opened_service(Settings(data_dir=data), public_url="http://localhost") as service:
        partner = await make_partner("Benchmark", service.services)
    environment = {"TIEOUT_STRIPE_API_BASE": stripe.url, "TIEOUT_STRIPE_CONNECT_BASE": stripe.url}
    served = ServedProcess(data, environment=environment)
    await served.start()
    try:
        async with aiohttp.ClientSession(timeout=_TIMEOUT) as client:
            reading = _Reading(served=served, client=client, key=partner.live_key, account=account, company="")
            await reading.ask("PUT", "/v1/integrations/stripe", {"secret_key": stripe.key})
            made = await reading.ask("POST", "/v1/companies", _COMPANY)
            yield attrs.evolve(reading, company=made["id"])
    finally:
        await served.stop()
        shutil.rmtree(data, ignore_errors=True)


async def _filled(reading: _Reading, stripe: _Stripe, size: int, progress: Progress) -> Backfill:
    service, database = reading.served.process, reading.served.database
    if service is None or database is None:
        raise RuntimeError("the service that is measured does not run")
    refused, asked = await stripe.ask("refused"), await stripe.ask("count")
    forget_peak(service)
    memory = mebibytes(service, peak=False)
    cpu = [cpu_seconds(service), cpu_seconds_of_family(database), cpu_seconds(stripe.process.pid)]
    await reading.connect()
    seen = [(time.perf_counter(), 0)]
    while not (told := await reading.progress()) or not told["history_read"]:
        seen.append((time.perf_counter(), await stripe.ask("count") - asked))
        progress(f"{size:,} transactions", told["balance_transactions"] if told else 0, size)
        await asyncio.sleep(_LOOK_EVERY)
    paths = _of_the_history(await stripe.asked(asked))
    seen.append((time.perf_counter(), len(paths)))
    first = max(moment for moment, count in seen if count == 0)
    last = min(moment for moment, count in seen if count >= len(paths))
    after = [cpu_seconds(service), cpu_seconds_of_family(database), cpu_seconds(stripe.process.pid)]
    used = [one - before for one, before in zip(after, cpu, strict=True)]
    return Backfill(
        transactions=size,
        seconds=last - first,
        requests=dict(Counter(path.partition("?")[0] for path in paths)),
        refused=await stripe.ask("refused") - refused,
        memory_before=memory,
        memory_peak=mebibytes(service, peak=True),
        service_cpu=used[0],
        database_cpu=used[1],
        stripe_cpu=used[2],
        kept=told["balance_transactions"],
    )


def _of_the_history(paths: Sequence[str]) -> Sequence[str]:
    """Up to the last that was not asked for before: what follows is the check, which lists everything anew."""
    known, end = set[str](), 0
    for place, path in enumerate(paths, 1):
        if path not in known:
            known.add(path)
            end = place
    return paths[:end]


async def _killed(reading: _Reading, stripe: _Stripe) -> Death:
    """After some seconds of reading. What a list begins with is asked for anew on purpose, and not counted."""
    await asyncio.sleep(random.uniform(*_CALM))
    await reading.served.kill()
    before = await stripe.asked()
    await reading.served.start()
    after: list[str] = []
    give_up = time.perf_counter() + 90
    while len(after) < _AFTER_A_DEATH and time.perf_counter() < give_up:
        await asyncio.sleep(_LOOK_EVERY)
        after = await stripe.asked(len(before))
    known = set(before)
    again = [path for path in after[:_AFTER_A_DEATH] if path in known and ("after=" in path or "payout=" in path)]
    return Death(pages_before=len(before), repeated=len(again))
