"""Connect: OAuth over real HTTP, with a user who accepts, refuses or submits twice; and account links."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
import stripe
from stripe import oauth_error

from adapters.simulator.stripe.account_book import AccountBook
from adapters.simulator.stripe.http.faults import Fault
from adapters.simulator.stripe.oauth import OAuthRefused
from adapters.simulator.stripe.switches import Switches
from adapters.simulator.stripe.wire import MINUTE, JsonObject
from tests.adapters.simulator.stripe.shop import CALLBACK, Listener, Shop, asking, listening, open_shop


@asynccontextmanager
async def at_the_door(switches: Switches | None = None) -> AsyncIterator[tuple[Shop, AccountBook]]:
    """A shop, and an account that is connected to nobody yet."""
    async with open_shop(switches=switches) as shop:
        yield shop, shop.stripe.simulation.open_account()


def link(shop: Shop, **params: Any) -> str:
    asked = {"scope": "read_write", "state": "s1", "redirect_uri": CALLBACK, **params}
    client_id = asked.pop("client_id", shop.stripe.simulation.client_id(shop.platform))
    return str(shop.client.oauth.authorize_url({**asked, "client_id": client_id}))  # type: ignore[arg-type]


async def visit(url: str, **form: str) -> dict[str, str]:
    """Opens the page, sends its form, and gives what the redirect's query says."""
    async with aiohttp.ClientSession() as session:
        async with session.get(url) as page:
            assert page.status == 200, await page.text()
            assert "<form" in await page.text()
        async with session.post(url, data=form, allow_redirects=False) as response:
            assert response.status == 303
            where = urlsplit(response.headers["Location"])
    assert f"{where.scheme}://{where.netloc}{where.path}" == CALLBACK
    return {name: values[0] for name, values in parse_qs(where.query).items()}


async def redeem(shop: Shop, code: str, client: stripe.StripeClient | None = None) -> JsonObject:
    response = await (client or shop.client).raw_request_async(
        "post", "/oauth/token", base="connect", grant_type="authorization_code", code=code
    )
    token: JsonObject = json.loads(response.body)
    return token


async def test_a_user_who_accepts_connects_the_account() -> None:
    async with at_the_door() as (shop, account), listening() as listener:
        told(shop, listener)
        answer = await visit(link(shop), decision="accept", account=account.id)
        token = await redeem(shop, answer["code"])

        assert (answer["state"], answer["scope"]) == ("s1", "read_write")
        assert token["stripe_user_id"] == account.id
        assert (token["livemode"], token["token_type"], token["scope"]) == (False, "bearer", "read_write")
        await shop.client.v1.balance.retrieve_async(None, {"stripe_account": account.id})
        async with asking(shop.stripe, token["access_token"]) as theirs:
            assert (await theirs.v1.accounts.retrieve_current_async()).id == account.id
        await shop.stripe.deliver()
        assert [(each.event["type"], each.event["account"]) for each in listener.received] == [
            ("account.application.authorized", account.id)
        ]


def told(shop: Shop, listener: Listener) -> None:
    shop.stripe.simulation.webhook_endpoints.add(
        shop.platform.id,
        listener.url,
        connect=True,
        enabled_events=["account.application.authorized", "account.application.deauthorized"],
    )


async def test_a_user_can_decide_without_the_page() -> None:
    async with at_the_door() as (shop, account):
        refused = shop.stripe.oauth.decide(link(shop, state="s2"), None)
        accepted = shop.stripe.oauth.decide(link(shop, state="s3"), account.id)

        assert refused.startswith(f"{CALLBACK}?error=access_denied&")
        assert refused.endswith("&state=s2")
        assert accepted.startswith(f"{CALLBACK}?scope=read_write&code=ac_")
        with pytest.raises(OAuthRefused, match="cannot be connected"):
            shop.stripe.oauth.decide(link(shop), shop.platform.id)


@pytest.mark.parametrize("described", [True, False])
async def test_a_user_who_refuses_is_sent_back_with_an_error(described: bool) -> None:
    async with at_the_door(Switches(refusal_is_described=described)) as (shop, account):
        answer = await visit(link(shop), decision="refuse", account=account.id)

        assert answer["error"] == "access_denied"
        assert answer["state"] == "s1"
        assert ("error_description" in answer) == described


@pytest.mark.parametrize("disconnects", [True, False])
async def test_a_code_redeemed_twice_revokes_what_the_first_gave(disconnects: bool) -> None:
    async with at_the_door(Switches(second_redemption_disconnects=disconnects)) as (shop, account):
        answer = await visit(link(shop), decision="accept", account=account.id)
        token = await redeem(shop, answer["code"])

        with pytest.raises(oauth_error.InvalidGrantError, match="has already been used"):
            await redeem(shop, answer["code"])

        async with asking(shop.stripe, token["access_token"]) as theirs:
            with pytest.raises(stripe.AuthenticationError):
                await theirs.v1.balance.retrieve_async()
        reaches = shop.platform.reaches(account.id, livemode=False) is not None
        assert reaches is not disconnects


