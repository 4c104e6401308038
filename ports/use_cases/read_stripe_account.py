"""Reads an account at Stripe, page by page: what a page says and how far was read are kept in one transaction.

Whatever ends it, all that was kept stays, and at most one page is asked for again. It is one way for the first time
and for every later one, with events or without: an event only says when to look.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

import attrs

from domain.actor import ENGINE
from domain.audit_entry import AuditEntry
from domain.balance_transaction import BalanceTransaction
from domain.company import Company
from domain.company_facts import CompanyFacts
from domain.payout import Payout, ReconciliationStatus
from domain.read_budget import MONTH
from domain.stripe_account import ConnectionState
from domain.stripe_feed import (
    DISPUTES_AT_ONCE,
    DISPUTES_EVERY,
    LOOK_BACK_EVERY,
    ONE_BY_ONE_MAX,
    UNREADABLE_MAX,
    Itemisation,
    ListProgress,
    StripeFeed,
    is_revisable,
)
from domain.work import WorkKind
from ports.facts import FactSource, OpenDisputes, PayoutsArriving, RecordedFacts, UnstorableFact, WithIds
from ports.stripe_connect import StripeConnect
from ports.stripe_feed_reader import FeedAccount, FeedPage, PlaceGone, StripeFeedReader
from ports.stripe_invoice_reader import StripeInvoiceReader
from ports.stripe_refusals import StripeRefused
from ports.transaction import CompanyTransaction, Store
from ports.use_cases.active_company import active_company
from ports.use_cases.asked_together import AskedTogether, ItemsPage
from ports.use_cases.follow_invoices import follow_facts
from ports.use_cases.merged_views import is_fully_said, knowing
from ports.use_cases.platform_key import PlatformKeys

READS_AT_ONCE: Final = 500
"""Of one account, before others get their turn."""
RECONCILE_DELAY: Final = timedelta(seconds=15)
"""While a history is read, the company is reconciled now and then, not after each page."""
LISTS_WANTED: Final = 200
"""Of those that are to be read, as many as are looked up together."""
_LOOKED_BACK: Final = timedelta(days=120)
_LOOKED_AHEAD: Final = timedelta(days=60)


@attrs.frozen(kw_only=True)
class StripeReading:
    """What reading needs."""

    store: Store
    reader: StripeFeedReader
    invoices: StripeInvoiceReader
    connect: StripeConnect
    keys: PlatformKeys
    jitter: Callable[[], float]
    """From 0 to 1, so that accounts that came together are not read together for ever."""


class ConnectionEnded(Exception):
    """The account was disconnected while it was read: what was read since is not kept."""


class AccountReader:
    """One reading of one account."""

    def __init__(self, source: FeedAccount, feed: StripeFeed, *, company: Company, at: datetime, store: Store) -> None:
        self.source = source
        self.feed = feed
        self.reads = 0
        self._company = company
        self._at = at
        self._store = store

    @property
    def _is_spent(self) -> bool:
        return self.reads >= READS_AT_ONCE

    async def read(self, reader: StripeFeedReader) -> bool:
        """False: there is more, for another turn. Raises what the reader does, ConnectionEnded and FeedMoved."""
        return (
            await self._payouts(reader)
            and await self._items(reader)
            and await self._transactions(reader)
            and await self._disputes(reader)
        )

    async def _payouts(self, reader: StripeFeedReader) -> bool:
        """A pass that broke off is ended first; what came since is above where it began, and read by another."""
        seen: set[str] = set()
        goes_on = self.feed.payouts.is_under_way
        while not self._is_spent:
            try:
                self.reads += 1
                page = await reader.payouts(self.source, after=self.feed.payouts.after)
            except PlaceGone:
                await self._keep(CompanyFacts(), attrs.evolve(self.feed, payouts=self.feed.payouts.again()))
                continue
            seen.update(page.ids)
            await self._keep_page(CompanyFacts(payouts=page.records), self._after(page, payouts=True))
            if not self.feed.payouts.is_under_way:
                if not goes_on:
                    return await self._look_back(reader, seen, page.ids[-1] if page.has_more else None)
                goes_on = False
        return False

    async def _look_back(self, reader: StripeFeedReader, seen: set[str], below: str | None) -> bool:
        """At payouts that may still change, and were not among what was listed from the top down to `below`."""
        again = await self._to_look_at_again(seen)
        if len(again) <= ONE_BY_ONE_MAX:
            for payout in again:
                self.reads += 1
                asked = await reader.payout(self.source, payout.id)
                await self._keep_page(CompanyFacts(payouts=(asked,)), self.feed)
            return True
        goes_on, last = self.feed.look_back_after, self.feed.looked_back
        if goes_on is None and last is not None and self._at < last + LOOK_BACK_EVERY:
            return True
        oldest = min((each.created for each in again if each.created is not None), default=None)
        return await self._list_back(reader, goes_on or below, oldest)

    async def _list_back(self, reader: StripeFeedReader, after: str | None, oldest: datetime | None) -> bool:
        while not self._is_spent:
            self.reads += 1
            try:
                page = await reader.payouts(self.source, after=after)
            except PlaceGone:
                after = None
                continue
            after = page.ids[-1] if page.has_more else None
            reached = oldest is not None and page.last_created is not None and page.last_created < oldest
            ends = reached or after is None
            so_far = attrs.evolve(
                self._noting(self.feed, page.unreadable),
                look_back_after=None if ends else after,
                looked_back=self._at if ends else self.feed.looked_back,
            )
            await self._keep_page(CompanyFacts(payouts=page.records), so_far)
            if ends:
                return True
        return False

    async def _transactions(self, reader: StripeFeedReader) -> bool:
        goes_on = self.feed.transactions.is_under_way
        while not self._is_spent:
            try:
                self.reads += 1
                page = await reader.transactions(self.source, after=self.feed.transactions.after)
            except PlaceGone:
                await self._keep(CompanyFacts(), attrs.evolve(self.feed, transactions=self.feed.transactions.again()))
                continue
            await self._keep_page(CompanyFacts(balance_transactions=page.records), self._after(page, payouts=False))
            if not self.feed.transactions.is_under_way:
                if not goes_on:
                    return True
                goes_on = False
        return False

    async def _disputes(self, reader: StripeFeedReader) -> bool:
        """What became of those that are not decided; of many, some each time."""
        last = self.feed.disputes_looked
        if last is not None and last <= self._at < last + DISPUTES_EVERY:
            return True
        async with self._store.snapshot(self._company.id) as transaction:
            found = await transaction.facts.load(OpenDisputes(stripe_account=self.source.account))
        after = self.feed.dispute_after
        all_open = {each.source for each in found.balance_transactions if each.source is not None}
        left = sorted(each for each in all_open if after is None or each > after)
        for dispute in left[:DISPUTES_AT_ONCE]:
            self.reads += 1
            page = await reader.transactions(self.source, after=None, made_by=dispute)
            looked = attrs.evolve(self._noting(self.feed, page.unreadable), dispute_after=dispute)
            await self._keep_page(CompanyFacts(balance_transactions=page.records), looked)
        if len(left) <= DISPUTES_AT_ONCE and (found.balance_transactions or after is not None):
            await self._keep(CompanyFacts(), attrs.evolve(self.feed, dispute_after=None, disputes_looked=self._at))
        return True

    async def _items(self, reader: StripeFeedReader) -> bool:
        async def ask(wanted: Itemisation) -> ItemsPage:
            self.reads += 1
            return await reader.items(self.source, wanted.payout, after=wanted.after)

        while not self._is_spent:
            async with self._store.snapshot(self._company.id) as transaction:
                lists = await transaction.stripe_itemisations.next(self.source.account, limit=LISTS_WANTED)
            if not lists:
                return True
            async with AskedTogether(lists, ask) as asked:
                while (answered := await asked.next(asks_more=not self._is_spent)) is not None:
                    left = await self._keep_items(*answered)
                    if left is not None:
                        asked.goes_on(left)
        return False

    async def _keep_items(self, wanted: Itemisation, answer: "asyncio.Future[ItemsPage]") -> Itemisation | None:
        """What is left of the list. Raises what the answer was, but for what is the list's own trouble."""
        try:
            page = answer.result()
        except PlaceGone:
            begins_anew = attrs.evolve(wanted, after=None)
            await self._keep(CompanyFacts(), self.feed, itemisation=begins_anew)
            return begins_anew
        except StripeRefused as refusal:
            refused = attrs.evolve(wanted, done=True, refused=refusal.message)
            await self._keep(CompanyFacts(), self.feed, itemisation=refused)
            return None
        goes_on = page.has_more and bool(page.ids)
        so_far = attrs.evolve(wanted, after=page.ids[-1] if goes_on else None, done=not goes_on)
        feed = self._noting(self._sourced(self.feed, page), page.unreadable)
        await self._keep_page(CompanyFacts(balance_transactions=page.records), feed, itemisation=so_far)
        return so_far if goes_on else None

    def _after(self, page: "FeedPage[Payout] | FeedPage[BalanceTransaction]", *, payouts: bool) -> StripeFeed:
        progress: ListProgress = self.feed.payouts if payouts else self.feed.transactions
        read = progress.read(page.ids, page.first_created, page.last_created, has_more=page.has_more, at=self._at)
        feed = self._noting(self.feed, page.unreadable)
        if payouts:
            return attrs.evolve(feed, payouts=read)
        lately = 0 if feed.is_whole else self._made_lately(page)  # after that, checks count them
        return self._sourced(attrs.evolve(feed, transactions=read, recent=feed.recent + lately), page)

    def _made_lately(self, page: "FeedPage[Payout] | FeedPage[BalanceTransaction]") -> int:
        return sum(each.created is not None and each.created >= self._at - MONTH for each in page.records)

    @staticmethod
    def _sourced(feed: StripeFeed, page: "FeedPage[Payout] | FeedPage[BalanceTransaction]") -> StripeFeed:
        """Once sources may be read that could not be before, everything is read anew, for what they say."""
        if feed.without_sources is None or page.without_sources is not None:
            return attrs.evolve(feed, without_sources=page.without_sources)
        anew = attrs.evolve(feed.transactions.again(), marker=None, marker_created=None)
        return attrs.evolve(feed, transactions=anew, without_sources=None)

    def _noting(self, feed: StripeFeed, unreadable: Sequence[str]) -> StripeFeed:
        known = tuple(dict.fromkeys((*feed.unreadable, *unreadable)))
        return attrs.evolve(feed, unreadable=known[:UNREADABLE_MAX])

    async def _to_look_at_again(self, seen: set[str]) -> list[Payout]:
        """Those of which Stripe may say something else by now, and which were not among what was listed."""
        today = self._at.date()
        recent = PayoutsArriving(first_day=today - _LOOKED_BACK, last_day=today + _LOOKED_AHEAD)
        async with self._store.snapshot(self._company.id) as transaction:
            payouts = (await transaction.facts.load(recent)).payouts
            mine = [payout for payout in payouts if payout.stripe_account == self.source.account]
            reversed_ = {payout.original_payout for payout in mine if payout.original_payout is not None}
            originals = (await transaction.facts.load(WithIds(ids=tuple(sorted(reversed_))))).payouts
        again = {payout.id: payout for payout in mine if is_revisable(payout, today.toordinal())}
        again |= {payout.id: payout for payout in originals if payout.reversed_by is None}
        return [again[id] for id in sorted(again.keys() - seen)]

    async def _keep_page(
        self, facts: CompanyFacts, feed: StripeFeed, *, itemisation: Itemisation | None = None
    ) -> None:
        """One record that no store can keep is named, and is no trouble of the others."""
        try:
            await self._keep(facts, feed, itemisation=itemisation)
        except UnstorableFact:
            unstorable: list[str] = []
            for one in _one_by_one(facts):
                try:
                    await self._keep(one, self.feed)
                except UnstorableFact as reason:
                    unstorable += [f"{each.id}: {reason}" for each in one.payouts]
                    unstorable += [f"{each.id}: {reason}" for each in one.balance_transactions]
            so_far = attrs.evolve(self._noting(feed, unstorable), revision=self.feed.revision)
            await self._keep(CompanyFacts(), _with_counts_of(so_far, self.feed), itemisation=itemisation)

    async def _keep(self, facts: CompanyFacts, feed: StripeFeed, *, itemisation: Itemisation | None = None) -> None:
        async with self._store.company(self._company.id) as transaction:
            await active_company(self._company.id, tenant=self._company.tenant, companies=transaction.companies)
            connection = await transaction.stripe_accounts.find(self._company.tenant, self.source.account)
            if connection is None or connection.state is not ConnectionState.CONNECTED:
                raise ConnectionEnded
            recorded = await transaction.facts.record(
                await _with_what_is_known(facts, transaction), source=FactSource.STRIPE, at=self._at
            )
            to_list = [payout.id for payout in facts.payouts if _is_to_be_listed(payout)]
            if to_list:
                await transaction.stripe_itemisations.want(self.source.account, to_list)
            if itemisation is not None:
                await transaction.stripe_itemisations.put(itemisation)
            kept = await transaction.stripe_feeds.put(_counting(feed, recorded))
            await self._follow_up(recorded, transaction)
        self.feed = kept

    async def _follow_up(self, recorded: RecordedFacts, transaction: CompanyTransaction) -> None:
        if recorded.is_empty:
            return
        detail = {
            "payouts": len(recorded.new.payouts) + len(recorded.changed.payouts),
            "balance_transactions": len(recorded.new.balance_transactions) + len(recorded.changed.balance_transactions),
        }
        entry = AuditEntry(
            who=ENGINE, action="stripe_account.read", subject=self.source.account, at=self._at, detail=detail
        )
        await transaction.audit.append([entry])
        await follow_facts(recorded, at=self._at, transaction=transaction)
        when = self._at if self.feed.is_whole else self._at + RECONCILE_DELAY
        await transaction.work.request(WorkKind.RECONCILE, self._company.id, at=when)


