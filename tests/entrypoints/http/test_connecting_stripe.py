"""Connecting Stripe accounts in three ways: the service, a user and the simulated Stripe over real HTTP."""

import asyncio
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import aiohttp
import pytest
from yarl import URL

from adapters.simulator.stripe.http.faults import Fault
from domain.work import WorkKind
from tests.entrypoints.http.callers import ACME, LIVE_ACME, LIVE_KEY, SISTER
from tests.entrypoints.http.live_service import Answer, LiveService
from tests.entrypoints.http.stripe_door import ACCOUNTS, at_the_door, back

PAGE = "http://partner.example/connected?tab=2&state=forged"
AUTHORIZATIONS = f"/v1/companies/{ACME}/stripe/authorizations"
MINUTE = timedelta(minutes=1)


async def begun(service: LiveService, path: str = AUTHORIZATIONS, **more: Any) -> Any:
    answer = await service.ask("POST", path, body={"return_url": PAGE, "state": "s&1", **more})
    assert answer.status == 201, answer.content
    return answer.json


def result(answer: Answer) -> dict[str, str]:
    """What the partner's page is told."""
    assert answer.status == 303, answer.content
    where = urlsplit(answer.headers["Location"])
    assert f"{where.scheme}://{where.netloc}{where.path}" == "http://partner.example/connected"
    pairs = parse_qsl(where.query)
    said = dict(pairs)
    assert len(said) == len(pairs)
    assert (said.pop("state"), said.pop("tab")) == ("s&1", "2")
    return said


async def accounts(service: LiveService) -> list[tuple[str, str]]:
    listed = (await service.ask("GET", ACCOUNTS)).json["data"]
    return [(each["account"], each["state"]) for each in listed]


async def events(service: LiveService) -> list[str]:
    async with service.services.store.snapshot(ACME) as transaction:
        return [each.event.type.value for each in await transaction.events.after(0, limit=100)]


async def test_a_user_who_accepts_connects_the_account_and_it_is_looked_at() -> None:
    async with at_the_door() as (service, shop, account):
        visit = await begun(service, scope="read_write", landing="register", prefill={"email": "o@acme.example"})
        address = shop.stripe.oauth.decide(visit["url"], account.id)
        told = result(await back(service, address))
        at = service.clock()
        work = await service.services.work_list.claim("w", at=at, until=at + MINUTE, kinds=[WorkKind.SYNC_STRIPE])

        assert told == {"result": "connected", "account": account.id, "scope": "read_write"}
        assert await accounts(service) == [(account.id, "connected")]
        assert work is not None
        assert work.company == ACME
        assert "stripe_landing=register" in visit["url"]
        assert "stripe_user%5Bemail%5D=o%40acme.example" in visit["url"]


async def test_a_user_who_refuses_connects_nothing() -> None:
    async with at_the_door() as (service, shop, _):
        address = shop.stripe.oauth.decide((await begun(service))["url"], None)

        assert result(await back(service, address)) == {"result": "error", "error": "access_denied"}
        assert await accounts(service) == []


async def test_a_state_that_is_replayed_changes_nothing() -> None:
    async with at_the_door() as (service, shop, account):
        address = shop.stripe.oauth.decide((await begun(service))["url"], account.id)
        await back(service, address)

        assert result(await back(service, address)) == {"result": "error", "error": "state_used"}
        assert await accounts(service) == [(account.id, "connected")]
        assert shop.platform.reaches(account.id, livemode=False) is not None


async def test_a_code_that_comes_twice_at_once_is_redeemed_once() -> None:
    """Failure 26: Stripe revokes what it gave for the first."""
    async with at_the_door() as (service, shop, account):
        address = shop.stripe.oauth.decide((await begun(service))["url"], account.id)
        told = [result(each) for each in await asyncio.gather(*(back(service, address) for _ in range(5)))]

        assert sorted(each["result"] for each in told) == ["connected", *["error"] * 4]
        assert {each["error"] for each in told if "error" in each} == {"state_used"}
        assert shop.platform.reaches(account.id, livemode=False) is not None
        assert await accounts(service) == [(account.id, "connected")]


@pytest.mark.parametrize("state", ["", "x" * 43, "short", "%FF" * 43, "a" * 2_000])
async def test_a_state_that_was_never_given_leads_nowhere(state: str) -> None:
    async with at_the_door() as (service, _, __):
        for path in ("callback", "refresh"):
            answer = await service.ask("GET", f"/integrations/stripe/{path}?code=ac_1&state={state}", secret=None)

            assert answer.problem_kind == "not-found"
            assert "Location" not in answer.headers


