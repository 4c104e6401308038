"""Brings a company's Stripe accounts up to date, and says when to look again. What fails is said, and tried later."""

from datetime import datetime, timedelta
from typing import Final

import attrs

from domain.company import Company, CompanyStatus
from domain.read_budget import check_again_after, may_read_from, paid_until
from domain.stripe_account import ConnectionState, StripeConnection
from domain.stripe_check import UNREADABLE_MAX, CheckUnderWay
from domain.stripe_feed import FeedCheck, ListProgress, RecordsCheck, StripeFeed, back_off, poll_after
from domain.work import ClaimedWork
from ports.master_key import MasterKeyUnknown
from ports.stripe_feed_reader import FeedAccount
from ports.stripe_refusals import (
    StripeAccountGone,
    StripeAnswerUnreadable,
    StripeKeyRefused,
    StripePermissionMissing,
    StripeRefused,
    StripeUnavailable,
)
from ports.use_cases.active_company import CompanyIsArchived, NoSuchCompany
from ports.use_cases.check_stripe_feed import FeedChecker
from ports.use_cases.lost_stripe_account import is_gone_for_good
from ports.use_cases.platform_key import NoPlatformKey, OpenedPlatform
from ports.use_cases.read_stripe_account import AccountReader, ConnectionEnded, StripeReading
from ports.use_cases.read_stripe_invoices import read_stripe_invoices

PERSON_NEEDED: Final = timedelta(minutes=15)
"""Without a key, or with one that may not read, only a person can help; it is looked again now and then."""
HINTS_AT_MOST_EVERY: Final = timedelta(seconds=5)
"""However often Stripe tells of something: what comes within these is looked at together."""


async def sync_stripe(claimed: ClaimedWork, *, at: datetime, reading: StripeReading) -> None:
    """Does the work and finishes it. Raises LeaseLost and StoreUnavailable; whatever was kept stays."""
    async with reading.store.control() as transaction:
        company = await transaction.companies.of(claimed.company)
        connections = await transaction.stripe_accounts.of_company(claimed.company)
    connected = [each for each in connections if each.state is ConnectionState.CONNECTED]
    next_at: datetime | None = None
    if company is not None and company.status is not CompanyStatus.ARCHIVED and connected:
        times = await _sync_all(connected, company, at, reading)
        next_at = min((time for time in times if time is not None), default=None)
    async with reading.store.company(claimed.company) as of_company:
        await of_company.work.finish(claimed, next_at=next_at)


async def _sync_all(
    connected: list[StripeConnection], company: Company, at: datetime, reading: StripeReading
) -> list[datetime | None]:
    try:
        platform = await reading.keys.of(company.tenant)
    except (NoPlatformKey, MasterKeyUnknown) as trouble:
        return [await _without_key(each, trouble, company, at, reading) for each in connected]
    syncs = [_Sync(each, company, platform, at, reading) for each in connected]
    return [await sync.run() for sync in syncs]


async def _without_key(
    connection: StripeConnection, trouble: Exception, company: Company, at: datetime, reading: StripeReading
) -> datetime:
    async with reading.store.company(company.id) as transaction:
        feed = await transaction.stripe_feeds.find(connection.account)
        feed = feed or StripeFeed(account=connection.account, begun=at)
        said = attrs.evolve(feed, trouble=str(trouble), next_poll=at + PERSON_NEEDED)
        await transaction.stripe_feeds.put(said)
    return at + PERSON_NEEDED


