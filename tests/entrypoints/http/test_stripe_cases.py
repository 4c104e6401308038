"""Cases across payouts, from a simulated Stripe through the reader to what a partner is shown."""

from typing import Any

import pytest

from adapters.simulator.stripe import accounts, charges, disputes, other_movements, payouts, refunds
from adapters.simulator.stripe.switches import Switches
from domain.payment_case import CaseKind
from tests.entrypoints.http.callers import ACME
from tests.entrypoints.http.live_service import LiveService
from tests.entrypoints.http.test_stripe_breakdowns import a_shop, breaks, later, paid_out, shown, units

CASES = f"/v1/companies/{ACME}/cases"


async def cases(service: LiveService, **wanted: str) -> list[Any]:
    query = "&".join(f"{name}={value}" for name, value in wanted.items())
    answer = await service.ask("GET", f"{CASES}?{query}")
    assert answer.status == 200, answer.content
    found: list[Any] = answer.json["data"]
    assert not answer.json["has_more"]
    return found


async def case(service: LiveService, **wanted: str) -> Any:
    (found,) = await cases(service, **wanted)
    return found


def places(case: Any) -> list[tuple[str, int, str | None]]:
    """What each movement is, what it comes to, and where it is."""
    return [(each["role"], units(each["net"]), each["payout"]) for each in case["movements"]]


def net(case: Any) -> int:
    (amount,) = case["net"]
    return units(amount)


def open_amount(case: Any) -> int:
    (amount,) = case["open_amount"]
    return units(amount)


async def a_charge_in_a_payout(service: LiveService, shop: Any, amount: int = 20_000) -> tuple[Any, Any]:
    charge = charges.charge(shop.account, amount, fee=0)
    await later(service, shop, 5)
    payout = paid_out(shop.account)
    await later(service, shop, 4)
    return charge, payout


@pytest.mark.parametrize("named", ["dispute", "charge"])
async def test_a_dispute_that_is_won_is_one_case_over_three_payouts(named: Any) -> None:
    async with a_shop(switches=Switches(dispute_rows_name=named)) as (service, shop, account):
        charge, first = await a_charge_in_a_payout(service, shop)
        dispute = disputes.open_dispute(account, charge, 5_000)
        _, second = await a_charge_in_a_payout(service, shop)
        before = await case(service, kind="dispute")
        disputes.win(account, dispute)
        _, third = await a_charge_in_a_payout(service, shop)
        after = await case(service, kind="dispute", charge=charge["id"])
        pages = [await shown(service, payout) for payout in (first, second, third)]

        # Older rows name the charge, and nothing says then how the dispute stands.
        assert before["state"] == ("open" if named == "dispute" else "unknown")
        assert (net(before), open_amount(before)) == (-6_500, -6_500)
        assert after["id"] == before["id"]
        assert (after["state"], net(after), open_amount(after)) == ("ended", -1_500, 0)
        assert places(after) == [("withdrawn", -6_500, second["id"]), ("reinstated", 5_000, third["id"])]
        assert (after["charge"], after["payment_intent"]) == (charge["id"], charge["payment_intent"])
        assert after["charged"]["payout"] == first["id"]
        assert set(after["payouts"]) == {first["id"], second["id"], third["id"]}
        assert all(after["id"] in {each["id"] for each in page["cases"]} for page in pages)
        assert after["id"] in {each["id"] for each in await cases(service, open="false")}


async def test_a_dispute_that_is_lost_ends_though_nothing_moves() -> None:
    async with a_shop() as (service, shop, account):
        charge, _ = await a_charge_in_a_payout(service, shop)
        dispute = disputes.open_dispute(account, charge, 5_000)
        _, second = await a_charge_in_a_payout(service, shop)
        open_ = await cases(service, open="true")
        disputes.lose(account, dispute)
        await later(service, shop, 2)
        ended = await case(service, kind="dispute")

        assert [each["state"] for each in open_] == ["open"]
        assert (ended["state"], net(ended), ended["in_words"]) == (
            "ended",
            -6_500,
            "the amount stays with the customer",
        )
        assert places(ended) == [("withdrawn", -6_500, second["id"])]
        assert await cases(service, open="true") == []


