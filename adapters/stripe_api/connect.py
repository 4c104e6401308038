"""Connect OAuth and account links, by the official SDK. Source: docs.stripe.com/connect/oauth-reference and
docs.stripe.com/api/account_links, API version 2026-10-28."""

from datetime import UTC, datetime
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

import msgspec

from adapters.stripe_api.stripe_requests import StripeRequests
from domain.partner import Mode
from domain.secret import Secret
from domain.stripe_account import StripeAccountId, is_stripe_account_id
from ports.stripe_connect import (
    AccountStanding,
    CodeRefused,
    ConnectRequest,
    GrantedAccount,
    OnboardingLink,
)
from ports.stripe_refusals import StripeAnswerUnreadable, StripeRefused

T = TypeVar("T")
_NOT_CONNECTED: Final = "not connected"


class _Token(msgspec.Struct):
    stripe_user_id: str
    livemode: bool
    scope: str | None = None


class _Requirements(msgspec.Struct):
    currently_due: list[str] | None = None
    disabled_reason: str | None = None


class _Account(msgspec.Struct):
    id: str
    details_submitted: bool = False
    charges_enabled: bool = False
    payouts_enabled: bool = False
    capabilities: dict[str, str] | None = None
    requirements: _Requirements | None = None


class _Link(msgspec.Struct):
    url: str
    expires_at: int


class StripeApiConnect:
    """Keeps the promises of `ports.stripe_connect.StripeConnect` and `StripeOnboarding`."""

    def __init__(self, requests: StripeRequests, *, connect_base: str) -> None:
        self._requests = requests
        self._base = connect_base.rstrip("/")

    def address(self, request: ConnectRequest) -> str:
        """Stripe's page."""
        query = {
            "response_type": "code",
            "client_id": request.client_id,
            "scope": request.scope.value,
            "redirect_uri": request.redirect_uri,
            "state": request.state,
        }
        if request.landing is not None:
            query["stripe_landing"] = request.landing
        query |= {f"stripe_user[{name}]": value for name, value in request.prefill}
        return f"{self._base}/oauth/authorize?{urlencode(query)}"

    async def redeem(self, code: str, *, key: Secret) -> GrantedAccount:
        """Without an idempotency key: what broke off is not asked again."""
        params = {"grant_type": "authorization_code", "code": code}
        try:
            body = await self._requests.send("post", "/oauth/token", key=key, params=params, address="connect")
        except StripeRefused as refusal:
            raise CodeRefused(str(refusal)) from refusal
        token = _read(body, _Token, "/oauth/token")
        mode = Mode.LIVE if token.livemode else Mode.TEST
        return GrantedAccount(account=_account_id(token.stripe_user_id), mode=mode, scope=token.scope)

    async def standing(self, account: StripeAccountId, *, key: Secret, is_own: bool) -> AccountStanding:
        """Asked in the account's own name: only who may act for it gets an answer."""
        body = await self._requests.get("/v1/account", key=key, account=None if is_own else account)
        found = _read(body, _Account, "/v1/account")
        if _account_id(found.id) != account:
            raise StripeAnswerUnreadable("Stripe answered with another account than was asked for")
        return AccountStanding(
            account=account,
            details_submitted=found.details_submitted,
            charges_enabled=found.charges_enabled,
            payouts_enabled=found.payouts_enabled,
            card_payments=(found.capabilities or {}).get("card_payments"),
            disabled_reason=None if found.requirements is None else found.requirements.disabled_reason,
            due=() if found.requirements is None else tuple(found.requirements.currently_due or ()),
        )

    async def deauthorize(self, account: StripeAccountId, *, client_id: str, key: Secret) -> bool:
        """Stripe says `invalid_client` of an account that is not connected, and of a client id that is wrong."""
        params = {"client_id": client_id, "stripe_user_id": account}
        try:
            await self._requests.send("post", "/oauth/deauthorize", key=key, params=params, address="connect")
        except StripeRefused as refusal:
            if _NOT_CONNECTED in refusal.message:
                return False
            raise
        return True

    async def create_account(
        self, *, key: Secret, country: str | None, email: str | None, idempotency_key: str
    ) -> StripeAccountId:
        """A standard one: its owner has Stripe's own dashboard."""
        params: dict[str, Any] = {"type": "standard"}
        params |= {name: value for name, value in (("country", country), ("email", email)) if value is not None}
        body = await self._requests.send(
            "post", "/v1/accounts", key=key, params=params, idempotency_key=idempotency_key
        )
        return _account_id(_read(body, _Account, "/v1/accounts").id)

    async def link(self, account: StripeAccountId, *, key: Secret, return_url: str, refresh_url: str) -> OnboardingLink:
        """Single use, for some minutes."""
        params = {
            "account": account,
            "type": "account_onboarding",
            "return_url": return_url,
            "refresh_url": refresh_url,
        }
        found = _read(
            await self._requests.send("post", "/v1/account_links", key=key, params=params), _Link, "/v1/account_links"
        )
        return OnboardingLink(url=found.url, expires_at=datetime.fromtimestamp(found.expires_at, UTC))


def _read(body: bytes, type_: type[T], path: str) -> T:
    try:
        return msgspec.json.decode(body, type=type_)
    except (msgspec.MsgspecError, ValueError) as error:
        raise StripeAnswerUnreadable(f"Stripe's answer of {path} is not as it is documented") from error


def _account_id(text: str) -> StripeAccountId:
    if not is_stripe_account_id(text):
        raise StripeAnswerUnreadable("the id of Stripe's account is none")
    return StripeAccountId(text)
