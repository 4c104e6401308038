"""The composed service at its background work, on PostgreSQL."""

import asyncio
from base64 import b64encode
from datetime import timedelta

from domain.actor import Actor, ActorKind
from domain.company import Company, CompanyId, CompanyStatus
from domain.money import Currency
from domain.partner import Mode, PartnerId, Tenant
from domain.work import WorkKind, WorkLoad
from entrypoints.background import background
from entrypoints.composition.service import Service, opened_service
from entrypoints.housekeeping import Housekeeping
from entrypoints.settings import Settings
from ports.use_cases.create_company import create_company
from tests.entrypoints.http.callers import NOON

ACME = Company(
    id=CompanyId("co_acme0000"),
    tenant=Tenant(partner=PartnerId("partner_platform0"), mode=Mode.TEST),
    external_id="acme",
    name="Acme",
    time_zone="America/New_York",
    currency=Currency.of("usd"),
    books_start=None,
    status=CompanyStatus.ACTIVE,
    created=NOON,
    updated=NOON,
)


def settings(address: str) -> Settings:
    return Settings(database_url=address, master_key=b64encode(bytes(32)).decode())


async def test_work_that_is_asked_for_is_done_and_the_loops_end_when_told(postgres_database: str) -> None:
    async with opened_service(settings(postgres_database), public_url="http://localhost") as service:
        await have_company(service)
        async with service.store.company(ACME.id) as transaction:
            await transaction.work.request(WorkKind.RECONCILE, ACME.id, at=service.services.clock())

        stop = asyncio.Event()
        loops = [asyncio.create_task(loop) for loop in background(service, stop)]
        for _ in range(200):
            load = await service.work_list.load(at=service.services.clock())
            if load.due == load.running == 0:
                break
            await asyncio.sleep(0.05)
        stop.set()
        await asyncio.wait_for(asyncio.gather(*loops), 20)

    assert load == WorkLoad(due=0, running=0, oldest_due=None, parked=0)


async def test_housekeeping_signs_every_trail_that_has_grown(postgres_database: str) -> None:
    async with opened_service(settings(postgres_database), public_url="http://localhost") as service:
        await have_company(service)
        housekeeping = Housekeeping(
            store=service.store,
            idempotency=service.services.idempotency,
            signer=service.checkpoint_signer,
            master_key=service.master_key,
            clock=lambda: NOON + timedelta(days=1),
        )
        assert await unsigned(service) == [ACME.id]

        await housekeeping.run_once(asyncio.Event())

        assert await unsigned(service) == []


async def unsigned(service: Service) -> list[CompanyId]:
    async with service.store.control() as transaction:
        return list(await transaction.checkpoints.companies_without(limit=10))


async def have_company(service: Service) -> None:
    await create_company(ACME, who=Actor(kind=ActorKind.OPERATOR, id="test"), store=service.store)