def _one_by_one(facts: CompanyFacts) -> Iterator[CompanyFacts]:
    for payout in facts.payouts:
        yield CompanyFacts(payouts=(payout,))
    for transaction in facts.balance_transactions:
        yield CompanyFacts(balance_transactions=(transaction,))


def _with_counts_of(feed: StripeFeed, counted: StripeFeed) -> StripeFeed:
    return attrs.evolve(
        feed,
        payouts=attrs.evolve(feed.payouts, recorded=counted.payouts.recorded),
        transactions=attrs.evolve(feed.transactions, recorded=counted.transactions.recorded),
    )


def _is_to_be_listed(payout: Payout) -> bool:
    return bool(payout.automatic) and payout.reconciliation_status is ReconciliationStatus.COMPLETED


def _counting(feed: StripeFeed, recorded: RecordedFacts) -> StripeFeed:
    payouts, transactions = feed.payouts, feed.transactions
    return attrs.evolve(
        feed,
        payouts=attrs.evolve(payouts, recorded=payouts.recorded + len(recorded.new.payouts)),
        transactions=attrs.evolve(
            transactions, recorded=transactions.recorded + len(recorded.new.balance_transactions)
        ),
    )


async def _with_what_is_known(facts: CompanyFacts, transaction: CompanyTransaction) -> CompanyFacts:
    """No list says everything of a movement: what another said of it, this one does not take back."""
    unsaid = tuple(each.id for each in facts.balance_transactions if not is_fully_said(each))
    if not unsaid:
        return facts
    here = await transaction.facts.load(WithIds(ids=unsaid, movements_only=True), to_change=True)
    known = {each.id: each for each in here.balance_transactions}
    said = tuple(knowing(each, known[each.id]) if each.id in known else each for each in facts.balance_transactions)
    return attrs.evolve(facts, balance_transactions=said)
