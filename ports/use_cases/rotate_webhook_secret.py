"""Gives a webhook endpoint a new signing secret; for a while the one before signs as well."""

from datetime import datetime, timedelta

from domain.actor import Actor
from domain.audit_entry import AuditEntry
from domain.partner import Tenant
from domain.secret import Secret
from domain.webhook_endpoint import WebhookEndpoint, WebhookEndpointId
from ports.master_key import MasterKey
from ports.secret_box import SecretBox
from ports.transaction import Store
from ports.use_cases.seal_secret import seal_secret


async def rotate_webhook_secret(
    id: WebhookEndpointId,
    secret: Secret,
    *,
    overlap: timedelta,
    tenant: Tenant,
    who: Actor,
    store: Store,
    master_key: MasterKey,
    secret_box: SecretBox,
    at: datetime,
) -> WebhookEndpoint | None:
    """The endpoint as it is now; None if the tenant has none of this id. Raises MasterKeyUnknown, KeyDamaged."""
    async with store.control() as transaction:
        endpoint = await transaction.webhook_endpoints.find(tenant, id)
        if endpoint is None:
            return None
        rotated = endpoint.rotated(overlap=overlap, at=at)
        await seal_secret(
            secret,
            rotated.secret_place(rotated.secret_number),
            transaction=transaction,
            master_key=master_key,
            secret_box=secret_box,
        )
        # Two are enough: the one before the one before is of no use any more.
        await transaction.sealed_secrets.delete(endpoint.secret_place(endpoint.secret_number - 1))
        await transaction.webhook_endpoints.change(rotated)
        entry = AuditEntry(who=who, action="webhook_endpoint.secret_rotated", subject=id, at=at)
        await transaction.partner_trail.append(tenant, [entry])
    return rotated
