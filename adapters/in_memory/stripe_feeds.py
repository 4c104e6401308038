"""How far Stripe accounts have been read, in memory."""

from collections.abc import Sequence

import attrs

from adapters.in_memory.tables import InMemoryTables
from domain.company import CompanyId
from domain.payout import PayoutId
from domain.stripe_account import StripeAccountId
from domain.stripe_feed import FeedCheck, Itemisation, StripeFeed
from ports.stripe_feeds import FeedMoved, ItemisationCounts


class InMemoryStripeFeeds:
    """Keeps the promises of `ports.stripe_feeds.StripeFeeds`."""

    def __init__(self, tables: InMemoryTables, company: CompanyId) -> None:
        self._rows, self._company = tables.table("stripe_feeds"), company

    async def all(self) -> Sequence[StripeFeed]:
        """In order."""
        mine: list[StripeFeed] = [row for key, row in self._rows.items() if key[0] == self._company]  # type: ignore[index]
        return tuple(sorted(mine, key=lambda feed: feed.account))

    async def find(self, account: StripeAccountId) -> StripeFeed | None:
        """By its key."""
        return self._rows.get((self._company, account))

    async def put(self, feed: StripeFeed) -> StripeFeed:
        """If nobody was faster."""
        kept: StripeFeed | None = self._rows.get((self._company, feed.account))
        if (0 if kept is None else kept.revision) != feed.revision:
            raise FeedMoved(feed.account)
        moved = attrs.evolve(feed, revision=feed.revision + 1)
        self._rows[self._company, feed.account] = moved
        return moved


class InMemoryStripeItemisations:
    """Keeps the promises of `ports.stripe_feeds.StripeItemisations`."""

    def __init__(self, tables: InMemoryTables, company: CompanyId) -> None:
        self._rows, self._company = tables.table("stripe_itemisations"), company

    async def want(self, account: StripeAccountId, payouts: Sequence[PayoutId]) -> None:
        """Unless they are there."""
        for payout in payouts:
            self._rows.setdefault((self._company, account, payout), Itemisation(account=account, payout=payout))

    async def next(self, account: StripeAccountId, *, limit: int) -> Sequence[Itemisation]:
        """By their ids."""
        waiting = [each for each in self._of(account) if not each.done]
        return tuple(sorted(waiting, key=lambda each: each.payout)[:limit])

    async def put(self, itemisation: Itemisation) -> None:
        """Replaced."""
        self._rows[self._company, itemisation.account, itemisation.payout] = itemisation

    async def again(self, account: StripeAccountId) -> None:
        """From their tops."""
        for each in self._of(account):
            if each.refused is not None:
                await self.put(Itemisation(account=account, payout=each.payout))

    async def counts(self, account: StripeAccountId) -> ItemisationCounts:
        """Counted."""
        rows = self._of(account)
        return ItemisationCounts(
            waiting=sum(not each.done for each in rows),
            done=sum(each.done and each.refused is None for each in rows),
            refused=sum(each.done and each.refused is not None for each in rows),
        )

    def _of(self, account: StripeAccountId) -> list[Itemisation]:
        return [row for key, row in self._rows.items() if key[:2] == (self._company, account)]  # type: ignore[index]


class InMemoryFeedChecks:
    """Keeps the promises of `ports.stripe_feeds.FeedChecks`."""

    def __init__(self, tables: InMemoryTables, company: CompanyId) -> None:
        self._rows, self._company = tables.table("feed_checks"), company

    async def record(self, check: FeedCheck) -> None:
        """Unless it is there."""
        self._rows.setdefault((self._company, check.account, check.at), check)

    async def latest(self) -> Sequence[FeedCheck]:
        """The last by its moment."""
        mine: list[FeedCheck] = [row for key, row in self._rows.items() if key[0] == self._company]  # type: ignore[index]
        last = {check.account: check for check in sorted(mine, key=lambda check: check.at)}
        return tuple(last[account] for account in sorted(last))
