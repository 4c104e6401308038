"""Link: tokens, a user on the pages of Hosted Link or in the stand-in of the script, update mode."""

import asyncio
import json
import re
from typing import Any

import aiohttp
import pytest
from plaid.model.country_code import CountryCode
from plaid.model.link_token_create_request import LinkTokenCreateRequest
from plaid.model.link_token_create_request_user import LinkTokenCreateRequestUser
from plaid.model.link_token_get_request import LinkTokenGetRequest
from plaid.model.products import Products

from adapters.simulator.plaid import item_health
from adapters.simulator.plaid.bank_account import BankAccount
from adapters.simulator.plaid.switches import Switches
from adapters.simulator.wire import HOUR, MINUTE
from tests.adapters.simulator.plaid.desk import TODAY, USD, Copy, bank_shows, listening, open_desk, usd
from tests.adapters.simulator.plaid.visitor import LOGIN, Visitor, link_token

DONE = "https://ledgerline.example/bank/done"


async def test_the_sdk_asks_for_a_link_token_and_what_became_of_it() -> None:
    async with open_desk() as desk:
        request = LinkTokenCreateRequest(
            client_name="Ledgerline",
            language="en",
            country_codes=[CountryCode("US")],
            user=LinkTokenCreateRequestUser(client_user_id="co_1"),
            products=[Products("transactions")],
            webhook="https://ledgerline.example/webhooks/plaid",
        )

        made = await asyncio.to_thread(desk.api.link_token_create, request, _check_return_type=True)
        got = await asyncio.to_thread(
            desk.api.link_token_get, LinkTokenGetRequest(link_token=made.link_token), _check_return_type=True
        )

        assert made.link_token.startswith("link-sandbox-")
        assert int(made.expiration.timestamp()) == desk.plaid.simulation.now + 4 * HOUR
        assert got.metadata.client_name == "Ledgerline"


async def test_a_user_connects_a_bank_on_the_page_of_hosted_link() -> None:
    async with open_desk() as desk, listening() as listener, aiohttp.ClientSession() as session:
        desk.post(5_000)
        made = await link_token(desk, webhook=listener.url, hosted_link={"completion_redirect_uri": DONE})
        visitor = Visitor(session, desk.plaid.url)
        await visitor.open(made["hosted_link_url"])
        await visitor.connect("0")
        await desk.plaid.deliver()

        (told,) = listener.of("SESSION_FINISHED")
        got = await desk.ask("link_token_get", link_token=made["link_token"])
        public = told["public_tokens"][0]
        item = await desk.ask("item_public_token_exchange", public_token=public)
        await desk.plaid.advance(600)

        assert (visitor.status, visitor.sent_to) == (303, DONE)
        assert (told["status"], told["link_token"]) == ("SUCCESS", made["link_token"])
        (result,) = got["link_sessions"][0]["results"]["item_add_results"]
        assert (result["public_token"], result["institution"]["institution_id"]) == (public, "ins_109508")
        assert [(account["name"], account["mask"]) for account in result["accounts"]] == [("Business Checking", "4821")]
        page = await desk.ask("transactions_sync", access_token=item["access_token"])
        assert [line["amount"] for line in page["added"]] == [-50]


async def test_the_answer_about_sessions_has_the_sdks_shape() -> None:
    async with open_desk() as desk, aiohttp.ClientSession() as session:
        made = await link_token(desk, hosted_link={})
        visitor = Visitor(session, desk.plaid.url)
        await visitor.open(made["hosted_link_url"])
        await visitor.connect("0")
        await visitor.open(made["hosted_link_url"])
        await visitor.press("cancel")

        request = LinkTokenGetRequest(link_token=made["link_token"])
        got = await asyncio.to_thread(desk.api.link_token_get, request, _check_return_type=True)

        added, left = got.link_sessions
        assert added.results.item_add_results[0].accounts[0].mask == "4821"
        assert left.finished_at is not None
        assert left.exit.error is None


