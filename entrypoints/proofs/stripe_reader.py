"""A company whose Stripe account is read: it hears of events, looks when it is due, and can be killed.

Everything is that of the service; the database is in memory, unless another is given.
"""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Coroutine, Generator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import attrs

from adapters.simulator.stripe.account_book import AccountBook
from adapters.simulator.stripe.wire import JsonObject
from domain.actor import Actor, ActorKind
from domain.bank_deposit import BankAccountId
from domain.company import Company, CompanyId
from domain.company_facts import CompanyFacts
from domain.money import Currency, Money
from domain.partner import Mode, Tenant
from domain.pushed_deposit import PushedAccount, PushedDeposit
from domain.secret import Secret
from domain.stripe_account import StripeAccountId
from domain.stripe_feed import FeedCheck
from domain.work import ClaimedWork, WorkKind
from entrypoints.background import stripe_reading
from entrypoints.composition.in_memory import in_memory_adapters
from entrypoints.http.services import Services
from entrypoints.new_partner import make_partner
from entrypoints.stripe_event_loop import StripeEventLoop
from entrypoints.worker import Worker
from ports.facts import Everything
from ports.reconciliation_lists import MatchesWanted
from ports.stripe_feed_reader import StripeFeedReader
from ports.transaction import CommitUnknown, CompanyTransaction, ControlTransaction, Store, StoreUnavailable
from ports.use_cases.connect_stripe_account import record_connection
from ports.use_cases.create_company import create_company
from ports.use_cases.push_deposits import push_deposits
from ports.use_cases.put_bank_account import put_bank_account
from ports.use_cases.put_stripe_integration import StripeKeys, put_stripe_integration
from ports.use_cases.reconcile_company import reconcile_company
from ports.use_cases.sync_stripe import sync_stripe

COMPANY: Final = CompanyId("co_proof0000")
_WHO: Final = Actor(kind=ActorKind.OPERATOR, id="proof")
_TURNS_MAX: Final = 500
_MATCHES_MAX: Final = 250
_USD: Final = Currency.of("usd")


class Killed(BaseException):
    """Whoever worked is no more: nothing of it goes on."""


class ShakyStore:
    """Passes transactions on to another store, and loses it now and then: before a commit, or after."""

    def __init__(self, store: Store, chance: random.Random) -> None:
        self._store, self._chance = store, chance
        self.lost_share = 0.0
        """Of transactions that write."""

    @asynccontextmanager
    async def company(self, company: CompanyId) -> AsyncIterator[CompanyTransaction]:
        """One that is lost half of the times after it has committed."""
        async with self._store.company(company) as transaction:
            yield transaction
            await self._perhaps(StoreUnavailable("the store was lost"))
        await self._perhaps(CommitUnknown("the store was lost while it committed"))

    @asynccontextmanager
    async def snapshot(self, company: CompanyId) -> AsyncIterator[CompanyTransaction]:
        """As it is."""
        async with self._store.snapshot(company) as transaction:
            yield transaction

    @asynccontextmanager
    async def control(self) -> AsyncIterator[ControlTransaction]:
        """As `company`."""
        async with self._store.control() as transaction:
            yield transaction
            await self._perhaps(StoreUnavailable("the store was lost"))
        await self._perhaps(CommitUnknown("the store was lost while it committed"))

    async def _perhaps(self, loss: StoreUnavailable) -> None:
        await asyncio.sleep(0)  # a place to be killed at
        if self._chance.random() < self.lost_share / 2:
            raise loss


class _DiesAfter:
    """Work that is driven so many awaits far, and is then killed at that place."""

    def __init__(self, work: Coroutine[Any, Any, None], awaits: int) -> None:
        self._work, self._awaits = work, awaits

    def __await__(self) -> Generator[Any, Any, None]:
        left = self._awaits
        steps = self._work.__await__()
        send: BaseException | None = None
        while True:
            try:
                if left == 0:
                    left = -1
                    waits_for = steps.throw(Killed())
                else:
                    waits_for = steps.send(None) if send is None else steps.throw(send)
            except StopIteration:
                return
            left -= 1
            try:
                send = None
                yield waits_for
            except BaseException as error:  # noqa: BLE001  # whatever it is, it is the work's
                send = error


