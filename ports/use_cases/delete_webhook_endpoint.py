"""Deletes a webhook endpoint with its secrets, and all that was to be sent there."""

from datetime import datetime

from domain.actor import Actor
from domain.audit_entry import AuditEntry
from domain.partner import Tenant
from domain.webhook_endpoint import WebhookEndpointId
from ports.transaction import Store


async def delete_webhook_endpoint(
    id: WebhookEndpointId, *, tenant: Tenant, who: Actor, store: Store, at: datetime
) -> bool:
    """False: the tenant has none of this id."""
    async with store.control() as transaction:
        endpoint = await transaction.webhook_endpoints.find(tenant, id)
        if endpoint is None:
            return False
        for number in (endpoint.secret_number, endpoint.secret_number - 1):
            await transaction.sealed_secrets.delete(endpoint.secret_place(number))
        await transaction.webhook_endpoints.delete(endpoint)
        entry = AuditEntry(who=who, action="webhook_endpoint.deleted", subject=id, at=at)
        await transaction.partner_trail.append(tenant, [entry])
    return True
