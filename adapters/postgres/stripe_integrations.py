"""Partners' Stripe platforms in PostgreSQL."""

from collections.abc import Mapping, Sequence

import asyncpg

from domain.partner import Mode, PartnerId, Tenant
from domain.stripe_integration import StripeIntegration, WebhookSecret
from ports.kept_values import key_check_bytes, key_check_from


class PostgresStripeIntegrations:
    """Keeps the promises of `ports.stripe_integrations.StripeIntegrations`."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def find(self, tenant: Tenant) -> StripeIntegration | None:
        """By its key."""
        record = await self._connection.fetchrow(
            "SELECT * FROM stripe_integrations WHERE partner_id = $1 AND mode = $2 FOR UPDATE",
            tenant.partner,
            tenant.mode.value,
        )
        return None if record is None else _integration(record)

    async def put(self, integration: StripeIntegration) -> None:
        """Inserted or replaced."""
        await self._connection.execute(
            """
            INSERT INTO stripe_integrations (
              partner_id, mode, revision, client_id, key_hint, key_check, webhook_secrets, webhook_hints, webhook_added,
              created, updated)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            ON CONFLICT (partner_id, mode) DO UPDATE SET
              revision = excluded.revision, client_id = excluded.client_id, key_hint = excluded.key_hint,
              key_check = excluded.key_check, webhook_secrets = excluded.webhook_secrets,
              webhook_hints = excluded.webhook_hints, webhook_added = excluded.webhook_added,
              created = excluded.created, updated = excluded.updated
            """,
            integration.tenant.partner,
            integration.tenant.mode.value,
            integration.revision,
            integration.client_id,
            integration.key_hint,
            key_check_bytes(integration.check),
            [secret.id for secret in integration.webhook_secrets],
            [secret.hint for secret in integration.webhook_secrets],
            [secret.added for secret in integration.webhook_secrets],
            integration.created,
            integration.updated,
        )

    async def delete(self, tenant: Tenant) -> None:
        """By its key."""
        await self._connection.execute(
            "DELETE FROM stripe_integrations WHERE partner_id = $1 AND mode = $2", tenant.partner, tenant.mode.value
        )

    async def revisions(self) -> Mapping[Tenant, str]:
        """Of all."""
        records = await self._connection.fetch("SELECT partner_id, mode, revision FROM stripe_integrations")
        return {_tenant(record): record["revision"] for record in records}

    async def all(self) -> Sequence[StripeIntegration]:
        """In order of their keys."""
        records = await self._connection.fetch("SELECT * FROM stripe_integrations ORDER BY partner_id, mode")
        return tuple(_integration(record) for record in records)


def _tenant(record: asyncpg.Record) -> Tenant:
    return Tenant(partner=PartnerId(record["partner_id"]), mode=Mode(record["mode"]))


def _integration(record: asyncpg.Record) -> StripeIntegration:
    kept = zip(record["webhook_secrets"], record["webhook_hints"], record["webhook_added"], strict=True)
    return StripeIntegration(
        tenant=_tenant(record),
        revision=record["revision"],
        client_id=record["client_id"],
        key_hint=record["key_hint"],
        check=key_check_from(record["key_check"]),
        webhook_secrets=tuple(WebhookSecret(id=id, hint=hint, added=added) for id, hint, added in kept),
        created=record["created"],
        updated=record["updated"],
    )
