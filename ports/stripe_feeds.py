"""How far a company's Stripe accounts have been read: kept in the transaction that keeps what was read."""

from collections.abc import Sequence
from typing import Protocol

import attrs

from domain.payout import PayoutId
from domain.stripe_account import StripeAccountId
from domain.stripe_feed import FeedCheck, Itemisation, StripeFeed


class FeedMoved(Exception):
    """Somebody else has read on meanwhile: what was read beside them must not be kept. Roll back."""

    def __init__(self, account: StripeAccountId) -> None:
        super().__init__(f"another reader of {account} was faster")
        self.account = account


class StripeFeeds(Protocol):
    """Part of a company's transaction."""

    async def all(self) -> Sequence[StripeFeed]:
        """Of all accounts that were ever read, in order of their ids."""
        ...

    async def find(self, account: StripeAccountId) -> StripeFeed | None:
        """None: nothing was read of it yet."""
        ...

    async def put(self, feed: StripeFeed) -> StripeFeed:
        """Kept, with the next revision, if what is kept is of the feed's revision (0: nothing). Raises FeedMoved."""
        ...


@attrs.frozen(kw_only=True)
class ItemisationCounts:
    """Of an account's payouts."""

    waiting: int
    done: int
    refused: int


class StripeItemisations(Protocol):
    """Part of a company's transaction: payouts whose lists are to be read."""

    async def want(self, account: StripeAccountId, payouts: Sequence[PayoutId]) -> None:
        """These are to be listed, unless they were, or are already to be."""
        ...

    async def next(self, account: StripeAccountId, *, limit: int) -> Sequence[Itemisation]:
        """The first that are not done, at most so many, always the same until one is."""
        ...

    async def put(self, itemisation: Itemisation) -> None:
        """So far it was read."""
        ...

    async def again(self, account: StripeAccountId) -> None:
        """Those that Stripe refused to list are to be listed once more."""
        ...

    async def counts(self, account: StripeAccountId) -> ItemisationCounts:
        """How many there are."""
        ...


class FeedChecks(Protocol):
    """Part of a company's transaction: what checks found, kept for good."""

    async def record(self, check: FeedCheck) -> None:
        """Beside those before it. The same account and moment again: nothing happens."""
        ...

    async def latest(self) -> Sequence[FeedCheck]:
        """The last one of each account, in order of their ids."""
        ...
