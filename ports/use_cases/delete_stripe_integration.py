"""Deletes a partner's Stripe keys and webhook secrets."""

from datetime import datetime

from domain.actor import Actor
from domain.audit_entry import AuditEntry
from domain.partner import Tenant
from ports.transaction import Store


class NoStripeIntegration(Exception):
    """The partner has given no Stripe key in this mode."""

    def __init__(self, tenant: Tenant) -> None:
        super().__init__(f"{tenant.partner} has no Stripe key in {tenant.mode} mode")
        self.tenant = tenant


async def delete_stripe_integration(*, tenant: Tenant, who: Actor, store: Store, at: datetime) -> None:
    """Connected accounts stay known; nothing of them is read until there is a key again. Raises NoStripeIntegration."""
    async with store.control() as transaction:
        integration = await transaction.stripe_integrations.find(tenant)
        if integration is None:
            raise NoStripeIntegration(tenant)
        for place in (integration.key_place, *integration.webhook_secret_places):
            await transaction.sealed_secrets.delete(place)
        await transaction.stripe_integrations.delete(tenant)
        subject = integration.check.account or integration.key_hint
        entry = AuditEntry(who=who, action="stripe_integration.deleted", subject=subject, at=at)
        await transaction.partner_trail.append(tenant, [entry])
