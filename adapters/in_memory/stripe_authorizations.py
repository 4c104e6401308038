"""States of visits to Stripe, in memory."""

from datetime import datetime

import attrs

from adapters.in_memory.tables import InMemoryTables
from domain.stripe_authorization import StripeAuthorization
from ports.stripe_authorizations import StateUnknown, StateUsed


class InMemoryStripeAuthorizations:
    """Keeps the promises of `ports.stripe_authorizations.StripeAuthorizations`."""

    def __init__(self, tables: InMemoryTables) -> None:
        self._rows = tables.table("stripe_authorizations")

    async def add(self, authorization: StripeAuthorization) -> None:
        """By its digest."""
        self._rows[authorization.digest] = authorization

    async def find(self, digest: bytes) -> StripeAuthorization:
        """By its digest."""
        found: StripeAuthorization | None = self._rows.get(digest)
        if found is None:
            raise StateUnknown("no visit has this state")
        return found

    async def use(self, digest: bytes, *, at: datetime) -> StripeAuthorization:
        """Transactions run one after the other."""
        found = await self.find(digest)
        if found.used is not None:
            raise StateUsed(found)
        used = attrs.evolve(found, used=at)
        self._rows[digest] = used
        return used

    async def forget_before(self, moment: datetime, *, limit: int) -> int:
        """Looks at all."""
        old = [key for key, row in self._rows.items() if row.expires < moment][:limit]
        for key in old:
            del self._rows[key]
        return len(old)
