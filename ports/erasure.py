"""Forgetting a company for good: all that it was, and the keys to its secrets."""

from typing import Protocol

from domain.audit_entry import AuditEntry
from domain.company import CompanyId
from domain.partner import Tenant


class NotArchived(Exception):
    """The company is still in use: it is archived first. Nothing was erased."""

    def __init__(self, company: CompanyId) -> None:
        super().__init__(f"{company} is not archived: archive it first")
        self.company = company


class Erasure(Protocol):
    """By a role that can do nothing but look for what to erase, and erase it."""

    async def forget(self, company: CompanyId, *, tenant: Tenant, entry: AuditEntry) -> bool:
        """Erases every row of the company, its events and what was on its way, its audit trail and its data keys.

        The entry in the tenant's own trail is all that is left; both happen, or neither. False: the tenant has no such
        company; nothing was written. Raises NotArchived, StoreUnavailable.
        """
        ...
