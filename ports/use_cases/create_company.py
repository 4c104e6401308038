"""A partner's customer becomes a company."""

from domain.actor import Actor
from domain.audit_entry import AuditEntry
from domain.company import Company
from ports.transaction import Store
from ports.use_cases.active_company import refuse
from ports.use_cases.company_fields import refused_in_company


async def create_company(company: Company, *, who: Actor, store: Store) -> Company:
    """Adds the company and returns it, or the one that the tenant has under its external id, if that says the same.

    Raises FieldsRefused; ExternalIdTaken: the tenant's company of this external id says other things.
    """
    refuse(
        refused_in_company(
            external_id=company.external_id,
            name=company.name,
            time_zone=company.time_zone,
            books_start=company.books_start,
            today=company.created.date(),
        )
    )
    async with store.company(company.id) as transaction:
        is_new = await transaction.companies.of(company.id) is None
        kept = await transaction.companies.add(company)
        if is_new and kept.id == company.id:
            created = AuditEntry(
                who=who,
                action="company.created",
                subject=company.id,
                at=company.created,
                detail={"external_id": company.external_id, "currency": company.currency.code},
            )
            await transaction.audit.append([created])
    return kept
