"""Payouts of every kind, with their whole life, as the API tells it."""

import pytest

from adapters.simulator.stripe import accounts, charges, disputes, other_movements, payouts, refunds
from adapters.simulator.stripe.account_habits import AccountHabits
from adapters.simulator.stripe.switches import Switches
from adapters.simulator.stripe.wire import DAY, HOUR, JsonObject
from tests.adapters.simulator.stripe.shop import MONDAY, open_shop


def net(items: list[JsonObject]) -> int:
    return sum(item["net"] for item in items)


def kinds(items: list[JsonObject]) -> list[str]:
    return [item["type"] for item in items]


async def test_an_automatic_payout_lists_what_it_pays_and_its_own_movement() -> None:
    async with open_shop() as shop:
        charges.charge(shop.account, 10_000)
        charges.charge(shop.account, 5_000)

        await shop.stripe.advance(10 * DAY)

        (payout,) = await shop.payouts()
        items = await shop.items(payout)
        assert kinds(items) == ["charge", "charge", "payout"]
        assert payout["amount"] == 10_000 - 320 + 5_000 - 175
        assert net(items) == 0
        assert (payout["automatic"], payout["status"], payout["reconciliation_status"]) == (True, "paid", "completed")


async def test_the_life_of_a_payout_is_told_by_events_in_order() -> None:
    async with open_shop(habits=AccountHabits(reconciled_after_hours=(2, 2))) as shop:
        charges.charge(shop.account, 10_000)

        await shop.stripe.advance(20 * DAY)

        told = await shop.every("/v1/events", type="payout.*")
        assert [event["type"] for event in reversed(told)] == [
            "payout.created",
            "payout.reconciliation_completed",
            "payout.updated",
            "payout.paid",
            "payout.updated",
        ]
        assert told[2]["data"]["previous_attributes"] == {"status": "pending"}
        assert told[0]["data"]["object"]["trace_id"]["status"] == "supported"


@pytest.mark.parametrize("early", ["none", "some"])
async def test_the_list_is_final_only_when_reconciliation_is_completed(early: str) -> None:
    switches = Switches(early_items="some" if early == "some" else "none")
    async with open_shop(switches=switches, habits=AccountHabits(reconciled_after_hours=(30, 30))) as shop:
        for _ in range(4):
            charges.charge(shop.account, 10_000)
        await shop.stripe.advance(2 * DAY + 2 * HOUR)
        (payout,) = await shop.payouts()

        before = await shop.items(payout)
        await shop.stripe.advance(30 * HOUR)
        after = await shop.items(payout)

        assert len(before) == (2 if early == "some" else 0)
        assert len(after) == 5


async def test_a_payout_that_was_paid_fails_days_later_and_a_later_one_lists_what_came_back() -> None:
    async with open_shop() as shop:
        charges.charge(shop.account, 50_000)
        await shop.stripe.advance(4 * DAY)
        (first,) = await shop.payouts()
        assert first["status"] == "paid"

        await shop.stripe.advance(9 * DAY)
        payouts.fail(shop.account, shop.account.get(first["id"]), "account_closed")
        charges.charge(shop.account, 1_000)
        await shop.stripe.advance(7 * DAY)
        assert len(await shop.payouts()) == 1  # the bank account is disabled
        accounts.repair_bank_account(shop.account)
        await shop.stripe.advance(4 * DAY)

        failed, retried = await shop.payouts()
        items = await shop.items(retried)
        assert (failed["status"], failed["failure_code"]) == ("failed", "account_closed")
        assert [(item["type"], item["reporting_category"]) for item in items] == [
            ("payout_failure", "payout_reversal"),
            ("charge", "charge"),
            ("payout", "payout"),
        ]
        assert items[0]["id"] == failed["failure_balance_transaction"]
        assert items[0]["source"] == failed["id"]
        assert retried["amount"] == failed["amount"] + 941
        assert net(await shop.items(failed)) == net(items) == 0


@pytest.mark.parametrize("allowed", [True, False])
async def test_a_negative_balance_is_drawn_from_the_bank_where_that_is_allowed(allowed: bool) -> None:
    async with open_shop() as shop:
        accounts.set_schedule(shop.account, "weekly", weekly_payout_days=["friday"])
        accounts.set_debits(shop.account, allowed)
        charge = charges.charge(shop.account, 10_000, fee=0)
        await shop.stripe.advance(7 * DAY)
        refunds.refund(shop.account, charge)

        await shop.stripe.advance(3 * DAY)

        amounts = [payout["amount"] for payout in await shop.payouts()]
        assert amounts == ([10_000, -10_000] if allowed else [10_000])
        if allowed:
            drawn = (await shop.payouts())[-1]
            assert net(await shop.items(drawn)) == 0
            assert drawn["automatic"]