async def test_a_refund_of_a_charge_in_an_earlier_payout_names_it_and_a_refund_that_bounces_is_the_same_case() -> None:
    async with a_shop() as (service, shop, account):
        charge, first = await a_charge_in_a_payout(service, shop)
        refund = refunds.refund(account, charge, 5_000)
        _, second = await a_charge_in_a_payout(service, shop)
        before = await case(service, kind="refund")
        refunds.fail(account, refund)
        _, third = await a_charge_in_a_payout(service, shop)
        after = await case(service, payout=third["id"])

        assert (before["key"], before["state"], net(before)) == (refund["id"], "ended", -5_000)
        assert (before["charged"]["payout"], places(before)) == (first["id"], [("refunded", -5_000, second["id"])])
        assert (after["id"], net(after)) == (before["id"], 0)
        assert places(after)[1] == ("refund_failed", 5_000, third["id"])


async def test_a_payout_that_fails_after_four_banking_days_is_carried_again_by_the_next() -> None:
    """Failure 15: paid, and then failed."""
    async with a_shop() as (service, shop, account):
        _, failed = await a_charge_in_a_payout(service, shop)
        await later(service, shop, 2)
        paid = (await shown(service, failed))["status"]
        payouts.fail(account, failed)
        await later(service, shop, 1)
        waiting = await case(service, kind="payout_returned")
        accounts.repair_bank_account(account)
        again = paid_out(account)
        await later(service, shop, 4)
        carried, page = await case(service, kind="payout_returned"), await shown(service, again)

        assert (paid, (await shown(service, failed))["status"]) == ("paid", "failed")
        assert (waiting["key"], waiting["carried_by"], net(waiting)) == (failed["id"], None, 0)
        assert (carried["carried_by"], carried["state"]) == (again["id"], "ended")
        assert places(carried) == [
            ("paid_out", -20_000, failed["id"]),
            ("given_back", 20_000, again["id"]),
        ]
        assert [each["id"] for each in page["cases"]] == [carried["id"]]
        assert page["breakdown"]["remainder"]["label"] == "none"
        assert not await breaks(service)


async def test_a_manual_payout_that_is_canceled_gives_back_what_it_took() -> None:
    async with a_shop() as (service, shop, account):
        charges.charge(account, 10_000, fee=0)
        await later(service, shop, 5)
        manual = payouts.request(account, 4_000)
        payouts.cancel(account, manual)
        await later(service, shop, 1)
        found = await case(service, kind="payout_returned")

        assert (found["key"], found["state"], net(found)) == (manual["id"], "ended", 0)
        assert [each["role"] for each in found["movements"]] == ["paid_out", "given_back"]


@pytest.mark.parametrize("kind", ["hold", "reserved_funds"])
@pytest.mark.parametrize("category", ["own_name", "other_adjustment"])
@pytest.mark.parametrize("mirrored", [False, True])
async def test_a_reserve_is_open_until_all_of_it_is_let_go(kind: str, category: Any, *, mirrored: bool) -> None:
    switches = Switches(undocumented_categories=category, reserves_mirrored=mirrored)
    async with a_shop(switches=switches) as (service, shop, account):
        charges.charge(account, 50_000, fee=0)
        await later(service, shop, 5)
        other_movements.hold_reserve(account, 8_000, kind=kind)
        first = paid_out(account)
        await later(service, shop, 4)
        held = await cases(service, open="true")
        other_movements.release_reserve(account, 3_000, kind=kind)
        _, second = await a_charge_in_a_payout(service, shop)
        partly = await cases(service, kind="reserve", payout=second["id"])
        other_movements.release_reserve(account, 5_000, kind=kind)
        _, third = await a_charge_in_a_payout(service, shop)
        ended = await cases(service, kind="reserve", payout=third["id"])

        assert [each["kind"] for each in held] == ["reserve"] * (2 if mirrored else 1)
        assert {open_amount(each) for each in held} == ({-8_000, 8_000} if mirrored else {-8_000})
        assert [(open_amount(each), each["state"]) for each in partly] == [(-5_000, "open")]
        assert [(net(each), each["state"]) for each in ended] == [(0, "ended")]
        assert places(ended[0]) == [
            ("held", -8_000, first["id"]),
            ("released", 3_000, second["id"]),
            ("released", 5_000, third["id"]),
        ]
        assert not await breaks(service)


async def test_a_minimum_balance_is_held_in_one_payout_and_released_in_the_next() -> None:
    async with a_shop() as (service, shop, account):
        accounts.set_minimum_balance(account, {"usd": 10_000})
        charges.charge(account, 100_000, fee=0)
        await later(service, shop, 5)
        first = paid_out(account)
        await later(service, shop, 4)
        released = await case(service, kind="minimum_balance")
        _, second = await a_charge_in_a_payout(service, shop)
        found = await cases(service, kind="minimum_balance")
        page = await shown(service, second)

        assert (units((await shown(service, first))["amount"]), units(page["amount"])) == (90_000, 20_000)
        assert places(released) == [("held", -10_000, first["id"]), ("released", 10_000, None)]
        assert [each["state"] for each in found] == ["ended", "ended"]
        assert {tuple(places(each)[1]) for each in found} == {
            ("released", 10_000, second["id"]),
            ("released", 10_000, None),
        }
        assert page["breakdown"]["remainder"]["label"] == "none"
        assert not await breaks(service)


