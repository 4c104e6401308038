"""`tieout prove webhooks`: Stripe tells of events while the service, its database and their keeper are killed.

Every event is told again until it is acknowledged, as Stripe does it, and some are told again after that. At the end
every one that was acknowledged must be there, and nobody may have been told nonsense.
"""

import asyncio
import random
import shutil
import tempfile
import time
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Final

import aiohttp
import attrs

from domain.actor import Actor, ActorKind
from domain.partner import Mode, Tenant
from domain.secret import Secret
from domain.stripe_account import StripeAccountId
from domain.stripe_key_check import KeyCheck
from entrypoints.composition.service import opened_service
from entrypoints.http.resources.stripe_integration import webhook_path
from entrypoints.new_partner import make_partner
from entrypoints.progress_bar import Progress
from entrypoints.proofs.real_deaths import DEATHS, die
from entrypoints.proofs.served_process import ServedProcess
from entrypoints.settings import Settings
from entrypoints.stripe_signing import stripe_event_body, stripe_signature
from ports.use_cases.put_stripe_integration import StripeKeys, put_stripe_integration

TELLERS: Final = 24
SECRET: Final = "whsec_OFTHEPROOF0000000000"  # noqa: S105  # known to everybody: what it protects ends with the proof
_CALM_SECONDS: Final = (0.1, 1.0)
_TIMEOUT: Final = aiohttp.ClientTimeout(total=20)
_TRY_AGAIN: Final = 503
_AGAIN_CHANCE: Final = 0.2
_AUDITED_AT_ONCE: Final = 500


@attrs.frozen(kw_only=True)
class WebhookDeathReport:
    """What came of it."""

    deaths: dict[str, int]
    acknowledged: int
    tellings: int
    turned_away: int
    """503: told to come back."""
    unanswered: int
    """Tellings that a death cut off."""
    lost: tuple[str, ...]
    """Acknowledged, and not there."""
    refusals: dict[int, int]
    """Answers that nobody should get, by status."""

    @property
    def holds(self) -> bool:
        """Nothing acknowledged was lost, nobody told nonsense."""
        return not self.lost and not self.refusals and self.acknowledged > 0

    def as_text(self) -> str:
        """For people."""
        return "\n".join(
            (
                "killed: " + ", ".join(f"{name} {count} times" for name, count in self.deaths.items()),
                f"events acknowledged: {self.acknowledged}, in {self.tellings} tellings, of which "
                f"{self.unanswered} were cut off and {self.turned_away} told to come back",
                f"acknowledged and lost: {len(self.lost)}; wrong answers: {self.refusals or 0}",
            )
        )


def prove_webhook_deaths(*, cycles: int, seed: int, progress: Progress) -> WebhookDeathReport:
    """In a folder of its own, on a real disk, which is removed afterwards if all was well."""
    place = Path(tempfile.mkdtemp(prefix="tieout-webhooks-"))
    place.chmod(0o711)  # as root, the database runs as somebody else, who must pass
    report = asyncio.run(run_webhook_deaths(place / "data", cycles=cycles, seed=seed, progress=progress))
    if report.holds:
        shutil.rmtree(place)
    return report


async def run_webhook_deaths(
    folder: Path, *, cycles: int, seed: int, progress: Progress = lambda _words, _done, _of: None
) -> WebhookDeathReport:
    """Every cycle one death, each kind in turn."""
    chance = random.Random(seed)  # noqa: S311  # a repeatable course of deaths, not a secret
    tenant = await partner_with_a_secret(folder)
    served = ServedProcess(folder)
    await served.start()
    tellers = [_Teller(f"{seed}_{number}", tenant, served, chance.random()) for number in range(TELLERS)]
    deaths: Counter[str] = Counter()
    stop = asyncio.Event()
    try:
        telling = [asyncio.create_task(teller.run(stop)) for teller in tellers]
        for cycle in range(cycles):
            await asyncio.sleep(chance.uniform(*_CALM_SECONDS))
            death = DEATHS[cycle % len(DEATHS)]
            await die(served, death)
            deaths[death] += 1
            progress(f"killed the {death}", cycle + 1, cycles)
        await asyncio.sleep(_CALM_SECONDS[1])
        stop.set()
        await asyncio.gather(*telling)
        await served.kill()  # the last word is a death, too
    finally:
        await served.stop()
    acknowledged = [id for teller in tellers for id in teller.acknowledged]
    return WebhookDeathReport(
        deaths=dict(deaths),
        acknowledged=len(acknowledged),
        tellings=sum(teller.tellings for teller in tellers),
        turned_away=sum(teller.turned_away for teller in tellers),
        unanswered=sum(teller.unanswered for teller in tellers),
        lost=await _not_there(folder, tenant, acknowledged),
        refusals=dict(sum((teller.refusals for teller in tellers), Counter())),
    )


