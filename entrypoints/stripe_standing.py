"""Where partners' Stripe accounts stand, for whoever runs the service: read from the store, not at Stripe."""

from collections.abc import AsyncIterator
from enum import StrEnum
from typing import Any, Final

import attrs

from domain.company import CompanyId
from domain.partner import Mode, Partner, PartnerId, Tenant
from domain.stripe_account import ConnectionState, StripeAccountId, StripeConnection
from domain.stripe_feed import FeedCheck, StripeFeed
from ports.stripe_feeds import ItemisationCounts
from ports.transaction import Store

AT_ONCE: Final = 250


class Integrity(StrEnum):
    """What the last check against Stripe proved."""

    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    UNCHECKED = "unchecked"


@attrs.frozen(kw_only=True)
class AccountStanding:
    """One account."""

    connection: StripeConnection
    feed: StripeFeed | None
    """None: it was not looked at yet."""
    itemisations: ItemisationCounts
    check: FeedCheck | None

    @property
    def is_whole(self) -> bool:
        """Its whole history has been read once, and what is in each payout that Stripe lists."""
        return self.feed is not None and self.feed.is_whole and not self.itemisations.waiting

    @property
    def integrity(self) -> Integrity:
        """By the last check."""
        if self.check is None:
            return Integrity.UNCHECKED
        return Integrity.COMPLETE if self.check.is_complete else Integrity.INCOMPLETE

    @property
    def trouble(self) -> str | None:
        """Why it is not read as it should be, if it is connected."""
        if self.connection.state is not ConnectionState.CONNECTED or self.feed is None:
            return None
        return self.feed.trouble

    def as_json(self) -> dict[str, Any]:
        """With the names that the API has."""
        connection, feed, check = self.connection, self.feed, self.check
        return {
            "partner": connection.tenant.partner,
            "mode": connection.tenant.mode.value,
            "company": connection.company,
            "account": connection.account,
            "state": connection.state.value,
            "connected": connection.connected.isoformat(),
            "changed": connection.changed.isoformat(),
            "reading": None
            if feed is None
            else {
                "history_read": self.is_whole,
                "begun": feed.begun.isoformat(),
                "payouts": feed.payouts.recorded,
                "balance_transactions": feed.transactions.recorded,
                "payouts_to_itemise": self.itemisations.waiting,
                "payouts_itemised": self.itemisations.done,
                "payouts_not_listed": self.itemisations.refused,
                "requests": feed.reads,
                "polled": None if feed.polled is None else feed.polled.isoformat(),
                "next": None if feed.next_poll is None else feed.next_poll.isoformat(),
                "trouble": feed.trouble,
                "failures": feed.failures,
                "unreadable": list(feed.unreadable),
            },
            "integrity": {
                "verdict": self.integrity.value,
                "checked": None if check is None else check.at.isoformat(),
                "reasons": [] if check is None else list(check.reasons),
            },
        }


async def standing_of(connection: StripeConnection, store: Store) -> AccountStanding:
    """As it is now."""
    async with store.snapshot(connection.company) as transaction:
        feed = await transaction.stripe_feeds.find(connection.account)
        counts = await transaction.stripe_itemisations.counts(connection.account)
        checks = await transaction.feed_checks.latest()
    check = next((each for each in checks if each.account == connection.account), None)
    return AccountStanding(connection=connection, feed=feed, itemisations=counts, check=check)


async def standings(
    store: Store,
    *,
    partner: PartnerId | None = None,
    mode: Mode | None = None,
    company: CompanyId | None = None,
) -> AsyncIterator[AccountStanding]:
    """Of every partner, mode and company, unless one is named. Each is read when it is asked for."""
    async with store.control() as transaction:
        partners: list[Partner] = [each for each in await transaction.partners.all() if partner in (None, each.id)]
    for tenant in (Tenant(partner=each.id, mode=one) for each in partners for one in Mode if mode in (None, one)):
        after: StripeAccountId | None = None
        while True:
            async with store.control() as transaction:
                page = await transaction.stripe_account_pages.page(tenant, after=after, limit=AT_ONCE)
            for connection in page:
                if company in (None, connection.company):
                    yield await standing_of(connection, store)
            if len(page) < AT_ONCE:
                break
            after = page[-1].account
