"""Who may ask what, how lists are paged and ids expanded, and what is refused: all as Stripe does."""

from typing import Any

import aiohttp
import pytest
import stripe

from adapters.simulator.stripe import charges, refunds
from adapters.simulator.stripe.switches import Switches
from adapters.simulator.stripe.wire import API_VERSION, DAY
from tests.adapters.simulator.stripe.shop import Shop, asking, open_shop


async def raw(shop: Shop, method: str, path: str, **options: Any) -> tuple[int, dict[str, Any], Any]:
    """A request without the SDK: status, body, headers."""
    headers = {"Authorization": f"Bearer {shop.secret}", **options.pop("headers", {})}
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, shop.stripe.url + path, headers=headers, **options) as response,
    ):
        return response.status, await response.json(), response.headers


async def test_without_a_key_or_with_a_wrong_one_nothing_is_told() -> None:
    async with open_shop() as shop:
        status, body, headers = await raw(shop, "GET", "/v1/balance", headers={"Authorization": ""})
        async with asking(shop.stripe, "sk_test_51wrong000000000000") as client:
            with pytest.raises(stripe.AuthenticationError, match="Invalid API Key provided: sk_test_"):
                await client.v1.balance.retrieve_async()

        assert status == 401
        assert body["error"]["type"] == "invalid_request_error"
        assert headers["Request-Id"].startswith("req_")


async def test_an_expired_key_and_a_publishable_one_are_told_apart() -> None:
    async with open_shop() as shop:
        shop.stripe.simulation.expire_key(shop.secret)

        with pytest.raises(stripe.AuthenticationError, match="Expired API Key") as expired:
            await shop.ask("/v1/balance")
        async with asking(shop.stripe, "pk_test_51abc") as client:
            with pytest.raises(stripe.PermissionError, match="publishable"):
                await client.v1.balance.retrieve_async()

        assert expired.value.error is not None
        assert expired.value.error.code == "api_key_expired"


async def test_an_account_that_is_not_connected_looks_like_one_that_is_not_there() -> None:
    async with open_shop() as shop:
        stranger = shop.stripe.simulation.open_account()
        words = []
        for account in (stranger.id, "acct_1nobody0000000000"):
            with pytest.raises(stripe.PermissionError) as refused:
                await shop.client.v1.balance.retrieve_async(None, {"stripe_account": account})
            assert refused.value.error is not None
            assert refused.value.error.code == "account_invalid"
            words.append(str(refused.value.user_message).replace(account, "…"))

        assert words[0] == words[1]


async def test_another_platforms_key_does_not_reach_the_account() -> None:
    async with open_shop() as shop:
        simulation = shop.stripe.simulation
        async with asking(shop.stripe, simulation.secret_key(simulation.open_platform("Rival"))) as client:
            with pytest.raises(stripe.PermissionError) as refused:
                await client.v1.payouts.list_async(None, shop.options)

        assert refused.value.error is not None
        assert refused.value.error.code == "account_invalid"


async def test_test_and_live_are_worlds_apart() -> None:
    async with open_shop() as shop:
        simulation = shop.stripe.simulation
        live = simulation.open_mode(shop.account)
        simulation.connect(shop.platform, live)
        charge = charges.charge(live, 5_000)
        key = simulation.secret_key(shop.platform, livemode=True)

        with pytest.raises(stripe.InvalidRequestError, match="a similar object exists in live mode"):
            await shop.ask(f"/v1/charges/{charge['id']}")
        async with asking(shop.stripe, key) as client:
            found = await client.v1.charges.retrieve_async(charge["id"], None, shop.options)

        assert found.livemode is True
        assert (await shop.every("/v1/charges")) == []


async def test_a_connection_in_one_mode_says_nothing_about_the_other() -> None:
    async with open_shop() as shop:
        simulation = shop.stripe.simulation
        simulation.open_mode(shop.account)
        async with asking(shop.stripe, simulation.secret_key(shop.platform, livemode=True)) as client:
            with pytest.raises(stripe.PermissionError):
                await client.v1.balance.retrieve_async(None, shop.options)