@pytest.mark.parametrize("made", [True, False])
async def test_a_balance_of_nothing_makes_a_payout_of_nothing_or_none(made: bool) -> None:
    async with open_shop(switches=Switches(zero_payouts="made" if made else "skipped")) as shop:
        charge = charges.charge(shop.account, 5_000, fee=0)
        refunds.refund(shop.account, charge)

        await shop.stripe.advance(5 * DAY)

        assert [payout["amount"] for payout in await shop.payouts()] == ([0] if made else [])
        assert shop.stripe.simulation.kernel.now == MONDAY + 5 * DAY


async def test_a_minimum_balance_is_held_and_released_around_the_payout() -> None:
    async with open_shop() as shop:
        accounts.set_minimum_balance(shop.account, {"usd": 100})
        charges.charge(shop.account, 1_000, fee=0)
        await shop.stripe.advance(3 * DAY)
        charges.charge(shop.account, 500, fee=0)
        await shop.stripe.advance(5 * DAY)

        first, second = await shop.payouts()

        assert (first["amount"], second["amount"]) == (900, 500)
        assert kinds(await shop.items(first)) == ["charge", "payout_minimum_balance_hold", "payout"]
        assert net(await shop.items(first)) == net(await shop.items(second)) == 0
        assert await shop.available() == 100


@pytest.mark.parametrize("rounding", ["unlisted", "as_adjustment"])
async def test_a_payout_in_forints_is_whole_and_the_rest_stays(rounding: str) -> None:
    switches = Switches(rounded_remainder="as_adjustment" if rounding == "as_adjustment" else "unlisted")
    async with open_shop(habits=AccountHabits(country="HU"), switches=switches) as shop:
        charges.charge(shop.account, 5_000_045, fee=0)
        await shop.stripe.advance(5 * DAY)
        charges.charge(shop.account, 5_000_060, fee=0)
        await shop.stripe.advance(7 * DAY)

        first, second = await shop.payouts()

        assert (first["amount"], second["amount"]) == (5_000_000, 5_000_100)
        left = [net(await shop.items(payout)) for payout in (first, second)]
        assert left == ([45, -40] if rounding == "unlisted" else [0, 0])
        assert await shop.available() == 5


async def test_below_the_least_amount_the_balance_rolls_forward() -> None:
    async with open_shop(habits=AccountHabits(country="DE")) as shop:
        charges.charge(shop.account, 60, fee=0)
        await shop.stripe.advance(5 * DAY)
        assert await shop.payouts() == []

        charges.charge(shop.account, 60, fee=0)
        await shop.stripe.advance(6 * DAY)

        assert [payout["amount"] for payout in await shop.payouts()] == [120]


@pytest.mark.parametrize(
    ("supported", "unsupported", "status"), [(1.0, 0.0, "supported"), (0.0, 1.0, "unsupported"), (0.0, 0.0, "pending")]
)
async def test_the_trace_id_is_told_late_or_never(supported: float, unsupported: float, status: str) -> None:
    habits = AccountHabits(trace_supported=supported, trace_unsupported=unsupported)
    async with open_shop(habits=habits) as shop:
        charges.charge(shop.account, 5_000)
        await shop.stripe.advance(3 * DAY)
        (early,) = await shop.payouts()

        await shop.stripe.advance(20 * DAY)

        (late,) = await shop.payouts()
        assert early["trace_id"] == {"status": "pending", "value": None}
        assert late["trace_id"]["status"] == status
        assert (late["trace_id"]["value"] is not None) == (status == "supported")


async def test_payouts_follow_the_schedule_and_the_banks_calendar() -> None:
    async with open_shop(start=MONDAY + 10 * DAY) as shop:  # 12 March 2026, a Thursday
        accounts.set_schedule(shop.account, "monthly", monthly_payout_days=[31])
        charges.charge(shop.account, 5_000, fee=0)

        await shop.stripe.advance(50 * DAY)

        (payout,) = await shop.payouts()
        assert payout["arrival_date"] == MONDAY + 30 * DAY  # created on 31 March, arrives on 1 April


async def test_a_payout_made_before_a_holiday_weekend_arrives_after_it() -> None:
    async with open_shop(start=1_782_864_000) as shop:  # 1 July 2026: Saturday the 4th is no holiday of the Fed
        charges.charge(shop.account, 5_000, fee=0)

        await shop.stripe.advance(9 * DAY)

        (payout,) = await shop.payouts()
        assert payout["created"] // DAY == 1_783_036_800 // DAY  # Friday the 3rd: the Federal Reserve is open
        assert payout["arrival_date"] == 1_783_296_000  # Monday the 6th


