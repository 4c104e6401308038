"""However Stripe's webhooks come, or do not, the facts and the matches end the same."""

from typing import Final

import pytest

from adapters.simulator.stripe.delivery_policy import DeliveryPolicy
from adapters.simulator.stripe.wire import DAY
from entrypoints.proofs.stripe_truth import hash_of, lines_of, truth_of
from ports.facts import Everything
from tests.adapters.simulator.stripe.shop import Shop
from tests.entrypoints.http.callers import ACME
from tests.entrypoints.http.live_service import LiveService
from tests.entrypoints.http.stripe_door import at_the_door
from tests.entrypoints.http.stripe_reads import connect, fail_last_paid, integrity, trade, work
from tests.entrypoints.http.test_reading_stripe import push_lines
from tests.entrypoints.http.test_stripe_for_real import endpoint
from tests.entrypoints.http.test_stripe_webhooks import loop_of

POLICIES: Final = {
    "all of them": DeliveryPolicy(),
    "half of them": DeliveryPolicy(lost=0.5, shuffled=True),
    "repeated, twinned, in any order, days late": DeliveryPolicy(
        repeated=0.5, twinned=0.3, shuffled=True, delay_most=3 * DAY
    ),
    "none": DeliveryPolicy(never=True),
}


@pytest.mark.parametrize("how", POLICIES)
async def test_the_same_world_ends_in_the_same_facts_and_matches(how: str) -> None:
    async with at_the_door(follows=True, policy=POLICIES[how]) as (service, shop, _):
        secrets = [endpoint(service, shop, connect=each).secrets[-1].value for each in (True, False)]
        answer = await service.ask("PUT", "/v1/integrations/stripe", body={"webhook_secrets": secrets})
        assert answer.status == 200
        await connect(service, shop.account.id)
        for number in range(14):
            trade(shop.account, number)
            await a_day(service, shop)
            if number == 9:
                fail_last_paid(shop.account)
        for _ in range(24):
            await a_day(service, shop)
        await push_lines(service, [each for each in await shop.payouts() if each["status"] == "paid"])
        await shop.stripe.advance(120)
        await work(service)
        async with service.services.store.snapshot(ACME) as transaction:
            facts = await transaction.facts.load(Everything())
        matches = (await service.ask("GET", f"/v1/companies/{ACME}/matches?limit=250")).json["data"]
        matched = {id for each in matches if each["status"] == "matched" for id in each["payouts"]}

        assert bool(shop.stripe.sender.deliveries) is (how != "none")
        assert (await integrity(service))["complete"]
        assert hash_of(lines_of(facts)) == hash_of(lines_of(truth_of(shop.account)))
        assert matched == {each["id"] for each in await shop.payouts() if each["status"] == "paid"}


async def a_day(service: LiveService, shop: Shop) -> None:
    """Twice in it, what Stripe told by then becomes work, and what is due is done."""
    for _ in range(2):
        await shop.stripe.advance(DAY // 2)
        while await loop_of(service).run_once():
            pass
        await work(service)