class _Teller:
    """Tells one event after the other, each until it is acknowledged."""

    def __init__(self, name: str, tenant: Tenant, served: ServedProcess, seed: float) -> None:
        self.acknowledged: list[str] = []
        self.tellings = self.turned_away = self.unanswered = 0
        self.refusals: Counter[int] = Counter()
        self._name, self._served, self._path = name, served, webhook_path(tenant)
        self._chance = random.Random(seed)  # noqa: S311

    async def run(self, stop: asyncio.Event) -> None:
        async with aiohttp.ClientSession(timeout=_TIMEOUT) as client:
            while not stop.is_set():
                id = f"evt_{self._name}_{len(self.acknowledged)}"
                if self.acknowledged and self._chance.random() < _AGAIN_CHANCE:
                    await self._tell(client, self._chance.choice(self.acknowledged))
                while not await self._tell(client, id):
                    if stop.is_set():
                        return
                    await asyncio.sleep(0.02)
                self.acknowledged.append(id)

    async def _tell(self, client: aiohttp.ClientSession, id: str) -> bool:
        body = stripe_event_body(id)
        header = stripe_signature(body, SECRET, seconds=int(time.time()))
        self.tellings += 1
        try:
            async with client.post(
                self._served.address + self._path, data=body, headers={"Stripe-Signature": header}
            ) as response:
                await response.read()
                status = response.status
        except (aiohttp.ClientError, TimeoutError, OSError):
            self.unanswered += 1
            return False
        if status not in (200, _TRY_AGAIN):
            self.refusals[status] += 1
        self.turned_away += status == _TRY_AGAIN
        return status == 200


class _KeyOfTheProof:
    """Stands for Stripe, which nobody asks here: the key is never used."""

    async def check_key(self, key: Secret, *, client_id: str | None, at: datetime) -> KeyCheck:  # noqa: ARG002
        return KeyCheck(account=StripeAccountId("acct_proof"), tried=(), at=at)


async def partner_with_a_secret(folder: Path, secret: str = SECRET) -> Tenant:
    """A partner in the embedded database of this folder, whose webhooks are signed under this secret in test mode."""
    async with opened_service(Settings(data_dir=folder), public_url="http://localhost") as service:
        made = await make_partner("Proof", service.services)
        tenant = Tenant(partner=made.partner.id, mode=Mode.TEST)
        await put_stripe_integration(
            StripeKeys(secret_key=Secret("sk_test_OFTHEPROOF0000000000"), webhook_secrets=[Secret(secret)]),
            tenant=tenant,
            who=Actor(kind=ActorKind.OPERATOR, id="proof"),
            store=service.store,
            stripe=_KeyOfTheProof(),
            master_key=service.master_key,
            secret_box=service.secret_box,
            random_id=service.services.random_id,
            at=service.services.clock(),
        )
    return tenant


async def _not_there(folder: Path, tenant: Tenant, ids: list[str]) -> tuple[str, ...]:
    """By keeping each once more: one that is new was not there."""
    lost: list[str] = []
    async with opened_service(Settings(data_dir=folder), public_url="http://localhost") as service:
        services = service.services
        for first in range(0, len(ids), _AUDITED_AT_ONCE):
            some = ids[first : first + _AUDITED_AT_ONCE]
            events = [
                services.stripe_event_reader.read(
                    stripe_event_body(id), tenant=tenant, own=None, received=services.clock()
                )
                for id in some
            ]
            new = await services.stripe_inbox.keep(events)
            lost += [id for id, is_new in zip(some, new, strict=True) if is_new]
    return tuple(lost)
