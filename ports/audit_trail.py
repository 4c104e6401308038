"""The audit trail: what was done is recorded in the transaction that does it, chained to all that was done before."""

from collections.abc import Sequence
from typing import Protocol

from domain.audit_entry import AuditEntry


class AuditTrail(Protocol):
    """Part of a company's transaction."""

    async def append(self, entries: Sequence[AuditEntry]) -> None:
        """These were done, in this order, after everything appended before.

        When the transaction commits, all that it appended becomes one link of the company's hash chain, following the
        last. A transaction that appended nothing adds no link.
        """
        ...
