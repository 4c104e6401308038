"""A user comes back from Stripe: the account is connected or not, and it is known what the partner's page is told.

The state is used up, and that is committed, before anything else: of two requests with one code, or of a page that is
loaded again, one alone goes on to Stripe, for a code that is redeemed twice takes the first one's access away.
"""

from datetime import datetime
from typing import Final

import attrs

from domain.actor import Actor, ActorKind
from domain.stripe_account import StripeAccountId
from domain.stripe_authorization import (
    ConnectError,
    ConnectMethod,
    ConnectResult,
    StripeAuthorization,
    with_query,
)
from ports.stripe_accounts import AccountOfAnotherCompany
from ports.stripe_authorizations import StateUsed
from ports.stripe_connect import CodeRefused
from ports.stripe_refusals import (
    StripeAccountGone,
    StripeAnswerUnreadable,
    StripeKeyRefused,
    StripePermissionMissing,
    StripeRefused,
    StripeUnavailable,
)
from ports.use_cases.active_company import CompanyIsArchived, NoSuchCompany
from ports.use_cases.begin_stripe_authorization import StripeVisits, digest_of_state, link_addresses
from ports.use_cases.connect_stripe_account import record_connection
from ports.use_cases.platform_key import NoPlatformKey

VISITOR: Final = Actor(kind=ActorKind.OWNER, id="by Stripe's page")
"""Whoever it was, Stripe knows them, and we do not."""

_ERRORS: Final[tuple[tuple[type[Exception], ConnectError], ...]] = (
    (AccountOfAnotherCompany, ConnectError.ACCOUNT_TAKEN),
    (CompanyIsArchived, ConnectError.COMPANY_ARCHIVED),
    (NoSuchCompany, ConnectError.COMPANY_ARCHIVED),
    (NoPlatformKey, ConnectError.NO_KEY),
    (StripeKeyRefused, ConnectError.NO_KEY),
    (StripePermissionMissing, ConnectError.NO_KEY),
    (CodeRefused, ConnectError.CODE_REFUSED),
    (StripeUnavailable, ConnectError.STRIPE_UNAVAILABLE),
    (StripeAnswerUnreadable, ConnectError.STRIPE_UNAVAILABLE),
    (StripeAccountGone, ConnectError.STRIPE_REFUSED),
    (StripeRefused, ConnectError.STRIPE_REFUSED),
)
"""What may go wrong on the way, and what the partner's page is told of it."""


@attrs.frozen(kw_only=True)
class Return:
    """What Stripe sent the user back with."""

    state: str = attrs.field(repr=False)
    code: str | None = attrs.field(default=None, repr=False)
    error: str | None = None


async def end_stripe_authorization(back: Return, *, at: datetime, visits: StripeVisits) -> str:
    """The address of the partner's page, with one clear result in it.

    Raises StateUnknown: nobody knows which page that would be; StoreUnavailable.
    """
    digest = digest_of_state(back.state)
    try:
        async with visits.store.control() as transaction:
            authorization = await transaction.stripe_authorizations.use(digest, at=at)
    except StateUsed as used:
        return _error(used.authorization, ConnectError.STATE_USED)
    if at >= authorization.expires:
        return _error(authorization, ConnectError.STATE_EXPIRED)
    try:
        if authorization.method is ConnectMethod.ACCOUNT_LINK:
            return await _completed(authorization, visits)
        return await _granted(authorization, back, at, visits)
    except tuple(kind for kind, _ in _ERRORS) as trouble:
        return _error(authorization, next(error for kind, error in _ERRORS if isinstance(trouble, kind)))


async def renewed_link(state: str, *, at: datetime, visits: StripeVisits) -> str:
    """Stripe's link was old or used: the address of another one, or of the partner's page. Raises StateUnknown."""
    async with visits.store.control() as transaction:
        authorization = await transaction.stripe_authorizations.find(digest_of_state(state))
    if authorization.used is not None:
        return _error(authorization, ConnectError.STATE_USED)
    if at >= authorization.expires or authorization.account is None:
        return _error(authorization, ConnectError.STATE_EXPIRED)
    try:
        platform = await visits.keys.of(authorization.tenant)
        addresses = link_addresses(visits.public_url, state)
        link = await visits.onboarding.link(authorization.account, key=platform.key, **addresses)
    except tuple(kind for kind, _ in _ERRORS) as trouble:
        return _error(authorization, next(error for kind, error in _ERRORS if isinstance(trouble, kind)))
    return link.url


async def _granted(authorization: StripeAuthorization, back: Return, at: datetime, visits: StripeVisits) -> str:
    if back.error is not None or not back.code:
        denied = back.error == ConnectError.ACCESS_DENIED.value
        return _error(authorization, ConnectError.ACCESS_DENIED if denied else ConnectError.STRIPE_REFUSED)
    platform = await visits.keys.of(authorization.tenant)
    granted = await visits.stripe.redeem(back.code, key=platform.key)
    if granted.mode is not authorization.tenant.mode:
        return _error(authorization, ConnectError.OTHER_MODE)
    account = granted.account
    await visits.stripe.standing(account, key=platform.key, is_own=platform.is_own(account))
    await record_connection(
        account, company=authorization.company, tenant=authorization.tenant, who=VISITOR, at=at, store=visits.store
    )
    return _told(authorization, ConnectResult.CONNECTED, account, {"scope": granted.scope or ""})


async def _completed(authorization: StripeAuthorization, visits: StripeVisits) -> str:
    """Coming back does not mean that the user is done: Stripe is asked."""
    account = authorization.account
    if account is None:
        return _error(authorization, ConnectError.STRIPE_REFUSED)
    platform = await visits.keys.of(authorization.tenant)
    standing = await visits.stripe.standing(account, key=platform.key, is_own=False)
    can = {
        "details_submitted": standing.details_submitted,
        "charges_enabled": standing.charges_enabled,
        "payouts_enabled": standing.payouts_enabled,
    }
    said = {name: "true" if value else "false" for name, value in can.items()}
    result = ConnectResult.CONNECTED if standing.details_submitted else ConnectResult.INCOMPLETE
    return _told(authorization, result, account, said)


def _told(
    authorization: StripeAuthorization, result: ConnectResult, account: StripeAccountId, more: dict[str, str]
) -> str:
    said = {"result": result.value, "account": account, **more, "state": authorization.state}
    return with_query(authorization.return_url, said)


def _error(authorization: StripeAuthorization, error: ConnectError) -> str:
    said = {"result": ConnectResult.ERROR.value, "error": error.value, "state": authorization.state}
    return with_query(authorization.return_url, said)
