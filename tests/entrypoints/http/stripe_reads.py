"""A company whose Stripe account is read, beside a Stripe with a life of its own, and what became of it all."""

import asyncio
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from adapters.simulator.stripe import charges, payouts, refunds
from adapters.simulator.stripe.account_book import AccountBook
from adapters.simulator.stripe.wire import DAY
from domain.work import WorkKind
from entrypoints.background import stripe_reading
from entrypoints.worker import Worker
from ports.facts import Everything
from ports.use_cases.reconcile_company import reconcile_company
from ports.use_cases.sync_stripe import sync_stripe
from tests.adapters.simulator.stripe.shop import Shop
from tests.entrypoints.http.callers import ACME
from tests.entrypoints.http.live_service import LiveService
from tests.entrypoints.http.stripe_door import ACCOUNTS


async def connect(service: LiveService, account: str) -> None:
    answer = await service.ask("POST", ACCOUNTS, body={"account": account})
    assert answer.status == 200, answer.content


def reader_of(service: LiveService) -> Worker:
    reading = stripe_reading(service.services)

    async def sync(claimed: Any, at: datetime) -> None:
        await sync_stripe(claimed, at=at, reading=reading)

    async def reconcile(claimed: Any, at: datetime) -> None:
        await reconcile_company(claimed, at=at, store=service.services.store)

    handlers = {WorkKind.SYNC_STRIPE: sync, WorkKind.RECONCILE: reconcile}
    return Worker(service.services.work_list, handlers, clock=service.services.clock)


async def work(service: LiveService) -> None:
    """Does all that is due now."""
    for _ in range(200):
        if not await reader_of(service).run_once(asyncio.Event(), grace=timedelta(seconds=1)):
            return
    raise AssertionError("there is always more to do")


def set_clock(service: LiveService, shop: Shop) -> None:
    service.clock.move(datetime.fromtimestamp(shop.stripe.simulation.now, UTC) - service.clock.now)


async def days(service: LiveService, shop: Shop, count: int, *, polling: bool = True) -> None:
    """Time passes; what is due is done once a day."""
    for _ in range(count):
        await shop.stripe.advance(DAY)
        set_clock(service, shop)
        if polling:
            await work(service)


async def digest(service: LiveService) -> str:
    """Of all facts, whatever their order, and of all matches."""
    async with service.services.store.snapshot(ACME) as transaction:
        facts = await transaction.facts.load(Everything())
    lines = sorted(repr(each) for kind in (facts.payouts, facts.balance_transactions, facts.deposits) for each in kind)
    matches = (await service.ask("GET", f"/v1/companies/{ACME}/matches?limit=250")).json["data"]
    said = sorted(repr((each["status"], sorted(each["payouts"]), sorted(each["deposits"]))) for each in matches)
    return sha256("\n".join([*lines, *said]).encode()).hexdigest()


async def integrity(service: LiveService) -> Any:
    return (await service.ask("GET", f"/v1/companies/{ACME}/feed_integrity")).json


async def progress(service: LiveService, account: str) -> Any:
    return (await service.ask("GET", f"{ACCOUNTS}/{account}")).json["reading"]


def trade(account: AccountBook, number: int) -> None:
    """Some charges within one second, and now and then a refund."""
    made = [charges.charge(account, 1_000 + 10 * number + each) for each in range(3)]
    if number % 3 == 2:
        refunds.refund(account, made[0])


def fail_last_paid(account: AccountBook) -> None:
    paid = [each for each in account.listing("payout").oldest_first() if each["status"] == "paid"]
    payouts.fail(account, paid[-1])
