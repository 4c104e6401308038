"""A user's visit to Stripe, begun for one company: what its state in the address stands for until it is used."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import attrs

from domain.company import CompanyId
from domain.partner import Mode, Tenant
from domain.stripe_account import StripeAccountId

LIFE: Final = timedelta(minutes=15)
"""Of the state. A user who takes longer begins again."""
KEPT_FOR: Final = timedelta(days=1)
"""After its end a state is still known for so long, to be told from one that never was."""
RETURN_URL_MAX: Final = 2_000


class ConnectMethod(StrEnum):
    """How the account is connected."""

    OAUTH = "oauth"
    """The user lets the platform act for an account of their own."""
    ACCOUNT_LINK = "account_link"
    """The platform makes the account, and the user completes it at Stripe."""


class ConnectScope(StrEnum):
    """What the platform may do on an account that is connected by OAuth."""

    READ_ONLY = "read_only"
    READ_WRITE = "read_write"
    """Also to send invoices."""


class ConnectResult(StrEnum):
    """How a visit ended; `result` at the partner's page."""

    CONNECTED = "connected"
    INCOMPLETE = "incomplete"
    """By an account link: the account is connected, and its owner has not told Stripe everything that it needs."""
    ERROR = "error"


class ConnectError(StrEnum):
    """Why nothing was connected; `error` at the partner's page."""

    ACCESS_DENIED = "access_denied"
    """The user refused."""
    STATE_EXPIRED = "state_expired"
    STATE_USED = "state_used"
    """The state was used before: the page was loaded again, or somebody replays it."""
    CODE_REFUSED = "code_refused"
    """Stripe does not take the code: it is wrong, old, used, or of another platform or mode."""
    OTHER_MODE = "other_mode"
    ACCOUNT_TAKEN = "account_taken"
    """The account is another company's."""
    COMPANY_ARCHIVED = "company_archived"
    NO_KEY = "no_key"
    """The platform's key is gone, or Stripe no longer knows it, or it may not do this."""
    STRIPE_UNAVAILABLE = "stripe_unavailable"
    STRIPE_REFUSED = "stripe_refused"


@attrs.frozen(kw_only=True)
class StripeAuthorization:
    """One visit. The state itself is kept nowhere, only its digest."""

    digest: bytes = attrs.field(repr=False)
    tenant: Tenant
    company: CompanyId
    method: ConnectMethod
    return_url: str
    state: str
    """The partner's own: echoed, never looked at."""
    scope: ConnectScope = ConnectScope.READ_ONLY
    account: StripeAccountId | None = None
    """The account that a link completes."""
    expires: datetime
    used: datetime | None = None


def return_url_fault(url: str, mode: Mode) -> str | None:
    """Why users cannot be sent there at the end; None if they can."""
    if len(url) > RETURN_URL_MAX or not url.isascii() or not url.isprintable() or any(c in url for c in ' \\"<>'):
        return f"is no address of at most {RETURN_URL_MAX} plain ASCII characters"
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "is no address"
    schemes = ("https",) if mode is Mode.LIVE else ("https", "http")
    if parts.scheme not in schemes or not host:
        return f"does not begin with {' or '.join(f'{scheme}://' for scheme in schemes)} and a host"
    if parts.username is not None or parts.password is not None:
        return "names a user"
    return "has a fragment, which no server sees" if parts.fragment else None


def with_query(url: str, added: dict[str, str]) -> str:
    """The address, with these in its query: what the partner had put there stays, unless it has the same name."""
    parts = urlsplit(url)
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in added]
    return urlunsplit(parts._replace(query=urlencode([*kept, *added.items()])))
