"""A company in an in-memory store, and what to look at after a use case."""

from datetime import UTC, datetime, timedelta
from typing import Final

import attrs

from adapters.in_memory.store import InMemoryStore
from adapters.in_memory.work_list import InMemoryWorkList
from domain.actor import Actor, ActorKind
from domain.company import Company, CompanyId, CompanyStatus
from domain.company_facts import CompanyFacts
from domain.money import Currency
from domain.partner import Mode, PartnerId, Tenant
from ports.facts import Everything

NOON: Final = datetime(2026, 6, 30, 12, tzinfo=UTC)
LATER: Final = NOON + timedelta(hours=1)
USD: Final = Currency.of("usd")
TENANT: Final = Tenant(partner=PartnerId("partner_00000001"), mode=Mode.TEST)
WHO: Final = Actor(kind=ActorKind.PARTNER, id="key_00000001")
ACME: Final = Company(
    id=CompanyId("co_acme0000"),
    tenant=TENANT,
    external_id="cust_1",
    name="Acme",
    time_zone="America/New_York",
    currency=USD,
    created=NOON,
    updated=NOON,
)


async def store_with(company: Company = ACME) -> InMemoryStore:
    """A store with this company."""
    store = InMemoryStore()
    async with store.control() as transaction:
        await transaction.companies.add(company)
    return store


async def archived() -> InMemoryStore:
    """A store in which the company is archived."""
    return await store_with(attrs.evolve(ACME, status=CompanyStatus.ARCHIVED))


async def facts_in(store: InMemoryStore, company: CompanyId = ACME.id) -> CompanyFacts:
    """All its facts."""
    async with store.company(company) as transaction:
        return await transaction.facts.load(Everything())


async def actions_in(store: InMemoryStore, company: CompanyId = ACME.id) -> list[str]:
    """The actions in its audit trail."""
    async with store.company(company) as transaction:
        links = await transaction.audit_log.links(after=0, limit=100)
    return [row.action for link in links for row in link.rows]


async def is_work_asked_for(store: InMemoryStore) -> bool:
    """Whether any work is due."""
    return (await InMemoryWorkList(store.tables).load(at=LATER)).due > 0
