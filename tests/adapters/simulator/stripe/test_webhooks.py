"""Webhooks: signed as Stripe's own SDK wants them, sent to whom they concern, again until they are acknowledged."""

import json

import pytest
import stripe

from adapters.simulator.stripe import charges
from adapters.simulator.stripe.delivery_policy import DeliveryPolicy
from adapters.simulator.stripe.webhook_endpoints import WebhookEndpoint
from adapters.simulator.stripe.wire import DAY, HOUR
from tests.adapters.simulator.stripe.shop import Listener, Shop, listening, open_shop


def endpoint(shop: Shop, listener: Listener, **options: object) -> WebhookEndpoint:
    settings: dict[str, object] = {"connect": True, **options}
    return shop.stripe.simulation.webhook_endpoints.add(
        shop.platform.id,
        listener.url,
        **settings,  # type: ignore[arg-type]
    )


async def test_the_sdk_verifies_what_is_sent() -> None:
    async with open_shop() as shop, listening() as listener:
        secret = endpoint(shop, listener, enabled_events=["charge.succeeded"]).secrets[-1].value
        charge = charges.charge(shop.account, 5_000)

        await shop.stripe.deliver()

        (received,) = listener.received
        stripe.WebhookSignature.verify_header(received.body.decode(), received.signature, secret)
        event = received.event
        assert (event["account"], event["type"], event["livemode"]) == (shop.account.id, "charge.succeeded", False)
        assert event["data"]["object"]["id"] == charge["id"]
        assert ",v0=" in received.signature
        with pytest.raises(stripe.SignatureVerificationError):
            stripe.WebhookSignature.verify_header(received.body.decode() + " ", received.signature, secret)


async def test_a_rolled_secret_signs_beside_the_new_one_for_a_day() -> None:
    async with open_shop() as shop, listening() as listener:
        where = endpoint(shop, listener, enabled_events=["charge.succeeded"])
        old = where.secrets[-1].value
        new = shop.stripe.simulation.webhook_endpoints.roll(where)

        charges.charge(shop.account, 1_000)
        await shop.stripe.deliver()
        await shop.stripe.advance(DAY)
        charges.charge(shop.account, 1_000)
        await shop.stripe.deliver()

        during, after = listener.received
        for secret in (old, new):
            stripe.WebhookSignature.verify_header(during.body.decode(), during.signature, secret)
        stripe.WebhookSignature.verify_header(after.body.decode(), after.signature, new)
        with pytest.raises(stripe.SignatureVerificationError):
            stripe.WebhookSignature.verify_header(after.body.decode(), after.signature, old)


async def test_account_and_connect_endpoints_hear_of_their_own() -> None:
    async with open_shop() as shop, listening() as own, listening() as connected:
        endpoint(shop, own, connect=False, enabled_events=["charge.succeeded"])
        endpoint(shop, connected, enabled_events=["charge.succeeded"])
        platform = shop.stripe.simulation.book(shop.platform.id)

        charges.charge(shop.account, 1_000)
        charges.charge(platform, 2_000)
        charges.charge(shop.stripe.simulation.open_account(), 3_000)  # connected to nobody
        await shop.stripe.deliver()

        assert [each.event["data"]["object"]["amount"] for each in own.received] == [2_000]
        assert [each.event["data"]["object"]["amount"] for each in connected.received] == [1_000]
        assert "account" not in own.received[0].event


async def test_a_live_connect_endpoint_hears_of_test_events_too() -> None:
    async with open_shop() as shop, listening() as listener:
        endpoint(shop, listener, livemode=True, enabled_events=["charge.succeeded"])
        live = shop.stripe.simulation.open_mode(shop.account)
        shop.stripe.simulation.connect(shop.platform, live)

        charges.charge(shop.account, 1_000)
        charges.charge(live, 2_000)
        await shop.stripe.deliver()

        assert [each.event["livemode"] for each in listener.received] == [False, True]


async def test_what_is_not_acknowledged_comes_again_signed_anew() -> None:
    async with open_shop() as shop, listening() as listener:
        endpoint(shop, listener, enabled_events=["charge.succeeded"])
        listener.answers = [500, 302]
        charges.charge(shop.account, 1_000)

        await shop.stripe.advance(12 * HOUR)

        ids = {each.event["id"] for each in listener.received}
        stamps = [int(each.signature.partition(",")[0][2:]) for each in listener.received]
        assert len(ids) == 1
        assert [stamp - stamps[0] for stamp in stamps] == [0, HOUR, 3 * HOUR]
        assert len({each.body for each in listener.received}) == 1


async def test_a_sandbox_gives_up_after_three_more_and_live_after_three_days() -> None:
    async with open_shop() as shop, listening() as listener:
        endpoint(shop, listener, enabled_events=["charge.succeeded"])
        live = shop.stripe.simulation.open_mode(shop.account)
        shop.stripe.simulation.connect(shop.platform, live)
        listener.answers = [500] * 100
        charges.charge(shop.account, 1_000)
        await shop.stripe.advance(5 * DAY)
        assert len(listener.received) == 4

        endpoint(shop, listener, livemode=True, enabled_events=["charge.captured"])
        charges.capture(live, charges.charge(live, 1_000, capture=False))
        await shop.stripe.advance(5 * DAY)

        stamps = [int(each.signature.partition(",")[0][2:]) for each in listener.received[4:]]
        assert len(stamps) == 10
        assert stamps[-1] - stamps[0] <= 3 * DAY