async def test_a_user_connects_a_bank_where_the_script_opens_link() -> None:
    async with open_desk() as desk, aiohttp.ClientSession() as session:
        made = await link_token(desk)
        visitor = Visitor(session, desk.plaid.url)
        await visitor.open(f"{desk.plaid.url}/link?token={made['link_token']}")
        await visitor.connect("0")

        said = re.search(r'id="said">(.*?)</script>', visitor.page)
        assert said
        metadata = json.loads(said[1])["metadata"]
        answer = await desk.ask("item_public_token_exchange", public_token=visitor.public_token)
        assert answer["access_token"].startswith("access-sandbox-")
        assert metadata["institution"]["name"] == desk.bank.name
        assert "hosted_link_url" not in made


async def test_the_stand_in_of_the_script_opens_that_page() -> None:
    async with open_desk() as desk, aiohttp.ClientSession() as session:
        async with session.get(f"{desk.plaid.url}/link/v2/stable/link-initialize.js") as response:
            script = await response.text()

        assert response.content_type == "text/javascript"
        assert "window.Plaid" in script
        assert "/link?token=" in script


@pytest.mark.parametrize("is_told", [True, False])
async def test_whether_sessions_of_the_script_are_told_is_a_switch(is_told: bool) -> None:
    switches = Switches(sessions_of_plain_link=is_told)
    async with open_desk(switches=switches) as desk, listening() as listener, aiohttp.ClientSession() as session:
        made = await link_token(desk, webhook=listener.url)
        visitor = Visitor(session, desk.plaid.url)
        await visitor.open(f"{desk.plaid.url}/link?token={made['link_token']}")
        await visitor.connect("0")
        await desk.plaid.deliver()

        got = await desk.ask("link_token_get", link_token=made["link_token"])

        assert bool(listener.of("SESSION_FINISHED")) == ("link_sessions" in got) == is_told


async def test_a_user_who_cancels_connects_nothing() -> None:
    async with open_desk() as desk, listening() as listener, aiohttp.ClientSession() as session:
        made = await link_token(desk, webhook=listener.url, hosted_link={})
        visitor = Visitor(session, desk.plaid.url)
        await visitor.open(made["hosted_link_url"])
        await visitor.press("choose", login=LOGIN)
        await visitor.press("cancel")
        await desk.plaid.deliver()

        assert "Not connected" in visitor.page
        assert listener.of("SESSION_FINISHED")[0]["status"] == "EXITED"
        assert list(desk.plaid.simulation.items()) == []


@pytest.mark.parametrize("hosted", [True, False])
async def test_a_user_who_has_no_password_leaves_with_that(hosted: bool) -> None:
    async with open_desk(switches=Switches(sessions_of_plain_link=True)) as desk, aiohttp.ClientSession() as session:
        made = await link_token(desk, **({"hosted_link": {}} if hosted else {}))
        visitor = Visitor(session, desk.plaid.url)
        await visitor.open(made["hosted_link_url"] if hosted else f"{desk.plaid.url}/link?token={made['link_token']}")
        await visitor.press("fail", login=LOGIN)

        got = await desk.ask("link_token_get", link_token=made["link_token"])

        assert got["link_sessions"][0]["exit"]["error"]["error_code"] == "INVALID_CREDENTIALS"
        assert ("INVALID_CREDENTIALS" in visitor.page) is not hosted  # the script is told, the page is not


@pytest.mark.parametrize(
    ("trouble", "accounts", "code"), [("INSTITUTION_DOWN", ["0"], "INSTITUTION_DOWN"), (None, [], "NO_ACCOUNTS")]
)
async def test_a_user_who_fails_leaves_with_the_reason(trouble: str | None, accounts: list[str], code: str) -> None:
    async with open_desk() as desk, aiohttp.ClientSession() as session:
        made = await link_token(desk, hosted_link={})
        visitor = Visitor(session, desk.plaid.url)
        await visitor.open(made["hosted_link_url"])
        await visitor.press("choose", login=LOGIN)
        desk.bank.trouble = trouble
        await visitor.press("connect", account=accounts)

        got = await desk.ask("link_token_get", link_token=made["link_token"])

        assert got["link_sessions"][0]["exit"]["error"]["error_code"] == code
        assert list(desk.plaid.simulation.items()) == []