@pytest.mark.parametrize("advance", ["listed", "unlisted", "apart"])
async def test_a_capital_advance_is_in_the_list_or_only_in_the_amount_or_not_there(advance: str) -> None:
    how = {"listed": Switches(capital_advance="listed"), "unlisted": Switches(capital_advance="unlisted")}
    async with open_shop(switches=how.get(advance, Switches())) as shop:
        charges.charge(shop.account, 5_000, fee=0)
        other_movements.advance_capital(shop.account, 90_000)
        await shop.stripe.advance(6 * DAY)
        charges.charge(shop.account, 700, fee=0)
        await shop.stripe.advance(6 * DAY)

        found = await shop.payouts()
        left = sum([net(await shop.items(payout)) for payout in found])
        assert sum(payout["amount"] for payout in found) == (5_700 if advance == "apart" else 95_700)
        assert left == (-90_000 if advance == "unlisted" else 0)


async def test_the_cookbooks_payout_adds_up() -> None:
    async with open_shop() as shop:
        account = shop.account
        accounts.set_schedule(account, "monthly", monthly_payout_days=[20])
        charges.charge(account, 10_000, application_fee=100)
        part = charges.charge(account, 5_000, capture=False)
        await shop.tell(f"/v1/charges/{part['id']}/capture", amount=3_000)
        sold = charges.charge(account, 6_000)
        refunds.refund(account, sold, 1_000)
        dispute = disputes.open_dispute(account, charges.charge(account, 1_500))
        disputes.win(account, dispute)
        debit = charges.charge(account, 3_000, method="us_bank_account")
        charges.return_payment(account, debit)
        other_movements.stripe_fee(account, 50)
        other_movements.tax(account, 10)
        other_movements.unheard_of(account, "quantum_levy", "quantum", -7)

        await shop.stripe.advance(25 * DAY)

        (payout,) = await shop.payouts()
        items = await shop.items(payout)
        categories = {(item["type"], item["reporting_category"]) for item in items}
        assert net(items) == 0
        assert payout["amount"] == -next(item["net"] for item in items if item["type"] == "payout")
        assert categories == {
            ("charge", "charge"),
            ("refund", "partial_capture_reversal"),
            ("refund", "refund"),
            ("adjustment", "dispute"),
            ("adjustment", "dispute_reversal"),
            ("payment", "charge"),
            ("payment_failure_refund", "charge_failure"),
            ("stripe_fee", "fee"),
            ("tax_fee", "tax"),
            ("quantum_levy", "quantum"),
            ("payout", "payout"),
        }
        captured = [item for item in items if item["source"] == part["id"]]
        assert [(item["amount"], item["fee"], item["net"]) for item in captured] == [
            (5_000, 175, 4_825),
            (-2_000, -70, -1_930),
        ]


async def test_a_payout_that_failed_on_its_way_is_never_paid() -> None:
    async with open_shop() as shop:
        charges.charge(shop.account, 5_000)
        await shop.stripe.advance(2 * DAY + 12 * HOUR)
        (payout,) = await shop.payouts()
        assert payout["status"] == "in_transit"

        payouts.fail(shop.account, shop.account.get(payout["id"]))
        await shop.stripe.advance(20 * DAY)

        (after,) = await shop.payouts()
        assert after["status"] == "failed"
        assert "payout.paid" not in {event["type"] for event in await shop.every("/v1/events", type="payout.*")}


async def test_some_payouts_fail_by_habit_days_after_they_were_paid_and_the_money_goes_out_again() -> None:
    habits = AccountHabits(payouts_failing=0.4, fails_after_days=(4, 4))
    async with open_shop(habits=habits) as shop:
        for _ in range(15):
            charges.charge(shop.account, 5_000)
            await shop.stripe.advance(2 * DAY)
        await shop.stripe.advance(40 * DAY)

        found = await shop.payouts()
        failed = [payout for payout in found if payout["status"] == "failed"]
        listed = [item for payout in found for item in await shop.items(payout)]

        told = await shop.every("/v1/events", type="payout.failed")
        assert failed
        assert {payout["failure_balance_transaction"] for payout in failed} <= {item["id"] for item in listed}
        assert all(event["created"] == event["data"]["object"]["arrival_date"] + 4 * DAY for event in told)
        assert net(listed) == 0


@pytest.mark.parametrize(
    ("charged", "available_on"),
    [
        (MONDAY, MONDAY + DAY + 14 * HOUR + HOUR // 2),  # 11:00 on Monday in Sydney; available on Wednesday, 01:30
        (MONDAY - 21 * HOUR // 2, MONDAY + 14 * HOUR + HOUR // 2),  # 00:30 on Monday: still Sunday's; Tuesday, 01:30
    ],
)
async def test_an_accounts_days_may_begin_in_its_own_time_zone(charged: int, available_on: int) -> None:
    async with open_shop(start=charged) as shop:
        accounts.set_start_of_day(shop.account, 1, 30, "Australia/Sydney")
        charges.charge(shop.account, 5_000)

        await shop.stripe.advance(9 * DAY)

        (payout,) = await shop.payouts()
        items = await shop.items(payout)
        assert items[0]["available_on"] == available_on
        assert available_on < payout["created"] < available_on + HOUR
        assert payout["arrival_date"] == (available_on // DAY + 2) * DAY  # the day after, in Sydney