async def test_unknown_grants_and_parameters_are_refused() -> None:
    async with at_the_door() as (shop, _):
        ask = shop.client.raw_request_async

        with pytest.raises(oauth_error.UnsupportedGrantTypeError):
            await ask("post", "/oauth/token", base="connect", grant_type="password")
        with pytest.raises(oauth_error.InvalidRequestError, match="colour"):
            await ask("post", "/oauth/token", base="connect", grant_type="authorization_code", colour="red")
        with pytest.raises(oauth_error.InvalidRequestError):
            await ask("post", "/oauth/token", base="connect", grant_type="authorization_code")


async def test_a_code_expires() -> None:
    async with at_the_door() as (shop, account):
        answer = await visit(link(shop), decision="accept", account=account.id)
        await shop.stripe.advance(5 * MINUTE)

        with pytest.raises(oauth_error.InvalidGrantError, match="does not exist"):
            await redeem(shop, answer["code"])


async def test_a_code_is_good_for_its_own_platform_and_mode_only() -> None:
    async with at_the_door() as (shop, account):
        simulation = shop.stripe.simulation
        answer = await visit(link(shop), decision="accept", account=account.id)
        other = simulation.secret_key(simulation.open_platform("Rival"))
        live = simulation.secret_key(shop.platform, livemode=True)

        for key, words in ((other, "does not belong to you"), (live, "created in test mode")):
            async with asking(shop.stripe, key) as client:
                with pytest.raises(oauth_error.InvalidGrantError, match=words):
                    await redeem(shop, answer["code"], client)

        assert (await redeem(shop, answer["code"]))["stripe_user_id"] == account.id


@pytest.mark.parametrize("allowed", [True, False])
async def test_whether_a_restricted_key_redeems_codes_is_a_switch(allowed: bool) -> None:
    async with at_the_door(Switches(restricted_key_redeems_codes=allowed)) as (shop, account):
        answer = await visit(link(shop), decision="accept", account=account.id)
        key = shop.stripe.simulation.restricted_key(shop.platform, {})

        async with asking(shop.stripe, key) as client:
            if allowed:
                assert (await redeem(shop, answer["code"], client))["stripe_user_id"] == account.id
            else:
                with pytest.raises(oauth_error.InvalidClientError):
                    await redeem(shop, answer["code"], client)


@pytest.mark.parametrize(
    "params",
    [
        {"client_id": "ca_nobody"},
        {"redirect_uri": "http://elsewhere.example/callback"},
        {"scope": "everything"},
        {"response_type": "token"},
        {"stripe_landing": "moon"},
    ],
)
async def test_a_wrong_link_is_refused_to_the_users_face(params: dict[str, str]) -> None:
    async with (
        at_the_door() as (shop, _),
        aiohttp.ClientSession() as session,
        session.get(link(shop, **params)) as response,
    ):
        assert response.status == 400
        assert "error" in await response.json()


async def test_plain_http_is_registered_for_test_mode_only() -> None:
    async with at_the_door() as (shop, _), aiohttp.ClientSession() as session:
        live = shop.stripe.simulation.client_id(shop.platform, livemode=True)
        async with session.get(link(shop, client_id=live)) as response:
            assert response.status == 400
            assert "Invalid redirect URI" in await response.text()


async def test_deauthorising_ends_it_with_an_event() -> None:
    async with open_shop() as shop, listening() as listener:
        told(shop, listener)
        client_id = shop.stripe.simulation.client_id(shop.platform)

        ended = await shop.client.raw_request_async(
            "post", "/oauth/deauthorize", base="connect", client_id=client_id, stripe_user_id=shop.account.id
        )
        await shop.stripe.deliver()

        assert shop.account.id in str(ended.body)
        assert listener.types == ["account.application.deauthorized"]
        assert listener.received[0].event["account"] == shop.account.id
        with pytest.raises(stripe.PermissionError):
            await shop.ask("/v1/payouts")
        with pytest.raises(oauth_error.InvalidClientError):
            await shop.client.raw_request_async(
                "post", "/oauth/deauthorize", base="connect", client_id=client_id, stripe_user_id=shop.account.id
            )


