"""A company gets a Stripe account, of which Stripe has shown that the platform may act for it."""

from datetime import datetime

import attrs

from domain.actor import Actor
from domain.audit_entry import AuditEntry
from domain.company import CompanyId
from domain.company_event import CompanyEvent, EventType
from domain.partner import Tenant
from domain.stripe_account import ConnectionState, StripeAccountId, StripeConnection
from domain.work import WorkKind
from ports.stripe_connect import StripeConnect
from ports.transaction import Store
from ports.use_cases.active_company import active_company
from ports.use_cases.platform_key import PlatformKeys


async def connect_stripe_account(
    account: StripeAccountId,
    *,
    company: CompanyId,
    tenant: Tenant,
    who: Actor,
    at: datetime,
    store: Store,
    stripe: StripeConnect,
    keys: PlatformKeys,
) -> StripeConnection:
    """By the partner's program: Stripe is asked whether the platform may act for the account in this mode.

    Raises NoSuchCompany, CompanyIsArchived, AccountOfAnotherCompany, NoPlatformKey, StripeAccountGone and what
    else `ports.stripe_refusals` has; then nothing was written.
    """
    platform = await keys.of(tenant)
    await stripe.standing(account, key=platform.key, is_own=platform.is_own(account))
    return await record_connection(account, company=company, tenant=tenant, who=who, at=at, store=store)


async def record_connection(
    account: StripeAccountId, *, company: CompanyId, tenant: Tenant, who: Actor, at: datetime, store: Store
) -> StripeConnection:
    """The company has the account, and it is looked at. Connected again, it goes on where it was: nothing is doubled.

    Raises NoSuchCompany, CompanyIsArchived, AccountOfAnotherCompany.
    """
    connection = StripeConnection(tenant=tenant, account=account, company=company, connected=at, changed=at)
    async with store.company(company) as transaction:
        await active_company(company, tenant=tenant, companies=transaction.companies)
        before = await transaction.stripe_accounts.find(tenant, account)
        kept = await transaction.stripe_accounts.connect(connection)
        was_broken = before is not None and before.state is not ConnectionState.CONNECTED
        if before is None or was_broken:
            action = "stripe_account.reconnected" if was_broken else "stripe_account.connected"
            await transaction.audit.append([AuditEntry(who=who, action=action, subject=account, at=at)])
        if was_broken:
            data = {"provider": "stripe", "account": account}
            await transaction.outbox.append([CompanyEvent(type=EventType.CONNECTION_RESTORED, data=data, at=at)])
        await transaction.work.request(WorkKind.SYNC_STRIPE, company, at=at)
    return kept


@attrs.frozen
class NoSuchAccount(Exception):
    """The company has no such account, and never had."""

    account: StripeAccountId

    def __str__(self) -> str:
        return f"no account {self.account}"


async def end_connection(
    account: StripeAccountId,
    state: ConnectionState,
    *,
    company: CompanyId,
    tenant: Tenant,
    who: Actor,
    at: datetime,
    store: Store,
    reason: str,
) -> StripeConnection:
    """The account is no longer read; its books stay. One that is not connected stays as it is. Raises NoSuchAccount."""
    async with store.company(company) as transaction:
        before = await transaction.stripe_accounts.find(tenant, account)
        if before is None or before.company != company:
            raise NoSuchAccount(account)
        ended = await transaction.stripe_accounts.end(tenant, account, state, at=at)
        if ended is None:
            return before
        entry = AuditEntry(who=who, action=f"stripe_account.{state.value}", subject=account, at=at, note=reason)
        await transaction.audit.append([entry])
        if state is ConnectionState.DEAUTHORISED:
            data = {"provider": "stripe", "account": account, "reason": reason}
            await transaction.outbox.append([CompanyEvent(type=EventType.CONNECTION_BROKEN, data=data, at=at)])
    return ended
