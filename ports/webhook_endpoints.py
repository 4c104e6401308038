"""Partners' webhook endpoints."""

from collections.abc import Sequence
from typing import Protocol

from domain.partner import Tenant
from domain.webhook_endpoint import WebhookEndpoint, WebhookEndpointId


class TooManyEndpoints(Exception):
    """The partner has as many endpoints as there may be. Nothing was written."""

    def __init__(self, tenant: Tenant, most: int) -> None:
        super().__init__(f"{tenant.partner} has {most} webhook endpoints in {tenant.mode} mode, and may have no more")
        self.most = most


class WebhookEndpoints(Protocol):
    """Part of a control transaction. An endpoint of another tenant looks like one that does not exist."""

    async def add(self, endpoint: WebhookEndpoint) -> None:
        """It gets what happens from now on. The same one again is a no-op."""
        ...

    async def of_tenant(self, tenant: Tenant) -> Sequence[WebhookEndpoint]:
        """All of the tenant's, the oldest first."""
        ...

    async def find(self, tenant: Tenant | None, id: WebhookEndpointId) -> WebhookEndpoint | None:
        """The tenant's endpoint, locked until the commit; None if there is none. No tenant: whoever's, for workers."""
        ...

    async def change(self, endpoint: WebhookEndpoint) -> None:
        """Replaces what is said of it. The caller has found it in this transaction."""
        ...

    async def delete(self, endpoint: WebhookEndpoint) -> None:
        """It is gone, with all that was to be sent there and the log of it."""
        ...
