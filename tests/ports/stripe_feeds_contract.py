"""What every store of how far Stripe accounts have been read promises."""

import asyncio
from typing import Final

import attrs

from domain.balance_transaction import BalanceTransactionId
from domain.company_facts import CompanyFacts
from domain.payout import PayoutId
from domain.stripe_check import CheckUnderWay, Listing, Movements, Suspect
from domain.stripe_feed import BalanceCheck, FeedCheck, Itemisation, ListProgress, RecordsCheck, StripeFeed
from ports.facts import Everything, FactCounts, FactSource, OpenDisputes
from ports.stripe_feeds import FeedMoved, ItemisationCounts
from ports.transaction import Store
from tests.ports.facts_contract import in_order, item, payout
from tests.ports.stripe_told import ACCOUNT, ACME, BOLT, MINUTE, NOON, OTHER

FEED: Final = StripeFeed(
    account=ACCOUNT,
    begun=NOON,
    payouts=ListProgress(after="po_1", top="po_9", top_created=NOON, passed=True, whole=NOON, recorded=9),
    transactions=ListProgress(marker="txn_1", marker_created=NOON),
    polled=NOON,
    next_poll=NOON + MINUTE,
    reads=7,
    failures=2,
    trouble="\u00e4",
    unreadable=("txn_2: no",),
    next_check=NOON,
    tried=NOON,
    looked_back=NOON,
    look_back_after="po_3",
    disputes_looked=NOON,
    dispute_after="du_1",
    paid_until=NOON,
    recent=5,
    check=CheckUnderWay(
        begun=NOON,
        payouts=Listing(here=3, after="po_4", suspects=(Suspect(id="po_5", mark="ab"),), unreadable=("po_6: no",)),
        transactions=Listing(here=4, ended=True, listed=5, missing=1, different=2, unread=1),
        movements=Movements(top=NOON, head_since=NOON, head=(("usd", "payments", -3),), head_mark=2**63 - 1, counted=5),
        reads=6,
        restarts=1,
    ),
    incomplete=2,
)
CHECK: Final = FeedCheck(
    account=ACCOUNT,
    at=NOON,
    payouts=RecordsCheck(listed=1, missing=0, extra=0, different=0),
    transactions=RecordsCheck(listed=2, missing=1, extra=0, different=0),
    balances=(BalanceCheck(currency="usd", balance_type="payments", stated=-5, listed=4),),
    reasons=("1 is missing",),
)