class _Sync:
    """One account's turn."""

    def __init__(
        self,
        connection: StripeConnection,
        company: Company,
        platform: OpenedPlatform,
        at: datetime,
        reading: StripeReading,
    ) -> None:
        account = connection.account
        self._source = FeedAccount(
            account=account, key=platform.key, is_own=platform.is_own(account), mode=company.tenant.mode
        )
        self._key_since = platform.integration.updated
        self._company = company
        self._at = at
        self._reading = reading
        self._feed = StripeFeed(account=account, begun=at)

    async def run(self) -> datetime | None:
        """When to look at it again; None: it is no longer connected, or its company takes nothing new."""
        async with self._reading.store.snapshot(self._company.id) as transaction:
            self._feed = await transaction.stripe_feeds.find(self._source.account) or self._feed
        wait = self._to_wait_until()
        if wait is not None:
            return wait
        try:
            return await self._looked()
        except (ConnectionEnded, CompanyIsArchived, NoSuchCompany):
            return None
        except StripeAccountGone as gone:
            return await self._gone(gone)
        except (StripeUnavailable, StripeAnswerUnreadable, StripeRefused) as trouble:
            least = trouble.retry_after if isinstance(trouble, StripeUnavailable) else timedelta(0)
            return await self._failed(trouble, least)
        except (StripeKeyRefused, StripePermissionMissing) as trouble:
            return await self._failed(trouble, PERSON_NEEDED)

    def _to_wait_until(self) -> datetime | None:
        """What Stripe tells makes nobody ask it more often than is good; None: it may be asked now."""
        feed, at = self._feed, self._at
        changed = feed.tried is not None and self._key_since > feed.tried
        if feed.failures and not changed and feed.next_poll is not None and at < feed.next_poll:
            return feed.next_poll
        if not feed.is_whole or feed.check is not None:
            return None  # as fast as Stripe allows
        if feed.polled is not None and feed.polled <= at < feed.polled + HINTS_AT_MOST_EVERY:
            return feed.polled + HINTS_AT_MOST_EVERY
        allowed = may_read_from(feed.paid_until, at, feed.recent)
        return None if allowed <= at else allowed

    async def _looked(self) -> datetime:
        if not await self._read():
            return self._at
        feed = self._feed
        if feed.check is not None or feed.next_check is None or feed.next_check <= self._at:
            await self._check_on()
        feed = self._feed
        return self._at if feed.check is not None else min(feed.next_poll or self._at, feed.next_check or self._at)

    async def _read(self) -> bool:
        """False: there is more, for another turn."""
        at, was_whole = self._at, self._feed.is_whole
        reader = AccountReader(self._source, self._feed, company=self._company, at=at, store=self._reading.store)
        try:
            done = await reader.read(self._reading.reader) and await read_stripe_invoices(
                reader, self._reading.invoices, company=self._company, at=at, store=self._reading.store
            )
        finally:
            self._feed = attrs.evolve(reader.feed, reads=reader.feed.reads + reader.reads)
            if was_whole:
                paid = paid_until(self._feed.paid_until, at, reader.reads, self._feed.recent)
                self._feed = attrs.evolve(self._feed, paid_until=paid)
        if done:
            wait = poll_after(reader.reads, self._feed.recent, self._reading.jitter())
            self._feed = attrs.evolve(self._feed, polled=at, next_poll=at + wait, failures=0, trouble=None)
        await self._keep()
        return done

    async def _check_on(self) -> None:
        """A turn of the check. What it finds missing is looked for: lists are read anew, from top to end."""
        reading = self._reading
        checker = FeedChecker(
            self._source, company=self._company.id, at=self._at, store=reading.store, reader=reading.reader
        )
        try:
            check = await checker.listed_on(self._feed.check or await checker.begun())
        finally:
            self._feed = attrs.evolve(self._feed, check=checker.so_far or self._feed.check)
        self._feed = attrs.evolve(self._feed, check=check)
        if not check.is_listed or ((check.payouts.suspects or check.transactions.suspects) and not await self._read()):
            await self._keep()
            return
        async with reading.store.snapshot(self._company.id) as transaction:
            refused = (await transaction.stripe_itemisations.counts(self._source.account)).refused
        said, check = await checker.concluded(check, refused)
        self._feed = _after_check(self._feed, said, check, self._at)
        async with reading.store.company(self._company.id) as transaction:
            await transaction.feed_checks.record(said)
            if refused:
                await transaction.stripe_itemisations.again(self._source.account)
            self._feed = await transaction.stripe_feeds.put(self._feed)

    async def _gone(self, gone: StripeAccountGone) -> datetime | None:
        """Stripe is asked once more, for the account itself: one refusal may be of something else."""
        try:
            if await is_gone_for_good(self._source, company=self._company, at=self._at, reading=self._reading):
                return None
        except (StripeUnavailable, StripeAnswerUnreadable, StripeRefused) as trouble:
            return await self._failed(trouble, timedelta(0))
        except (StripeKeyRefused, StripePermissionMissing) as trouble:
            return await self._failed(trouble, PERSON_NEEDED)
        return await self._failed(gone, timedelta(0))

    async def _failed(self, trouble: Exception, least: timedelta) -> datetime:
        """What was read stays; the next try is later each time."""
        failures = self._feed.failures + 1
        wait = max(least, back_off(failures) * (0.5 + 0.5 * self._reading.jitter()))
        self._feed = attrs.evolve(
            self._feed, failures=failures, trouble=str(trouble), tried=self._at, next_poll=self._at + wait
        )
        await self._keep()
        return self._at + wait

    async def _keep(self) -> None:
        async with self._reading.store.company(self._company.id) as transaction:
            self._feed = await transaction.stripe_feeds.put(self._feed)


def _after_check(feed: StripeFeed, said: FeedCheck, check: CheckUnderWay, at: datetime) -> StripeFeed:
    incomplete = 0 if said.is_complete else feed.incomplete + 1
    recent = check.movements.recent
    feed = attrs.evolve(
        feed,
        check=None,
        recent=recent,
        incomplete=incomplete,
        reads=feed.reads + check.reads,
        next_check=at + check_again_after(check.reads, recent, incomplete),
        unreadable=(*check.payouts.unreadable, *check.transactions.unreadable)[:UNREADABLE_MAX],
    )
    return attrs.evolve(
        feed,
        payouts=_to_be_read_anew(feed.payouts, said.payouts),
        transactions=_to_be_read_anew(feed.transactions, said.transactions),
    )


def _to_be_read_anew(progress: ListProgress, found: RecordsCheck) -> ListProgress:
    if not (found.missing or found.different):
        return progress
    return attrs.evolve(progress.again(), marker=None, marker_created=None)
