"""Plaid Link: how a company's bank comes to be connected, is repaired, and is let go."""

from datetime import datetime
from typing import Protocol

import attrs

from domain.secret import Secret
from ports.plaid_feed import PlaidKeys, PlaidSource


@attrs.frozen(kw_only=True)
class LinkRequest:
    """What a user is asked for."""

    client_name: str
    """The partner's name as its users know it; Plaid shows at most thirty characters."""
    user: str
    """Who it is, by the partner's own name of the company; nothing personal."""
    countries: tuple[str, ...]
    """ISO 3166: which countries' banks are offered."""
    language: str = "en"
    webhook: str | None = None
    days_requested: int = 730
    """Days of history: 1 to 730. It cannot be changed later."""
    repair: Secret | None = attrs.field(default=None, repr=False)
    """The access token of the connection to be repaired (update mode)."""
    choose_accounts: bool = False
    """In update mode: the user may share other accounts than before."""
    hosted_return: str | None = None
    """Open it as a page of Plaid's own (Hosted Link), which ends at this address."""
    redirect_uri: str | None = None
    """Where banks with OAuth send the user back to; registered at Plaid."""


@attrs.frozen(kw_only=True)
class LinkInvitation:
    """What opens Link once."""

    token: Secret = attrs.field(repr=False)
    expires_at: datetime
    url: str | None = attrs.field(default=None, repr=False)
    """The page of Hosted Link."""


@attrs.frozen(kw_only=True)
class GrantedItem:
    """A connection that a user let the partner have."""

    item: str
    access_token: Secret = attrs.field(repr=False)


@attrs.frozen(kw_only=True)
class ItemStanding:
    """A connection, as Plaid shows it."""

    item: str
    institution: str | None
    """Plaid's id of the bank."""
    institution_name: str | None
    needs: str | None
    """The code of what is wrong with it, such as ITEM_LOGIN_REQUIRED; None: it works."""
    consent_expires: datetime | None
    last_update: datetime | None
    """When Plaid last got lines of the bank."""


class PublicTokenRefused(Exception):
    """Plaid does not take the token: used, expired, or of other keys. Nothing is connected by it."""


class PlaidLink(Protocol):
    """All raise what `ports.plaid_refusals` has."""

    async def invite(self, keys: PlaidKeys, request: LinkRequest) -> LinkInvitation:
        """A new link token. Raises PlaidAccessGone: the connection to be repaired is dead."""
        ...

    async def public_tokens(self, keys: PlaidKeys, invitation: Secret) -> tuple[Secret, ...]:
        """Of users who connected a bank in Hosted Link by this link token, so far."""
        ...

    async def exchange(self, keys: PlaidKeys, public_token: Secret) -> GrantedItem:
        """The connection. Never tried twice: the token is good once. Raises PublicTokenRefused."""
        ...

    async def standing(self, source: PlaidSource) -> ItemStanding:
        """The connection, whether it works or not. Raises PlaidAccessGone."""
        ...

    async def remove(self, source: PlaidSource) -> bool:
        """Lets the connection go. False: it was gone already."""
        ...