async def test_a_state_is_good_for_a_quarter_of_an_hour() -> None:
    async with at_the_door() as (service, shop, account):
        visit = await begun(service)
        service.clock.move(15 * MINUTE)
        address = shop.stripe.oauth.decide(visit["url"], account.id)

        assert result(await back(service, address)) == {"result": "error", "error": "state_expired"}
        assert await accounts(service) == []


async def test_the_state_says_for_which_company_whatever_else_is_said() -> None:
    async with at_the_door() as (service, shop, account):
        await begun(service)
        of_sister = await begun(service, f"/v1/companies/{SISTER}/stripe/authorizations")
        address = shop.stripe.oauth.decide(of_sister["url"], account.id) + f"&company={ACME}"
        told = result(await back(service, address))
        sisters = (await service.ask("GET", f"/v1/companies/{SISTER}/stripe/accounts")).json["data"]

        assert told["result"] == "connected"
        assert await accounts(service) == []
        assert [each["account"] for each in sisters] == [account.id]


async def test_a_code_with_another_companys_used_state_connects_nothing() -> None:
    async with at_the_door() as (service, shop, account):
        theirs = shop.stripe.oauth.decide((await begun(service))["url"], None)
        await back(service, theirs)
        mine = URL(shop.stripe.oauth.decide((await begun(service))["url"], account.id))
        swapped = mine.update_query(state=URL(theirs).query["state"])

        assert result(await back(service, str(swapped))) == {"result": "error", "error": "state_used"}
        assert await accounts(service) == []


@pytest.mark.parametrize("code", ["ac_made_up", "", "%00", "x" * 600])
async def test_a_code_that_stripe_did_not_give_connects_nothing(code: str) -> None:
    async with at_the_door() as (service, _, __):
        state = URL((await begun(service))["url"]).query["state"]
        answer = await service.ask("GET", f"/integrations/stripe/callback?state={state}&code={code}", secret=None)

        assert result(answer)["error"] in ("code_refused", "stripe_refused")
        assert await accounts(service) == []


@pytest.mark.parametrize("kind", ["reset", "server_error", "cut_body", "not_json"])
async def test_stripe_down_in_the_middle_is_one_clear_result_and_no_half_connection(kind: Any) -> None:
    async with at_the_door() as (service, shop, account):
        address = shop.stripe.oauth.decide((await begun(service))["url"], account.id)
        fault = Fault(kind=kind, path="/oauth/token")
        shop.stripe.api.faults.add(fault)
        told = result(await back(service, address))

        assert told == {"result": "error", "error": "stripe_unavailable"}
        assert await accounts(service) == []
        shop.stripe.api.faults.clear()
        again = shop.stripe.oauth.decide((await begun(service))["url"], account.id)
        assert result(await back(service, again))["result"] == "connected"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "//partner.example/x",
        "ftp://partner.example/",
        "https:///x",
        "https://user:word@partner.example/",
        "https://partner.example/#part",
        "https://partner.example:port/",
        "https://partner.example/\\evil",
        "https://[partner/",
        "https://p\u00e4rtner.example/",
    ],
)
async def test_no_user_is_sent_to_what_is_no_page(url: str) -> None:
    async with at_the_door() as (service, _, __):
        answer = await service.ask("POST", AUTHORIZATIONS, body={"return_url": url, "state": ""})

        assert (answer.status, answer.json["errors"][0]["pointer"]) == (422, "/return_url")


async def test_live_pages_are_https() -> None:
    async with at_the_door() as (service, shop, _):
        key = shop.stripe.simulation.secret_key(shop.platform, livemode=True)
        given = {"secret_key": key, "client_id": shop.stripe.simulation.client_id(shop.platform, livemode=True)}
        assert (await service.ask("PUT", "/v1/integrations/stripe", body=given, secret=LIVE_KEY)).status == 200
        path = f"/v1/companies/{LIVE_ACME}/stripe/authorizations"
        for url, status in (("http://partner.example/", 422), ("https://partner.example/", 201)):
            answer = await service.ask("POST", path, body={"return_url": url}, secret=LIVE_KEY)

            assert answer.status == status


async def test_without_a_client_id_oauth_is_refused_in_words() -> None:
    async with at_the_door(client_id=False) as (service, _, __):
        answer = await service.ask("POST", AUTHORIZATIONS, body={"return_url": PAGE})

        assert answer.status == 422
        assert "client_id" in answer.json["errors"][0]["detail"]


async def test_an_account_link_completes_an_account_that_the_platform_makes() -> None:
    async with at_the_door() as (service, _, __), aiohttp.ClientSession() as browser:
        visit = await begun(service, method="account_link", prefill={"country": "DE", "email": "o@acme.example"})
        at_once = await accounts(service)
        told = await onboard(service, browser, visit["url"], "leave")
        again = await begun(service, method="account_link", account=visit["account"])
        done = await onboard(service, browser, again["url"], "complete")

        assert at_once == [(visit["account"], "connected")]
        assert (told["result"], told["details_submitted"]) == ("incomplete", "false")
        assert (done["result"], done["charges_enabled"], done["payouts_enabled"]) == ("connected", "true", "true")
        assert await accounts(service) == at_once


