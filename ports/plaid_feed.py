"""What is read of a bank through Plaid: what is new of its lines since a cursor, and its accounts as they are."""

from enum import StrEnum
from typing import Protocol

import attrs

from domain.bank_deposit import BankAccount, BankDeposit, BankDepositId
from domain.money import Money
from domain.secret import Secret


@attrs.frozen(kw_only=True)
class PlaidKeys:
    """A partner's client id and its secret of one mode."""

    client_id: str
    secret: Secret = attrs.field(repr=False)


@attrs.frozen(kw_only=True)
class PlaidSource:
    """Whom to ask, and for which connection."""

    keys: PlaidKeys
    access_token: Secret = attrs.field(repr=False)
    item: str
    """Plaid's id of the connection: the feed that its accounts come from."""
    institution: str | None = None
    """The bank's name, where it is known."""


class FeedProgress(StrEnum):
    """How much of the history Plaid has."""

    NOT_READY = "not_ready"
    """Nothing yet: an empty answer says nothing."""
    RECENT = "recent"
    """The last thirty days."""
    WHOLE = "whole"
    UNKNOWN = "unknown"


@attrs.frozen(kw_only=True)
class UnreadableLine:
    """A line that Plaid listed and that cannot be read: it must become a break, never be left out."""

    line: BankDepositId | None
    where: str
    reason: str


@attrs.frozen(kw_only=True)
class FeedLines:
    """One page of an update, or several together, in order."""

    added: tuple[BankDeposit, ...] = ()
    modified: tuple[BankDeposit, ...] = ()
    removed: tuple[BankDepositId, ...] = ()
    unreadable: tuple[UnreadableLine, ...] = ()
    accounts: tuple[BankAccount, ...] = ()
    """Those of lines in this answer; there may be others."""
    cursor: str | None
    """Where the next answer begins; None: nothing is there yet. Good for later only when no page is missing."""
    has_more: bool
    progress: FeedProgress


@attrs.frozen(kw_only=True)
class AccountBalance:
    """An account and what the bank says is in it."""

    account: BankAccount
    current: Money | None
    available: Money | None


class PagesMoved(Exception):
    """Lines changed while an update's pages were read: all its pages are void, and it begins anew at its first cursor.
    Asking again with the same cursor gives the same answer for ever."""


class PlaidFeed(Protocol):
    """Both raise what `ports.plaid_refusals` has."""

    async def page(self, source: PlaidSource, *, cursor: str | None) -> FeedLines:
        """The next page after the cursor; without one, from the first line on. Raises PagesMoved."""
        ...

    async def balances(self, source: PlaidSource) -> tuple[AccountBalance, ...]:
        """All accounts that the user shares, as of Plaid's last look at the bank."""
        ...
