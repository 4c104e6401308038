"""Reading Stripe accounts: the service, the official SDK and the simulated Stripe over real HTTP."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from adapters.in_memory.store import InMemoryStore
from adapters.simulator.stripe import charges
from adapters.simulator.stripe.delivery_policy import DeliveryPolicy
from adapters.simulator.stripe.http.faults import Fault
from adapters.simulator.stripe.long_history import add_long_history
from adapters.simulator.stripe.wire import DAY
from tests.adapters.simulator.stripe.shop import Shop
from tests.entrypoints.http.callers import ACME
from tests.entrypoints.http.live_service import LiveService
from tests.entrypoints.http.stripe_door import ACCOUNTS, at_the_door
from tests.entrypoints.http.stripe_reads import (
    connect,
    days,
    digest,
    fail_last_paid,
    integrity,
    progress,
    reader_of,
    set_clock,
    trade,
    work,
)
from tests.entrypoints.http.test_connecting_stripe import accounts, events


async def lived(service: LiveService, shop: Shop, count: int, *, polling: bool) -> None:
    """So many days of trade, in which a payout that was paid comes back."""
    for number in range(count):
        trade(shop.account, number)
        await days(service, shop, 1, polling=polling)
        if number == count - 4:
            fail_last_paid(shop.account)


async def test_a_history_is_read_to_its_end_and_proved_complete() -> None:
    async with at_the_door() as (service, shop, _):
        await lived(service, shop, 14, polling=False)
        await connect(service, shop.account.id)
        await work(service)
        reading, found = await progress(service, shop.account.id), await integrity(service)
        [account] = found["accounts"]

        assert (reading["history_read"], reading["trouble"]) == (True, None)
        assert reading["balance_transactions"] == len(await shop.every("/v1/balance_transactions"))
        assert reading["payouts"] == len(await shop.payouts())
        assert found["complete"], account["reasons"]
        assert account["payouts"] | {"listed": 0} == {"listed": 0, "missing": 0, "extra": 0, "different": 0}
        assert [each["stated"] for each in account["balances"]] == [each["listed"] for each in account["balances"]]


async def test_payouts_that_were_read_are_matched_to_bank_lines_that_are_pushed() -> None:
    async with at_the_door() as (service, shop, _):
        await lived(service, shop, 14, polling=False)
        await connect(service, shop.account.id)
        await work(service)
        paid = [each for each in await shop.payouts() if each["status"] == "paid"]
        await push_lines(service, paid)
        service.clock.move(timedelta(minutes=2))
        await work(service)
        matches = (await service.ask("GET", f"/v1/companies/{ACME}/matches?limit=250")).json["data"]

        matched = {id for each in matches if each["status"] == "matched" for id in each["payouts"]}
        assert matched == {each["id"] for each in paid}
        assert len(paid) > 3


async def push_lines(service: LiveService, paid: list[Any]) -> None:
    body = {"external_id": "checking", "currency": "usd"}
    account = (await service.ask("POST", f"/v1/companies/{ACME}/bank/accounts", body=body)).json["id"]
    lines = [
        {
            "external_id": f"line of {payout['id']}",
            "account": account,
            "amount": {"minor_units": payout["amount"], "currency": "usd"},
            "date": _day(payout["arrival_date"]),
            "text": f"STRIPE TRANSFER TRACE#:{(payout['trace_id'] or {}).get('value') or ''}",
        }
        for payout in paid
    ]
    answer = await service.ask("POST", f"/v1/companies/{ACME}/deposits", body={"data": lines})
    assert answer.status == 200, answer.content


def _day(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()


async def test_with_events_or_without_the_facts_and_matches_are_the_same() -> None:
    """Failure 10: Stripe failed to make events at all. Here none is needed, early, late, twice or ever."""
    found = set()
    for when in ("daily", "at the end", "every third day"):
        async with at_the_door() as (service, shop, _):
            await connect(service, shop.account.id)
            for number in range(16):
                trade(shop.account, number)
                await days(service, shop, 1, polling=when == "daily" or (when[0] == "e" and number % 3 == 0))
                if number == 11:
                    fail_last_paid(shop.account)
            await days(service, shop, 22, polling=when == "daily")
            await work(service)
            await push_lines(service, [each for each in await shop.payouts() if each["status"] == "paid"])
            service.clock.move(timedelta(minutes=2))
            await work(service)
            found.add(await digest(service))
            assert (await integrity(service))["complete"]

    assert len(found) == 1


@pytest.mark.parametrize("kill_after", [1, 3, 7])
async def test_a_kill_in_the_middle_of_a_history_repeats_at_most_one_page(kill_after: int) -> None:
    async with at_the_door() as (service, shop, _):
        add_long_history(shop.account, payouts=40, items_each=30)
        await connect(service, shop.account.id)
        asked: list[str] = []
        shop.stripe.api.faults.after_each("/v1/balance_transactions", lambda: asked.append("page"))
        killed = asyncio.ensure_future(reader_of(service).run_once(asyncio.Event(), grace=timedelta(seconds=1)))
        while len(asked) < kill_after:
            await asyncio.sleep(0)
        killed.cancel()
        await asyncio.gather(killed, return_exceptions=True)
        service.clock.move(timedelta(minutes=2))
        before = (await progress(service, shop.account.id))["balance_transactions"]
        await work(service)
        pages = len(asked)

        lists, whole = 40, -(-40 * 31 // 100)
        assert pages <= lists + whole + 1 + 2 * whole  # the check lists everything twice
        assert before <= kill_after * 100
        assert (await integrity(service))["complete"]


async def test_pages_that_change_under_the_cursor_hide_nothing() -> None:
    async with at_the_door() as (service, shop, _):
        for number in range(80):
            trade(shop.account, number)
        await connect(service, shop.account.id)
        left = [6]

        def more() -> None:
            if left[0]:
                left[0] -= 1
                charges.charge(shop.account, 777 + left[0])

        shop.stripe.api.faults.after_each("/v1/balance_transactions", more)
        await work(service)
        shop.stripe.api.faults.clear()
        await days(service, shop, 2)

        assert (await integrity(service))["complete"]


async def test_a_429_in_the_first_reading_is_not_taken_for_its_end() -> None:
    """Failure 8: marked complete, and nothing for seven days."""
    async with at_the_door() as (service, shop, _):
        for number in range(80):
            trade(shop.account, number)
        await connect(service, shop.account.id)
        shop.stripe.api.faults.add(Fault(kind="lock_timeout", path="/v1/balance_transactions", skip=1, times=50))
        await work(service)
        reading, found = await progress(service, shop.account.id), await integrity(service)
        shop.stripe.api.faults.clear()
        service.clock.move(timedelta(hours=1))
        await work(service)

        assert (reading["history_read"], reading["balance_transactions"]) == (False, 100)
        assert reading["trouble"] is not None
        assert not found["complete"]
        assert (await integrity(service))["complete"]
        assert (await progress(service, shop.account.id))["trouble"] is None


@pytest.mark.parametrize("kind", ["cut_body", "server_error", "not_json", "reset"])
async def test_whatever_breaks_off_is_tried_again_and_keeps_what_was_done(kind: Any) -> None:
    """Failure 28 among them: an answer that is cut in the middle of its body."""
    async with at_the_door() as (service, shop, _):
        await lived(service, shop, 10, polling=False)
        await connect(service, shop.account.id)
        shop.stripe.api.faults.add(Fault(kind=kind, path="/v1/(payouts|balance_transactions)", skip=2, times=9))
        for _ in range(5):
            await work(service)
            service.clock.move(timedelta(minutes=31))

        assert (await integrity(service))["complete"]


async def test_an_account_that_no_longer_answers_is_verified_and_marked_and_its_books_stay() -> None:
    async with at_the_door() as (service, shop, _):
        await lived(service, shop, 8, polling=False)
        await connect(service, shop.account.id)
        await work(service)
        before = await digest(service)
        shop.stripe.simulation.disconnect(shop.platform, shop.account.id, livemode=False)
        service.clock.move(timedelta(hours=3))
        await work(service)
        gone, told = await accounts(service), await events(service)
        shop.stripe.simulation.connect(shop.platform, shop.account)
        await connect(service, shop.account.id)
        await work(service)

        assert gone == [(shop.account.id, "deauthorised")]
        assert told[-1] == "connection.broken"
        assert await digest(service) == before
        assert "connection.restored" in await events(service)
        assert await accounts(service) == [(shop.account.id, "connected")]


async def test_what_a_pass_does_not_reach_is_found_by_the_check_and_read_after_it() -> None:
    """Failure 25: a monitor was blind between two steps. This one compares Stripe's own list with what is kept."""
    async with at_the_door() as (service, shop, _):
        add_long_history(shop.account, payouts=10, items_each=30)
        await connect(service, shop.account.id)
        await work(service)
        await lose_the_oldest(service, shop)
        service.clock.move(timedelta(days=1, minutes=1))
        await work(service)
        found = await integrity(service)
        service.clock.move(timedelta(hours=1, minutes=1))
        await work(service)

        assert not found["complete"]
        assert found["accounts"][0]["reasons"] == ["1 balance transactions are missing, 0 extra, 0 different"]
        assert (await integrity(service))["complete"]


async def lose_the_oldest(service: LiveService, shop: Shop) -> None:
    """As if it had come in at Stripe long after its time, below where passes stop."""
    store = service.services.store
    assert isinstance(store, InMemoryStore)
    async with store.tables() as tables:
        rows = tables.table(f"balance_transactions of {ACME}")
        del rows[(await shop.every("/v1/balance_transactions"))[-1]["id"]]


async def test_a_company_without_an_account_is_not_called_complete() -> None:
    async with at_the_door() as (service, _, __):
        assert await integrity(service) == {"complete": False, "accounts": []}


async def test_disconnected_it_is_read_no_more() -> None:
    async with at_the_door(policy=DeliveryPolicy(never=True)) as (service, shop, _):
        await connect(service, shop.account.id)
        await work(service)
        await service.ask("DELETE", f"{ACCOUNTS}/{shop.account.id}")
        trade(shop.account, 1)
        await shop.stripe.advance(3 * DAY)
        set_clock(service, shop)
        await work(service)

        assert (await progress(service, shop.account.id))["balance_transactions"] == 0
