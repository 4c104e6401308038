"""Items: tokens, accounts, balances, and what becomes of their access."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from plaid.model.accounts_get_request import AccountsGetRequest
from plaid.model.country_code import CountryCode
from plaid.model.institutions_get_by_id_request import InstitutionsGetByIdRequest
from plaid.model.item_get_request import ItemGetRequest
from plaid.model.transactions_get_request import TransactionsGetRequest

from adapters.simulator.plaid import item_health
from adapters.simulator.plaid.bank import BankHabits
from adapters.simulator.plaid.bank_account import BankAccount
from adapters.simulator.plaid.switches import Switches
from adapters.simulator.wire import DAY, MINUTE
from tests.adapters.simulator.plaid.desk import (
    TODAY,
    USD,
    Copy,
    Desk,
    bank_shows,
    listening,
    open_desk,
    refusal,
    sdk,
    usd,
)


async def test_a_public_token_is_exchanged_once() -> None:
    async with open_desk() as desk:
        item = desk.open_item()
        public = desk.plaid.simulation.link.public_token(item)

        answer = await desk.ask("item_public_token_exchange", public_token=public)
        again = await desk.refused("item_public_token_exchange", public_token=public)

        assert (answer["access_token"], answer["item_id"]) == (item.access_token, item.item_id)
        assert item.access_token.startswith("access-sandbox-")
        assert (again[0], again[1]["error_type"], again[1]["error_code"]) == (
            400,
            "INVALID_INPUT",
            "INVALID_PUBLIC_TOKEN",
        )


async def test_a_public_token_lives_for_half_an_hour() -> None:
    async with open_desk() as desk:
        public = desk.plaid.simulation.link.public_token(desk.open_item())
        await desk.plaid.advance(30 * MINUTE)

        _, error = await desk.refused("item_public_token_exchange", public_token=public)

        assert "expire 30 minutes after creation" in error["error_message"]


async def test_tokens_are_good_for_their_client_and_environment_only() -> None:
    async with open_desk() as desk:
        simulation = desk.plaid.simulation
        item = await desk.ready_item()
        public = simulation.link.public_token(item)
        stranger = simulation.open_client("Stranger")
        url, client = desk.plaid.url, desk.client

        async with (
            sdk(url, client.client_id, client.secrets["production"][-1]) as live,
            sdk(url, stranger.client_id, stranger.secrets["sandbox"][-1]) as theirs,
        ):
            of_live = await refusal(live, "transactions_sync", access_token=item.access_token)
            of_stranger = await refusal(theirs, "transactions_sync", access_token=item.access_token)
            exchanged = await refusal(theirs, "item_public_token_exchange", public_token=public)

        assert of_live[1]["error_code"] == of_stranger[1]["error_code"] == "INVALID_ACCESS_TOKEN"
        assert of_live[1]["error_message"] == (
            'the provided access token is for the wrong Plaid environment. expected "production", got "sandbox"'
        )
        assert exchanged[1]["error_code"] == "INVALID_PUBLIC_TOKEN"


async def test_the_sdk_makes_its_own_objects_of_items_accounts_and_institutions() -> None:
    async with open_desk(habits=BankHabits(consent_days=180)) as desk:
        desk.post(5_000)
        item = await desk.ready_item()
        token, api = item.access_token, desk.api

        def ask() -> tuple[Any, Any, Any, Any]:
            return (
                api.item_get(ItemGetRequest(access_token=token), _check_return_type=True),
                api.accounts_get(AccountsGetRequest(access_token=token), _check_return_type=True),
                api.institutions_get_by_id(
                    InstitutionsGetByIdRequest(
                        institution_id=desk.bank.institution_id, country_codes=[CountryCode("US")]
                    ),
                    _check_return_type=True,
                ),
                api.transactions_get(
                    TransactionsGetRequest(access_token=token, start_date=TODAY - timedelta(days=30), end_date=TODAY),
                    _check_return_type=True,
                ),
            )

        got, accounts, institution, transactions = await asyncio.to_thread(ask)

        assert (got.item.item_id, got.item.error, got.item.institution_name) == (item.item_id, None, desk.bank.name)
        assert got.status.transactions.last_successful_update is not None
        assert [(each.mask, each.balances.current) for each in accounts.accounts] == [("4821", 1_050.0)]
        assert institution.institution.name == desk.bank.name
        assert [each.amount for each in transactions.transactions] == [-50.0]


async def test_an_item_that_was_removed_is_gone() -> None:
    async with open_desk() as desk, listening() as listener:
        item = await desk.ready_item(webhook=listener.url)
        listener.received.clear()
        await desk.ask("item_remove", access_token=item.access_token)
        desk.post(5_000)
        await desk.plaid.advance(3 * DAY)

        status, error = await desk.refused("item_get", access_token=item.access_token)

        assert (status, error["error_type"], error["error_code"]) == (400, "ITEM_ERROR", "ITEM_NOT_FOUND")
        assert listener.received == []


async def test_the_refusal_of_a_removed_item_is_a_switch() -> None:
    async with open_desk(switches=Switches(removed_item="INVALID_ACCESS_TOKEN")) as desk:
        item = await desk.ready_item()
        await desk.ask("item_remove", access_token=item.access_token)

        _, error = await desk.refused("transactions_sync", access_token=item.access_token)

        assert error["error_code"] == "INVALID_ACCESS_TOKEN"


async def test_an_access_token_is_rotated() -> None:
    async with open_desk() as desk:
        desk.post(5_000)
        item = await desk.ready_item()
        old = item.access_token
        cursor = (await desk.sync(item))["next_cursor"]

        new = (await desk.ask("item_access_token_invalidate", access_token=old))["new_access_token"]

        assert (await desk.refused("item_get", access_token=old))[1]["error_code"] == "INVALID_ACCESS_TOKEN"
        assert (await desk.ask("transactions_sync", access_token=new, cursor=cursor))["added"] == []


async def test_balances_are_those_of_the_last_look_unless_asked_for_now() -> None:
    async with open_desk() as desk:
        item = await desk.ready_item()
        desk.post(5_000)
        desk.post(-700, "CARD PURCHASE", pending=True)

        cached = (await desk.ask("accounts_get", access_token=item.access_token))["accounts"][0]["balances"]
        live = (await desk.ask("accounts_balance_get", access_token=item.access_token))["accounts"][0]["balances"]

        assert (cached["current"], cached["available"]) == (1_000, 1_000)
        assert (live["current"], live["available"]) == (1_050, 1_043)


async def test_transactions_get_gives_days_in_pages_newest_first() -> None:
    async with open_desk() as desk:
        for days in range(5):
            desk.post(100 * (days + 1), day=TODAY - timedelta(days=days))
        item = await desk.ready_item()
        first, last = str(TODAY - timedelta(days=3)), str(TODAY)

        page = await desk.ask(
            "transactions_get",
            access_token=item.access_token,
            start_date=first,
            end_date=last,
            options={"count": 2, "offset": 1},
        )

        assert (page["total_transactions"], [each["amount"] for each in page["transactions"]]) == (4, [-2, -3])


async def test_transactions_get_is_refused_before_the_lines_are_there() -> None:
    async with open_desk() as desk:
        item = desk.open_item()
        days = {"start_date": str(TODAY), "end_date": str(TODAY)}

        status, error = await desk.refused("transactions_get", access_token=item.access_token, **days)

        assert (status, error["error_type"], error["error_code"]) == (400, "ITEM_ERROR", "PRODUCT_NOT_READY")


async def test_a_login_that_is_required_stops_everything_until_it_heals() -> None:
    async with open_desk() as desk, listening() as listener:
        item = await desk.ready_item(webhook=listener.url)
        listener.received.clear()
        kernel = desk.plaid.simulation.kernel
        item_health.require_login(kernel, item)
        desk.post(5_000)
        await desk.plaid.advance(2 * DAY)
        refusals = [
            (await desk.refused(method, access_token=item.access_token))[1]["error_code"]
            for method in ("transactions_sync", "accounts_get", "accounts_balance_get", "transactions_refresh")
        ]
        got = await desk.ask("item_get", access_token=item.access_token)

        item_health.heal(kernel, item)
        await desk.plaid.deliver()
        healed = await desk.sync(item)

        assert set(refusals) == {"ITEM_LOGIN_REQUIRED"}
        assert got["item"]["error"]["error_code"] == "ITEM_LOGIN_REQUIRED"
        assert got["status"]["transactions"]["last_failed_update"] is not None
        assert listener.codes[:2] == ["ERROR", "LOGIN_REPAIRED"]
        assert listener.of("ERROR")[0]["error"]["error_code"] == "ITEM_LOGIN_REQUIRED"
        assert [line["amount"] for line in healed["added"]] == [-50]


@pytest.mark.parametrize(("said", "is_refused"), [("refused", True), ("as_last_known", False)])
async def test_what_sync_says_of_a_broken_item_is_a_switch(said: Any, is_refused: bool) -> None:
    async with open_desk(switches=Switches(lines_while_broken=said)) as desk:
        desk.post(5_000)
        item = await desk.ready_item()
        item_health.require_login(desk.plaid.simulation.kernel, item)
        desk.post(6_000)
        await desk.plaid.advance(DAY)

        if is_refused:
            assert (await desk.refused("transactions_sync", access_token=item.access_token))[0] == 400
        else:
            assert [line["amount"] for line in (await desk.sync(item))["added"]] == [-50]


async def test_consent_that_ends_is_told_seven_days_before() -> None:
    async with open_desk(habits=BankHabits(consent_days=180)) as desk, listening() as listener:
        item = await desk.ready_item(webhook=listener.url)
        await desk.plaid.advance(174 * DAY)
        assert listener.codes[-1] == "PENDING_EXPIRATION"
        assert listener.of("PENDING_EXPIRATION")[0]["consent_expiration_time"] == "2026-08-29T00:00:00Z"
        assert item.error is None

        await desk.plaid.advance(7 * DAY)

        (webhook,) = listener.of("ERROR")
        assert webhook["error"]["error_code"] == "ITEM_LOGIN_REQUIRED"


async def test_a_disconnection_is_announced_and_comes() -> None:
    async with open_desk() as desk, listening() as listener:
        item = await desk.ready_item(webhook=listener.url)

        item_health.announce_disconnect(desk.plaid.simulation.kernel, item)
        await desk.plaid.advance(8 * DAY)

        assert listener.of("PENDING_DISCONNECT")[0]["reason"] == "INSTITUTION_MIGRATION"
        assert len(listener.of("ERROR")) == 1


async def test_a_permission_that_is_revoked_does_not_heal() -> None:
    async with open_desk() as desk, listening() as listener:
        item, kernel = await desk.ready_item(webhook=listener.url), desk.plaid.simulation.kernel
        item_health.revoke(kernel, item)
        item_health.heal(kernel, item)
        item_health.repair(kernel, item)
        await desk.plaid.deliver()

        status, error = await desk.refused("transactions_sync", access_token=item.access_token)

        assert (status, error["error_code"]) == (400, "USER_PERMISSION_REVOKED")
        assert "USER_PERMISSION_REVOKED" in listener.codes
        assert "LOGIN_REPAIRED" not in listener.codes


def with_savings(desk: Desk) -> BankAccount:
    savings = BankAccount(name="Savings", mask="9911", currency=USD, opening=usd(0))
    savings.post(usd(200), TODAY, "INTEREST")
    desk.login.accounts.append(savings)
    return savings


@pytest.mark.parametrize(("told", "left"), [("kept", 2), ("removed", 1)])
async def test_what_becomes_of_the_lines_of_a_revoked_account_is_a_switch(told: Any, left: int) -> None:
    async with open_desk(switches=Switches(deselected_account=told)) as desk, listening() as listener:
        savings = with_savings(desk)
        desk.post(100)
        item = await desk.ready_item(webhook=listener.url)
        copy = Copy(desk, item)
        await copy.sync()
        (linked,) = [each for each in item.accounts.values() if each.account is savings]

        item_health.revoke_account(desk.plaid.simulation.kernel, item, linked)
        savings.post(usd(300), TODAY, "INTEREST")
        await desk.look(item)
        await desk.plaid.deliver()
        await copy.sync()

        assert len(copy.lines) == left
        assert listener.of("USER_ACCOUNT_REVOKED")[0]["account_id"] == linked.account_id
        accounts = (await desk.ask("accounts_get", access_token=item.access_token))["accounts"]
        assert [account["mask"] for account in accounts] == ["4821"]


async def test_linking_again_gives_the_same_lines_under_other_ids() -> None:
    async with open_desk() as desk:
        for number in range(5):
            desk.post(100 + number)
        first, second = await desk.ready_item(), await desk.ready_item()
        one, two = Copy(desk, first), Copy(desk, second)
        await one.sync()
        await two.sync()

        assert first.item_id != second.item_id
        assert not set(one.lines) & set(two.lines)
        assert one.shown == two.shown == bank_shows(desk.account)
        accounts = [next(iter(copy.lines.values()))["account_id"] for copy in (one, two)]
        assert accounts[0] != accounts[1]


async def test_at_some_banks_linking_again_ends_the_former_item() -> None:
    async with open_desk(habits=BankHabits(ends_former_items=True)) as desk, listening() as listener:
        first = await desk.ready_item(webhook=listener.url)

        second = await desk.ready_item()

        assert (await desk.refused("transactions_sync", access_token=first.access_token))[0] == 400
        assert listener.of("ERROR")[0]["error"]["error_code_reason"] == "OAUTH_INVALID_TOKEN"
        assert (await desk.sync(second))["added"] == []


async def test_a_bank_may_give_its_accounts_a_lasting_identity() -> None:
    async with open_desk() as desk:
        desk.account.persistent_id = "8cfb8beb89b774ee43b090625f0d61d0814322b43bff984eaf60386e"
        first, second = await desk.ready_item(), await desk.ready_item()

        ids = [
            (await desk.ask("accounts_get", access_token=item.access_token))["accounts"][0]["persistent_account_id"]
            for item in (first, second)
        ]

        assert ids == [desk.account.persistent_id] * 2


@pytest.mark.parametrize("renamed", ["same_id", "new_id"])
async def test_whether_a_renamed_account_keeps_its_ids_is_a_switch(renamed: Any) -> None:
    async with open_desk(switches=Switches(renamed_account=renamed)) as desk:
        desk.post(100)
        item = await desk.ready_item()
        copy = Copy(desk, item)
        await copy.sync()
        before = dict(copy.lines)

        desk.account.name = "Premier Checking"
        desk.post(200)
        await desk.look(item)
        await copy.sync()
        (account,) = (await desk.ask("accounts_get", access_token=item.access_token))["accounts"]

        assert account["name"] == "Premier Checking"
        assert copy.shown == bank_shows(desk.account)
        assert (set(before) <= set(copy.lines)) == (renamed == "same_id")
        assert {line["account_id"] for line in copy.lines.values()} == {account["account_id"]}


async def test_a_bank_that_is_down_fails_what_needs_it_and_not_what_is_known() -> None:
    async with open_desk() as desk:
        desk.post(100)
        item = await desk.ready_item()
        desk.bank.trouble = "INSTITUTION_DOWN"
        desk.post(200)
        await desk.plaid.advance(DAY)

        for method in ("accounts_balance_get", "transactions_refresh"):
            status, error = await desk.refused(method, access_token=item.access_token)
            assert (status, error["error_type"], error["error_code"]) == (400, "INSTITUTION_ERROR", "INSTITUTION_DOWN")
        assert len((await desk.sync(item))["added"]) == 1
        desk.bank.trouble = None
        await desk.plaid.advance(DAY)
        assert len((await desk.sync(item))["added"]) == 2
