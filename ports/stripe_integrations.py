"""Partners' Stripe platforms, without their secrets."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from domain.partner import Tenant
from domain.stripe_integration import StripeIntegration


class StripeIntegrations(Protocol):
    """Part of a control transaction. A partner has at most one in each mode."""

    async def find(self, tenant: Tenant) -> StripeIntegration | None:
        """The tenant's, locked until the commit; None if there is none."""
        ...

    async def put(self, integration: StripeIntegration) -> None:
        """Kept instead of what was there."""
        ...

    async def delete(self, tenant: Tenant) -> None:
        """There is none any more; nothing happens if there was not."""
        ...

    async def revisions(self) -> Mapping[Tenant, str]:
        """The revision of each that there is. It locks nothing."""
        ...

    async def all(self) -> Sequence[StripeIntegration]:
        """Every one, by partner and mode. It locks nothing."""
        ...
