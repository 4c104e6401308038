"""A user is about to be sent to Stripe, for one company: the address, whose state only this company can use."""

from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Final

import attrs

from domain.actor import Actor
from domain.audit_entry import AuditEntry
from domain.company import Company
from domain.refused_field import RefusedField
from domain.stripe_account import StripeAccountId
from domain.stripe_authorization import LIFE, ConnectMethod, ConnectScope, StripeAuthorization, return_url_fault
from ports.stripe_connect import ConnectRequest, StripeConnect, StripeOnboarding
from ports.transaction import Store
from ports.use_cases.active_company import FieldsRefused, active_company, refuse
from ports.use_cases.connect_stripe_account import record_connection
from ports.use_cases.platform_key import OpenedPlatform, PlatformKeys

CALLBACK: Final = "/integrations/stripe/callback"
REFRESH: Final = "/integrations/stripe/refresh"


@attrs.frozen(kw_only=True)
class Visit:
    """What the partner wants of the visit."""

    method: ConnectMethod
    return_url: str
    state: str
    scope: ConnectScope = ConnectScope.READ_ONLY
    landing: str | None = None
    prefill: tuple[tuple[str, str], ...] = ()
    account: StripeAccountId | None = None
    """By an account link: one that the platform made before. None: a new one."""
    country: str | None = None
    email: str | None = None


@attrs.frozen(kw_only=True)
class BegunVisit:
    """Where to send the user, and until when."""

    url: str = attrs.field(repr=False)
    expires: datetime
    account: StripeAccountId | None


@attrs.frozen(kw_only=True)
class StripeVisits:
    """What beginning and ending a visit need."""

    store: Store
    stripe: StripeConnect
    onboarding: StripeOnboarding
    keys: PlatformKeys
    public_url: str
    random_secret: Callable[[], str]


def digest_of_state(state: str) -> bytes:
    """What is kept of a state."""
    return sha256(state.encode("utf-8", "surrogatepass")).digest()


def link_addresses(public_url: str, state: str) -> dict[str, str]:
    """Where an account link leads back to. A state has no characters that an address would not."""
    return {
        "return_url": f"{public_url}{CALLBACK}?state={state}",
        "refresh_url": f"{public_url}{REFRESH}?state={state}",
    }


async def begin_stripe_authorization(
    visit: Visit, *, company: Company, who: Actor, at: datetime, visits: StripeVisits
) -> BegunVisit:
    """The state is kept before the address is known to anybody.

    An account that the platform makes is the company's from its beginning. Raises FieldsRefused, NoSuchCompany,
    CompanyIsArchived, AccountOfAnotherCompany, NoPlatformKey and what `ports.stripe_refusals` has.
    """
    fault = return_url_fault(visit.return_url, company.tenant.mode)
    refuse([] if fault is None else [RefusedField(pointer="/return_url", reason=fault)])
    platform = await visits.keys.of(company.tenant)
    account = None
    if visit.method is ConnectMethod.ACCOUNT_LINK:
        account = await _account_of(visit, platform, company, who, at, visits)
    elif platform.integration.client_id is None:
        reason = "oauth needs the platform's client_id, which was not given: put it to /v1/integrations/stripe"
        raise FieldsRefused([RefusedField(pointer="/method", reason=reason)])
    state = visits.random_secret()
    authorization = StripeAuthorization(
        digest=digest_of_state(state),
        tenant=company.tenant,
        company=company.id,
        method=visit.method,
        return_url=visit.return_url,
        state=visit.state,
        scope=visit.scope,
        account=account,
        expires=at + LIFE,
    )
    async with visits.store.control() as transaction:
        await active_company(company.id, tenant=company.tenant, companies=transaction.companies)
        await transaction.stripe_authorizations.add(authorization)
        entry = AuditEntry(who=who, action="stripe_authorization.begun", subject=company.id, at=at)
        await transaction.partner_trail.append(company.tenant, [entry])
    if account is None:
        client_id = platform.integration.client_id or ""
        url = visits.stripe.address(_request(visit, client_id, state, visits.public_url))
        return BegunVisit(url=url, expires=authorization.expires, account=None)
    link = await visits.onboarding.link(account, key=platform.key, **link_addresses(visits.public_url, state))
    return BegunVisit(url=link.url, expires=min(link.expires_at, authorization.expires), account=account)


async def _account_of(
    visit: Visit, platform: OpenedPlatform, company: Company, who: Actor, at: datetime, visits: StripeVisits
) -> StripeAccountId:
    account = visit.account
    if account is None:
        account = await visits.onboarding.create_account(
            key=platform.key,
            country=visit.country,
            email=visit.email,
            idempotency_key=await _same_for_a_retry(visit, company, visits.store),
        )
    else:
        await visits.stripe.standing(account, key=platform.key, is_own=platform.is_own(account))
    await record_connection(account, company=company.id, tenant=company.tenant, who=who, at=at, store=visits.store)
    return account


async def _same_for_a_retry(visit: Visit, company: Company, store: Store) -> str:
    """A request that died before the account was recorded, made again, gives the same account, not a second one."""
    async with store.control() as transaction:
        had = await transaction.stripe_accounts.of_company(company.id)
    asked = f"{company.id}\0{len(had)}\0{visit.country}\0{visit.email}"
    return f"tieout-account-{sha256(asked.encode()).hexdigest()[:40]}"


def _request(visit: Visit, client_id: str, state: str, public_url: str) -> ConnectRequest:
    return ConnectRequest(
        client_id=client_id,
        state=state,
        scope=visit.scope,
        redirect_uri=public_url + CALLBACK,
        landing=visit.landing,
        prefill=visit.prefill,
    )