async def test_a_restricted_key_is_told_which_permission_it_lacks() -> None:
    async with open_shop() as shop:
        key = shop.stripe.simulation.restricted_key(
            shop.platform, {"balance": "read"}, connect={"balance": "read", "payout": "read"}
        )
        async with asking(shop.stripe, key) as client:
            await client.v1.payouts.list_async(None, shop.options)
            with pytest.raises(stripe.PermissionError, match="rak_payout_write"):
                await client.v1.payouts.create_async({"amount": 1, "currency": "usd"}, shop.options)
            with pytest.raises(stripe.PermissionError, match="rak_payout_read"):
                await client.v1.payouts.list_async()


async def test_a_connection_that_may_only_read_cannot_write() -> None:
    async with open_shop() as shop:
        shop.stripe.simulation.connect(shop.platform, shop.account, scope="read_only")

        with pytest.raises(stripe.PermissionError, match="read-only"):
            await shop.tell("/v1/customers", name="Ada")

        assert await shop.ask("/v1/customers") == {
            "object": "list",
            "data": [],
            "has_more": False,
            "url": "/v1/customers",
        }


async def test_a_disconnected_account_is_refused() -> None:
    async with open_shop() as shop:
        shop.stripe.simulation.disconnect(shop.platform, shop.account.id, livemode=False)

        with pytest.raises(stripe.PermissionError, match="may have been revoked"):
            await shop.ask("/v1/payouts")


@pytest.mark.parametrize(
    ("path", "params", "status", "code", "param"),
    [
        ("/v1/nothing", {}, 404, None, None),
        ("/v1/payouts/po_1/items", {}, 404, None, None),
        ("/v1/payouts/po_1", {}, 404, "resource_missing", "payout"),
        ("/v1/payouts", {"colour": "red"}, 400, "parameter_unknown", "colour"),
        ("/v1/payouts", {"created": {"after": 1}}, 400, "parameter_unknown", "created[after]"),
        ("/v1/payouts", {"limit": "many"}, 400, "parameter_invalid_integer", "limit"),
        ("/v1/payouts", {"limit": 101}, 400, "parameter_invalid_integer", "limit"),
        ("/v1/payouts", {"limit": 0}, 400, "parameter_invalid_integer", "limit"),
        ("/v1/payouts", {"status": "lost"}, 400, None, "status"),
        ("/v1/payouts", {"starting_after": "po_1"}, 400, "resource_missing", "starting_after"),
        ("/v1/payouts", {"starting_after": "po_1", "ending_before": "po_2"}, 400, None, None),
        ("/v1/payouts", {"expand": ["destination"]}, 400, None, "expand"),
        ("/v1/payouts", {"expand": ["data.a.b.c.d.e"]}, 400, None, "expand"),
        ("/v1/balance_transactions", {"payout": "po_1"}, 400, "resource_missing", "payout"),
        ("/v1/events", {"types": ["a"] * 21}, 400, None, "types"),
        ("/v1/events", {"type": "a", "types": ["b"]}, 400, None, "types"),
    ],
)
async def test_a_wrong_request_is_refused_with_its_reason(
    path: str, params: dict[str, Any], status: int, code: str | None, param: str | None
) -> None:
    async with open_shop() as shop:
        with pytest.raises(stripe.InvalidRequestError) as refused:
            await shop.ask(path, **params)

        assert (refused.value.http_status, refused.value.code, refused.value.param) == (status, code, param)
        assert refused.value.request_id


async def test_a_method_that_a_path_does_not_have_is_an_unrecognised_request() -> None:
    async with open_shop() as shop:
        status, body, _ = await raw(shop, "DELETE", "/v1/balance")

        assert status == 404
        assert body["error"]["message"].startswith("Unrecognized request URL (DELETE: /v1/balance)")