async def test_an_advance_for_an_instant_payout_is_taken_back_the_day_after() -> None:
    async with a_shop() as (service, shop, account):
        charges.charge(account, 5_000, fee=0)
        await later(service, shop, 1)
        other_movements.advance_for_instant_payout(account, 5_000, funding_days=2)
        await later(service, shop, 1)
        lent = await case(service, kind="advance")
        await later(service, shop, 3)
        ended = await case(service, kind="advance")

        assert (lent["state"], open_amount(lent)) == ("open", 5_000)
        assert (ended["state"], net(ended)) == ("ended", 0)
        assert [each["role"] for each in ended["movements"]] == ["advanced", "funded"]


async def test_a_bank_debit_that_comes_back_is_a_case_of_its_payment() -> None:
    async with a_shop() as (service, shop, account):
        payment = charges.charge(account, 3_000, method="us_bank_account", fee=80)
        await later(service, shop, 7)
        first = paid_out(account)
        await later(service, shop, 3)
        charges.return_payment(account, payment, after_success=True)
        _, second = await a_charge_in_a_payout(service, shop)
        found = await case(service, charge=payment["id"])

        assert (found["kind"], found["key"], net(found)) == ("payment_returned", payment["id"], -3_000)
        assert (found["charged"]["payout"], places(found)) == (first["id"], [("returned", -3_000, second["id"])])


async def test_cases_are_listed_page_by_page_each_once_and_by_every_filter() -> None:
    async with a_shop() as (service, shop, account):
        charge, first = await a_charge_in_a_payout(service, shop, 100_000)
        for number in range(5):
            refunds.refund(account, charge, 100 + number)
        disputed = [disputes.open_dispute(account, charge, 1_000 + number) for number in range(3)]
        other_movements.hold_reserve(account, 500)
        other_movements.hold_reserve(account, 600)
        _, second = await a_charge_in_a_payout(service, shop)
        disputes.win(account, disputed[0])
        await later(service, shop, 2)
        everything = await cases(service)
        found, after = list[Any](), ""
        while True:
            page = (await service.ask("GET", f"{CASES}?limit=3{after}")).json
            found += page["data"]
            after = f"&starting_after={page['data'][-1]['id']}"
            if not page["has_more"]:
                break

        assert found == everything
        order = [kind.value for kind in CaseKind]
        assert [order.index(each["kind"]) for each in found] == sorted(order.index(each["kind"]) for each in found)
        kinds = [each["kind"] for each in everything]
        assert {kind: kinds.count(kind) for kind in set(kinds)} == {"refund": 5, "dispute": 3, "reserve": 2}
        for is_open in ("true", "false"):
            expected = [each for each in everything if (each["state"] != "ended") is (is_open == "true")]
            assert await cases(service, open=is_open) == expected
        about = [each for each in everything if each["charge"] == charge["id"]]
        assert await cases(service, charge=charge["id"]) == about
        assert len(about) == 8
        for payout in (first, second):
            touching = [each for each in everything if payout["id"] in each["payouts"]]
            assert await cases(service, payout=payout["id"]) == touching
            assert (await shown(service, payout))["cases"] == touching
            for kind in CaseKind:
                some = [each for each in touching if each["kind"] == kind]
                assert await cases(service, payout=payout["id"], kind=kind.value) == some


@pytest.mark.parametrize("place", ["case_", "case_nothing_1", "du_1", "case_dispute_"])
async def test_a_page_begins_after_a_case_and_after_nothing_else(place: str) -> None:
    async with a_shop() as (service, _, __):
        answer = await service.ask("GET", f"{CASES}?starting_after={place}")

        assert answer.status in (400, 422)
        assert answer.json["errors"][0]["parameter"] == "starting_after"


async def test_a_page_may_begin_after_a_case_that_is_no_more() -> None:
    async with a_shop() as (service, shop, account):
        charge, _ = await a_charge_in_a_payout(service, shop)
        refund = refunds.refund(account, charge, 100)
        await later(service, shop, 1)

        assert [each["key"] for each in await cases(service, starting_after="case_refund_re")] == [refund["id"]]
        assert await cases(service, starting_after="case_refund_s") == []
