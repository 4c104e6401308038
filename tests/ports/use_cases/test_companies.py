from datetime import date
from typing import Any

import attrs
import pytest

from adapters.in_memory.store import InMemoryStore
from domain.company import CompanyId, CompanyStatus
from domain.partner import Mode, PartnerId, Tenant
from domain.refused_field import RefusedField
from ports.companies import ExternalIdTaken
from ports.use_cases.active_company import CompanyIsArchived, FieldsRefused, NoSuchCompany
from ports.use_cases.archive_company import archive_company
from ports.use_cases.change_company import CompanyChanges, change_company
from ports.use_cases.create_company import create_company
from tests.ports.use_cases.companies_told import (
    ACME,
    LATER,
    NOON,
    TENANT,
    WHO,
    actions_in,
    archived,
    is_work_asked_for,
    store_with,
)


async def test_a_company_is_created_once_however_often_it_is_asked_for() -> None:
    store = InMemoryStore()

    created = await create_company(ACME, who=WHO, store=store)
    again = await create_company(attrs.evolve(ACME, id=CompanyId("co_other000"), created=LATER), who=WHO, store=store)
    replayed = await create_company(ACME, who=WHO, store=store)

    assert (created, again, replayed) == (ACME, ACME, ACME)
    assert await actions_in(store) == ["company.created"]
    assert await actions_in(store, CompanyId("co_other000")) == []


async def test_another_company_under_the_same_external_id_is_refused() -> None:
    store = await store_with()

    with pytest.raises(ExternalIdTaken):
        await create_company(attrs.evolve(ACME, id=CompanyId("co_other000"), name="Bolt"), who=WHO, store=store)

    assert await actions_in(store, CompanyId("co_other000")) == []


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"external_id": " "}, "/external_id"),
        ({"name": "x" * 256}, "/name"),
        ({"name": "half \ud800"}, "/name"),
        ({"time_zone": "Mars/Olympus"}, "/time_zone"),
        ({"time_zone": "../etc/passwd"}, "/time_zone"),
        ({"books_start": date(1066, 1, 1)}, "/books_start"),
        ({"books_start": date(2036, 1, 1)}, "/books_start"),
    ],
)
async def test_what_no_company_can_be_is_refused_with_a_pointer(said: dict[str, Any], pointer: str) -> None:
    store = InMemoryStore()

    with pytest.raises(FieldsRefused) as refusal:
        await create_company(attrs.evolve(ACME, **said), who=WHO, store=store)

    assert [field.pointer for field in refusal.value.fields] == [pointer]
    assert await actions_in(store) == []


async def test_a_change_is_recorded_with_what_was_before_and_another_time_zone_asks_for_work() -> None:
    store = await store_with()

    renamed = await change_company(
        ACME.id, CompanyChanges(name="Acme Inc."), tenant=TENANT, who=WHO, at=NOON, store=store
    )
    asked_before = await is_work_asked_for(store)
    moved = await change_company(
        ACME.id, CompanyChanges(time_zone="Asia/Tokyo"), tenant=TENANT, who=WHO, at=LATER, store=store
    )

    assert renamed == attrs.evolve(ACME, name="Acme Inc.", updated=NOON)
    assert moved == attrs.evolve(renamed, time_zone="Asia/Tokyo", updated=LATER)
    assert (asked_before, await is_work_asked_for(store)) == (False, True)
    async with store.company(ACME.id) as transaction:
        rows = [row for link in await transaction.audit_log.links(after=0, limit=9) for row in link.rows]
    assert [(row.action, row.detail) for row in rows] == [
        ("company.changed", '{"name":["Acme","Acme Inc."]}'),
        ("company.changed", '{"time_zone":["America/New_York","Asia/Tokyo"]}'),
    ]


async def test_a_change_that_changes_nothing_leaves_no_trace() -> None:
    store = await store_with()

    same = await change_company(ACME.id, CompanyChanges(name="Acme"), tenant=TENANT, who=WHO, at=LATER, store=store)

    assert same == ACME
    assert await actions_in(store) == []


async def test_a_refused_change_changes_nothing() -> None:
    store = await store_with()

    with pytest.raises(FieldsRefused) as refusal:
        await change_company(ACME.id, CompanyChanges(time_zone=""), tenant=TENANT, who=WHO, at=LATER, store=store)

    assert refusal.value.fields == (RefusedField(pointer="/time_zone", reason="is no time zone, such as Europe/Paris"),)
    async with store.control() as transaction:
        assert await transaction.companies.of(ACME.id) == ACME


async def test_an_archived_company_stays_to_be_read_and_is_changed_no_more() -> None:
    store = await store_with()

    for _ in range(2):
        company = await archive_company(ACME.id, tenant=TENANT, who=WHO, at=LATER, store=store)

    assert company == attrs.evolve(ACME, status=CompanyStatus.ARCHIVED, updated=LATER)
    assert await actions_in(store) == ["company.archived"]
    with pytest.raises(CompanyIsArchived):
        await change_company(ACME.id, CompanyChanges(name="B"), tenant=TENANT, who=WHO, at=LATER, store=store)


@pytest.mark.parametrize(
    "tenant",
    [attrs.evolve(TENANT, mode=Mode.LIVE), Tenant(partner=PartnerId("partner_00000002"), mode=Mode.TEST)],
    ids=["other mode", "other partner"],
)
async def test_a_foreign_company_looks_like_none(tenant: Tenant) -> None:
    store = await archived()

    with pytest.raises(NoSuchCompany):
        await change_company(ACME.id, CompanyChanges(name="B"), tenant=tenant, who=WHO, at=NOON, store=store)
    with pytest.raises(NoSuchCompany):
        await archive_company(ACME.id, tenant=tenant, who=WHO, at=NOON, store=store)