async def test_pages_end_with_their_tokens() -> None:
    async with open_desk() as desk, aiohttp.ClientSession() as session:
        plain = await link_token(desk)
        hosted = await link_token(desk, hosted_link={"url_lifetime_seconds": 60})
        visitor = Visitor(session, desk.plaid.url)

        await desk.plaid.advance(MINUTE)
        await visitor.open(hosted["hosted_link_url"])
        assert visitor.status == 410
        await visitor.open(f"{desk.plaid.url}/link?token={plain['link_token']}")
        assert visitor.status == 200
        await desk.plaid.advance(4 * HOUR)
        await visitor.open(f"{desk.plaid.url}/link?token={plain['link_token']}")
        assert visitor.status == 410
        for wrong in ("/link?token=link-sandbox-none", "/hl/none"):
            await visitor.open(desk.plaid.url + wrong)
            assert visitor.status == 404


async def test_a_session_ends_once() -> None:
    async with open_desk() as desk, aiohttp.ClientSession() as session:
        made = await link_token(desk)
        visitor = Visitor(session, desk.plaid.url)
        await visitor.open(f"{desk.plaid.url}/link?token={made['link_token']}")
        await visitor.press("choose", login=LOGIN)
        before = visitor.page
        await visitor.press("connect", account="0")
        visitor.page = before
        await visitor.press("connect", account="0")

        assert visitor.status == 404
        assert len(list(desk.plaid.simulation.items())) == 1


async def test_only_banks_of_the_countries_asked_for_are_offered() -> None:
    async with open_desk() as desk, aiohttp.ClientSession() as session:
        other = desk.plaid.simulation.open_bank("Sparkasse <Nord>", country="DE")
        other.add_login("inhaber", desk.account)
        visitor = Visitor(session, desk.plaid.url)

        await visitor.open(f"{desk.plaid.url}/link?token={(await link_token(desk))['link_token']}")
        assert "First Platypus Bank" in visitor.page
        assert "Sparkasse" not in visitor.page
        both = await link_token(desk, country_codes=["US", "DE"], language="de")
        await visitor.open(f"{desk.plaid.url}/link?token={both['link_token']}")
        assert "Sparkasse &lt;Nord&gt;" in visitor.page


async def test_update_mode_repairs_the_item_and_keeps_its_ids() -> None:
    async with open_desk() as desk, listening() as listener, aiohttp.ClientSession() as session:
        desk.post(5_000)
        item = await desk.ready_item(webhook=listener.url)
        copy = Copy(desk, item)
        await copy.sync()
        known = set(copy.lines)
        item_health.require_login(desk.plaid.simulation.kernel, item)
        desk.post(6_000)

        made = await link_token(desk, access_token=item.access_token)
        visitor = Visitor(session, desk.plaid.url)
        await visitor.open(f"{desk.plaid.url}/link?token={made['link_token']}")
        await visitor.connect()
        await copy.sync()
        await desk.plaid.deliver()

        assert visitor.public_token.startswith("public-sandbox-")
        assert known < set(copy.lines)
        assert copy.shown == bank_shows(desk.account)
        assert len(list(desk.plaid.simulation.items())) == 1
        assert listener.codes[-1] == "SYNC_UPDATES_AVAILABLE" or "LOGIN_REPAIRED" in listener.codes
        assert "LOGIN_REPAIRED" in listener.codes


async def test_whether_a_repair_by_the_user_is_told_is_a_switch() -> None:
    async with open_desk(switches=Switches(repaired_is_told=False)) as desk, listening() as listener:
        item, kernel = await desk.ready_item(webhook=listener.url), desk.plaid.simulation.kernel
        item_health.require_login(kernel, item)

        item_health.repair(kernel, item)
        await desk.plaid.deliver()

        assert item.error is None
        assert "LOGIN_REPAIRED" not in listener.codes


