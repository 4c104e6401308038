"""What every keeper of companies promises, whatever it keeps them in."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import attrs
import pytest

from domain.company import Company, CompanyId, CompanyStatus
from domain.identifiers import derived_id
from domain.money import Currency
from domain.partner import Mode, PartnerId, Tenant
from ports.companies import CompaniesWanted, CompanyChanged, ExternalIdTaken
from ports.pages import PageKey
from ports.transaction import Store

NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
_numbers = count()


def fresh_tenant(mode: Mode = Mode.TEST) -> Tenant:
    return Tenant(partner=PartnerId(derived_id("partner", "companies contract", str(next(_numbers)))), mode=mode)


def company(tenant: Tenant, external_id: str = "cust_1", **said: Any) -> Company:
    return Company(
        id=CompanyId(derived_id("co", tenant.partner, tenant.mode, external_id, str(next(_numbers)))),
        tenant=tenant,
        external_id=external_id,
        **{
            "name": "Café Müller",
            "time_zone": "Europe/Paris",
            "currency": Currency.of("eur"),
            "books_start": date(2026, 1, 1),
            "created": NOON,
            "updated": NOON,
            **said,
        },
    )


async def added(store: Store, *companies: Company) -> None:
    async with store.control() as transaction:
        for each in companies:
            await transaction.companies.add(each)


class CompaniesContract:
    """Subclass it with a fixture `store` for each adapter."""

    @pytest.mark.parametrize(
        "said", [{}, {"books_start": None, "status": CompanyStatus.ARCHIVED}], ids=["full", "bare"]
    )
    async def test_a_company_is_found_as_it_was_added(self, store: Store, said: dict[str, Any]) -> None:
        tenant = fresh_tenant()
        acme = company(tenant, **said)
        await added(store, acme)

        async with store.company(acme.id) as transaction:
            found = await transaction.companies.find(tenant, acme.id), await transaction.companies.of(acme.id)

        assert found == (acme, acme)

    async def test_a_foreign_company_looks_like_none(self, store: Store) -> None:
        tenant = fresh_tenant()
        acme = company(tenant)
        await added(store, acme)

        async with store.control() as transaction:
            other_mode = await transaction.companies.find(attrs.evolve(tenant, mode=Mode.LIVE), acme.id)
            other_partner = await transaction.companies.find(fresh_tenant(), acme.id)
            absent = await transaction.companies.find(tenant, CompanyId("co_00000000"))
            nobody = await transaction.companies.of(CompanyId("co_00000000"))

        assert (other_mode, other_partner, absent, nobody) == (None, None, None, None)

    async def test_adding_the_same_again_gives_the_one_that_is_kept(self, store: Store) -> None:
        tenant = fresh_tenant()
        kept = company(tenant)
        await added(store, kept)

        async with store.control() as transaction:
            again = await transaction.companies.add(company(tenant, created=NOON + HOUR, updated=NOON + HOUR))

        assert again == kept

    @pytest.mark.parametrize(
        "other",
        [{"name": "Other"}, {"time_zone": "UTC"}, {"currency": Currency.of("usd")}, {"books_start": None}],
        ids=lambda said: next(iter(said)),
    )
    async def test_another_company_under_a_taken_external_id_is_refused_by_name(
        self, store: Store, other: dict[str, Any]
    ) -> None:
        tenant = fresh_tenant()
        kept = company(tenant)
        await added(store, kept)

        with pytest.raises(ExternalIdTaken) as refusal:
            await added(store, company(tenant, **other))

        assert (refusal.value.external_id, refusal.value.company) == ("cust_1", kept.id)
        async with store.control() as transaction:
            page = await transaction.companies.page(tenant, CompaniesWanted())
        assert page.records == (kept,)

    async def test_tenants_share_no_external_ids(self, store: Store) -> None:
        tenant = fresh_tenant()
        test, live = company(tenant), company(attrs.evolve(tenant, mode=Mode.LIVE), name="Live")

        await added(store, test, live)

        async with store.control() as transaction:
            assert await transaction.companies.of(live.id) == live

    async def test_of_two_added_at_once_one_is_kept(self, store: Store) -> None:
        tenant = fresh_tenant()

        async def add() -> Company:
            async with store.control() as transaction:
                return await transaction.companies.add(company(tenant))

        one, other = await asyncio.gather(add(), add())

        assert one == other

    async def test_pages_show_every_company_once_newest_first(self, store: Store) -> None:
        tenant = fresh_tenant()
        created = [NOON, NOON + HOUR, NOON + HOUR, NOON + 2 * HOUR, NOON - HOUR]
        companies = [company(tenant, f"cust_{n}", created=at) for n, at in enumerate(created)]
        await added(store, *companies, company(fresh_tenant()))

        seen, after = list[Company](), None
        async with store.control() as transaction:
            while True:
                page = await transaction.companies.page(tenant, CompaniesWanted(), after=after, limit=2)
                seen += page.records
                after = page.next
                if not page.has_more:
                    break

        assert seen == sorted(companies, key=lambda each: (each.created, each.id), reverse=True)

    async def test_changes_are_listed_oldest_first_from_a_moment_on(self, store: Store) -> None:
        tenant = fresh_tenant()
        a, b, c = (company(tenant, f"cust_{n}", updated=NOON + n * HOUR) for n in range(3))
        await added(store, c, b, a)

        async with store.control() as transaction:
            since = CompaniesWanted(updated_since=NOON + HOUR)
            page = await transaction.companies.page(tenant, since, limit=1)
            rest = await transaction.companies.page(tenant, since, after=page.next, limit=1)

        assert (page.records, page.next) == ((b,), PageKey(at=NOON + HOUR, id=b.id))
        assert (rest.records, rest.next) == ((c,), None)

    async def test_companies_are_filtered_by_external_id_and_status(self, store: Store) -> None:
        tenant = fresh_tenant()
        active, archived = company(tenant, "a"), company(tenant, "b", status=CompanyStatus.ARCHIVED)
        await added(store, active, archived)

        async with store.control() as transaction:
            by_id = await transaction.companies.page(tenant, CompaniesWanted(external_id="a"))
            by_status = await transaction.companies.page(tenant, CompaniesWanted(status=CompanyStatus.ARCHIVED))

        assert (by_id.records, by_status.records) == ((active,), (archived,))

    async def test_a_company_is_changed_as_it_was_read_or_not_at_all(self, store: Store) -> None:
        tenant = fresh_tenant()
        acme = company(tenant)
        await added(store, acme)
        renamed = attrs.evolve(acme, name="Renamed", books_start=None, updated=NOON + HOUR)

        async with store.control() as transaction:
            await transaction.companies.change(renamed, was=acme)
        with pytest.raises(CompanyChanged):
            async with store.control() as transaction:
                await transaction.companies.change(attrs.evolve(acme, name="Late"), was=acme)

        async with store.control() as transaction:
            assert await transaction.companies.find(tenant, acme.id) == renamed

    @pytest.mark.parametrize("limit", [0, 251, -1])
    async def test_a_page_of_another_size_is_refused(self, store: Store, limit: int) -> None:
        with pytest.raises(ValueError, match="from 1 to 250"):
            async with store.control() as transaction:
                await transaction.companies.page(fresh_tenant(), CompaniesWanted(), limit=limit)
