"""Stripe Connect: how a user's account comes to a platform, and leaves it."""

from datetime import datetime
from typing import Protocol

import attrs

from domain.partner import Mode
from domain.secret import Secret
from domain.stripe_account import StripeAccountId
from domain.stripe_authorization import ConnectScope


@attrs.frozen(kw_only=True)
class ConnectRequest:
    """What a user is asked for at Stripe."""

    client_id: str
    state: str = attrs.field(repr=False)
    scope: ConnectScope
    redirect_uri: str
    landing: str | None = None
    """`login` or `register`."""
    prefill: tuple[tuple[str, str], ...] = ()
    """Fields of Stripe's `stripe_user`, such as `email`."""


@attrs.frozen(kw_only=True)
class GrantedAccount:
    """The account that a user let the platform act for. Its token is not kept: the platform's key does all."""

    account: StripeAccountId
    mode: Mode
    scope: str | None


@attrs.frozen(kw_only=True)
class AccountStanding:
    """An account, as Stripe shows it to the platform."""

    account: StripeAccountId
    details_submitted: bool
    charges_enabled: bool
    payouts_enabled: bool
    card_payments: str | None = None
    """Where this capability stands: `active`, `pending`, `inactive`; None: Stripe does not say."""
    disabled_reason: str | None = None
    """Why something is not enabled, in Stripe's word for it."""
    due: tuple[str, ...] = ()
    """What Stripe wants to be told now."""


@attrs.frozen(kw_only=True)
class OnboardingLink:
    """One visit to Stripe's onboarding."""

    url: str = attrs.field(repr=False)
    expires_at: datetime


class CodeRefused(Exception):
    """Stripe does not take the code, or not with this key. Nothing is connected by it."""


class StripeConnect(Protocol):
    """Every method but `address` raises what `ports.stripe_refusals` has."""

    def address(self, request: ConnectRequest) -> str:
        """Where to send the user. Asks nobody."""
        ...

    async def redeem(self, code: str, *, key: Secret) -> GrantedAccount:
        """The account. Never tried twice: a code that is redeemed again takes the access away. Raises CodeRefused."""
        ...

    async def standing(self, account: StripeAccountId, *, key: Secret, is_own: bool) -> AccountStanding:
        """The account, if the platform may act for it; `is_own`: it is the platform's own. Raises StripeAccountGone."""
        ...

    async def deauthorize(self, account: StripeAccountId, *, client_id: str, key: Secret) -> bool:
        """The platform lets the account go. False: it had no access any more."""
        ...


class StripeOnboarding(Protocol):
    """Accounts that the platform makes. Both methods raise what `ports.stripe_refusals` has."""

    async def create_account(
        self, *, key: Secret, country: str | None, email: str | None, idempotency_key: str
    ) -> StripeAccountId:
        """A new account; the same one for the same idempotency key within a day."""
        ...

    async def link(self, account: StripeAccountId, *, key: Secret, return_url: str, refresh_url: str) -> OnboardingLink:
        """A new link; older ones of the account end."""
        ...
