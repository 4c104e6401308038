"""The audit trail of a partner in one mode: keys, endpoints, secrets, and companies that were forgotten."""

from collections.abc import Sequence
from typing import Protocol

from domain.audit_entry import AuditEntry
from domain.partner import Tenant
from ports.audit_log import AuditLog


class PartnerTrail(Protocol):
    """Part of a control transaction. Nothing of what companies do is in it."""

    async def append(self, tenant: Tenant, entries: Sequence[AuditEntry]) -> None:
        """As `ports.audit_trail.AuditTrail` promises for a company: one link of the tenant's chain a transaction."""
        ...

    def log(self, tenant: Tenant) -> AuditLog:
        """What is in the tenant's chain."""
        ...
