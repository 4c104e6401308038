"""A company's Stripe account is no longer read, by the partner's will; its books stay."""

from datetime import datetime

from domain.actor import Actor
from domain.company import CompanyId
from domain.partner import Tenant
from domain.refused_field import RefusedField
from domain.stripe_account import ConnectionState, StripeAccountId, StripeConnection
from ports.stripe_connect import StripeConnect
from ports.transaction import Store
from ports.use_cases.active_company import FieldsRefused
from ports.use_cases.connect_stripe_account import NoSuchAccount, end_connection
from ports.use_cases.platform_key import PlatformKeys


async def disconnect_stripe_account(
    account: StripeAccountId,
    *,
    deauthorize: bool,
    company: CompanyId,
    tenant: Tenant,
    who: Actor,
    at: datetime,
    store: Store,
    stripe: StripeConnect,
    keys: PlatformKeys,
) -> StripeConnection:
    """With `deauthorize` the platform lets the account go at Stripe, first: if that fails, it stays connected here.

    Raises NoSuchAccount, FieldsRefused, NoPlatformKey and what `ports.stripe_refusals` has.
    """
    async with store.control() as transaction:
        known = await transaction.stripe_accounts.find(tenant, account)
    if known is None or known.company != company:
        raise NoSuchAccount(account)
    if deauthorize:
        platform = await keys.of(tenant)
        client_id = platform.integration.client_id
        if client_id is None:
            reason = "needs the platform's client_id, which was not given: put it to /v1/integrations/stripe"
            raise FieldsRefused([RefusedField(pointer="/deauthorize", reason=reason)])
        await stripe.deauthorize(account, client_id=client_id, key=platform.key)
    return await end_connection(
        account,
        ConnectionState.DISCONNECTED,
        company=company,
        tenant=tenant,
        who=who,
        at=at,
        store=store,
        reason="deauthorised at Stripe" if deauthorize else "",
    )
