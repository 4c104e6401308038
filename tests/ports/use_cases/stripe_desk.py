"""A company in memory whose Stripe accounts are read, at a Stripe that says what a test puts there."""

from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final, cast

import attrs

from adapters.in_memory.stripe_feed_reader import InMemoryStripeFeedReader
from domain.actor import Actor, ActorKind
from domain.balance_transaction import BalanceTransaction, BalanceTransactionId
from domain.company import Company, CompanyId
from domain.money import Currency, Money
from domain.partner import Mode, PartnerId, Tenant
from domain.payout import Payout, PayoutId, PayoutStatus, ReconciliationStatus
from domain.secret import Secret
from domain.stripe_account import StripeAccountId
from domain.stripe_feed import BalancePart, FeedCheck, StripeFeed
from domain.work import WorkKind
from entrypoints.background import stripe_reading
from entrypoints.composition.in_memory import in_memory_adapters
from ports.facts import Everything
from ports.stripe_feed_reader import StripeFeedReader
from ports.stripe_refusals import StripeUnavailable
from ports.use_cases.connect_stripe_account import record_connection
from ports.use_cases.create_company import create_company
from ports.use_cases.put_stripe_integration import StripeKeys, put_stripe_integration
from ports.use_cases.sync_stripe import sync_stripe

NOON: Final = datetime(2026, 6, 30, 12, tzinfo=UTC)
USD: Final = Currency.of("usd")
TENANT: Final = Tenant(partner=PartnerId("partner_one00000"), mode=Mode.TEST)
WHO: Final = Actor(kind=ActorKind.OPERATOR, id="test")
COMPANY: Final = CompanyId("co_acme0000")
SHOP, STALL = StripeAccountId("acct_shop"), StripeAccountId("acct_stall")


class AskedReader:
    """Counts what it is asked, and does something after it."""

    def __init__(self, stripe: InMemoryStripeFeedReader) -> None:
        self.asked: Counter[str] = Counter()
        self.after_each: Callable[[str], object] = lambda _name: None
        self.instead: dict[str, Exception] = {}
        self._stripe = stripe

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._stripe, name)

        async def counted(*args: Any, **named: Any) -> Any:
            self.asked[name] += 1
            if name in self.instead:
                raise self.instead[name]
            answer = await method(*args, **named)
            done = self.after_each(name)
            if isinstance(done, Awaitable):
                await done
            return answer

        return counted


class Desk:
    """Open it first."""

    def __init__(self, *, page: int = 100) -> None:
        self._adapters = in_memory_adapters(now=NOON)
        self.clock = self._adapters.clock
        self.services = self._adapters.service.services
        self.store = self.services.store
        self.stripe = InMemoryStripeFeedReader(page=page)
        self.reader = AskedReader(self.stripe)
        self.reading = attrs.evolve(
            stripe_reading(self.services), reader=cast(StripeFeedReader, self.reader), jitter=lambda: 0.5
        )

    async def open(self, *accounts: StripeAccountId) -> "Desk":
        """With these accounts connected."""
        await self.give_key()
        company = Company(
            id=COMPANY,
            tenant=TENANT,
            external_id="acme",
            name="Acme",
            time_zone="UTC",
            currency=USD,
            created=NOON,
            updated=NOON,
        )
        await create_company(company, who=WHO, store=self.store)
        for account in accounts or (SHOP,):
            await record_connection(account, company=COMPANY, tenant=TENANT, who=WHO, at=NOON, store=self.store)
        return self

    async def give_key(self) -> None:
        """Another one, if there was one."""
        await put_stripe_integration(
            StripeKeys(secret_key=Secret("sk_test_0000000000000000")),
            tenant=TENANT,
            who=WHO,
            store=self.store,
            stripe=self.services.stripe,
            master_key=self.services.master_key,
            secret_box=self.services.secret_box,
            random_id=self.services.random_id,
            at=self.clock.now,
        )

    async def hint(self) -> None:
        """Stripe told of something."""
        async with self.store.control() as transaction:
            await transaction.work.request(WorkKind.SYNC_STRIPE, COMPANY, at=self.clock.now)

    async def look(self) -> bool:
        """One turn, if one is due now."""
        now = self.clock.now
        kinds = (WorkKind.SYNC_STRIPE,)
        claimed = await self.services.work_list.claim("test", at=now, until=now + timedelta(minutes=1), kinds=kinds)
        if claimed is None:
            return False
        await sync_stripe(claimed, at=now, reading=self.reading)
        return True

    async def work(self) -> int:
        """All turns that are due now."""
        turns = 0
        while await self.look():
            turns += 1
            assert turns < 200, "there is always more to do"
        return turns

    async def later(self, **by: float) -> int:
        """Time passes, and what is due is done."""
        self.clock.move(timedelta(**by))
        return await self.work()

    async def feed(self, account: StripeAccountId = SHOP) -> StripeFeed:
        """As it is kept."""
        async with self.store.snapshot(COMPANY) as transaction:
            feed = await transaction.stripe_feeds.find(account)
        assert feed is not None
        return feed

    async def check(self, account: StripeAccountId = SHOP) -> FeedCheck:
        """The last one."""
        async with self.store.snapshot(COMPANY) as transaction:
            checks = {each.account: each for each in await transaction.feed_checks.latest()}
        return checks[account]

    async def ids(self) -> set[str]:
        """Of all facts."""
        async with self.store.snapshot(COMPANY) as transaction:
            facts = await transaction.facts.load(Everything())
        return {*(each.id for each in facts.payouts), *(each.id for each in facts.balance_transactions)}

    def moved(self, id: str, units: int = 100, account: StripeAccountId = SHOP, **said: Any) -> BalanceTransaction:
        """A movement happens now, and the balance with it."""
        movement = BalanceTransaction(
            id=BalanceTransactionId(id),
            amount=Money(units, USD),
            fee=Money(0, USD),
            net=Money(units, USD),
            **{"type": "charge", "created": self.clock.now, "stripe_account": account, **said},
        )
        self.stripe.transactions_of[account].append(movement)
        total = sum(each.net.minor_units for each in self.stripe.transactions_of[account])
        part = BalancePart(currency=USD, balance_type="payments", available=total, pending=0)
        self.stripe.balances[account] = (part,)
        return movement

    def paid(self, id: str, account: StripeAccountId = SHOP, **said: Any) -> Payout:
        """A payout is made now."""
        payout = Payout(
            id=PayoutId(id),
            amount=Money(100, USD),
            **{
                "arrival_date": self.clock.now.date(),
                "status": PayoutStatus.PAID,
                "created": self.clock.now,
                "automatic": True,
                "stripe_account": account,
                "reconciliation_status": ReconciliationStatus.COMPLETED,
                **said,
            },
        )
        self.stripe.payouts_of[account].append(payout)
        return payout

    def becomes(self, id: str, account: StripeAccountId = SHOP, **said: Any) -> None:
        """A payout changes at Stripe."""
        kept = self.stripe.payouts_of[account]
        self.stripe.payouts_of[account] = [attrs.evolve(each, **said) if each.id == id else each for each in kept]

    def breaks_after(self, *, transactions: int) -> None:
        """Stripe is down once so many pages of movements were given."""

        def broken(_name: str) -> None:
            if self.reader.asked["transactions"] == transactions:
                self.stripe.refusal = StripeUnavailable("down")

        self.reader.after_each = broken
