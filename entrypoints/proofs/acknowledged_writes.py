"""Writers who remember what was acknowledged to them, and an auditor who looks for it."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any, Final

import aiohttp
import attrs

from entrypoints.proofs.served_process import ServedProcess

_TIMEOUT: Final = aiohttp.ClientTimeout(total=20)
_ACKNOWLEDGED: Final = frozenset({200, 201})
_TRY_AGAIN: Final = frozenset({429, 503})
_BATCH_MAX: Final = 4
_AGAIN_CHANCE: Final = 0.3


@attrs.define
class Ledger:
    """What one writer knows of the payouts that it pushed, in minor units by external id."""

    acknowledged: dict[str, int] = attrs.Factory(dict)
    unanswered: dict[str, set[int]] = attrs.Factory(dict)
    """Pushed since the last acknowledgement, with no answer: each may or may not have been kept."""
    requests: int = 0
    refusals: Counter[int] = attrs.Factory(Counter)
    """Answers that nobody should get, by status."""


@attrs.frozen(kw_only=True)
class Verdict:
    """What the auditor found. All three empty: nothing acknowledged was lost, nothing doubled."""

    lost: tuple[str, ...]
    doubled: tuple[str, ...]
    made_up: tuple[str, ...]
    """Kept, but never sent."""
    kept: int

    @property
    def holds(self) -> bool:
        """Whether all is well."""
        return not (self.lost or self.doubled or self.made_up)


class Writer:
    """Pushes payouts of one company, one request after the other; some of them again, with another amount."""

    def __init__(self, name: str, company: str, served: ServedProcess, seed: int) -> None:
        self.company = company
        self.ledger = Ledger()
        self._name = name
        self._served = served
        self._random = random.Random(seed)  # noqa: S311  # a repeatable load, not a secret

    async def run(self, stop: asyncio.Event) -> None:
        """Until told to stop. Whatever happens to the service, it goes on."""
        async with aiohttp.ClientSession(timeout=_TIMEOUT) as client:
            while not stop.is_set():
                await self._push(client, self._batch())

    def _batch(self) -> dict[str, int]:
        batch: dict[str, int] = {}
        for _ in range(self._random.randint(1, _BATCH_MAX)):
            known = len(self.ledger.acknowledged)
            again = known and self._random.random() < _AGAIN_CHANCE
            number = self._random.randrange(known) if again else self.ledger.requests * _BATCH_MAX + len(batch)
            batch[f"{self._name}-{number}"] = self._random.randint(1, 10_000_000)
        return batch

    async def _push(self, client: aiohttp.ClientSession, batch: dict[str, int]) -> None:
        self.ledger.requests += 1
        for id, amount in batch.items():
            self.ledger.unanswered.setdefault(id, set()).add(amount)
        data = [
            {
                "external_id": id,
                "amount": {"minor_units": amount, "currency": "usd"},
                "arrival_date": "2026-06-30",
            }
            for id, amount in batch.items()
        ]
        try:
            status = await ask(client, self._served, "POST", f"/v1/companies/{self.company}/payouts", {"data": data})
        except (aiohttp.ClientError, TimeoutError, OSError):
            await asyncio.sleep(0.05)
            return
        if status[0] in _ACKNOWLEDGED:
            for id, amount in batch.items():
                self.ledger.acknowledged[id] = amount
                self.ledger.unanswered.pop(id)
            return
        if status[0] not in _TRY_AGAIN:
            self.ledger.refusals[status[0]] += 1
        await asyncio.sleep(0.05)


async def make_company(served: ServedProcess, external_id: str) -> str:
    """Its id."""
    body = {"external_id": external_id, "name": external_id, "time_zone": "America/New_York", "currency": "usd"}
    async with aiohttp.ClientSession(timeout=_TIMEOUT) as client:
        _, made = await ask(client, served, "POST", "/v1/companies", body)
    return str(made["id"])


async def audit(served: ServedProcess, company: str, ledgers: list[Ledger]) -> Verdict:
    """Reads every payout of the company, and holds it against what its writers know."""
    kept: Counter[str] = Counter()
    amounts: dict[str, int] = {}
    async for payout in _payouts(served, company):
        id = str(payout["external_id"])
        kept[id] += 1
        amounts[id] = payout["amount"]["minor_units"]
    lost, possible = [], set()
    for ledger in ledgers:
        for id in ledger.acknowledged.keys() | ledger.unanswered.keys():
            unanswered = ledger.unanswered.get(id, set())
            if id in ledger.acknowledged and amounts.get(id) not in {ledger.acknowledged[id], *unanswered}:
                lost.append(id)
            possible |= {(id, amount) for amount in (*unanswered, ledger.acknowledged.get(id))}
    return Verdict(
        lost=tuple(sorted(lost)),
        doubled=tuple(sorted(id for id, count in kept.items() if count > 1)),
        made_up=tuple(sorted(id for id, amount in amounts.items() if (id, amount) not in possible)),
        kept=len(kept),
    )


async def _payouts(served: ServedProcess, company: str) -> AsyncIterator[dict[str, Any]]:
    after = ""
    async with aiohttp.ClientSession(timeout=_TIMEOUT) as client:
        while True:
            path = f"/v1/companies/{company}/payouts?limit=250{after}"
            status, page = await ask(client, served, "GET", path)
            if status in _TRY_AGAIN:
                await asyncio.sleep(0.2)
                continue
            for payout in page["data"]:
                yield payout
            if not page["has_more"]:
                return
            after = f"&starting_after={page['data'][-1]['id']}"


async def ask(
    client: aiohttp.ClientSession, served: ServedProcess, method: str, path: str, body: object = None
) -> tuple[int, Any]:
    """Status and body of the answer, wholly read: half an answer is none."""
    headers = {"Authorization": f"Bearer {served.key}"}
    async with client.request(method, served.address + path, json=body, headers=headers) as response:
        return response.status, await response.json(content_type=None)