class StripeFeedsContract:
    """Subclass it with a fixture `store` for each adapter."""

    async def test_a_feed_is_kept_whole_for_its_company(self, store: Store) -> None:
        kept = await put(store, FEED)
        other = await put(store, attrs.evolve(FEED, account=OTHER))

        assert kept == attrs.evolve(FEED, revision=1)
        async with store.company(ACME) as transaction:
            assert await transaction.stripe_feeds.find(ACCOUNT) == kept
            assert await transaction.stripe_feeds.all() == (kept, other)
        async with store.company(BOLT) as transaction:
            assert await transaction.stripe_feeds.find(ACCOUNT) is None
            assert await transaction.stripe_feeds.all() == ()

    async def test_of_many_readers_at_once_one_goes_on(self, store: Store) -> None:
        """Failure 18: two syncs at once inserted twice."""
        for feed in (FEED, attrs.evolve(FEED, revision=1, reads=8)):
            tried = await asyncio.gather(*(put(store, feed) for _ in range(5)), return_exceptions=True)

            assert sum(isinstance(each, StripeFeed) for each in tried) == 1
            assert sum(isinstance(each, FeedMoved) for each in tried) == 4

    async def test_lists_are_wanted_once_and_read_one_after_the_other(self, store: Store) -> None:
        first, second = PayoutId("po_a"), PayoutId("po_b")
        async with store.company(ACME) as transaction:
            lists = transaction.stripe_itemisations
            await lists.want(ACCOUNT, [second, first, first])
            await lists.want(OTHER, [PayoutId("po_0")])

            assert await lists.next(ACCOUNT, limit=1) == (Itemisation(account=ACCOUNT, payout=first),)
            so_far = Itemisation(account=ACCOUNT, payout=first, after="txn_1")
            await lists.put(so_far)
            assert await lists.next(ACCOUNT, limit=1) == (so_far,)
            assert await lists.next(ACCOUNT, limit=9) == (so_far, Itemisation(account=ACCOUNT, payout=second))
            await lists.put(attrs.evolve(so_far, done=True))
            await lists.want(ACCOUNT, [first])
            await lists.put(Itemisation(account=ACCOUNT, payout=second, done=True, refused="no"))
            assert await lists.next(ACCOUNT, limit=9) == ()
            assert await lists.counts(ACCOUNT) == ItemisationCounts(waiting=0, done=1, refused=1)
            await lists.again(ACCOUNT)
            assert await lists.next(ACCOUNT, limit=9) == (Itemisation(account=ACCOUNT, payout=second),)
            assert await lists.counts(ACCOUNT) == ItemisationCounts(waiting=1, done=1, refused=0)
            assert await lists.counts(OTHER) == ItemisationCounts(waiting=1, done=0, refused=0)

    async def test_facts_of_one_account_are_counted(self, store: Store) -> None:
        """What the partner pushed, and what another account of the company has, are not this one's."""
        facts = CompanyFacts(
            payouts=(payout("po_1", stripe_account=ACCOUNT), payout("po_2", stripe_account=OTHER), payout("po_3")),
            balance_transactions=(
                attrs.evolve(item("txn_1"), stripe_account=ACCOUNT),
                attrs.evolve(item("txn_2"), stripe_account=ACCOUNT),
                item("txn_3"),
            ),
        )
        async with store.company(ACME) as transaction:
            await transaction.facts.record(facts, source=FactSource.STRIPE, at=NOON)
            await transaction.facts.record(facts, source=FactSource.STRIPE, at=NOON)

            assert in_order(await transaction.facts.load(Everything())) == facts
            counts = await transaction.facts.count(ACCOUNT)

        assert counts == FactCounts(payouts=1, balance_transactions=2, accounts=0, deposits=0)

    async def test_movements_of_disputes_that_are_not_decided_are_found(self, store: Store) -> None:
        told = {"txn_1": "needs_response", "txn_2": "lost", "txn_3": None, "txn_4": "under_review", "txn_5": "won"}
        items = [
            attrs.evolve(item(id), stripe_account=ACCOUNT, source=f"du_{id}", dispute_status=status)
            for id, status in told.items()
        ]
        others = attrs.evolve(items[0], id=BalanceTransactionId("txn_0"), stripe_account=OTHER)
        decided = attrs.evolve(items[3], dispute_status="won")
        async with store.company(ACME) as transaction:
            for facts in ((*items, others), (decided,)):
                await transaction.facts.record(
                    CompanyFacts(balance_transactions=facts), source=FactSource.STRIPE, at=NOON
                )

            found = await transaction.facts.load(OpenDisputes(stripe_account=ACCOUNT))

        assert found == CompanyFacts(balance_transactions=(items[0],))

    async def test_the_last_check_of_each_account_is_told(self, store: Store) -> None:
        later = attrs.evolve(CHECK, at=NOON + MINUTE, reasons=())
        other = attrs.evolve(CHECK, account=OTHER)
        async with store.company(ACME) as transaction:
            for check in (later, CHECK, other, other):
                await transaction.feed_checks.record(check)

        async with store.company(ACME) as transaction:
            assert await transaction.feed_checks.latest() == (later, other)
        async with store.company(BOLT) as transaction:
            assert await transaction.feed_checks.latest() == ()


async def put(store: Store, feed: StripeFeed) -> StripeFeed:
    async with store.company(ACME) as transaction:
        return await transaction.stripe_feeds.put(feed)
