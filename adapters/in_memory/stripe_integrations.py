"""Partners' Stripe platforms in memory."""

from collections.abc import Mapping, Sequence

from adapters.in_memory.tables import InMemoryTables
from domain.partner import Tenant
from domain.stripe_integration import StripeIntegration


class InMemoryStripeIntegrations:
    """Keeps the promises of `ports.stripe_integrations.StripeIntegrations`."""

    def __init__(self, tables: InMemoryTables) -> None:
        self._rows = tables.table("stripe_integrations")

    async def find(self, tenant: Tenant) -> StripeIntegration | None:
        """By tenant."""
        return self._rows.get(tenant)

    async def put(self, integration: StripeIntegration) -> None:
        """By tenant."""
        self._rows[integration.tenant] = integration

    async def delete(self, tenant: Tenant) -> None:
        """By tenant."""
        self._rows.pop(tenant, None)

    async def revisions(self) -> Mapping[Tenant, str]:
        """Of all."""
        return {each.tenant: each.revision for each in self._rows.values()}

    async def all(self) -> Sequence[StripeIntegration]:
        """In order."""
        return tuple(sorted(self._rows.values(), key=lambda each: (each.tenant.partner, each.tenant.mode.value)))
