"""The company that a use case is about: the tenant's own, and not archived."""

from collections.abc import Sequence

from domain.company import Company, CompanyId, CompanyStatus
from domain.partner import Tenant
from domain.refused_field import RefusedField
from ports.companies import Companies


class NoSuchCompany(Exception):
    """The tenant has no company of this id; that another tenant may have it is not said."""

    def __init__(self, company: CompanyId) -> None:
        super().__init__(f"no company {company}")
        self.company = company


class CompanyIsArchived(Exception):
    """The company is archived: it can be read, but takes nothing new. Nothing was written."""

    def __init__(self, company: CompanyId) -> None:
        super().__init__(f"{company} is archived")
        self.company = company


class FieldsRefused(Exception):
    """Some of what was told cannot be taken, so nothing of it was: every field that is wrong, and why."""

    def __init__(self, fields: Sequence[RefusedField]) -> None:
        first = fields[0]
        super().__init__(f"{first.pointer}: {first.reason}" + (f" (and {len(fields) - 1} more)" if fields[1:] else ""))
        self.fields = tuple(fields)


async def known_company(id: CompanyId, *, tenant: Tenant, companies: Companies) -> Company:
    """The company, archived or not. Raises NoSuchCompany."""
    company = await companies.find(tenant, id)
    if company is None:
        raise NoSuchCompany(id)
    return company


async def active_company(id: CompanyId, *, tenant: Tenant, companies: Companies) -> Company:
    """The company. Raises NoSuchCompany, CompanyIsArchived."""
    company = await known_company(id, tenant=tenant, companies=companies)
    if company.status is CompanyStatus.ARCHIVED:
        raise CompanyIsArchived(id)
    return company


def refuse(fields: Sequence[RefusedField]) -> None:
    """Raises FieldsRefused if there are any."""
    if fields:
        raise FieldsRefused(fields)
