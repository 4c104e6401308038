"""The companies of all partners: which there are, whose they are, and what is said of each.

A control port: it stands above companies, and takes part in control transactions, and in those on a company, which may
ask about that company. A company of another tenant looks like one that does not exist.
"""

from datetime import datetime
from typing import Protocol

import attrs

from domain.company import Company, CompanyId, CompanyStatus
from domain.partner import Tenant
from ports.pages import Page, PageKey


class ExternalIdTaken(Exception):
    """The tenant has a company of this external id, of which other things are said. Nothing was written."""

    def __init__(self, external_id: str, company: CompanyId) -> None:
        super().__init__(f"external id {external_id!r} is taken by {company}, with other content")
        self.external_id = external_id
        self.company = company


class CompanyChanged(Exception):
    """The company is no longer as it was read: somebody else changed it meanwhile. Nothing was written; read again."""

    def __init__(self, company: CompanyId) -> None:
        super().__init__(f"{company} was changed meanwhile")
        self.company = company


@attrs.frozen(kw_only=True)
class CompaniesWanted:
    """Which companies of a tenant: all filters must hold."""

    external_id: str | None = None
    status: CompanyStatus | None = None
    updated_since: datetime | None = None
    """Changed then or later; the page is then in the order of the changes, oldest first."""


class Companies(Protocol):
    """All companies, found by tenant. External ids are unique within a tenant."""

    async def add(self, company: Company) -> Company:
        """Adds the company, or, if the tenant's company of this external id says the same, returns that one.

        The same: name, time zone, currency and books' start; id, status and times are the kept one's. Of two added at
        the same time under one external id, one is kept. Raises ExternalIdTaken.
        """
        ...

    async def find(self, tenant: Tenant, id: CompanyId) -> Company | None:
        """The tenant's company; None if there is none of this id, or it is another tenant's."""
        ...

    async def of(self, id: CompanyId) -> Company | None:
        """The company, whoever owns it: for workers, never for a caller from outside."""
        ...

    async def page(
        self, tenant: Tenant, wanted: CompaniesWanted, *, after: PageKey | None = None, limit: int = 100
    ) -> Page[Company]:
        """At most `limit` of the tenant's companies that come after the key, newest first: by created, then id.

        With `updated_since`, oldest change first: by updated, then id.
        """
        ...

    async def change(self, company: Company, *, was: Company) -> None:
        """Replaces what is said of the company; id, tenant, external id and created are its identity, and stay.

        Raises CompanyChanged unless it still is as it `was`.
        """
        ...
