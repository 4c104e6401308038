# ruff: noqa: ARG002  # a key, or an address to come back to, is nothing to it
"""A Stripe Connect that asks nobody: users have accepted or refused as a test says, and accounts are what it says.

Differences from the real one: keys are never looked at, and what is redeemed twice takes nothing away.
"""

from datetime import UTC, datetime
from urllib.parse import urlencode

import attrs

from domain.partner import Mode
from domain.secret import Secret
from domain.stripe_account import StripeAccountId
from ports.stripe_connect import AccountStanding, CodeRefused, ConnectRequest, GrantedAccount, OnboardingLink
from ports.stripe_refusals import StripeAccountGone


@attrs.define
class InMemoryStripeConnect:
    """Keeps the promises of `ports.stripe_connect.StripeConnect` and `StripeOnboarding`."""

    accounts: dict[StripeAccountId, AccountStanding] = attrs.Factory(dict)
    """Those of which it is said where they stand; every other one has told Stripe all that it needs."""
    gone: set[StripeAccountId] = attrs.Factory(set)
    """Those that the platform may not act for."""
    codes: dict[str, GrantedAccount] = attrs.Factory(dict)
    """What a user's acceptance gave, until it is redeemed."""
    refusal: Exception | None = None
    """What every question ends in from now on."""
    _made: dict[str, StripeAccountId] = attrs.Factory(dict)

    def address(self, request: ConnectRequest) -> str:
        """Nobody's page."""
        query = {"client_id": request.client_id, "state": request.state, "redirect_uri": request.redirect_uri}
        return f"https://connect.stripe.example/oauth/authorize?{urlencode(query)}"

    async def redeem(self, code: str, *, key: Secret) -> GrantedAccount:
        """Once."""
        self._answer()
        granted = self.codes.pop(code, None)
        if granted is None:
            raise CodeRefused("no such code")
        self.gone.discard(granted.account)
        return granted

    async def standing(self, account: StripeAccountId, *, key: Secret, is_own: bool) -> AccountStanding:
        """As it was told."""
        self._answer()
        if account in self.gone and not is_own:
            raise StripeAccountGone(account)
        return self.accounts.get(account, _standing(account))

    async def deauthorize(self, account: StripeAccountId, *, client_id: str, key: Secret) -> bool:
        """Gone."""
        self._answer()
        was_there = account not in self.gone
        self.gone.add(account)
        return was_there

    async def create_account(
        self,
        *,
        key: Secret,
        country: str | None,
        email: str | None,
        idempotency_key: str,
    ) -> StripeAccountId:
        """Numbered."""
        self._answer()
        account = self._made.setdefault(idempotency_key, StripeAccountId(f"acct_made{len(self._made):08}"))
        self.accounts.setdefault(account, attrs.evolve(_standing(account), details_submitted=False))
        return account

    async def link(
        self,
        account: StripeAccountId,
        *,
        key: Secret,
        return_url: str,
        refresh_url: str,
    ) -> OnboardingLink:
        """To nobody's page."""
        self._answer()
        if account in self.gone:
            raise StripeAccountGone(account)
        return OnboardingLink(
            url=f"https://connect.stripe.example/setup/{account}", expires_at=datetime.max.replace(tzinfo=UTC)
        )

    def grant(self, code: str, account: str, mode: Mode = Mode.TEST) -> None:
        """A user has accepted."""
        self.codes[code] = GrantedAccount(account=StripeAccountId(account), mode=mode, scope="read_only")

    def _answer(self) -> None:
        if self.refusal is not None:
            raise self.refusal


def _standing(account: StripeAccountId) -> AccountStanding:
    return AccountStanding(account=account, details_submitted=True, charges_enabled=True, payouts_enabled=True)
