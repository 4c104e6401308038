"""Cursors of `/transactions/sync`: where they lead, and who may not use them."""

from datetime import date, timedelta

import pytest

from adapters.simulator.plaid.bank_account import BankAccount
from adapters.simulator.plaid.cursor import Cursor
from adapters.simulator.wire import DAY
from tests.adapters.simulator.plaid.desk import TODAY, Copy, bank_shows, open_desk, usd

MUTATION = "TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION"


def before(days: int) -> date:
    return TODAY - timedelta(days=days)


async def test_before_the_first_lines_are_there_the_answer_and_the_cursor_are_empty() -> None:
    async with open_desk() as desk:
        desk.post(5_000, day=before(3))
        item = desk.open_item()

        first = await desk.sync(item)

        assert first["transactions_update_status"] == "NOT_READY"
        assert (first["added"], first["modified"], first["removed"], first["accounts"]) == ([], [], [], [])
        assert (first["next_cursor"], first["has_more"]) == ("", False)


async def test_a_change_under_the_pages_breaks_them_off_and_only_the_first_cursor_helps() -> None:
    async with open_desk() as desk:
        lines = [desk.post(100 + number) for number in range(7)]
        item = await desk.ready_item()
        one = await desk.sync(item, count=3)

        desk.account.correct(lines[0], amount=usd(9_900))
        await desk.look(item)
        refusals = [
            await desk.refused("transactions_sync", access_token=item.access_token, cursor=one["next_cursor"], count=3)
            for _ in range(2)
        ]
        copy = Copy(desk, item)
        await copy.sync(count=3)

        assert [(status, error["error_type"], error["error_code"]) for status, error in refusals] == [
            (400, "TRANSACTIONS_ERROR", MUTATION)
        ] * 2
        assert copy.shown == bank_shows(desk.account)


async def test_an_old_cursor_gives_again_what_came_after_it() -> None:
    async with open_desk() as desk:
        desk.post(100)
        item = await desk.ready_item()
        old = (await desk.sync(item))["next_cursor"]
        desk.post(200)
        await desk.look(item)
        newer = (await desk.sync(item, old))["next_cursor"]
        await desk.plaid.advance(360 * DAY)

        assert [line["amount"] for line in (await desk.sync(item, old))["added"]] == [-2]
        assert (await desk.sync(item, newer))["added"] == []


async def test_the_cursor_now_leaves_the_past_behind() -> None:
    async with open_desk() as desk:
        desk.post(100)
        item = await desk.ready_item()
        now = await desk.sync(item, "now")
        desk.post(200)
        await desk.look(item)

        assert now["added"] == []
        assert [line["amount"] for line in (await desk.sync(item, now["next_cursor"]))["added"]] == [-2]


async def test_one_accounts_lines_are_a_stream_of_their_own() -> None:
    async with open_desk() as desk:
        savings = BankAccount(name="Savings", mask="9911", currency=desk.account.currency, opening=usd(0))
        desk.login.accounts.append(savings)
        desk.post(100)
        savings.post(usd(200), TODAY, "INTEREST")
        item = await desk.ready_item()
        (id,) = [linked.account_id for linked in item.accounts.values() if linked.account is savings]

        both = await desk.sync(item)
        one = await desk.sync(item, options={"account_id": id})
        status, error = await desk.refused(
            "transactions_sync", access_token=item.access_token, cursor=one["next_cursor"]
        )

        assert len(both["added"]) == 2
        assert [line["amount"] for line in one["added"]] == [-2]
        assert [account["account_id"] for account in one["accounts"]] == [id]
        assert (status, error["error_code"]) == (400, "INVALID_FIELD")


@pytest.mark.parametrize("cursor", ["nonsense", "ü", "AAAA", "W10=", "bnVsbA=="])
async def test_a_cursor_that_plaid_did_not_give_is_refused(cursor: str) -> None:
    async with open_desk() as desk:
        item = await desk.ready_item()

        status, error = await desk.refused("transactions_sync", access_token=item.access_token, cursor=cursor)

        assert (status, error["error_type"], error["error_code"]) == (400, "INVALID_REQUEST", "INVALID_FIELD")


async def test_a_cursor_of_another_item_or_from_the_future_is_refused() -> None:
    async with open_desk() as desk:
        desk.post(100)
        item, other = await desk.ready_item(), await desk.ready_item()
        foreign = (await desk.sync(other))["next_cursor"]
        future = Cursor(stream=item.item_id, start=9, next=9, end=9).text()

        for cursor in (foreign, future):
            _, error = await desk.refused("transactions_sync", access_token=item.access_token, cursor=cursor)
            assert error["error_message"] == "cursor not associated with access_token"
