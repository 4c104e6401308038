"""Which company has which Stripe account, in memory."""

from collections.abc import Mapping, Sequence, Set
from datetime import datetime

import attrs

from adapters.in_memory.tables import InMemoryTables
from domain.company import CompanyId
from domain.partner import Tenant
from domain.stripe_account import ConnectionState, StripeAccountId, StripeConnection
from ports.stripe_accounts import AccountOfAnotherCompany


class InMemoryStripeAccounts:
    """Keeps the promises of `ports.stripe_accounts.StripeAccounts`, `StripeAccountPages` and `StripeRouting`."""

    def __init__(self, tables: InMemoryTables) -> None:
        self._rows = tables.table("stripe_accounts")

    async def connect(self, connection: StripeConnection) -> StripeConnection:
        """Unless another company has or had it."""
        key = (connection.tenant, connection.account)
        kept: StripeConnection | None = self._rows.get(key)
        if kept is not None and kept.company != connection.company:
            raise AccountOfAnotherCompany(connection.account)
        if kept is not None and kept.state is ConnectionState.CONNECTED:
            return kept
        first = connection if kept is None else attrs.evolve(connection, connected=kept.connected)
        self._rows[key] = attrs.evolve(first, state=ConnectionState.CONNECTED)
        found: StripeConnection = self._rows[key]
        return found

    async def end(
        self, tenant: Tenant, account: StripeAccountId, state: ConnectionState, *, at: datetime
    ) -> StripeConnection | None:
        """Only of one that is connected."""
        kept: StripeConnection | None = self._rows.get((tenant, account))
        if kept is None or kept.state is not ConnectionState.CONNECTED:
            return None
        ended = attrs.evolve(kept, state=state, changed=at)
        self._rows[tenant, account] = ended
        return ended

    async def of_company(self, company: CompanyId) -> Sequence[StripeConnection]:
        """In order."""
        found: list[StripeConnection] = [each for each in self._rows.values() if each.company == company]
        return tuple(sorted(found, key=lambda each: each.account))

    async def find(self, tenant: Tenant, account: StripeAccountId) -> StripeConnection | None:
        """By its key."""
        return self._rows.get((tenant, account))

    async def any_connected(self, tenant: Tenant) -> bool:
        """Looks at all."""
        return any(each.tenant == tenant and each.state is ConnectionState.CONNECTED for each in self._rows.values())

    async def page(
        self, tenant: Tenant, *, after: StripeAccountId | None = None, limit: int
    ) -> Sequence[StripeConnection]:
        """Looks at all."""
        found: list[StripeConnection] = [each for each in self._rows.values() if each.tenant == tenant]
        found.sort(key=lambda each: each.account)
        return tuple(each for each in found if each.account > (after or ""))[:limit]

    async def holding(
        self, keys: Set[tuple[Tenant, StripeAccountId]]
    ) -> Mapping[tuple[Tenant, StripeAccountId], StripeConnection]:
        """Transactions run one after the other: nothing changes meanwhile."""
        return {key: self._rows[key] for key in keys if key in self._rows}
