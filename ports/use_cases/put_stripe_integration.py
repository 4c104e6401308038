"""Keeps a partner's Stripe key, once Stripe has shown what it may do, and the secrets that sign its webhooks."""

from collections.abc import Callable, Sequence
from datetime import datetime

import attrs

from domain.actor import Actor
from domain.audit_entry import AuditEntry
from domain.partner import Tenant
from domain.refused_field import RefusedField
from domain.secret import Secret
from domain.stripe_integration import StripeIntegration, WebhookSecret, hint_of, mode_of_key
from domain.stripe_key_check import KeyCheck
from ports.master_key import MasterKey
from ports.secret_box import SecretBox
from ports.stripe_platform import StripePlatform
from ports.stripe_refusals import StripeKeyRefused
from ports.transaction import ControlTransaction, Store
from ports.use_cases.active_company import FieldsRefused, refuse
from ports.use_cases.open_secret import open_secret
from ports.use_cases.seal_secret import seal_secret


class StripeIntegrationChanged(Exception):
    """Somebody else changed it while the key that is kept was checked at Stripe. Nothing was written: try again."""

    def __init__(self) -> None:
        super().__init__("the integration was changed meanwhile")


@attrs.frozen(kw_only=True)
class StripeKeys:
    """What the partner gives. None: what is kept stays."""

    client_id: str | None = None
    secret_key: Secret | None = None
    webhook_secrets: Sequence[Secret] | None = None


async def put_stripe_integration(
    given: StripeKeys,
    *,
    tenant: Tenant,
    who: Actor,
    store: Store,
    stripe: StripePlatform,
    master_key: MasterKey,
    secret_box: SecretBox,
    random_id: Callable[[int], str],
    at: datetime,
) -> StripeIntegration:
    """As it is kept now: all of what was given, or nothing. A key that is kept and not given is checked anew.

    Raises FieldsRefused, StripeIntegrationChanged, MasterKeyUnknown, StripeUnavailable, StripeRefused and
    StripeAnswerUnreadable.
    """
    refuse(_refused(given, tenant))
    kept = await _kept(given, tenant, store, master_key, secret_box)
    check = await _checked(kept.key, given.client_id or kept.client_id, stripe, at)
    async with store.control() as transaction:
        before = await transaction.stripe_integrations.find(tenant)
        if kept.relied_on and kept.revision != (before.revision if before else None):
            raise StripeIntegrationChanged
        refuse(await _of_another_platform(check, before, transaction))
        integration = StripeIntegration(
            tenant=tenant,
            revision=random_id(20),
            client_id=given.client_id or (before.client_id if before else None),
            key_hint=hint_of(kept.key),
            check=check,
            webhook_secrets=before.webhook_secrets if before else (),
            created=before.created if before else at,
            updated=at,
        )
        sealing = _Sealing(transaction, master_key, secret_box)
        await sealing.seal(kept.key, integration)
        if given.webhook_secrets is not None:
            integration = await sealing.replace(given.webhook_secrets, integration, random_id, at)
        await transaction.stripe_integrations.put(integration)
        await transaction.partner_trail.append(tenant, [_entry(integration, before, who, at)])
    return integration


def _refused(given: StripeKeys, tenant: Tenant) -> list[RefusedField]:
    refused = []
    if given.secret_key is not None and mode_of_key(given.secret_key) is not tenant.mode:
        reason = f"is not a key of {tenant.mode.value} mode, which the key that you ask with is of"
        refused.append(RefusedField(pointer="/secret_key", reason=reason))
    secrets = given.webhook_secrets or ()
    for index, secret in enumerate(secrets):
        if secret in secrets[:index]:
            refused.append(RefusedField(pointer=f"/webhook_secrets/{index}", reason="is there twice"))
    return refused


