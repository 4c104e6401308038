"""Webhooks: signed as Plaid's documentation says, again until they are acknowledged, or never."""

from itertools import pairwise
from typing import Any

from adapters.simulator.delivery_policy import DeliveryPolicy
from adapters.simulator.plaid import item_health
from adapters.simulator.wire import DAY, HOUR
from tests.adapters.simulator.plaid.desk import Desk, listening, open_desk
from tests.adapters.simulator.plaid.tokens import claims_of, header_of, is_good


async def key_of(desk: Desk, token: str) -> dict[str, Any]:
    key: dict[str, Any] = (await desk.ask("webhook_verification_key_get", key_id=header_of(token)["kid"]))["key"]
    return key


async def test_a_webhook_is_signed_by_a_key_that_can_be_fetched() -> None:
    async with open_desk() as desk, listening() as listener:
        desk.post(5_000)
        await desk.ready_item(webhook=listener.url)

        first = listener.received[0]
        key = await key_of(desk, first.token)

        assert header_of(first.token) == {"alg": "ES256", "kid": key["kid"], "typ": "JWT"}
        assert (key["alg"], key["crv"], key["kty"], key["use"], key["expired_at"]) == (
            "ES256",
            "P-256",
            "EC",
            "sig",
            None,
        )
        assert is_good(first.token, first.body, key)
        assert not is_good(first.token, first.body + b" ", key)
        assert desk.plaid.simulation.now - 600 <= claims_of(first.token)["iat"] <= desk.plaid.simulation.now


async def test_a_rotated_key_is_expired_and_another_one_signs() -> None:
    async with open_desk() as desk, listening() as listener:
        item = await desk.ready_item(webhook=listener.url)
        simulation = desk.plaid.simulation
        old = simulation.keys.current
        new = simulation.keys.rotate()
        listener.received.clear()

        item_health.offer_new_accounts(simulation.kernel, item)
        await desk.plaid.deliver()
        body = listener.received[0].body
        await desk.plaid.sender.post(listener.url, body, key=old)

        by_new, by_old = listener.received
        assert header_of(by_new.token)["kid"] == new.kid
        assert is_good(by_new.token, body, await key_of(desk, by_new.token))
        expired = await key_of(desk, by_old.token)
        assert (expired["kid"], expired["expired_at"]) == (old.kid, simulation.now)
        assert is_good(by_old.token, body, expired)


async def test_a_key_that_plaid_never_had_is_not_found() -> None:
    async with open_desk() as desk:
        status, error = await desk.refused(
            "webhook_verification_key_get", key_id="6c5516e1-92dc-479e-a8ff-5a51992e0001"
        )

        assert (status, error["error_code"]) == (400, "INVALID_WEBHOOK_VERIFICATION_KEY_ID")


async def test_sync_updates_are_told_from_the_first_sync_on_and_the_older_ones_always() -> None:
    async with open_desk() as desk, listening() as listener:
        desk.post(5_000)
        item = await desk.ready_item(webhook=listener.url)
        assert listener.codes == ["INITIAL_UPDATE", "HISTORICAL_UPDATE"]

        await desk.sync(item)
        desk.post(7_000)
        await desk.plaid.advance(DAY)

        assert listener.codes[2:] == ["SYNC_UPDATES_AVAILABLE", "DEFAULT_UPDATE"]
        assert listener.of("SYNC_UPDATES_AVAILABLE") == [
            {
                "webhook_type": "TRANSACTIONS",
                "webhook_code": "SYNC_UPDATES_AVAILABLE",
                "item_id": item.item_id,
                "environment": "sandbox",
                "initial_update_complete": True,
                "historical_update_complete": True,
            }
        ]


async def test_whoever_syncs_before_the_lines_are_there_is_told_when_they_are() -> None:
    async with open_desk() as desk, listening() as listener:
        item = desk.open_item(webhook=listener.url)
        await desk.sync(item)

        await desk.plaid.advance(600)

        told = [
            (each["initial_update_complete"], each["historical_update_complete"])
            for each in listener.of("SYNC_UPDATES_AVAILABLE")
        ]
        assert told == [(True, False), (True, True)]


async def test_removed_lines_are_named() -> None:
    async with open_desk() as desk, listening() as listener:
        line = desk.post(5_000)
        item = await desk.ready_item(webhook=listener.url)
        (shown,) = (await desk.sync(item))["added"]

        desk.account.take_back(line)
        await desk.plaid.advance(DAY)

        (webhook,) = listener.of("TRANSACTIONS_REMOVED")
        assert webhook["removed_transactions"] == [shown["transaction_id"]]