async def test_undelivered_events_are_listed_as_such() -> None:
    async with open_shop() as shop, listening() as listener:
        endpoint(shop, listener, enabled_events=["charge.succeeded"])
        listener.answers = [500]
        charges.charge(shop.account, 1_000)
        charges.charge(shop.account, 2_000)
        await shop.stripe.deliver()

        missing = await shop.every("/v1/events", type="charge.succeeded", delivery_success=False)

        assert [event["data"]["object"]["amount"] for event in missing] == [1_000]
        assert missing[0]["pending_webhooks"] == 1


async def test_a_policy_loses_repeats_twins_delays_and_shuffles() -> None:
    policy = DeliveryPolicy(lost=0.2, repeated=0.3, twinned=0.2, delay_most=DAY, shuffled=True)
    async with open_shop(policy=policy) as shop, listening() as listener:
        endpoint(shop, listener, enabled_events=["charge.succeeded"])
        made = [charges.charge(shop.account, 1_000 + number)["id"] for number in range(60)]

        await shop.stripe.advance(2 * DAY)

        heard = [each.event["data"]["object"]["id"] for each in listener.received]
        ids = [each.event["id"] for each in listener.received]
        assert set(heard) < set(made)
        assert len(set(ids)) < len(ids)
        assert len(set(ids)) > len(set(heard))
        assert heard != sorted(heard, key=made.index)


async def test_what_is_due_together_may_go_out_in_any_order() -> None:
    async with open_shop(policy=DeliveryPolicy(shuffled=True)) as shop, listening() as listener:
        endpoint(shop, listener, enabled_events=["charge.succeeded"])
        made = [charges.charge(shop.account, 1_000 + number)["id"] for number in range(20)]

        await shop.stripe.deliver()

        heard = [each.event["data"]["object"]["id"] for each in listener.received]
        assert heard != made
        assert sorted(heard) == sorted(made)


async def test_webhooks_may_never_come_at_all() -> None:
    async with open_shop(policy=DeliveryPolicy(never=True)) as shop, listening() as listener:
        endpoint(shop, listener)
        charges.charge(shop.account, 1_000)

        await shop.stripe.advance(10 * DAY)

        assert listener.received == []
        assert len(await shop.every("/v1/events")) > 5


async def test_an_endpoint_that_nobody_pinned_gets_the_accounts_version() -> None:
    async with open_shop() as shop, listening() as drifting, listening() as pinned:
        endpoint(shop, drifting, enabled_events=["payout.created"])
        endpoint(shop, pinned, enabled_events=["payout.created"], api_version="2026-10-28.endive")
        shop.stripe.simulation.kernel.event_version = "2023-10-16"
        charges.charge(shop.account, 1_000)

        await shop.stripe.advance(5 * DAY)

        assert drifting.received[0].event["api_version"] == "2023-10-16"
        assert "trace_id" not in drifting.received[0].event["data"]["object"]
        assert pinned.received[0].event["api_version"] == "2026-10-28.endive"
        assert "trace_id" in pinned.received[0].event["data"]["object"]


async def test_endpoints_are_made_changed_and_removed_by_the_api() -> None:
    async with open_shop() as shop, listening() as listener:
        api = shop.client.v1.webhook_endpoints
        made = await api.create_async({"url": listener.url, "enabled_events": ["charge.succeeded"], "connect": True})
        charges.charge(shop.account, 1_000)
        await shop.stripe.deliver()
        stripe.WebhookSignature.verify_header(
            listener.received[0].body.decode(), listener.received[0].signature, str(made.secret)
        )

        await api.update_async(made.id, {"disabled": True})
        charges.charge(shop.account, 1_000)
        await shop.stripe.deliver()

        assert len(listener.received) == 1
        assert "secret" not in (await api.retrieve_async(made.id)).to_dict()
        assert (await api.list_async()).data[0].status == "disabled"
        assert (await api.delete_async(made.id)).deleted
        with pytest.raises(stripe.InvalidRequestError, match="No such webhook endpoint"):
            await api.retrieve_async(made.id)


async def test_a_thin_event_and_a_skewed_clock_can_be_sent_too() -> None:
    async with open_shop() as shop, listening() as listener:
        where = endpoint(shop, listener)
        shop.stripe.sender.clock_skew = 600

        status = await shop.stripe.sender.post(
            where, shop.stripe.sender.thin_event("v2.core.account.updated", shop.account.id)
        )

        (received,) = listener.received
        assert status == 200
        assert json.loads(received.body)["object"] == "v2.core.event"
        assert received.signature.startswith(f"t={shop.stripe.simulation.now + 600},")


async def test_receivers_that_go_by_real_time_get_signatures_of_real_time() -> None:
    async with open_shop() as shop, listening() as listener:
        where = endpoint(shop, listener, enabled_events=["charge.succeeded"])
        shop.stripe.sender.signs_by_wall_clock = True
        charges.charge(shop.account, 1_000)

        await shop.stripe.deliver()

        (received,) = listener.received
        secret = where.secrets[-1].value
        stripe.WebhookSignature.verify_header(received.body.decode(), received.signature, secret, tolerance=300)


async def test_an_event_is_sent_again_by_hand() -> None:
    async with open_shop() as shop, listening() as listener:
        endpoint(shop, listener, enabled_events=["charge.succeeded"])
        charges.charge(shop.account, 1_000)
        await shop.stripe.deliver()
        id = listener.received[0].event["id"]

        assert await shop.stripe.sender.send_again(id) == 1

        assert [each.event["id"] for each in listener.received] == [id, id]
