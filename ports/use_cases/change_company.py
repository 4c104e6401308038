"""What is said of a company changes."""

from datetime import date, datetime

import attrs

from domain.actor import Actor
from domain.audit_entry import AuditEntry
from domain.company import Company, CompanyId
from domain.partner import Tenant
from domain.work import WorkKind
from ports.transaction import Store
from ports.use_cases.active_company import active_company, refuse
from ports.use_cases.company_fields import refused_in_company


@attrs.frozen(kw_only=True)
class CompanyChanges:
    """What is to be other than before; None: as it is."""

    name: str | None = None
    time_zone: str | None = None
    books_start: date | None = None


async def change_company(
    id: CompanyId, changes: CompanyChanges, *, tenant: Tenant, who: Actor, at: datetime, store: Store
) -> Company:
    """Changes the company and returns it. In another time zone other days are today: it is reconciled anew.

    Raises NoSuchCompany, CompanyIsArchived, FieldsRefused; CompanyChanged: somebody else was faster.
    """
    async with store.company(id) as transaction:
        was = await active_company(id, tenant=tenant, companies=transaction.companies)
        said = {name: value for name, value in attrs.asdict(changes).items() if value is not None}
        other = {name: value for name, value in said.items() if getattr(was, name) != value}
        if not other:
            return was
        company = attrs.evolve(was, **other, updated=at)
        refuse(
            refused_in_company(
                external_id=company.external_id,
                name=company.name,
                time_zone=company.time_zone,
                books_start=company.books_start,
                today=at.date(),
            )
        )
        await transaction.companies.change(company, was=was)
        detail = {name: [str(getattr(was, name)), str(value)] for name, value in sorted(other.items())}
        changed = AuditEntry(who=who, action="company.changed", subject=id, at=at, detail=detail)
        await transaction.audit.append([changed])
        if "time_zone" in other:
            await transaction.work.request(WorkKind.RECONCILE, id, at=at)
    return company