class ReadCompany:
    """One company with one account."""

    def __init__(
        self,
        book: AccountBook,
        reader: StripeFeedReader,
        *,
        secret: str,
        seed: str,
        skew: timedelta = timedelta(0),
        services: Services | None = None,
    ) -> None:
        self.chance = random.Random(seed)  # noqa: S311  # troubles are a function of it
        self.book = book
        self._secret = Secret(secret)
        self._skew = skew
        services = services or in_memory_adapters(now=self._now()).service.services
        self._services = attrs.evolve(services, clock=self._now)
        self.store = ShakyStore(self._services.store, self.chance)
        self._reading = attrs.evolve(
            stripe_reading(self._services), store=self.store, reader=reader, jitter=self.chance.random
        )
        self.dies_after: int | None = None
        """So many awaits far the next work comes."""
        self.deaths = 0
        self._tenant: Tenant | None = None

    @property
    def tenant(self) -> Tenant:
        """Whose company it is."""
        if self._tenant is None:
            raise RuntimeError("open it first")
        return self._tenant

    async def open(self) -> None:
        """A partner with a key, a company, and its account connected."""
        partner = (await make_partner("Proof", self._services)).partner
        self._tenant = Tenant(partner=partner.id, mode=Mode.TEST)
        at, services = self._now(), self._services
        await put_stripe_integration(
            StripeKeys(secret_key=self._secret),
            tenant=self.tenant,
            who=_WHO,
            store=services.store,
            stripe=services.stripe,
            master_key=services.master_key,
            secret_box=services.secret_box,
            random_id=services.random_id,
            at=at,
        )
        company = Company(
            id=COMPANY,
            tenant=self.tenant,
            external_id="proof",
            name="Proof",
            time_zone="America/New_York",
            currency=_USD,
            created=at,
            updated=at,
        )
        await create_company(company, who=_WHO, store=services.store)
        account = StripeAccountId(self.book.id)
        await record_connection(account, company=COMPANY, tenant=self.tenant, who=_WHO, at=at, store=services.store)

    async def hear(self, events: Sequence[JsonObject]) -> None:
        """Stripe's events are kept, in this order, and answered."""
        at, services = self._now(), self._services
        read = services.stripe_event_reader.read
        bodies = [json.dumps(event).encode() for event in events]
        await services.stripe_inbox.keep([read(body, tenant=self.tenant, own=None, received=at) for body in bodies])

    async def work(self) -> None:
        """All that is due now. Killed, or without its store, it is begun again later."""
        at = self._now()
        for _ in range(_TURNS_MAX):
            try:
                while await StripeEventLoop(
                    store=self.store, metrics=self._services.metrics, clock=self._now
                ).run_once():
                    pass
                worker = Worker(
                    self._services.work_list,
                    {WorkKind.SYNC_STRIPE: self._sync, WorkKind.RECONCILE: self._reconcile},
                    clock=self._now,
                    name="proof",
                )
                if not await worker.run_once(asyncio.Event(), grace=timedelta(0)):
                    return
            except StoreUnavailable:
                continue
            except Killed:
                self.deaths += 1
                self.dies_after = None
                return  # its lease ends while time passes
            if self._now() - at > timedelta(days=2):
                return  # the world moved on
        raise AssertionError("there is always more to do")

    async def facts(self) -> CompanyFacts:
        """As they are now."""
        async with self._services.store.snapshot(COMPANY) as transaction:
            return await transaction.facts.load(Everything())

    async def check(self) -> FeedCheck | None:
        """The last one."""
        async with self._services.store.snapshot(COMPANY) as transaction:
            checks = await transaction.feed_checks.latest()
        return checks[0] if checks else None

    async def matches(self) -> list[str]:
        """As they stand, one line each."""
        async with self._services.store.snapshot(COMPANY) as transaction:
            page = await transaction.reconciliation_lists.matches(MatchesWanted(), limit=_MATCHES_MAX)
        kept = [each.match for each in page.records]
        return sorted(f"{each.status} {sorted(each.payouts)} {sorted(each.deposits)}" for each in kept)

    async def push_lines(self, lines: Sequence[tuple[str, int, date, str]]) -> None:
        """Bank lines: id, minor units, day and text."""
        given: dict[str, Any] = {
            "company": COMPANY,
            "tenant": self.tenant,
            "who": _WHO,
            "at": self._now(),
            "store": self._services.store,
        }
        account = PushedAccount(external_id="checking", currency=_USD)
        kept = await put_bank_account(account, csv_columns=None, **given)
        told = [
            PushedDeposit(
                external_id=id, account=BankAccountId(kept.id), amount=Money(units, _USD), date=day, text=text
            )
            for id, units, day, text in lines
        ]
        await push_deposits(told, **given)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self.book.now, UTC) + self._skew

    async def _sync(self, claimed: ClaimedWork, at: datetime) -> None:
        await self._perhaps_killed(sync_stripe(claimed, at=at, reading=self._reading))

    async def _reconcile(self, claimed: ClaimedWork, at: datetime) -> None:
        await self._perhaps_killed(self._reconciled(claimed, at))

    async def _reconciled(self, claimed: ClaimedWork, at: datetime) -> None:
        await reconcile_company(claimed, at=at, store=self.store)

    async def _perhaps_killed(self, work: Coroutine[Any, Any, None]) -> None:
        if self.dies_after is None:
            await work
        else:
            await _DiesAfter(work, self.dies_after)
