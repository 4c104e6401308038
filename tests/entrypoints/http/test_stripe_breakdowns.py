"""What is inside payouts, from a simulated Stripe through the reader to what a partner is shown, to the cent."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from adapters.simulator.stripe import accounts, charges, disputes, other_movements, payouts, refunds
from adapters.simulator.stripe.account_book import AccountBook
from adapters.simulator.stripe.account_habits import AccountHabits
from adapters.simulator.stripe.balance_transactions import fee_detail, write
from adapters.simulator.stripe.long_history import add_long_history
from adapters.simulator.stripe.switches import Switches
from adapters.simulator.stripe.wire import DAY, JsonObject
from tests.adapters.simulator.stripe.shop import Shop
from tests.entrypoints.http.callers import ACME
from tests.entrypoints.http.live_service import LiveService
from tests.entrypoints.http.stripe_door import at_the_door
from tests.entrypoints.http.stripe_reads import connect, set_clock, work

COOKBOOK = [
    ("charge", "charge", 10_000, 420, 9_580),
    ("charge", "charge", 5_000, 175, 4_825),
    ("refund", "partial_capture_reversal", -2_000, -58, -1_942),
    ("refund", "refund", -1_000, 0, -1_000),
    ("adjustment", "dispute", -1_500, 1_500, -3_000),
    ("adjustment", "dispute_reversal", 1_500, 0, 1_500),
    ("payment", "charge", 3_000, 80, 2_920),
    ("payment_failure_refund", "charge_failure", -3_000, 0, -3_000),
    ("stripe_fee", "fee", -50, 0, -50),
    ("tax_fee", "tax", -10, 0, -10),
    ("payout_failure", "payout_reversal", 2_522, 0, 2_522),
]
"""Stripe's own kinds of movements in one payout of 12,345 cents: type, category, amount, fee, net."""


@asynccontextmanager
async def a_shop(**with_: Any) -> AsyncIterator[tuple[LiveService, Shop, AccountBook]]:
    """Connected; payouts are made when a test says so, automatic or not."""
    async with at_the_door(**with_) as (service, shop, _):
        accounts.set_schedule(shop.account, "manual")
        await connect(service, shop.account.id)
        yield service, shop, shop.account


async def later(service: LiveService, shop: Shop, days: int) -> None:
    await shop.stripe.advance(days * DAY)
    set_clock(service, shop)
    await work(service)


def paid_out(account: AccountBook, currency: str = "usd") -> JsonObject:
    """By the schedule: Stripe itemises it."""
    payout = payouts.pay_out(account, currency)
    assert payout is not None
    return payout


async def shown(service: LiveService, payout: JsonObject) -> Any:
    answer = await service.ask("GET", f"/v1/companies/{ACME}/payouts/{payout['id']}")
    assert answer.status == 200, answer.content
    return answer.json


async def breaks(service: LiveService) -> list[Any]:
    found: list[Any] = (await service.ask("GET", f"/v1/companies/{ACME}/breaks")).json["data"]
    return found


def units(money: Any) -> int:
    found: int = money["minor_units"]
    return found


def row(item: Any) -> tuple[Any, ...]:
    return item["type"], item["reporting_category"], units(item["amount"]), units(item["fee"]), units(item["net"])


def adds_up(shown: Any) -> None:
    """To the payout, by items, by categories and by kinds of fee."""
    inside = shown["breakdown"]
    for name, total in (("gross", "gross"), ("fees", "fees"), ("net", "net")):
        assert sum(units(each[name]) for each in inside["by_category"]) == units(inside[total])
    assert sum(units(each["amount"]) for each in inside["fees_by_kind"]) == units(inside["fees"])
    assert units(inside["gross"]) - units(inside["fees"]) == units(inside["net"])
    assert units(inside["net"]) + units(inside["remainder"]["amount"]) == units(shown["amount"])


