"""Adds a webhook endpoint with its first signing secret."""

from domain.actor import Actor
from domain.audit_entry import AuditEntry
from domain.secret import Secret
from domain.webhook_endpoint import WebhookEndpoint
from domain.webhook_url import checked_webhook_url
from ports.master_key import MasterKey
from ports.secret_box import SecretBox
from ports.transaction import Store
from ports.use_cases.seal_secret import seal_secret


async def add_webhook_endpoint(
    endpoint: WebhookEndpoint,
    secret: Secret,
    *,
    who: Actor,
    store: Store,
    master_key: MasterKey,
    secret_box: SecretBox,
    loopback_allowed: bool,
) -> None:
    """The secret is shown to the partner this once. Raises UnusableWebhookUrl, TooManyEndpoints, MasterKeyUnknown."""
    checked_webhook_url(endpoint.url, endpoint.tenant.mode, loopback_allowed=loopback_allowed)
    async with store.control() as transaction:
        await transaction.webhook_endpoints.add(endpoint)
        await seal_secret(
            secret,
            endpoint.secret_place(endpoint.secret_number),
            transaction=transaction,
            master_key=master_key,
            secret_box=secret_box,
        )
        added = AuditEntry(
            who=who,
            action="webhook_endpoint.added",
            subject=endpoint.id,
            at=endpoint.created,
            detail={"event_types": list(endpoint.event_types)},
        )
        await transaction.partner_trail.append(endpoint.tenant, [added])
