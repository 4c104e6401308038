"""Changes what is sent to a webhook endpoint, and where; turns it off and on."""

from collections.abc import Sequence
from datetime import datetime

import attrs

from domain.actor import Actor
from domain.audit_entry import AuditEntry
from domain.company_event import EventType
from domain.partner import Tenant
from domain.webhook_endpoint import DisabledReason, WebhookEndpoint, WebhookEndpointId
from domain.webhook_url import checked_webhook_url
from ports.transaction import Store


@attrs.frozen(kw_only=True)
class EndpointChange:
    """What is to be different; None: as it is."""

    url: str | None = None
    event_types: Sequence[EventType] | None = None
    description: str | None = None
    enabled: bool | None = None


async def change_webhook_endpoint(
    id: WebhookEndpointId,
    change: EndpointChange,
    *,
    tenant: Tenant,
    who: Actor,
    store: Store,
    loopback_allowed: bool,
    at: datetime,
) -> WebhookEndpoint | None:
    """The endpoint as it is now; None if the tenant has none of this id. Raises UnusableWebhookUrl.

    Turned on again it gets what happened in the meantime first.
    """
    if change.url is not None:
        checked_webhook_url(change.url, tenant.mode, loopback_allowed=loopback_allowed)
    async with store.control() as transaction:
        endpoint = await transaction.webhook_endpoints.find(tenant, id)
        if endpoint is None:
            return None
        changed = _changed(endpoint, change, at)
        if changed == endpoint:
            return endpoint
        await transaction.webhook_endpoints.change(changed)
        if changed.enabled and not endpoint.enabled:
            await transaction.deliveries.resume(id, at=at)
        elif endpoint.enabled and not changed.enabled:
            await transaction.deliveries.pause(id)
        entry = AuditEntry(
            who=who,
            action="webhook_endpoint.changed",
            subject=id,
            at=at,
            detail={"enabled": changed.enabled, "event_types": list(changed.event_types)},
        )
        await transaction.partner_trail.append(tenant, [entry])
    return changed


def _changed(endpoint: WebhookEndpoint, change: EndpointChange, at: datetime) -> WebhookEndpoint:
    said = attrs.evolve(
        endpoint,
        url=endpoint.url if change.url is None else change.url,
        event_types=endpoint.event_types if change.event_types is None else tuple(change.event_types),
        description=endpoint.description if change.description is None else change.description,
    )
    if change.enabled is True and not said.enabled:
        return said.turned_on(at=at)
    if change.enabled is False and said.enabled:
        return said.turned_off(DisabledReason.PARTNER, at=at)
    return said if said == endpoint else attrs.evolve(said, updated=at)
