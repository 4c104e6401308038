"""What is checked before a request is carried out: key, path, account, permission, version, parameters."""

import base64
import binascii
from collections.abc import Iterable
from typing import Any

from aiohttp import web

from adapters.simulator.stripe.account_book import AccountBook
from adapters.simulator.stripe.http.endpoint import Endpoint
from adapters.simulator.stripe.http.endpoints import ENDPOINTS
from adapters.simulator.stripe.http.form import Form, decoded
from adapters.simulator.stripe.http.no_access import no_access
from adapters.simulator.stripe.http.parameters import list_of, read_all, text
from adapters.simulator.stripe.platform import ApiKey, Platform
from adapters.simulator.stripe.refused import Refused
from adapters.simulator.stripe.simulation import Simulation
from adapters.simulator.stripe.versions import is_version
from adapters.simulator.stripe.wire import API_VERSION

_EXPAND = list_of(text(500))
_SOURCES = "balance_transaction_source"
_NO_KEY = (
    "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth "
    "(e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://docs.stripe.com/api/authentication for details."
)


class Checks:
    """Each either gives what it found or raises Refused as Stripe would (docs.stripe.com/api/errors; documented; the
    words as seen in public reports, or assumed)."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation

    def key(self, request: web.Request) -> ApiKey:
        """Whose request it is. 401."""
        secret = secret_of(request)
        if not secret:
            raise Refused(_NO_KEY, status=401)
        if secret.startswith("pk_"):
            words = "This API call cannot be made with a publishable API key. Please use a secret API key."
            raise Refused(words, status=403, code="secret_key_required")
        key = self._simulation.keys.get(secret)
        if key is None:
            masked = f"{secret[:8]}{'*' * 20}{secret[-4:]}" if len(secret) > 12 else "*" * len(secret)
            if secret in self._simulation.expired_keys:
                raise Refused(f"Expired API Key provided: {masked}", status=401, code="api_key_expired")
            raise Refused(f"Invalid API Key provided: {masked}", status=401)
        return key

    def endpoint(self, request: web.Request) -> tuple[Endpoint, dict[str, str]]:
        """What is asked for. 404 for a path or method that there is not."""
        for endpoint in ENDPOINTS:
            if endpoint.method == request.method and (match := endpoint.pattern.fullmatch(request.path)):
                return endpoint, match.groupdict()
        words = (
            f"Unrecognized request URL ({request.method}: {request.path}). Please see https://stripe.com/docs or we "
            "can help at https://support.stripe.com/."
        )
        raise Refused(words, status=404)

    def book(self, request: web.Request, key: ApiKey, endpoint: Endpoint) -> tuple[AccountBook, Platform]:
        """The account asked about: the key's own, or a connected one (docs.stripe.com/connect/authentication). 403 for
        one that is not connected, is connected in the other mode only, or does not exist: they look the same.
        """
        simulation = self._simulation
        platform = simulation.platforms.get(key.account) or Platform(id=key.account, name="")
        asked = request.headers.get("Stripe-Account")
        if asked is None or asked == key.account:
            return simulation.book(key.account, livemode=key.livemode), platform
        book = simulation.find_book(asked, livemode=key.livemode)
        if book is None or platform.reaches(asked, livemode=key.livemode) is None:
            raise no_access(key, asked)
        if endpoint.own_account_only:
            words = f"You cannot make this request on behalf of another account ({asked})."
            raise Refused(words, status=403, code="account_invalid")
        return book, platform

    def permission(self, key: ApiKey, endpoint: Endpoint, book: AccountBook) -> None:
        """A restricted key lacks it, or the account granted reading only. 403 with the permission's name (seen)."""
        resource, connected = endpoint.resource, book.id != key.account
        if resource == _SOURCES and self._simulation.kernel.switches.sources_permission == "for_expanding":
            resource = "balance"
        self._allowed(key, resource, endpoint.permission, book)
        if connected and endpoint.permission == "write":
            platform = self._simulation.platforms[key.account]
            connection = platform.reaches(book.id, livemode=key.livemode)
            if connection is not None and connection.scope == "read_only":
                words = (
                    f"The provided key '{key.masked}' has read-only access to account '{book.id}': the connection's "
                    "scope is 'read_only', and this request requires 'read_write'."
                )
                raise Refused(words, status=403, code="oauth_not_supported")

    def expansion(self, key: ApiKey, endpoint: Endpoint, paths: Iterable[str], book: AccountBook) -> None:
        """Sources of balance transactions are a permission of their own: `Switches.sources_permission`."""
        if endpoint.resource == _SOURCES and any(path.split(".")[-1] == "source" for path in paths):
            self._allowed(key, _SOURCES, "read", book)

    @staticmethod
    def _allowed(key: ApiKey, resource: str, permission: str, book: AccountBook) -> None:
        if not key.allows(resource, permission, connected=book.id != key.account):
            words = (
                f"The provided key '{key.masked}' does not have the required permissions for this endpoint on account "
                f"'{book.id}'. Having the 'rak_{resource}_{permission}' permission would allow this request to "
                "continue."
            )
            raise Refused(words, status=403, code="permission_denied" if not key.is_restricted else None)

    def version(self, request: web.Request) -> str:
        """The API version asked for; the pinned one by default."""
        version = request.headers.get("Stripe-Version", API_VERSION)
        if not is_version(version):
            raise Refused(f"Invalid Stripe API version: {version}")
        return version

    async def form(self, request: web.Request) -> Form:
        """Query and body together."""
        content = decoded(request.query_string)
        if request.method == "POST" and request.can_read_body:
            if request.content_type != "application/x-www-form-urlencoded":
                words = "Invalid request (check that your POST content type is application/x-www-form-urlencoded)."
                raise Refused(words)
            try:
                content.update(decoded((await request.read()).decode()))
            except UnicodeDecodeError as error:
                raise Refused("Invalid request (the body is not UTF-8).") from error
        return content

    def values(self, endpoint: Endpoint, content: Form) -> tuple[dict[str, Any], list[str]]:
        """The parameters, read; and the paths to expand."""
        content = dict(content)
        paths = _EXPAND(content.pop("expand"), "expand") if "expand" in content else []
        return read_all(content, endpoint.parameters, endpoint.required), paths


def secret_of(request: web.Request) -> str:
    """The key in the request: Bearer, or the user name of Basic (docs.stripe.com/api/authentication; documented)."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(value, validate=True).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            return ""
    return ""
