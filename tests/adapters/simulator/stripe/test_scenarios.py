"""The rest of what a platform meets: many items, other currencies, two accounts of one bank, ends of months, time."""

import asyncio
import contextlib

import pytest
import stripe

from adapters.simulator.stripe import accounts, charges, disputes, other_movements, payouts, topups, transfers
from adapters.simulator.stripe.account_habits import AccountHabits
from adapters.simulator.stripe.long_history import add_long_history
from adapters.simulator.stripe.switches import Switches
from adapters.simulator.stripe.wire import DAY, HOUR
from tests.adapters.simulator.stripe.shop import MONDAY, listening, open_shop


@pytest.mark.parametrize("count", [99, 100, 10_001])
async def test_a_payout_of_many_items_is_listed_whole(count: int) -> None:
    async with open_shop() as shop:
        add_long_history(shop.account, payouts=1, items_each=count)
        (payout,) = await shop.payouts()

        items = await shop.items(payout)

        assert len(items) == len({item["id"] for item in items}) == count + 1
        assert sum(item["net"] for item in items) == 0
        pages = [path for _, path in shop.stripe.api.requests if path.startswith("/v1/balance_transactions")]
        assert len(pages) == -(-(count + 1) // 100)


@pytest.mark.parametrize(
    ("country", "currency", "amount"), [("JP", "jpy", 12_345), ("US", "kwd", 5_120), ("GB", "gbp", 9_999)]
)
async def test_currencies_keep_their_own_minor_units(country: str, currency: str, amount: int) -> None:
    async with open_shop(habits=AccountHabits(country=country, currency=currency)) as shop:
        charges.charge(shop.account, amount, fee=0)

        await shop.stripe.advance(9 * DAY)

        (payout,) = await shop.payouts()
        assert (payout["amount"], payout["currency"]) == (amount, currency)


async def test_a_charge_in_another_currency_is_converted_at_its_rate() -> None:
    async with open_shop() as shop:
        charges.charge(shop.account, 10_000, currency="eur", rate=1.0825, fee=0)
        other_movements.exchange_fee(shop.account, 108)

        fee, movement = (await shop.ask("/v1/balance_transactions"))["data"]

        assert (movement["amount"], movement["currency"], movement["exchange_rate"]) == (10_825, "usd", 1.0825)
        assert (fee["type"], fee["net"]) == ("stripe_fx_fee", -108)


async def test_a_currency_may_be_written_in_capitals_and_is_answered_in_small_letters() -> None:
    async with open_shop() as shop:
        charge = await shop.client.v1.charges.create_async(
            {"amount": 1_000, "currency": "USD", "source": "tok_visa"}, shop.options
        )

        assert charge.currency == "usd"


async def test_a_declined_card_is_an_error_and_leaves_a_failed_charge() -> None:
    async with open_shop() as shop:
        with pytest.raises(stripe.CardError) as refused:
            await shop.client.v1.charges.create_async(
                {"amount": 1_000, "currency": "usd", "source": "tok_chargeDeclined"}, shop.options
            )

        assert (refused.value.code, refused.value.http_status) == ("card_declined", 402)
        assert [charge["status"] for charge in await shop.every("/v1/charges")] == ["failed"]
        assert await shop.every("/v1/balance_transactions") == []


async def test_two_accounts_can_pay_the_same_amount_to_one_bank_on_one_day() -> None:
    async with open_shop() as shop:
        simulation = shop.stripe.simulation
        other = simulation.open_account()
        simulation.connect(shop.platform, other)
        for book in (shop.account, other):
            charges.charge(book, 5_000)
        await shop.stripe.advance(5 * DAY)

        found = []
        for book in (shop.account, other):
            listed = await shop.client.v1.payouts.list_async(
                {"expand": ["data.destination"]}, {"stripe_account": book.id}
            )
            found += [payout.to_dict() for payout in listed.data]

        one, two = found
        assert one["id"] != two["id"]
        assert one["destination"]["last4"] == two["destination"]["last4"]
        assert [one[name] for name in ("amount", "arrival_date")] == [two[name] for name in ("amount", "arrival_date")]


async def test_a_payout_made_at_the_end_of_a_month_arrives_in_the_next() -> None:
    async with open_shop(start=MONDAY + 26 * DAY) as shop:  # 28 March 2026, a Saturday
        charges.charge(shop.account, 5_000)

        await shop.stripe.advance(6 * DAY)

        (payout,) = await shop.payouts()
        assert payout["created"] // DAY == MONDAY // DAY + 29  # Tuesday, 31 March
        assert payout["arrival_date"] == MONDAY + 30 * DAY  # 1 April; clocks changed in between, UTC did not


@pytest.mark.parametrize("at_once", [True, False])
async def test_a_payout_leaves_the_balance_when_it_is_made_whatever_its_movement_says(at_once: bool) -> None:
    switches = Switches(payout_movements="available_at_once" if at_once else "pending_until_arrival")
    async with open_shop(switches=switches) as shop:
        charges.charge(shop.account, 5_000, fee=0)
        await shop.stripe.advance(2 * DAY + HOUR)
        (payout,) = await shop.payouts()

        own = await shop.ask(f"/v1/balance_transactions/{payout['balance_transaction']}")
        balance = await shop.ask("/v1/balance")

        assert own["status"] == ("available" if at_once else "pending")
        assert (balance["available"][0]["amount"], balance["pending"][0]["amount"]) == (0, 0)


@pytest.mark.parametrize("mirrored", [True, False])
async def test_a_reserve_stands_in_a_balance_of_its_own_or_not(mirrored: bool) -> None:
    async with open_shop(switches=Switches(reserves_mirrored=mirrored)) as shop:
        other_movements.hold_reserve(shop.account, 700)

        balance = await shop.ask("/v1/balance")
        kinds = [item["balance_type"] for item in await shop.every("/v1/balance_transactions")]

        assert balance["available"][0]["amount"] == -700
        assert kinds == (["risk_reserved", "payments"] if mirrored else ["payments"])
        assert ("risk_reserved" in balance) == mirrored


@pytest.mark.parametrize("own", [True, False])
async def test_categories_that_nobody_documents_have_their_own_name_or_not(own: bool) -> None:
    switches = Switches(undocumented_categories="own_name" if own else "other_adjustment")
    async with open_shop(switches=switches) as shop:
        other_movements.release_reserve(shop.account, 700)
        other_movements.hold_reserve(shop.account, 700)
        charges.return_payment(
            shop.account, charges.charge(shop.account, 900, method="us_bank_account"), after_success=True
        )

        movements = (await shop.every("/v1/balance_transactions"))[::-1]

        categories = [item["reporting_category"] for item in movements if item["type"] != "payment"]
        assert categories == (
            ["reserve_release", "reserve_hold", "payment_reversal"] if own else ["other_adjustment"] * 3
        )


@pytest.mark.parametrize("late", [True, False])
async def test_a_charges_movement_may_be_told_later(late: bool) -> None:
    async with open_shop(switches=Switches(asynchronous_capture=late)) as shop:
        charge = charges.charge(shop.account, 5_000)

        at_first = (await shop.ask(f"/v1/charges/{charge['id']}"))["balance_transaction"]
        await shop.stripe.advance(60)
        then = (await shop.ask(f"/v1/charges/{charge['id']}"))["balance_transaction"]

        assert (at_first is None) == late
        assert then is not None
        assert len(await shop.every("/v1/events", type="charge.updated")) == (1 if late else 0)


async def test_topups_and_transfers_move_the_platforms_own_money() -> None:
    async with open_shop() as shop:
        platform = shop.stripe.simulation.book(shop.platform.id)
        accounts.set_schedule(platform, "manual")
        topup = topups.top_up(platform, 50_000)
        await shop.stripe.advance(3 * DAY)
        api = shop.client.v1

        made = await api.transfers.create_async({"amount": 20_000, "currency": "usd", "destination": shop.account.id})
        transfers.reverse(platform, platform.get(made.id), shop.account, 5_000)

        assert (await api.topups.retrieve_async(topup["id"])).status == "succeeded"
        own = (await api.balance_transactions.list_async()).data
        theirs = await shop.every("/v1/balance_transactions")
        assert [(item.type, item.net) for item in own] == [
            ("transfer_refund", 5_000),
            ("transfer", -20_000),
            ("topup", 50_000),
        ]
        assert [(item["type"], item["net"]) for item in theirs] == [("payment_refund", -5_000), ("payment", 20_000)]
        assert (await shop.ask(f"/v1/charges/{made.destination_payment}"))["source_transfer"] == made.id


async def test_a_platform_cannot_transfer_what_it_has_not() -> None:
    async with open_shop() as shop:
        with pytest.raises(stripe.InvalidRequestError) as poor:
            await shop.client.v1.transfers.create_async(
                {"amount": 1, "currency": "usd", "destination": shop.account.id}
            )
        with pytest.raises(stripe.InvalidRequestError, match="No such destination"):
            await shop.client.v1.transfers.create_async(
                {"amount": 1, "currency": "usd", "destination": shop.stripe.simulation.open_account().id}
            )

        assert poor.value.code == "balance_insufficient"
        assert await shop.every("/v1/balance_transactions") == []


async def test_more_than_the_balance_is_advanced_for_an_instant_payout_and_funded_later() -> None:
    async with open_shop() as shop:
        accounts.set_schedule(shop.account, "manual")
        other_movements.advance_for_instant_payout(shop.account, 10_100)
        payouts.request(shop.account, 10_000, instant=True)
        charges.charge(shop.account, 20_000, fee=0)

        await shop.stripe.advance(3 * DAY)

        types = [item["type"] for item in (await shop.every("/v1/balance_transactions"))[::-1]]
        assert types == ["advance", "payout", "charge", "advance_funding"]
        assert (await shop.ask("/v1/balance"))["available"][0]["amount"] == 9_900


@pytest.mark.parametrize("named", ["dispute", "charge"])
async def test_a_disputes_movement_names_the_dispute_or_the_charge(named: str) -> None:
    async with open_shop(switches=Switches(dispute_rows_name="charge" if named == "charge" else "dispute")) as shop:
        charge = charges.charge(shop.account, 5_000)
        dispute = disputes.open_dispute(shop.account, charge)

        movement = (await shop.ask("/v1/balance_transactions"))["data"][0]

        assert movement["source"] == (charge["id"] if named == "charge" else dispute["id"])
        assert (movement["reporting_category"], movement["fee"]) == ("dispute", 1_500)


async def test_old_and_future_signatures_can_be_sent() -> None:
    async with open_shop() as shop, listening() as listener:
        where = shop.stripe.simulation.webhook_endpoints.add(shop.platform.id, listener.url, connect=True)
        body = b'{"id": "evt_1"}'
        now = shop.stripe.simulation.now

        await shop.stripe.sender.post(where, body, moment=now - 301)
        await shop.stripe.sender.post(where, body, moment=now + 301)
        await shop.stripe.sender.post(where, b"\xff\xfe", signature="t=1,v1=00")

        assert [each.signature.partition(",")[0] for each in listener.received] == [
            f"t={now - 301}",
            f"t={now + 301}",
            "t=1",
        ]
        assert listener.received[2].body == b"\xff\xfe"


async def test_the_clock_can_run_by_itself() -> None:
    async with open_shop() as shop, listening() as listener:
        shop.stripe.simulation.webhook_endpoints.add(shop.platform.id, listener.url, connect=True)
        running = asyncio.create_task(shop.stripe.keep_time(speed=10 * DAY, every_seconds=0.02))
        charges.charge(shop.account, 5_000)

        for _ in range(200):
            await asyncio.sleep(0.02)
            if "payout.paid" in listener.types:
                break
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running

        assert "payout.paid" in listener.types
