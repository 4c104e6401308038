"""What went wrong for others who read Stripe, each a test of its name; the rest stand with what they are about."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from adapters.simulator.stripe import application_fees, charges, other_movements, payouts
from adapters.simulator.stripe.switches import Switches
from adapters.simulator.stripe.wire import DAY
from entrypoints.proofs.stripe_truth import lines_of, truth_of
from ports.facts import Everything
from tests.adapters.simulator.stripe.shop import Shop
from tests.entrypoints.http.callers import ACME
from tests.entrypoints.http.live_service import LiveService
from tests.entrypoints.http.stripe_door import at_the_door
from tests.entrypoints.http.stripe_reads import connect, days, integrity, set_clock, trade, work
from tests.entrypoints.http.test_connecting_stripe import accounts, events
from tests.entrypoints.http.test_stripe_for_real import endpoint
from tests.entrypoints.http.test_stripe_webhooks import loop_of

NEW_YEARS_EVE: Final = 1_798_675_200
"""31 December 2026, midnight in UTC; in New York it is still the 30th."""
DST_BEGINS: Final = 1_772_841_600
"""7 March 2026: the day after, New York's clocks go forward."""


async def facts_of(service: LiveService) -> Any:
    async with service.services.store.snapshot(ACME) as transaction:
        return await transaction.facts.load(Everything())


async def listens(service: LiveService, shop: Shop) -> None:
    secrets = [endpoint(service, shop, connect=each).secrets[-1].value for each in (True, False)]
    answer = await service.ask("PUT", "/v1/integrations/stripe", body={"webhook_secrets": secrets})
    assert answer.status == 200


async def lives_on(service: LiveService, shop: Shop, count: int) -> None:
    for _ in range(count):
        await shop.stripe.advance(DAY)
        while await loop_of(service).run_once():
            pass
        await work(service)


async def test_events_of_an_old_version_whose_fields_moved_change_no_fact() -> None:
    """Failure 6: an endpoint without a pinned version told of fields that had moved, and they became NULL.

    An event is a hint; what is read is asked for in one version.
    """
    async with at_the_door(follows=True) as (service, shop, _):
        await listens(service, shop)
        shop.stripe.simulation.kernel.event_version = "2019-05-16"
        await connect(service, shop.account.id)
        trade(shop.account, 2)
        await lives_on(service, shop, 8)

        assert lines_of(await facts_of(service)) == lines_of(truth_of(shop.account))
        assert shop.stripe.sender.deliveries


@pytest.mark.parametrize("items_first", [True, False])
async def test_every_movement_says_which_payout_it_is_in_whichever_list_was_read_last(items_first: bool) -> None:
    """Failure 11: balance transactions bear no reference to a payout, unless they are listed by it."""
    async with at_the_door() as (service, shop, _):
        if not items_first:
            await connect(service, shop.account.id)
        trade(shop.account, 2)
        await days(service, shop, 9, polling=not items_first)
        if items_first:
            await connect(service, shop.account.id)
        await work(service)
        service.clock.move(timedelta(hours=3))
        await work(service)
        facts = await facts_of(service)

        assert {each.payout for each in facts.balance_transactions} == {each.id for each in facts.payouts}
        for payout in facts.payouts:
            inside = sum(
                each.net.minor_units
                for each in facts.balance_transactions
                if each.payout == payout.id and each.type != "payout"
            )
            assert inside == payout.amount.minor_units


async def test_a_payout_that_is_not_the_sum_of_its_lines_has_a_remainder_with_a_name() -> None:
    """Failure 14: Capital advances are in the payout, and in none of its lines."""
    async with at_the_door(switches=Switches(capital_advance="unlisted")) as (service, shop, _):
        charges.charge(shop.account, 10_000)
        other_movements.advance_capital(shop.account, 4_200)
        await days(service, shop, 9, polling=False)
        await connect(service, shop.account.id)
        await work(service)
        service.clock.move(timedelta(minutes=2))
        await work(service)
        [payout] = await shop.payouts()
        shown = (await service.ask("GET", f"/v1/companies/{ACME}/payouts/{payout['id']}")).json["breakdown"]
        inside = sum(each["net"] for each in await shop.items(payout) if each["type"] != "payout")

        assert shown["remainder"]["amount"]["minor_units"] == payout["amount"] - inside == 4_200
        assert shown["remainder"]["label"] == "capital"


@pytest.mark.parametrize("start", [NEW_YEARS_EVE, DST_BEGINS], ids=["year end", "summer time"])
async def test_an_arrival_date_is_a_day_wherever_the_company_is(start: int) -> None:
    """Failure 16: midnight in UTC is the evening before in New York, where the company is."""
    async with at_the_door(start=start) as (service, shop, _):
        for number in range(6):
            trade(shop.account, number)
            await days(service, shop, 1, polling=False)
        await days(service, shop, 4, polling=False)
        await connect(service, shop.account.id)
        await work(service)
        read = {each.id: each.arrival_date for each in (await facts_of(service)).payouts}

        assert len(read) > 2
        for payout in await shop.payouts():
            midnight = datetime.fromtimestamp(payout["arrival_date"], UTC)
            assert (midnight.hour, midnight.date()) == (0, read[payout["id"]])


async def test_a_payout_that_was_paid_and_fails_nine_days_later_is_failed_and_its_money_back() -> None:
    """Failure 15."""
    async with at_the_door() as (service, shop, _):
        await connect(service, shop.account.id)
        trade(shop.account, 1)
        await days(service, shop, 6)
        [payout] = await shop.payouts()
        before = {each.id: each.status for each in (await facts_of(service)).payouts}
        await days(service, shop, 9)
        payouts.fail(shop.account, shop.account.get(payout["id"]))
        await days(service, shop, 1)
        facts = await facts_of(service)
        after = {each.id: (each.status, each.failure_balance_transaction) for each in facts.payouts}

        assert before[payout["id"]] == "paid"
        status, back = after[payout["id"]]
        assert status == "failed"
        assert back in {each.id for each in facts.balance_transactions}


async def test_an_owner_who_withdraws_is_heard_at_once() -> None:
    """By the event alone, long before the next poll; that the account is gone, Stripe is asked."""
    async with at_the_door(follows=True) as (service, shop, _):
        await listens(service, shop)
        await connect(service, shop.account.id)
        trade(shop.account, 1)
        await lives_on(service, shop, 1)
        shop.stripe.simulation.disconnect(shop.platform, shop.account.id, livemode=False)
        await shop.stripe.advance(30)
        while await loop_of(service).run_once():
            pass
        await work(service)

        assert await accounts(service) == [(shop.account.id, "deauthorised")]
        assert (await events(service))[-1] == "connection.broken"


async def test_the_platforms_own_account_is_a_company_of_its_own_with_what_it_earns() -> None:
    async with at_the_door() as (service, shop, _):
        own = shop.stripe.simulation.book(shop.platform.id)
        await connect(service, own.id)
        for number in range(4):
            charge = charges.charge(shop.account, 20_000, application_fee=500 + number)
            assert application_fees is not None
            assert charge["application_fee_amount"] == 500 + number
            charges.charge(own, 3_000)
            await days(service, shop, 1)
        await days(service, shop, 8)
        set_clock(service, shop)
        await work(service)
        facts = await facts_of(service)

        assert lines_of(facts) == lines_of(truth_of(own))
        assert (await integrity(service))["complete"]
        earned = [each for each in facts.balance_transactions if each.type == "application_fee"]
        assert sum(each.net.minor_units for each in earned) == 500 + 501 + 502 + 503