async def test_update_mode_renews_consent() -> None:
    async with open_desk() as desk:
        item = await desk.ready_item()
        item_health.announce_disconnect(desk.plaid.simulation.kernel, item)
        desk.bank.habits = type(desk.bank.habits)(consent_days=90)

        item_health.repair(desk.plaid.simulation.kernel, item)
        await desk.plaid.advance(10 * 24 * HOUR)

        assert item.error is None


async def test_update_mode_may_change_which_accounts_are_shared() -> None:
    async with open_desk() as desk, aiohttp.ClientSession() as session:
        savings = BankAccount(name="Savings", mask="9911", currency=USD, opening=usd(0))
        savings.post(usd(200), TODAY, "INTEREST")
        desk.login.accounts.append(savings)
        desk.post(100)
        item = await desk.ready_item(accounts=[desk.account])
        copy = Copy(desk, item)
        await copy.sync()
        visitor = Visitor(session, desk.plaid.url)

        async def choose(*accounts: str) -> list[str]:
            update = {"account_selection_enabled": True}
            made = await link_token(desk, access_token=item.access_token, update=update)
            await visitor.open(f"{desk.plaid.url}/link?token={made['link_token']}")
            await visitor.connect(*accounts)
            answer = await desk.ask("accounts_get", access_token=item.access_token)
            return [account["mask"] for account in answer["accounts"]]

        both = await choose("0", "1")
        await copy.sync()
        lines_of_both = copy.shown
        only = await choose("1")
        desk.account.post(usd(300), TODAY, "UNSEEN")
        await desk.look(item)
        again = await choose("0", "1")
        await copy.sync()

        assert (both, only, again) == (["4821", "9911"], ["9911"], ["4821", "9911"])
        assert [amount for _, amount, _ in lines_of_both] == [-2, -1]
        assert copy.shown == sorted([*bank_shows(savings), *bank_shows(desk.account)])


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"products": None}, "INVALID_FIELD"),
        ({"products": []}, "MISSING_FIELDS"),
        ({"client_name": "x" * 31}, "INVALID_FIELD"),
        ({"language": "tlh"}, "INVALID_FIELD"),
        ({"country_codes": ["ZZ"]}, "INVALID_FIELD"),
        ({"user": {}}, "MISSING_FIELDS"),
        ({"user": None}, "INVALID_FIELD"),
        ({"colour": "red"}, "UNKNOWN_FIELDS"),
        ({"user": {"client_user_id": "a", "shoe_size": 9}}, "UNKNOWN_FIELDS"),
        ({"transactions": {"days_requested": 731}}, "INVALID_FIELD"),
        ({"access_token": "access-sandbox-none"}, "INVALID_ACCESS_TOKEN"),
        ({"redirect_uri": "https://a.example/?b=c"}, "INVALID_FIELD"),
    ],
)
async def test_a_link_token_that_plaid_would_not_give_is_refused(fields: dict[str, Any], code: str) -> None:
    async with open_desk() as desk:
        asked: dict[str, Any] = {
            "client_name": "Ledgerline",
            "language": "en",
            "country_codes": ["US"],
            "user": {"client_user_id": "co_1"},
            "products": ["transactions"],
            **fields,
        }

        status, error = await desk.refused("link_token_create", **asked)

        assert (status, error["error_code"]) == (400, code)


async def test_products_do_not_go_with_update_mode() -> None:
    async with open_desk() as desk:
        item = desk.open_item()

        _, error = await desk.refused(
            "link_token_create",
            client_name="Ledgerline",
            language="en",
            country_codes=["US"],
            user={"client_user_id": "co_1"},
            access_token=item.access_token,
            products=["transactions"],
        )

        assert error["error_code"] == "INVALID_FIELD"
