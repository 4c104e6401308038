"""The companies in memory."""

from collections.abc import Callable
from datetime import datetime

from adapters.in_memory.tables import InMemoryTables
from domain.company import Company, CompanyId
from domain.partner import Tenant
from ports.companies import CompaniesWanted, CompanyChanged, ExternalIdTaken
from ports.pages import Page, PageKey, checked_limit


class InMemoryCompanies:
    """Keeps the promises of `ports.companies.Companies`."""

    def __init__(self, tables: InMemoryTables) -> None:
        self._tables = tables

    async def add(self, company: Company) -> Company:
        """Adds it, unless it is there."""
        for kept in self._all.values():
            if (kept.tenant, kept.external_id) == (company.tenant, company.external_id):
                if _said(kept) != _said(company):
                    raise ExternalIdTaken(company.external_id, kept.id)
                return kept
        self._all[company.id] = company
        return company

    async def find(self, tenant: Tenant, id: CompanyId) -> Company | None:
        """By id, within the tenant."""
        company = self._all.get(id)
        return company if company is not None and company.tenant == tenant else None

    async def of(self, id: CompanyId) -> Company | None:
        """By id alone."""
        return self._all.get(id)

    async def page(
        self, tenant: Tenant, wanted: CompaniesWanted, *, after: PageKey | None = None, limit: int = 100
    ) -> Page[Company]:
        """Sorted anew for each page."""
        newest_first = wanted.updated_since is None

        def key(company: Company) -> tuple[datetime, str]:
            return (company.created if newest_first else company.updated), company.id

        found = sorted(filter(_wanted(tenant, wanted), self._all.values()), key=key, reverse=newest_first)
        if after is not None:
            found = [each for each in found if _comes_after(key(each), (after.at, after.id), newest_first)]
        page = tuple(found[: checked_limit(limit)])
        if len(found) <= limit:
            return Page(records=page)
        return Page(records=page, next=PageKey(at=key(page[-1])[0], id=page[-1].id))

    async def change(self, company: Company, *, was: Company) -> None:
        """Compares, then replaces."""
        if self._all.get(company.id) != was or _identity(company) != _identity(was):
            raise CompanyChanged(company.id)
        self._all[company.id] = company

    @property
    def _all(self) -> dict[object, Company]:
        return self._tables.table("companies")


def _said(company: Company) -> tuple[object, ...]:
    return company.name, company.time_zone, company.currency, company.books_start


def _identity(company: Company) -> tuple[object, ...]:
    return company.id, company.tenant, company.external_id, company.created


def _wanted(tenant: Tenant, wanted: CompaniesWanted) -> Callable[[Company], bool]:
    return lambda company: (
        company.tenant == tenant
        and wanted.external_id in (None, company.external_id)
        and wanted.status in (None, company.status)
        and (wanted.updated_since is None or company.updated >= wanted.updated_since)
    )


def _comes_after(key: tuple[object, ...], last: tuple[object, ...], descending: bool) -> bool:
    return key < last if descending else key > last
