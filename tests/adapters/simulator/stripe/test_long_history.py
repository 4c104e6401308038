"""A long past costs no memory, and reads like any other."""

import tracemalloc

import pytest
import stripe

from adapters.simulator.stripe import charges
from adapters.simulator.stripe.long_history import NotANewAccount, add_long_history
from adapters.simulator.stripe.simulation import Simulation
from adapters.simulator.stripe.wire import DAY
from tests.adapters.simulator.stripe.shop import open_shop


async def test_a_long_past_is_listed_before_what_happens_now_and_adds_up() -> None:
    async with open_shop() as shop:
        add_long_history(shop.account, payouts=30, items_each=12)
        charges.charge(shop.account, 5_000)
        await shop.stripe.advance(6 * DAY)

        movements = await shop.every("/v1/balance_transactions")
        found = await shop.every("/v1/payouts")

        assert len(movements) == 30 * 13 + 2
        assert len(found) == 31
        moments = [item["created"] for item in movements]
        assert moments == sorted(moments, reverse=True)
        for payout in found:
            items = await shop.items(payout)
            assert sum(item["net"] for item in items) == 0
            assert {item["id"] for item in items} <= {item["id"] for item in movements}
        total = sum(item["net"] for item in movements)
        assert (await shop.ask("/v1/balance"))["available"][0]["amount"] == total == 0


async def test_a_long_past_pages_both_ways_and_is_looked_up_by_id() -> None:
    async with open_shop() as shop:
        add_long_history(shop.account, payouts=5, items_each=3)
        everything = [item["id"] for item in await shop.every("/v1/balance_transactions")]

        middle = everything[10]
        older = await shop.ask("/v1/balance_transactions", starting_after=middle, limit=4)
        newer = await shop.ask("/v1/balance_transactions", ending_before=middle, limit=4)
        one = await shop.ask(f"/v1/balance_transactions/{middle}")

        assert [item["id"] for item in older["data"]] == everything[11:15]
        assert [item["id"] for item in newer["data"]] == everything[6:10]
        assert one["id"] == middle
        with pytest.raises(stripe.InvalidRequestError):
            await shop.ask(f"/v1/balance_transactions/{middle[:-12]}999999999999")


def test_a_hundred_million_rows_take_no_memory() -> None:
    book = Simulation().open_account()
    tracemalloc.start()
    add_long_history(book, payouts=1_000_000, items_each=100)

    listing = book.listing("balance_transaction")
    newest = next(iter(listing.newest_first()))
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert len(listing) == 101_000_000
    assert newest["type"] == "payout"
    assert held < 1_000_000


def test_only_a_new_account_can_be_given_a_past() -> None:
    book = Simulation().open_account()
    charges.charge(book, 1_000)

    with pytest.raises(NotANewAccount):
        add_long_history(book, payouts=1, items_each=1)
