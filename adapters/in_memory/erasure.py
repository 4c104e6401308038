"""Forgetting a company, in memory."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

from adapters.in_memory.partner_trail import InMemoryPartnerTrail
from adapters.in_memory.tables import InMemoryTables
from domain.audit_entry import AuditEntry
from domain.company import Company, CompanyId, CompanyStatus
from domain.partner import Tenant
from ports.erasure import NotArchived


class InMemoryErasure:
    """Keeps the promises of `ports.erasure.Erasure`: whatever row bears the company's id in its key, or says it."""

    def __init__(self, tables: Callable[[], AbstractAsyncContextManager[InMemoryTables]]) -> None:
        self._tables = tables

    async def forget(self, company: CompanyId, *, tenant: Tenant, entry: AuditEntry) -> bool:
        """Looks at every table there is."""
        async with self._tables() as tables:
            kept: Company | None = tables.table("companies").get(company)
            if kept is None or kept.tenant != tenant:
                return False
            if kept.status is not CompanyStatus.ARCHIVED:
                raise NotArchived(company)
            _forget_events(tables, company)
            for name in tables.names():
                table = tables.table(name)
                for key in [key for key, row in table.items() if _is_about(company, key, row)]:
                    del table[key]
            trail = InMemoryPartnerTrail(tables)
            await trail.append(tenant, [entry])
            await trail.record()
        return True


def _forget_events(tables: InMemoryTables, company: CompanyId) -> None:
    """What Stripe told of the company's accounts, while it is known whose they are."""
    accounts = {key for key, row in tables.table("stripe_accounts").items() if row.company == company}
    events = tables.table("stripe_events")
    for key in [key for key, row in events.items() if (row.event.tenant, row.event.account) in accounts]:
        del events[key]


def _is_about(company: CompanyId, key: object, row: object) -> bool:
    parts = key if isinstance(key, tuple) else (key,)
    return company in parts or getattr(row, "company", None) == company
