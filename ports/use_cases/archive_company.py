"""A company ends: it is kept to be read, and takes nothing new."""

from datetime import datetime

import attrs

from domain.actor import Actor
from domain.audit_entry import AuditEntry
from domain.company import Company, CompanyId, CompanyStatus
from domain.partner import Tenant
from ports.transaction import Store
from ports.use_cases.active_company import known_company


async def archive_company(id: CompanyId, *, tenant: Tenant, who: Actor, at: datetime, store: Store) -> Company:
    """Archives the company and returns it; archiving it again changes nothing. Raises NoSuchCompany, CompanyChanged."""
    async with store.company(id) as transaction:
        was = await known_company(id, tenant=tenant, companies=transaction.companies)
        if was.status is CompanyStatus.ARCHIVED:
            return was
        company = attrs.evolve(was, status=CompanyStatus.ARCHIVED, updated=at)
        await transaction.companies.change(company, was=was)
        await transaction.audit.append([AuditEntry(who=who, action="company.archived", subject=id, at=at)])
    return company