async def test_stripe_may_be_down_in_the_middle() -> None:
    async with at_the_door() as (shop, account):
        answer = await visit(link(shop), decision="accept", account=account.id)
        shop.stripe.api.faults.add(Fault(kind="server_error", path="/oauth/token", status=503))
        shop.stripe.api.faults.add(Fault(kind="lost_answer", path="/oauth/token"))

        with pytest.raises(stripe.APIError):
            await redeem(shop, answer["code"])
        assert shop.platform.reaches(account.id, livemode=False) is None
        with pytest.raises(stripe.APIConnectionError):
            await redeem(shop, answer["code"])

        assert shop.platform.reaches(account.id, livemode=False) is not None


async def test_a_token_of_a_narrower_scope_is_refreshed() -> None:
    async with at_the_door() as (shop, account):
        answer = await visit(link(shop), decision="accept", account=account.id)
        token = await redeem(shop, answer["code"])

        response = await shop.client.raw_request_async(
            "post",
            "/oauth/token",
            base="connect",
            grant_type="refresh_token",
            refresh_token=token["refresh_token"],
            scope="read_only",
        )
        narrow = json.loads(response.body)

        async with asking(shop.stripe, narrow["access_token"]) as theirs:
            await theirs.v1.balance.retrieve_async()
            with pytest.raises(stripe.PermissionError):
                await theirs.v1.customers.create_async({"name": "Ada"})


async def test_a_live_connection_gives_a_token_for_test_mode_too_but_not_the_other_way_round() -> None:
    async with at_the_door() as (shop, account):
        simulation = shop.stripe.simulation
        simulation.open_mode(account)
        live = simulation.secret_key(shop.platform, livemode=True)
        for livemode, first, second in ((True, live, shop.secret), (False, shop.secret, live)):
            client_id = simulation.client_id(shop.platform, livemode=livemode)
            asked = link(shop, client_id=client_id, redirect_uri="https://ledgerline.example/callback")
            code = parse_qs(urlsplit(shop.stripe.oauth.decide(asked, account.id)).query)["code"][0]
            async with asking(shop.stripe, first) as client:
                token = await redeem(shop, code, client)
            asked_again: Any = {"grant_type": "refresh_token", "refresh_token": token["refresh_token"]}

            async with asking(shop.stripe, second) as client:
                if livemode:
                    other = await client.raw_request_async("post", "/oauth/token", base="connect", **asked_again)
                    assert json.loads(other.body)["livemode"] is False
                else:
                    with pytest.raises(oauth_error.InvalidGrantError):
                        await client.raw_request_async("post", "/oauth/token", base="connect", **asked_again)


async def test_a_made_account_is_onboarded_by_an_account_link_that_works_once() -> None:
    async with open_shop() as shop, aiohttp.ClientSession() as session:
        account = await shop.client.v1.accounts.create_async({"type": "standard", "email": "a@b.example"})
        asked: Any = {
            "account": account.id,
            "type": "account_onboarding",
            "refresh_url": "http://127.0.0.1/refresh",
            "return_url": "http://127.0.0.1/return",
        }
        made = await shop.client.v1.account_links.create_async(asked)
        assert account.charges_enabled is False

        async with session.get(made.url) as page:
            assert "<form" in await page.text()
        async with session.get(made.url, allow_redirects=False) as again:
            assert again.headers["Location"] == asked["refresh_url"]
        async with session.post(made.url, data={"decision": "complete"}, allow_redirects=False) as done:
            assert done.headers["Location"] == asked["return_url"]

        ready = await shop.client.v1.accounts.retrieve_async(account.id)
        assert (ready.details_submitted, ready.charges_enabled, ready.payouts_enabled) == (True, True, True)


async def test_an_account_link_expires_and_coming_back_does_not_mean_complete() -> None:
    async with open_shop() as shop, aiohttp.ClientSession() as session:
        account = await shop.client.v1.accounts.create_async({"type": "standard"})
        asked: Any = {
            "account": account.id,
            "type": "account_onboarding",
            "refresh_url": "http://127.0.0.1/refresh",
            "return_url": "http://127.0.0.1/return",
        }
        stale = await shop.client.v1.account_links.create_async(asked)
        await shop.stripe.advance(5 * MINUTE)
        async with session.get(stale.url, allow_redirects=False) as expired:
            assert expired.headers["Location"] == asked["refresh_url"]

        fresh = await shop.client.v1.account_links.create_async(asked)
        async with session.get(fresh.url):
            pass
        async with session.post(fresh.url, data={"decision": "leave"}, allow_redirects=False) as left:
            assert left.headers["Location"] == asked["return_url"]

        assert (await shop.client.v1.accounts.retrieve_async(account.id)).details_submitted is False
        with pytest.raises(stripe.InvalidRequestError, match="not created by your platform"):
            asked["account"] = shop.account.id
            await shop.client.v1.account_links.create_async(asked)
