"""Connect OAuth: a user lets a platform act for an account (docs.stripe.com/connect/oauth-reference; documented)."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit

import attrs

from adapters.simulator.stripe.account_book import AccountBook
from adapters.simulator.stripe.platform import ApiKey, Connection, Platform, Scope
from adapters.simulator.stripe.simulation import Simulation
from adapters.simulator.stripe.wire import MINUTE, JsonObject

CODE_LIFE_SECONDS: Final = 5 * MINUTE
"""Five minutes and one use, by general knowledge; no text of the documentation was found."""


class OAuthRefused(Exception):
    """OAuth's own form of refusal: `error` and `error_description` (the codes documented, most words assumed)."""

    def __init__(self, error: str, description: str, *, status: int = 400) -> None:
        super().__init__(f"{error}: {description}")
        self.error, self.description, self.status = error, description, status


@attrs.frozen(kw_only=True)
class AuthorizationRequest:
    """What a platform's link asks a user for, checked."""

    platform: Platform
    livemode: bool
    scope: Scope
    redirect_uri: str
    state: str | None
    prefill: Mapping[str, str]


@attrs.define(kw_only=True)
class _Code:
    value: str
    platform: str
    account: str
    livemode: bool
    scope: Scope
    created: int
    is_used: bool = False


class OAuth:
    """Codes and connections. Nothing here knows HTTP."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self._codes: dict[str, _Code] = {}
        self._refresh_tokens: dict[str, _Code] = {}

    def read(self, query: Mapping[str, str], *, express: bool = False) -> AuthorizationRequest:
        """What the link asks for. Raises OAuthRefused, which the user sees: he is not sent anywhere."""
        platform, livemode = self._application(query.get("client_id"))
        if query.get("response_type", "code") != "code":
            raise OAuthRefused("unsupported_response_type", "response_type must be 'code'")
        scope = query.get("scope", "read_write" if express else "read_only")
        if scope not in ("read_only", "read_write"):
            raise OAuthRefused("invalid_scope", f"Invalid scope provided: {scope}")
        if query.get("stripe_landing", "login") not in ("login", "register"):
            raise OAuthRefused("invalid_request", "stripe_landing must be 'login' or 'register'")
        registered = platform.redirect_uris[livemode]
        redirect_uri = query.get("redirect_uri") or (registered[0] if registered else "")
        if redirect_uri not in registered:
            words = (
                f"Invalid redirect URI '{redirect_uri}'. Ensure this uri exactly matches one of the uris specified in "
                "your application settings"
            )
            raise OAuthRefused("invalid_redirect_uri", words)
        prefill = {key: value for key, value in query.items() if key.startswith("stripe_user[")}
        return AuthorizationRequest(
            platform=platform,
            livemode=livemode,
            scope="read_write" if scope == "read_write" else "read_only",
            redirect_uri=redirect_uri,
            state=query.get("state"),
            prefill=prefill,
        )

    def decide(self, link: str, account: str | None) -> str:
        """What a user does with a platform's link, without the page: accepts for an account, or with None refuses.

        Gives the address to which he is sent. Raises OAuthRefused.
        """
        parts = urlsplit(link)
        query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
        asked = self.read(query, express=parts.path.startswith("/express"))
        return self.refuse(asked) if account is None else self.accept(asked, account)

    def choices(self, asked: AuthorizationRequest) -> list[AccountBook]:
        """Accounts that a user may choose: none that is a platform, or that another platform made and controls."""
        made_elsewhere = {
            account
            for platform in self._simulation.platforms.values()
            if platform is not asked.platform
            for account in platform.created_accounts
        }
        return [
            book
            for book in self._simulation.books()
            if book.livemode == asked.livemode and not book.is_platform and book.id not in made_elsewhere
        ]

    def accept(self, asked: AuthorizationRequest, account: str) -> str:
        """The user accepts for this account: where he is sent, with a code."""
        if account not in {book.id for book in self.choices(asked)}:
            raise OAuthRefused("invalid_request", f"{account} cannot be connected to this platform")
        code = _Code(
            value=self._simulation.kernel.ids.id("ac_"),
            platform=asked.platform.id,
            account=account,
            livemode=asked.livemode,
            scope=asked.scope,
            created=self._simulation.now,
        )
        self._codes[code.value] = code
        return _with_query(asked, {"scope": asked.scope, "code": code.value})

    def refuse(self, asked: AuthorizationRequest) -> str:
        """The user refuses: where he is sent. The description's words are by general knowledge."""
        answer = {"error": "access_denied"}
        if self._simulation.kernel.switches.refusal_is_described:
            answer["error_description"] = "The user denied your request"
        return _with_query(asked, answer)

    def token(self, key: ApiKey | None, form: Mapping[str, str]) -> JsonObject:
        """`/oauth/token`. Raises OAuthRefused."""
        _only(form, "grant_type", "code", "client_secret", "refresh_token", "scope")
        key = key or self._simulation.keys.get(form.get("client_secret", ""))
        if key is None or key.account not in self._simulation.platforms:
            raise OAuthRefused("invalid_client", "No such API key, or no platform's", status=401)
        if key.is_restricted and not self._simulation.kernel.switches.restricted_key_redeems_codes:
            raise OAuthRefused("invalid_client", "Restricted keys cannot redeem authorization codes", status=401)
        match form.get("grant_type"):
            case "authorization_code":
                return self._redeem(key, form.get("code"))
            case "refresh_token":
                return self._refresh(key, form)
            case None:
                raise OAuthRefused("invalid_request", "No grant type specified")
            case other:
                raise OAuthRefused("unsupported_grant_type", f"Unsupported grant type: {other}")

    def _redeem(self, key: ApiKey, value: str | None) -> JsonObject:
        """Once only: a second use revokes what the first gave (omniauth-stripe-connect issue 23; seen)."""
        if not value:
            raise OAuthRefused("invalid_request", "No authorization code specified")
        code = self._codes.get(value)
        expired = code is not None and self._simulation.now >= code.created + CODE_LIFE_SECONDS and not code.is_used
        if code is None or expired:
            raise OAuthRefused("invalid_grant", f"Authorization code does not exist: {value}")
        if code.platform != key.account:
            raise OAuthRefused("invalid_grant", f"Authorization code does not belong to you: {value}")
        if code.livemode != key.livemode:
            mode, other = ("live", "test") if code.livemode else ("test", "live")
            words = f"Authorization code provided was created in {mode} mode, but a {other} mode key was used"
            raise OAuthRefused("invalid_grant", words)
        if code.is_used:
            self._revoke(code)
            words = "This authorization code has already been used. All tokens issued with this code have been revoked."
            raise OAuthRefused("invalid_grant", words)
        code.is_used = True
        return self._issue(code, code.scope, livemode=code.livemode)

    def _refresh(self, key: ApiKey, form: Mapping[str, str]) -> JsonObject:
        """A token of narrower scope, or of test mode where the connection is live (documented: OAuth reference)."""
        code = self._refresh_tokens.get(form.get("refresh_token", ""))
        if code is None or code.platform != key.account or (key.livemode and not code.livemode):
            raise OAuthRefused("invalid_grant", "Refresh token does not exist")
        scope = form.get("scope", code.scope)
        if scope not in ("read_only", code.scope):
            raise OAuthRefused("invalid_scope", f"Requested scope is wider than the one granted: {scope}")
        narrow: Scope = "read_only" if scope == "read_only" else code.scope
        return self._issue(code, narrow, livemode=key.livemode)

    def _issue(self, code: _Code, scope: Scope, *, livemode: bool) -> JsonObject:
        simulation, ids = self._simulation, self._simulation.kernel.ids
        mode = "live" if livemode else "test"
        token, refresh = f"sk_{mode}_{ids.letters(24)}", f"rt_{ids.letters(28)}"
        simulation.keys[token] = ApiKey(secret=token, account=code.account, livemode=livemode, scope=scope)
        self._refresh_tokens[refresh] = code
        platform = simulation.platforms[code.platform]
        if simulation.find_book(code.account, livemode=livemode) is None:
            simulation.open_mode(simulation.book(code.account, livemode=code.livemode))
        before = platform.reaches(code.account, livemode=livemode)
        tokens = (*before.tokens, token) if before else (token,)
        connection = Connection(account=code.account, livemode=livemode, scope=code.scope, tokens=tokens)
        simulation.establish(platform, connection)
        return {
            "access_token": token,
            "livemode": livemode,
            "refresh_token": refresh,
            "token_type": "bearer",
            "stripe_publishable_key": f"pk_{mode}_{ids.letters(24)}",
            "stripe_user_id": code.account,
            "scope": scope,
        }

    def _revoke(self, code: _Code) -> None:
        platform = self._simulation.platforms[code.platform]
        connection = platform.reaches(code.account, livemode=code.livemode)
        if connection is None:
            return
        for token in connection.tokens:
            self._simulation.keys.pop(token, None)
        if self._simulation.kernel.switches.second_redemption_disconnects:
            self._simulation.disconnect(platform, code.account, livemode=code.livemode)

    def deauthorize(self, key: ApiKey | None, form: Mapping[str, str]) -> JsonObject:
        """`/oauth/deauthorize`: the platform lets the account go. Raises OAuthRefused."""
        _only(form, "client_id", "stripe_user_id")
        says_why = self._simulation.kernel.switches.deauthorize_says_why
        platform, livemode = self._application(form.get("client_id"))
        if key is None or (key.account, key.livemode) != (platform.id, livemode):
            words = "The client_id does not belong to your API key" if says_why else "Invalid request."
            raise OAuthRefused("invalid_client", words, status=401)
        account = form.get("stripe_user_id", "")
        if platform.reaches(account, livemode=livemode) is None and not says_why:
            raise OAuthRefused("invalid_client", "Invalid request.")
        if platform.reaches(account, livemode=livemode) is None:
            words = f"This application is not connected to stripe account {account}, or that account does not exist."
            raise OAuthRefused("invalid_client", words)
        self._simulation.disconnect(platform, account, livemode=livemode)
        return {"stripe_user_id": account}

    def _application(self, client_id: str | None) -> tuple[Platform, bool]:
        for platform in self._simulation.platforms.values():
            for livemode in (False, True):
                if client_id == self._simulation.client_id(platform, livemode=livemode):
                    return platform, livemode
        raise OAuthRefused("invalid_client", f"No application matches the supplied client identifier: {client_id}")


def _only(form: Mapping[str, str], *known: str) -> None:
    unknown = sorted(set(form) - set(known))
    if unknown:
        raise OAuthRefused("invalid_request", f"Received unknown parameter: {unknown[0]}")


def _with_query(asked: AuthorizationRequest, answer: Mapping[str, str]) -> str:
    query = {**answer, **({"state": asked.state} if asked.state is not None else {})}
    joined = "&" if urlsplit(asked.redirect_uri).query else "?"
    return f"{asked.redirect_uri}{joined}{urlencode(query)}"