async def test_a_body_that_is_no_form_is_refused() -> None:
    async with open_shop() as shop:
        status, body, _ = await raw(shop, "POST", "/v1/customers", json={"name": "Ada"})

        assert status == 400
        assert "application/x-www-form-urlencoded" in body["error"]["message"]


async def test_pages_are_newest_first_and_forth_and_back_they_are_the_same() -> None:
    async with open_shop() as shop:
        made = [charges.charge(shop.account, 1_000 + number)["id"] for number in range(7)][::-1]

        first = await shop.ask("/v1/charges", limit=3)
        second = await shop.ask("/v1/charges", limit=3, starting_after=made[2])
        third = await shop.ask("/v1/charges", limit=3, starting_after=made[5])
        back = await shop.ask("/v1/charges", limit=3, ending_before=made[6])

        assert [[item["id"] for item in page["data"]] for page in (first, second, third)] == [
            made[:3],
            made[3:6],
            made[6:],
        ]
        assert [page["has_more"] for page in (first, second, third, back)] == [True, True, False, True]
        assert [item["id"] for item in back["data"]] == made[3:6]


async def test_ten_come_on_a_page_unless_told() -> None:
    async with open_shop() as shop:
        for _ in range(11):
            charges.charge(shop.account, 1_000)

        assert len((await shop.ask("/v1/charges"))["data"]) == 10


async def test_filters_by_time_keep_their_bounds() -> None:
    async with open_shop() as shop:
        moments = []
        for _ in range(4):
            moments.append(charges.charge(shop.account, 1_000)["created"])
            await shop.stripe.advance(60)

        between = await shop.every("/v1/charges", created={"gt": moments[0], "lte": moments[2]})
        exactly = await shop.every("/v1/charges", created=moments[3])

        assert [item["created"] for item in between] == [moments[2], moments[1]]
        assert [item["created"] for item in exactly] == [moments[3]]


async def test_the_sdk_pages_through_many_items_with_the_account_named_on_each() -> None:
    async with open_shop() as shop:
        for _ in range(240):
            charges.charge(shop.account, 1_000)
        await shop.stripe.advance(7 * DAY)
        (payout,) = await shop.payouts()

        page = await shop.client.v1.balance_transactions.list_async(
            {"payout": payout["id"], "limit": 100}, shop.options
        )
        nets = [item.net async for item in page.auto_paging_iter()]

        assert len(nets) == 241
        assert sum(nets) == 0
        assert len([path for _, path in shop.stripe.api.requests if path.startswith("/v1/balance_tr")]) == 3


async def test_ids_are_expanded_four_levels_deep() -> None:
    async with open_shop() as shop:
        charge = charges.charge(shop.account, 5_000)
        refunds.refund(shop.account, charge, 100)

        listed = await shop.client.v1.balance_transactions.list_async(
            {"expand": ["data.source.charge.payment_intent.latest_charge", "data.source.balance_transaction"]},
            shop.options,
        )

        given_back, taken = (item.to_dict() for item in listed.data)
        assert given_back["source"]["charge"]["payment_intent"]["latest_charge"]["id"] == charge["id"]
        assert taken["source"]["balance_transaction"]["id"] == taken["id"]
        assert (await shop.ask("/v1/balance_transactions"))["data"][1]["source"] == charge["id"]


async def test_lists_that_an_object_has_only_on_demand_are_included_when_asked_for() -> None:
    async with open_shop() as shop:
        charge = charges.charge(shop.account, 5_000)
        made = refunds.refund(shop.account, charge, 100)

        plain = await shop.ask(f"/v1/charges/{charge['id']}")
        full = await shop.ask(f"/v1/charges/{charge['id']}", expand=["refunds"])

        assert "refunds" not in plain
        assert [item["id"] for item in full["refunds"]["data"]] == [made["id"]]