async def test_nothing_new_is_not_told() -> None:
    async with open_desk() as desk, listening() as listener:
        item = await desk.ready_item(webhook=listener.url)
        await desk.sync(item)
        listener.received.clear()

        await desk.plaid.advance(5 * DAY)

        assert listener.received == []


async def test_what_is_not_acknowledged_comes_again_after_thirty_seconds_and_then_four_times_as_long() -> None:
    async with open_desk() as desk, listening() as listener:
        item = await desk.ready_item(webhook=listener.url)
        listener.received.clear()
        listener.always = 500

        item_health.offer_new_accounts(desk.plaid.simulation.kernel, item)
        await desk.plaid.advance(2 * DAY)

        stamps = [claims_of(each.token)["iat"] for each in listener.received]
        pauses = [later - earlier for earlier, later in pairwise(stamps)]
        assert pauses == [30, 120, 480, 1_920, 7_680, 30_720]
        assert stamps[-1] - stamps[0] <= 24 * HOUR
        assert len({each.body for each in listener.received}) == 1


async def test_only_200_acknowledges() -> None:
    async with open_desk() as desk, listening() as listener:
        item = await desk.ready_item(webhook=listener.url)
        listener.received.clear()
        listener.answers = [204, 302]

        item_health.offer_new_accounts(desk.plaid.simulation.kernel, item)
        await desk.plaid.advance(DAY)

        assert len(listener.received) == 3


async def test_an_address_that_rejects_nearly_everything_is_suspended_until_it_is_resumed() -> None:
    async with open_desk() as desk, listening() as listener:
        item = await desk.ready_item(webhook=listener.url)
        sender, kernel = desk.plaid.sender, desk.plaid.simulation.kernel
        listener.received.clear()
        listener.always = 500
        for _ in range(100):
            item_health.offer_new_accounts(kernel, item)
        await desk.plaid.advance(2 * DAY)
        tried = len(listener.received)
        listener.always = 200
        item_health.offer_new_accounts(kernel, item)
        await desk.plaid.advance(2 * DAY)
        while_suspended = len(listener.received)
        sender.resume(listener.url)
        item_health.offer_new_accounts(kernel, item)
        await desk.plaid.deliver()

        assert tried == 19  # after two that were accepted: more than 90 %
        assert while_suspended == tried
        assert len(listener.received) == tried + 1


async def test_a_policy_loses_repeats_delays_and_shuffles() -> None:
    policy = DeliveryPolicy(lost=0.3, repeated=0.4, delay_most=DAY, shuffled=True)
    async with open_desk(policy=policy) as desk, listening() as listener:
        item = desk.open_item(webhook=listener.url, products=[])
        kernel = desk.plaid.simulation.kernel
        for number in range(60):
            kernel.tell(item.webhook, {"webhook_type": "ITEM", "webhook_code": f"TRY_{number}"})

        await desk.plaid.advance(2 * DAY)

        made = [f"TRY_{number}" for number in range(60)]
        assert set(listener.codes) < set(made)
        assert len(set(listener.codes)) < len(listener.codes)
        assert listener.codes != sorted(listener.codes, key=made.index)


async def test_webhooks_may_never_come_at_all() -> None:
    async with open_desk(policy=DeliveryPolicy(never=True)) as desk, listening() as listener:
        desk.post(5_000)
        item = await desk.ready_item(webhook=listener.url)
        await desk.plaid.advance(10 * DAY)

        assert listener.received == []
        assert len((await desk.sync(item))["added"]) == 1


async def test_a_skewed_clock_and_a_forged_token_can_be_sent() -> None:
    async with open_desk() as desk, listening() as listener:
        sender = desk.plaid.sender
        sender.clock_skew = -600

        await sender.post(listener.url, b"{}")
        await sender.post(listener.url, b"{}", token="e30.e30.e30")

        stale, forged = listener.received
        assert claims_of(stale.token)["iat"] == desk.plaid.simulation.now - 600
        assert forged.token == "e30.e30.e30"


async def test_an_address_is_changed_and_the_new_one_told() -> None:
    async with open_desk() as desk, listening() as old, listening() as new:
        item = await desk.ready_item(webhook=old.url)
        old.received.clear()

        await desk.ask("item_webhook_update", access_token=item.access_token, webhook=new.url)
        await desk.plaid.deliver()

        assert old.received == []
        (webhook,) = new.of("WEBHOOK_UPDATE_ACKNOWLEDGED")
        assert webhook["new_webhook_url"] == new.url
