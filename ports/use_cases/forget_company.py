"""A company is forgotten for good, after it was archived."""

from datetime import datetime

from domain.actor import Actor
from domain.audit_entry import AuditEntry
from domain.company import CompanyId
from domain.partner import Tenant
from ports.erasure import Erasure
from ports.use_cases.active_company import NoSuchCompany


async def forget_company(company: CompanyId, *, tenant: Tenant, who: Actor, erasure: Erasure, at: datetime) -> None:
    """Nothing brings it back. Raises NoSuchCompany, NotArchived, StoreUnavailable."""
    entry = AuditEntry(who=who, action="company.forgotten", subject=company, at=at)
    if not await erasure.forget(company, tenant=tenant, entry=entry):
        raise NoSuchCompany(company)