async def test_the_payout_of_the_cookbook_is_its_items_to_the_cent() -> None:
    async with a_shop() as (service, shop, account):
        charges.charge(account, 2_600, fee=78)
        await later(service, shop, 5)
        old = paid_out(account)
        await later(service, shop, 3)
        first = charges.charge(account, 10_000, fee=320, application_fee=100)
        partly = charges.charge(account, 5_000)
        write(account, "refund", "partial_capture_reversal", -2_000, source=partly["id"],
              fees=[fee_detail(-58, "usd", "stripe_fee", "Stripe processing fees")])  # fmt: skip
        refunds.refund(account, first, 1_000)
        disputes.win(account, disputes.open_dispute(account, first, 1_500))
        charges.return_payment(account, charges.charge(account, 3_000, method="us_bank_account", fee=80))
        other_movements.stripe_fee(account, 50)
        other_movements.tax(account, 10)
        payouts.fail(account, old)
        accounts.repair_bank_account(account)
        await later(service, shop, 7)
        payout = paid_out(account)
        await later(service, shop, 4)
        page, listed = await shown(service, payout), await shop.items(payout)

        inside = page["breakdown"]
        assert units(page["amount"]) == payout["amount"] == 12_345
        assert sum(each["net"] for each in listed) == 0
        assert sorted(map(row, inside["items"])) == sorted(COOKBOOK)
        assert inside["remainder"]["label"] == "none"
        assert (inside["inferred"], inside["suspense"]) == (False, 0)
        adds_up(page)
        assert {each["kind"]: (each["count"], units(each["amount"])) for each in inside["fees_by_kind"]} == {
            "application_fee": (1, 100),
            "stripe_fee": (5, 320 + 175 - 58 + 1_500 + 80),
        }
        assert {each["category"]: (each["count"], units(each["net"])) for each in inside["by_category"]} == {
            "charge": (3, 9_580 + 4_825 + 2_920),
            "charge_failure": (1, -3_000),
            "dispute": (1, -3_000),
            "dispute_reversal": (1, 1_500),
            "fee": (1, -50),
            "partial_capture_reversal": (1, -1_942),
            "payout_reversal": (1, 2_522),
            "refund": (1, -1_000),
            "tax": (1, -10),
        }
        assert {each["kind"] for each in page["cases"]} == {"dispute", "refund", "payment_returned", "payout_returned"}
        (returned,) = (each for each in page["cases"] if each["kind"] == "payout_returned")
        assert (returned["key"], returned["carried_by"]) == (old["id"], payout["id"])
        assert not await breaks(service)


@pytest.mark.parametrize("count", [100, 101, 10_000])
async def test_however_many_items_a_payout_has_all_are_read(count: int) -> None:
    """Failure 13: payout detail stopped at the first hundred lines. `count` is with the payout's own movement."""
    async with at_the_door() as (service, shop, _):
        add_long_history(shop.account, payouts=1, items_each=count - 1)
        await connect(service, shop.account.id)
        await work(service)
        (payout,) = await shop.payouts()
        page = await shown(service, payout)

        assert len(page["breakdown"]["items"]) == count - 1
        assert page["breakdown"]["remainder"]["label"] == "none"
        adds_up(page)


async def test_taxes_on_fees_are_a_kind_of_their_own() -> None:
    async with a_shop(habits=AccountHabits(fee_tax_basis_points=2_000)) as (service, shop, account):
        for amount in (10_000, 20_000):
            charges.charge(account, amount)
        await later(service, shop, 5)
        payout = paid_out(account)
        await later(service, shop, 3)
        page = await shown(service, payout)

        fees = {each["kind"]: (each["count"], units(each["amount"])) for each in page["breakdown"]["fees_by_kind"]}
        assert fees == {"stripe_fee": (2, 320 + 610), "tax": (2, 64 + 122)}
        adds_up(page)


async def test_what_nobody_has_heard_of_is_counted_and_is_a_break_that_says_what_to_do() -> None:
    async with a_shop() as (service, shop, account):
        charges.charge(account, 10_000)
        other_movements.unheard_of(account, "lunar_levy", "lunar_levies", -300, fee=20)
        other_movements.unheard_of(account, "charge", "lunar_levies", 500)
        await later(service, shop, 4)
        await later(service, shop, 1)
        early = await breaks(service)
        payout = paid_out(account)
        await later(service, shop, 3)
        page, found = await shown(service, payout), await breaks(service)

        (line,) = (each for each in page["breakdown"]["by_category"] if each["category"] == "lunar_levies")
        assert (line["count"], line["suspense"], units(line["gross"]), units(line["fees"])) == (2, 2, 200, 20)
        assert page["breakdown"]["suspense"] == 2
        assert page["breakdown"]["remainder"]["label"] == "none"
        adds_up(page)
        assert [each["kind"] for each in found] == ["unknown_type"] * 2
        assert {each["where"] for each in early} == {each["where"] for each in found}
        assert all("book it by hand" in each["reason"] for each in found)


@pytest.mark.parametrize("switch", ["in_next_list", "with_what_they_paid"])
async def test_a_manual_payout_is_the_oldest_that_was_there_by_the_stated_convention(switch: Any) -> None:
    async with a_shop(switches=Switches(manual_movements=switch)) as (service, shop, account):
        first = charges.charge(account, 1_000, fee=0)
        await later(service, shop, 1)
        second = charges.charge(account, 2_000, fee=0)
        await later(service, shop, 5)
        manual = payouts.request(account, 1_500)
        await later(service, shop, 3)
        page = await shown(service, manual)

        items = [(each["source_object"], units(each["net"]), each["is_part"]) for each in page["breakdown"]["items"]]
        assert items == [(first["id"], 1_000, False), (second["id"], 500, True)]
        assert (page["breakdown"]["inferred"], page["breakdown"]["remainder"]["label"]) == (True, "none")
        adds_up(page)