async def test_the_platform_sees_its_own_account_and_its_connected_ones() -> None:
    async with open_shop() as shop:
        own = await shop.client.v1.accounts.retrieve_current_async()
        theirs = await shop.client.v1.accounts.retrieve_async(shop.account.id)
        listed = await shop.client.v1.accounts.list_async()

        assert own.id == shop.platform.id
        assert (theirs.id, theirs.charges_enabled) == (shop.account.id, True)
        assert [account.id for account in listed.data] == [shop.account.id]


async def test_what_is_the_platforms_own_cannot_be_asked_for_an_account() -> None:
    async with open_shop() as shop:
        for path in ("/v1/webhook_endpoints", "/v1/accounts"):
            with pytest.raises(stripe.PermissionError, match="on behalf of another account"):
                await shop.ask(path)


async def test_an_older_version_answers_in_its_own_shape() -> None:
    async with open_shop() as shop:
        charges.charge(shop.account, 5_000)
        await shop.stripe.advance(7 * DAY)

        now = (await shop.client.v1.payouts.list_async(None, shop.options)).data[0]
        then = (await shop.client.v1.payouts.list_async(None, {**shop.options, "stripe_version": "2024-06-20"})).data[0]
        with pytest.raises(stripe.InvalidRequestError, match="Invalid Stripe API version"):
            await shop.client.v1.payouts.list_async(None, {**shop.options, "stripe_version": "tomorrow"})

        assert "trace_id" in now
        assert "trace_id" not in then
        assert stripe.api_version == API_VERSION


async def test_events_are_listed_by_type_wildcard_and_time_and_only_for_thirty_days() -> None:
    async with open_shop() as shop:
        charges.charge(shop.account, 5_000)
        await shop.stripe.advance(3 * DAY)
        first = await shop.every("/v1/events", types=["charge.succeeded", "payout.created"])
        payouts_told = await shop.every("/v1/events", type="payout.*")

        await shop.stripe.advance(28 * DAY)

        assert [event["type"] for event in first] == ["payout.created", "charge.succeeded"]
        assert {event["type"].partition(".")[0] for event in payouts_told} == {"payout"}
        assert await shop.every("/v1/events", type="charge.succeeded") == []
        with pytest.raises(stripe.InvalidRequestError, match="No such event"):
            await shop.ask(f"/v1/events/{first[1]['id']}")
        charges.charge(shop.account, 5_000)
        kept = shop.account.collection("event").oldest()
        assert kept is not None
        assert kept["created"] >= shop.stripe.simulation.now - 30 * DAY  # older ones are forgotten


@pytest.mark.parametrize("works", [True, False])
async def test_the_filter_for_payouts_in_transit_works_or_not(works: bool) -> None:
    switches = Switches(payout_status_filter="works" if works else "ignores_in_transit")
    async with open_shop(switches=switches) as shop:
        charges.charge(shop.account, 5_000)
        await shop.stripe.advance(9 * DAY)

        assert len(await shop.every("/v1/payouts", status="in_transit")) == (0 if works else 1)
        assert len(await shop.every("/v1/payouts", status="paid")) == 1


@pytest.mark.parametrize("named", [True, False])
async def test_listed_events_name_their_account_or_not(named: bool) -> None:
    async with open_shop(switches=Switches(listed_events_name_account=named)) as shop:
        charges.charge(shop.account, 5_000)

        events = await shop.every("/v1/events")

        assert {event.get("account") for event in events} == {shop.account.id if named else None}


async def test_the_same_requests_get_the_same_bytes_from_the_same_seed() -> None:
    async def told() -> list[str]:
        async with open_shop(seed="replayed") as shop:
            charges.charge(shop.account, 5_000)
            await shop.tell("/v1/customers", name="Ada", idempotency_key="not by chance")
            await shop.stripe.advance(9 * DAY)
            paths = ("/v1/balance_transactions", "/v1/payouts", "/v1/events", "/v1/customers", "/v1/balance")
            return [
                (await shop.client.raw_request_async("get", path, stripe_account=shop.account.id)).body
                for path in paths
            ]

    assert await told() == await told()
