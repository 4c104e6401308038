"""Payouts that are asked for: manual and instant ones, cancelled and reversed. Nobody itemises them."""

import pytest
import stripe

from adapters.simulator.stripe import accounts, charges, payouts
from adapters.simulator.stripe.http.endpoints.balance import NOT_ITEMISED
from adapters.simulator.stripe.switches import Switches
from adapters.simulator.stripe.wire import DAY, HOUR, JsonObject
from tests.adapters.simulator.stripe.shop import Shop, open_shop


def net(items: list[JsonObject]) -> int:
    return sum(item["net"] for item in items)


def kinds(items: list[JsonObject]) -> list[str]:
    return [item["type"] for item in items]


async def with_balance(shop: Shop, amount: int) -> None:
    """The account has so much available, and pays out by hand."""
    accounts.set_schedule(shop.account, "manual")
    charges.charge(shop.account, amount, fee=0)
    await shop.stripe.advance(3 * DAY)
    assert await shop.available() == amount


async def test_a_manual_payout_cannot_be_itemised() -> None:
    async with open_shop() as shop:
        await with_balance(shop, 10_000)
        payout = await shop.tell("/v1/payouts", amount=4_000, currency="usd")

        with pytest.raises(stripe.InvalidRequestError) as refused:
            await shop.ask("/v1/balance_transactions", payout=payout["id"])

        assert refused.value.http_status == 400
        assert refused.value.user_message == NOT_ITEMISED
        assert payout["reconciliation_status"] == "not_applicable"
        assert await shop.available() == 6_000


@pytest.mark.parametrize("gone", [False, True])
async def test_where_a_manual_payouts_own_movement_shows_is_a_switch(gone: bool) -> None:
    switches = Switches(manual_movements="with_what_they_paid" if gone else "in_next_list")
    async with open_shop(switches=switches) as shop:
        await with_balance(shop, 4_000)
        await shop.tell("/v1/payouts", amount=4_000, currency="usd")
        charges.charge(shop.account, 7_000, fee=0)
        accounts.set_schedule(shop.account, "daily")

        await shop.stripe.advance(6 * DAY)

        later = [payout for payout in await shop.payouts() if payout["automatic"] and payout["amount"]]
        listed = [item for payout in later for item in await shop.items(payout)]
        assert [payout["amount"] for payout in later] == [7_000]
        assert net(listed) == 0
        assert "payout" in kinds(listed)
        assert kinds(listed).count("charge") == 1


async def test_a_manual_payout_is_cancelled_only_while_it_is_pending() -> None:
    async with open_shop() as shop:
        await with_balance(shop, 10_000)
        one = await shop.tell("/v1/payouts", amount=4_000, currency="usd")
        two = await shop.tell("/v1/payouts", amount=1_000, currency="usd")

        canceled = await shop.tell(f"/v1/payouts/{one['id']}/cancel")
        with pytest.raises(stripe.InvalidRequestError, match="canceled"):
            await shop.tell(f"/v1/payouts/{one['id']}/cancel")
        await shop.stripe.advance(5 * HOUR)
        with pytest.raises(stripe.InvalidRequestError, match="in_transit"):
            await shop.tell(f"/v1/payouts/{two['id']}/cancel")

        assert canceled["status"] == "canceled"
        back = await shop.ask(f"/v1/balance_transactions/{canceled['failure_balance_transaction']}")
        assert (back["type"], back["reporting_category"], back["net"]) == ("payout_cancel", "payout_reversal", 4_000)
        assert await shop.available() == 9_000


async def test_an_automatic_payout_is_never_cancelled_nor_one_of_somebody_else() -> None:
    async with open_shop() as shop:
        charges.charge(shop.account, 5_000)
        await shop.stripe.advance(2 * DAY + 2 * HOUR)
        (payout,) = await shop.payouts()
        assert payout["status"] == "pending"

        with pytest.raises(stripe.InvalidRequestError, match="Automatic payouts cannot be canceled"):
            await shop.tell(f"/v1/payouts/{payout['id']}/cancel")
        with pytest.raises(stripe.InvalidRequestError, match="No such payout"):
            await shop.client.v1.payouts.cancel_async(payout["id"])  # on the platform's own account


async def test_an_instant_payout_bears_its_fee_on_its_own_movement() -> None:
    async with open_shop() as shop:
        await with_balance(shop, 10_100)

        payout = await shop.tell("/v1/payouts", amount=10_000, currency="usd", method="instant")
        await shop.stripe.advance(HOUR)

        own = await shop.ask(f"/v1/balance_transactions/{payout['balance_transaction']}")
        assert (own["amount"], own["fee"], own["net"]) == (-10_000, 100, -10_100)
        assert (await shop.ask(f"/v1/payouts/{payout['id']}"))["status"] == "paid"
        assert await shop.available() == 0


@pytest.mark.parametrize("given_back", [True, False])
async def test_the_fee_of_an_instant_payout_that_fails_comes_back_or_not(given_back: bool) -> None:
    async with open_shop(switches=Switches(instant_fee_given_back=given_back)) as shop:
        await with_balance(shop, 10_100)
        payout = await shop.tell("/v1/payouts", amount=10_000, currency="usd", method="instant")

        payouts.fail(shop.account, shop.account.get(payout["id"]))

        assert await shop.available() == (10_100 if given_back else 10_000)


async def test_more_than_is_available_cannot_be_paid_out() -> None:
    async with open_shop() as shop:
        await with_balance(shop, 1_000)

        with pytest.raises(stripe.InvalidRequestError) as refused:
            await shop.tell("/v1/payouts", amount=1_001, currency="usd")

        assert refused.value.code == "balance_insufficient"


async def test_a_reversal_is_a_new_payout_of_the_opposite_amount() -> None:
    async with open_shop() as shop:
        charges.charge(shop.account, 5_000, fee=0)
        await shop.stripe.advance(5 * DAY)
        (payout,) = await shop.payouts()

        back = await shop.tell(f"/v1/payouts/{payout['id']}/reverse")
        drawn = await shop.ask(f"/v1/balance_transactions/{back['balance_transaction']}")
        assert (drawn["net"], drawn["status"], await shop.available()) == (5_000, "pending", 0)
        await shop.stripe.advance(3 * DAY)

        original = await shop.ask(f"/v1/payouts/{payout['id']}")
        assert (back["amount"], back["original_payout"], back["automatic"]) == (-5_000, payout["id"], False)
        assert original["reversed_by"] == back["id"]
        told = [
            (event["type"], event["data"]["object"]["amount"])
            for event in (await shop.every("/v1/events", type="payout.*"))[::-1]
            if event["data"]["object"]["id"] in (payout["id"], back["id"])
        ]
        reversal = told.index(("payout.created", -5_000))
        assert told[reversal - 1 : reversal + 3] == [
            ("payout.updated", 5_000),
            ("payout.created", -5_000),
            ("payout.updated", -5_000),
            ("payout.paid", -5_000),
        ]
        with pytest.raises(stripe.InvalidRequestError, match="cannot be reversed"):
            await shop.tell(f"/v1/payouts/{payout['id']}/reverse")