@pytest.mark.parametrize("switch", ["in_next_list", "with_what_they_paid"])
async def test_automatic_payouts_beside_manual_ones_add_up_wherever_the_manual_ones_movements_stand(
    switch: Any,
) -> None:
    async with a_shop(switches=Switches(manual_movements=switch)) as (service, shop, account):
        for amount in (1_000, 2_000):
            charges.charge(account, amount, fee=0)
        await later(service, shop, 5)
        manual = payouts.request(account, 1_000)
        await later(service, shop, 1)
        automatic = paid_out(account)
        await later(service, shop, 4)
        by_hand, by_schedule = await shown(service, manual), await shown(service, automatic)

        assert units(by_schedule["amount"]) == 2_000
        assert (by_schedule["breakdown"]["inferred"], by_schedule["breakdown"]["remainder"]["label"]) == (False, "none")
        # Where the next list has the manual payout's movement, it has what was paid out, too.
        expected = ("in_later_payout", 0) if switch == "in_next_list" else ("none", 1)
        inside = by_hand["breakdown"]
        assert (inside["remainder"]["label"], len(inside["items"])) == expected
        for page in (by_hand, by_schedule):
            adds_up(page)
        assert not await breaks(service)


async def test_an_instant_payout_is_shown_with_the_fee_on_its_own_movement() -> None:
    async with a_shop() as (service, shop, account):
        charges.charge(account, 10_000, fee=0)
        await later(service, shop, 5)
        instant = payouts.request(account, 5_000, instant=True)
        await later(service, shop, 2)
        page = await shown(service, instant)

        inside = page["breakdown"]
        assert (units(inside["gross"]), units(inside["fees"]), units(inside["net"])) == (5_050, 50, 5_000)
        assert (inside["inferred"], inside["remainder"]["label"]) == (True, "none")
        assert [(each["category"], units(each["fees"])) for each in inside["by_category"]] == [
            ("charge", 0),
            ("payout", 50),
        ]
        assert [(each["kind"], units(each["amount"])) for each in inside["fees_by_kind"]] == [("stripe_fee", 50)]
        adds_up(page)


async def test_a_payout_that_carries_an_advance_of_capital_beyond_its_list_says_so() -> None:
    """Failure 14."""
    async with a_shop(switches=Switches(capital_advance="unlisted")) as (service, shop, account):
        charges.charge(account, 10_000, fee=0)
        await later(service, shop, 5)
        other_movements.advance_capital(account, 4_200)
        payout = paid_out(account)
        await later(service, shop, 4)
        page, found = await shown(service, payout), await breaks(service)

        assert units(page["amount"]) == 14_200
        assert (units(page["breakdown"]["remainder"]["amount"]), page["breakdown"]["remainder"]["label"]) == (
            4_200,
            "capital",
        )
        adds_up(page)
        assert [(each["kind"], each["where"]) for each in found] == [("items_do_not_add_up", payout["id"])]
        assert "Stripe Capital" in found[0]["reason"]


async def test_a_payout_without_amount_is_what_cancels_out() -> None:
    async with a_shop() as (service, shop, account):
        charge = charges.charge(account, 1_000, fee=0)
        refunds.refund(account, charge)
        await later(service, shop, 5)
        payout = paid_out(account)
        await later(service, shop, 3)
        page = await shown(service, payout)

        assert (units(page["amount"]), len(page["breakdown"]["items"])) == (0, 2)
        assert page["breakdown"]["remainder"]["label"] == "none"
        adds_up(page)


async def test_the_payout_that_a_reversal_draws_back_is_paid_out_by_a_later_list() -> None:
    async with a_shop() as (service, shop, account):
        charges.charge(account, 5_000, fee=0)
        await later(service, shop, 5)
        original = paid_out(account)
        await later(service, shop, 4)
        drawing = payouts.reverse(account, original)
        await later(service, shop, 5)
        again = paid_out(account)
        await later(service, shop, 4)
        page = await shown(service, again)
        found = (await service.ask("GET", f"/v1/companies/{ACME}/cases?kind=payout_reversed")).json["data"]

        assert [row(item) for item in page["breakdown"]["items"]] == [("payout", "payout", 5_000, 0, 5_000)]
        assert page["breakdown"]["remainder"]["label"] == "none"
        (case,) = found
        assert (case["key"], case["state"], case["carried_by"]) == (original["id"], "ended", again["id"])
        assert case["payouts"] == sorted([original["id"], again["id"]])
        assert [each["role"] for each in case["movements"]] == ["paid_out", "drawn_back"]
        assert drawing["id"] in case["in_words"]
        assert {each["id"] for each in page["cases"]} == {case["id"]}
        assert not await breaks(service)
