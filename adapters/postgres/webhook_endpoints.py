"""Partners' webhook endpoints in PostgreSQL."""

from collections.abc import Sequence

import asyncpg

from domain.company_event import EventType
from domain.partner import Mode, PartnerId, Tenant
from domain.webhook_endpoint import ENDPOINTS_MAX, DisabledReason, WebhookEndpoint, WebhookEndpointId
from ports.webhook_endpoints import TooManyEndpoints


class PostgresWebhookEndpoints:
    """Keeps the promises of `ports.webhook_endpoints.WebhookEndpoints`."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def add(self, endpoint: WebhookEndpoint) -> None:
        """Two at the same time may both find the last place free: one too many does no harm."""
        others = [one for one in await self.of_tenant(endpoint.tenant) if one.id != endpoint.id]
        if len(others) >= ENDPOINTS_MAX:
            raise TooManyEndpoints(endpoint.tenant, ENDPOINTS_MAX)
        await self._connection.execute(
            """
            INSERT INTO webhook_endpoints (
              id, partner_id, mode, created, url, event_types, description, disabled, disabled_at, failing_since,
              secret_number, older_secret_until, updated)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
            ON CONFLICT (id) DO NOTHING
            """,
            endpoint.id,
            endpoint.tenant.partner,
            endpoint.tenant.mode.value,
            endpoint.created,
            *_said(endpoint),
        )

    async def of_tenant(self, tenant: Tenant) -> Sequence[WebhookEndpoint]:
        """By an index."""
        records = await self._connection.fetch(
            "SELECT * FROM webhook_endpoints WHERE partner_id = $1 AND mode = $2 ORDER BY created, id",
            tenant.partner,
            tenant.mode.value,
        )
        return tuple(_endpoint(record) for record in records)

    async def find(self, tenant: Tenant | None, id: WebhookEndpointId) -> WebhookEndpoint | None:
        """By id, within the tenant."""
        record = await self._connection.fetchrow("SELECT * FROM webhook_endpoints WHERE id = $1 FOR UPDATE", id)
        if record is None:
            return None
        endpoint = _endpoint(record)
        return endpoint if tenant in (None, endpoint.tenant) else None

    async def change(self, endpoint: WebhookEndpoint) -> None:
        """All but its id, tenant and creation."""
        await self._connection.execute(
            """
            UPDATE webhook_endpoints SET url = $2, event_types = $3, description = $4, disabled = $5, disabled_at = $6,
              failing_since = $7, secret_number = $8, older_secret_until = $9, updated = $10
            WHERE id = $1
            """,
            endpoint.id,
            *_said(endpoint),
        )

    async def delete(self, endpoint: WebhookEndpoint) -> None:
        """The queue first, locked in the order in which events are handed out."""
        await self._connection.execute(
            "SELECT FROM webhook_streams WHERE endpoint_id = $1 ORDER BY company_id FOR UPDATE", endpoint.id
        )
        await self._connection.execute("DELETE FROM webhook_streams WHERE endpoint_id = $1", endpoint.id)
        await self._connection.execute("DELETE FROM webhook_parked WHERE endpoint_id = $1", endpoint.id)
        await self._connection.execute("DELETE FROM webhook_attempts WHERE endpoint_id = $1", endpoint.id)
        await self._connection.execute("DELETE FROM webhook_endpoints WHERE id = $1", endpoint.id)


def _said(endpoint: WebhookEndpoint) -> tuple[object, ...]:
    return (
        endpoint.url,
        [type.value for type in endpoint.event_types],
        endpoint.description,
        None if endpoint.disabled is None else endpoint.disabled.value,
        endpoint.disabled_at,
        endpoint.failing_since,
        endpoint.secret_number,
        endpoint.older_secret_until,
        endpoint.updated,
    )


def _endpoint(record: asyncpg.Record) -> WebhookEndpoint:
    return WebhookEndpoint(
        id=WebhookEndpointId(record["id"]),
        tenant=Tenant(partner=PartnerId(record["partner_id"]), mode=Mode(record["mode"])),
        url=record["url"],
        event_types=tuple(EventType(type) for type in record["event_types"]),
        description=record["description"],
        disabled=None if record["disabled"] is None else DisabledReason(record["disabled"]),
        disabled_at=record["disabled_at"],
        failing_since=record["failing_since"],
        secret_number=record["secret_number"],
        older_secret_until=record["older_secret_until"],
        created=record["created"],
        updated=record["updated"],
    )