@attrs.frozen(kw_only=True)
class _Kept:
    """What is to be tried, and what is kept."""

    key: Secret = attrs.field(repr=False)
    """The one that is given, or that is kept."""
    client_id: str | None
    revision: str | None
    relied_on: bool
    """Not all is given: what is kept must still be that when the check has ended."""


async def _kept(given: StripeKeys, tenant: Tenant, store: Store, master_key: MasterKey, secret_box: SecretBox) -> _Kept:
    key = given.secret_key
    async with store.control() as transaction:
        integration = await transaction.stripe_integrations.find(tenant)
        if key is None and integration is not None:
            key = await open_secret(
                integration.key_place, transaction=transaction, master_key=master_key, secret_box=secret_box
            )
    if key is None:
        raise FieldsRefused([RefusedField(pointer="/secret_key", reason="is missing, and none is kept")])
    return _Kept(
        key=key,
        client_id=integration.client_id if integration else None,
        revision=integration.revision if integration else None,
        relied_on=given.secret_key is None or (given.client_id is None and integration is not None),
    )


async def _checked(key: Secret, client_id: str | None, stripe: StripePlatform, at: datetime) -> KeyCheck:
    try:
        return await stripe.check_key(key, client_id=client_id, at=at)
    except StripeKeyRefused as refusal:
        reason = "is not known to Stripe, or no longer: it was mistyped, rolled or deleted"
        raise FieldsRefused([RefusedField(pointer="/secret_key", reason=reason)]) from refusal


async def _of_another_platform(
    check: KeyCheck, before: StripeIntegration | None, transaction: ControlTransaction
) -> list[RefusedField]:
    """Accounts that were connected through one platform cannot be read through another."""
    if before is None or None in (check.account, before.check.account) or check.account == before.check.account:
        return []
    if not await transaction.stripe_accounts.any_connected(before.tenant):
        return []
    reason = f"is of {check.account}, but companies are connected through {before.check.account}"
    return [RefusedField(pointer="/secret_key", reason=reason)]


@attrs.frozen
class _Sealing:
    """Secrets on their way to and from their places, in one transaction."""

    transaction: ControlTransaction
    master_key: MasterKey
    secret_box: SecretBox

    async def seal(self, key: Secret, integration: StripeIntegration) -> None:
        await seal_secret(
            key,
            integration.key_place,
            transaction=self.transaction,
            master_key=self.master_key,
            secret_box=self.secret_box,
        )

    async def replace(
        self, secrets: Sequence[Secret], integration: StripeIntegration, random_id: Callable[[int], str], at: datetime
    ) -> StripeIntegration:
        """These, instead of those that are kept. One that is kept already stays as it is."""
        kept: list[WebhookSecret] = []
        left = list(secrets)
        for one in integration.webhook_secrets:
            place = integration.webhook_secret_place(one.id)
            known = await open_secret(
                place, transaction=self.transaction, master_key=self.master_key, secret_box=self.secret_box
            )
            if known is not None and known in left:
                left.remove(known)
                kept.append(one)
            else:
                await self.transaction.sealed_secrets.delete(place)
        for secret in left:
            added = WebhookSecret(id=random_id(12), hint=hint_of(secret), added=at)
            await seal_secret(
                secret,
                integration.webhook_secret_place(added.id),
                transaction=self.transaction,
                master_key=self.master_key,
                secret_box=self.secret_box,
            )
            kept.append(added)
        return attrs.evolve(integration, webhook_secrets=tuple(kept))


def _entry(integration: StripeIntegration, before: StripeIntegration | None, who: Actor, at: datetime) -> AuditEntry:
    detail = {
        "client_id": integration.client_id,
        "key": integration.key_hint,
        "account": integration.check.account,
        "webhook_secrets": [secret.hint for secret in integration.webhook_secrets],
    }
    action = "stripe_integration.added" if before is None else "stripe_integration.changed"
    subject = integration.check.account or integration.key_hint
    return AuditEntry(who=who, action=action, subject=subject, at=at, detail=detail)
