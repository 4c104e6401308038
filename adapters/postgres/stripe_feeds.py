"""How far Stripe accounts have been read, in PostgreSQL."""

from collections.abc import Sequence

import asyncpg
import attrs

from domain.company import CompanyId
from domain.payout import PayoutId
from domain.stripe_account import StripeAccountId
from domain.stripe_feed import FeedCheck, Itemisation, StripeFeed
from ports.kept_values import feed_bytes, feed_check_bytes, feed_check_from, feed_from
from ports.stripe_feeds import FeedMoved, ItemisationCounts


class PostgresStripeFeeds:
    """Keeps the promises of `ports.stripe_feeds.StripeFeeds`."""

    def __init__(self, connection: asyncpg.Connection, company: CompanyId) -> None:
        self._connection, self._company = connection, company

    async def all(self) -> Sequence[StripeFeed]:
        """By the key."""
        records = await self._connection.fetch(
            "SELECT content FROM stripe_feeds WHERE company_id = $1 ORDER BY account", self._company
        )
        return tuple(feed_from(record["content"]) for record in records)

    async def find(self, account: StripeAccountId) -> StripeFeed | None:
        """By the key."""
        content = await self._connection.fetchval(
            "SELECT content FROM stripe_feeds WHERE company_id = $1 AND account = $2", self._company, account
        )
        return None if content is None else feed_from(content)

    async def put(self, feed: StripeFeed) -> StripeFeed:
        """One statement decides between two readers: the second waits, and then changes no row."""
        moved = attrs.evolve(feed, revision=feed.revision + 1)
        if feed.revision == 0:
            done = await self._connection.execute(
                """
                INSERT INTO stripe_feeds (company_id, account, revision, content) VALUES ($1, $2, $3, $4)
                ON CONFLICT (company_id, account) DO NOTHING
                """,
                self._company,
                feed.account,
                moved.revision,
                feed_bytes(moved),
            )
        else:
            done = await self._connection.execute(
                """
                UPDATE stripe_feeds SET revision = $3, content = $4
                WHERE company_id = $1 AND account = $2 AND revision = $5
                """,
                self._company,
                feed.account,
                moved.revision,
                feed_bytes(moved),
                feed.revision,
            )
        if not done.endswith(" 1"):
            raise FeedMoved(feed.account)
        return moved


class PostgresStripeItemisations:
    """Keeps the promises of `ports.stripe_feeds.StripeItemisations`."""

    def __init__(self, connection: asyncpg.Connection, company: CompanyId) -> None:
        self._connection, self._company = connection, company

    async def want(self, account: StripeAccountId, payouts: Sequence[PayoutId]) -> None:
        """In order of their ids."""
        await self._connection.execute(
            """
            INSERT INTO stripe_itemisations (company_id, account, payout, done)
            SELECT $1, $2, payout, false FROM unnest($3::text[]) AS wanted (payout)
            ON CONFLICT (company_id, account, payout) DO NOTHING
            """,
            self._company,
            account,
            sorted(set(payouts)),
        )

    async def next(self, account: StripeAccountId, *, limit: int) -> Sequence[Itemisation]:
        """By an index of those that wait."""
        records = await self._connection.fetch(
            """
            SELECT * FROM stripe_itemisations WHERE company_id = $1 AND account = $2 AND NOT done
            ORDER BY payout LIMIT $3
            """,
            self._company,
            account,
            limit,
        )
        return tuple(
            Itemisation(
                account=account, payout=PayoutId(record["payout"]), after=record["after"], refused=record["refused"]
            )
            for record in records
        )

    async def put(self, itemisation: Itemisation) -> None:
        """By the key."""
        await self._connection.execute(
            """
            UPDATE stripe_itemisations SET after = $4, done = $5, refused = $6
            WHERE company_id = $1 AND account = $2 AND payout = $3
            """,
            self._company,
            itemisation.account,
            itemisation.payout,
            itemisation.after,
            itemisation.done,
            itemisation.refused,
        )

    async def again(self, account: StripeAccountId) -> None:
        """From their tops."""
        await self._connection.execute(
            """
            UPDATE stripe_itemisations SET after = NULL, done = false, refused = NULL
            WHERE company_id = $1 AND account = $2 AND done AND refused IS NOT NULL
            """,
            self._company,
            account,
        )

    async def counts(self, account: StripeAccountId) -> ItemisationCounts:
        """Of one account."""
        record = await self._connection.fetchrow(
            """
            SELECT count(*) FILTER (WHERE NOT done) AS waiting,
              count(*) FILTER (WHERE done AND refused IS NULL) AS done,
              count(*) FILTER (WHERE done AND refused IS NOT NULL) AS refused
            FROM stripe_itemisations WHERE company_id = $1 AND account = $2
            """,
            self._company,
            account,
        )
        return ItemisationCounts(waiting=record["waiting"], done=record["done"], refused=record["refused"])


class PostgresFeedChecks:
    """Keeps the promises of `ports.stripe_feeds.FeedChecks`."""

    def __init__(self, connection: asyncpg.Connection, company: CompanyId) -> None:
        self._connection, self._company = connection, company

    async def record(self, check: FeedCheck) -> None:
        """Appended."""
        await self._connection.execute(
            """
            INSERT INTO feed_checks (company_id, account, at, content) VALUES ($1, $2, $3, $4)
            ON CONFLICT (company_id, account, at) DO NOTHING
            """,
            self._company,
            check.account,
            check.at,
            feed_check_bytes(check),
        )

    async def latest(self) -> Sequence[FeedCheck]:
        """By the key."""
        records = await self._connection.fetch(
            """
            SELECT DISTINCT ON (account) content FROM feed_checks WHERE company_id = $1 ORDER BY account, at DESC
            """,
            self._company,
        )
        return tuple(feed_check_from(record["content"]) for record in records)