async def onboard(service: LiveService, browser: aiohttp.ClientSession, url: str, decision: str) -> dict[str, str]:
    async with browser.get(url) as page:
        assert page.status == 200
    async with browser.post(url, data={"decision": decision}, allow_redirects=False) as response:
        address = response.headers["Location"]
    return result(await back(service, address))


async def test_a_link_that_is_old_is_renewed() -> None:
    async with at_the_door() as (service, shop, _), aiohttp.ClientSession() as browser:
        visit = await begun(service, method="account_link")
        await shop.stripe.advance(6 * 60)
        async with browser.get(visit["url"], allow_redirects=False) as old:
            renewed = await back(service, old.headers["Location"])

        assert renewed.status == 303
        assert (await onboard(service, browser, renewed.headers["Location"], "complete"))["result"] == "connected"


async def test_a_link_that_stripe_did_not_answer_asks_for_the_same_account_again() -> None:
    async with at_the_door() as (service, shop, _):
        shop.stripe.api.faults.add(Fault(kind="server_error", path="/v1/account_links"))
        failed = await service.ask("POST", AUTHORIZATIONS, body={"return_url": PAGE, "method": "account_link"})

        assert failed.status == 503
        assert len(await accounts(service)) == 1


async def test_a_program_connects_an_account_that_the_platform_reaches() -> None:
    async with at_the_door() as (service, shop, account):
        foreign = await service.ask("POST", ACCOUNTS, body={"account": account.id})
        mine = await service.ask("POST", ACCOUNTS, body={"account": shop.account.id})
        own = await service.ask("POST", ACCOUNTS, body={"account": shop.platform.id})
        again = await service.ask("POST", ACCOUNTS, body={"account": shop.account.id})

        assert (foreign.status, foreign.problem_kind) == (422, "refused")
        assert (mine.status, own.status, again.json) == (200, 200, mine.json)
        assert sorted(await accounts(service)) == sorted(
            [(shop.account.id, "connected"), (shop.platform.id, "connected")]
        )


async def test_an_account_is_one_companys_and_it_is_not_said_whose() -> None:
    async with at_the_door() as (service, shop, _):
        await service.ask("POST", f"/v1/companies/{SISTER}/stripe/accounts", body={"account": shop.account.id})
        answer = await service.ask("POST", ACCOUNTS, body={"account": shop.account.id})
        visit = await begun(service)
        told = result(await back(service, shop.stripe.oauth.decide(visit["url"], shop.account.id)))
        peeked = await service.ask("GET", f"{ACCOUNTS}/{shop.account.id}")
        ended = await service.ask("DELETE", f"{ACCOUNTS}/{shop.account.id}")

        assert (answer.status, answer.problem_kind) == (409, "conflict")
        assert SISTER not in answer.content.decode()
        assert told == {"result": "error", "error": "account_taken"}
        assert (peeked.status, ended.status) == (404, 404)


async def test_disconnected_here_it_stays_at_stripe_unless_asked() -> None:
    async with at_the_door() as (service, shop, account):
        await back(service, shop.stripe.oauth.decide((await begun(service))["url"], account.id))
        one = f"{ACCOUNTS}/{account.id}"
        ended = await service.ask("DELETE", one)
        reached = shop.platform.reaches(account.id, livemode=False)
        back_again = await service.ask("POST", ACCOUNTS, body={"account": account.id})
        told = await events(service)
        gone = await service.ask("DELETE", f"{one}?deauthorize=true")
        twice = await service.ask("DELETE", f"{one}?deauthorize=true")

        assert (ended.json["state"], back_again.json["state"]) == ("disconnected", "connected")
        assert reached is not None
        assert back_again.json["connected"] == ended.json["connected"]
        assert told == ["connection.restored"]
        assert (gone.status, twice.status, twice.json["state"]) == (200, 200, "disconnected")
        assert shop.platform.reaches(account.id, livemode=False) is None


async def test_stripe_down_keeps_connected_what_was_to_be_let_go_there() -> None:
    async with at_the_door() as (service, shop, account):
        await back(service, shop.stripe.oauth.decide((await begun(service))["url"], account.id))
        shop.stripe.api.faults.add(Fault(kind="server_error", path="/oauth/deauthorize"))
        answer = await service.ask("DELETE", f"{ACCOUNTS}/{account.id}?deauthorize=true")

        assert answer.status == 503
        assert await accounts(service) == [(account.id, "connected")]
