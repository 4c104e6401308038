"""`/transactions/sync` through Plaid's own SDK: history, pages, pending lines, corrections, mutation."""

import asyncio
from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from plaid.model.transactions_sync_request import TransactionsSyncRequest

from adapters.simulator.plaid.bank import BankHabits
from adapters.simulator.plaid.switches import Switches
from adapters.simulator.wire import DAY
from tests.adapters.simulator.plaid.desk import STRIPE, TODAY, Copy, bank_shows, open_desk, usd

MUTATION = "TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION"


def before(days: int) -> date:
    return TODAY - timedelta(days=days)


async def test_the_last_thirty_days_come_first_and_the_rest_later() -> None:
    async with open_desk(habits=BankHabits(initial_seconds=10, historical_seconds=120)) as desk:
        for days in (2, 29, 31, 89, 91):
            desk.post(days * 100, day=before(days))
        item = desk.open_item()
        await desk.plaid.advance(11)

        initial = await desk.sync(item)
        await desk.plaid.advance(600)
        historical = await desk.sync(item, initial["next_cursor"])
        again = await desk.sync(item, historical["next_cursor"])

        assert initial["transactions_update_status"] == "INITIAL_UPDATE_COMPLETE"
        assert [line["amount"] for line in initial["added"]] == [-29, -2]
        assert historical["transactions_update_status"] == "HISTORICAL_UPDATE_COMPLETE"
        assert [line["amount"] for line in historical["added"]] == [-89, -31]
        assert (again["added"], again["next_cursor"]) == ([], historical["next_cursor"])


async def test_days_requested_reach_back_up_to_two_years() -> None:
    async with open_desk() as desk:
        desk.post(100, day=before(729))
        desk.post(200, day=before(731))

        item = await desk.ready_item(days_requested=730)

        assert [line["amount"] for line in (await desk.sync(item))["added"]] == [-1]


async def test_an_item_without_the_product_begins_with_its_first_sync() -> None:
    async with open_desk() as desk:
        desk.post(100, day=before(1))
        desk.post(200, day=before(200))
        item = desk.open_item(products=[])
        await desk.plaid.advance(DAY)

        first = await desk.sync(item, options={"days_requested": 365})
        await desk.plaid.advance(600)
        later = await desk.sync(item)

        assert first["transactions_update_status"] == "NOT_READY"
        assert [line["amount"] for line in later["added"]] == [-1, -2]


async def test_money_that_comes_in_is_negative_and_that_goes_out_positive() -> None:
    async with open_desk() as desk:
        desk.post(389_000)
        desk.post(-1_250, "CARD PURCHASE STAPLES 0113")
        item = await desk.ready_item()

        page = await desk.sync(item, options={"include_original_description": True})

        deposit, purchase = page["added"]
        assert (deposit["amount"], purchase["amount"]) == (Decimal("-3890"), Decimal("12.5"))
        assert deposit["original_description"] == STRIPE
        assert "TRACE" not in deposit["name"]
        assert "STRIPE" in deposit["name"]
        assert (deposit["merchant_name"], purchase["merchant_name"]) == ("Stripe", "Staples")
        assert (deposit["date"], deposit["iso_currency_code"]) == ("2026-03-02", "USD")
        (account,) = page["accounts"]
        assert account["balances"]["current"] == Decimal("1000") + Decimal("3890") - Decimal("12.5")


async def test_the_raw_text_comes_only_when_asked_for() -> None:
    async with open_desk() as desk:
        desk.post(1_000)
        item = await desk.ready_item()

        assert "original_description" not in (await desk.sync(item))["added"][0]


@pytest.mark.parametrize(("form", "printed"), [("shortest", b'"amount":500,'), ("two_decimals", b'"amount":500.00,')])
async def test_how_numbers_are_printed_is_a_switch(form: Any, printed: bytes) -> None:
    async with open_desk(switches=Switches(number_form=form)) as desk:
        desk.post(-50_000, "RENT")
        item = await desk.ready_item()

        request = TransactionsSyncRequest(access_token=item.access_token)
        raw = await asyncio.to_thread(desk.api.transactions_sync, request, _preload_content=False)

        assert printed in raw.data


async def test_the_sdk_makes_its_own_objects_of_the_answer() -> None:
    async with open_desk() as desk:
        desk.post(1_234)
        desk.post(900, pending=True)
        item = await desk.ready_item()

        request = TransactionsSyncRequest(access_token=item.access_token, count=500)
        answer = await asyncio.to_thread(desk.api.transactions_sync, request, _check_return_type=True)

        assert [(line.amount, line.pending, line.date) for line in answer.added] == [
            (-12.34, False, TODAY),
            (-9.0, True, TODAY),
        ]
        assert str(answer.transactions_update_status) == "HISTORICAL_UPDATE_COMPLETE"
        assert answer.accounts[0].mask == "4821"


async def test_a_history_comes_in_pages_of_at_most_the_count_asked_for() -> None:
    async with open_desk() as desk:
        for number in range(1_203):
            desk.post(100 + number, day=before(number % 80))
        item = await desk.ready_item()
        page, sizes, cursor = await desk.sync(item), [], ""

        assert len(page["added"]) == 100  # unless told
        while True:
            page = await desk.sync(item, cursor, count=500)
            sizes.append(len(page["added"]))
            cursor = page["next_cursor"]
            if not page["has_more"]:
                break

        assert sizes == [500, 500, 203]
        assert len(cursor) <= 256


async def test_a_posted_line_may_be_changed_and_removed() -> None:
    async with open_desk() as desk:
        line, other = desk.post(5_000), desk.post(7_000)
        item = await desk.ready_item()
        first = await desk.sync(item)

        desk.account.correct(line, amount=usd(5_500), date=before(1))
        desk.account.take_back(other)
        await desk.look(item)
        second = await desk.sync(item, first["next_cursor"])

        (changed,), (gone,) = second["modified"], second["removed"]
        assert (second["added"], changed["amount"], changed["date"]) == ([], Decimal("-55"), "2026-03-01")
        assert changed["transaction_id"] == first["added"][0]["transaction_id"]
        assert gone["transaction_id"] == first["added"][1]["transaction_id"]


@pytest.mark.parametrize("returning", ["new_id", "same_id"])
async def test_a_line_that_was_removed_may_come_back_changed(returning: Any) -> None:
    async with open_desk(switches=Switches(returning_line=returning)) as desk:
        line = desk.post(5_000)
        item = await desk.ready_item()
        copy = Copy(desk, item)
        await copy.sync()
        (id,) = copy.lines

        desk.account.take_back(line)
        await desk.look(item)
        await copy.sync()
        assert copy.lines == {}
        desk.account.bring_back(line, amount=usd(5_001))
        await desk.look(item)
        await copy.sync()

        ((again, shown),) = copy.lines.items()
        assert (again == id) == (returning == "same_id")
        assert shown["amount"] == Decimal("-50.01")


@pytest.mark.parametrize("returning", ["new_id", "same_id"])
async def test_what_came_and_went_between_two_looks_of_the_client_is_told_to_its_end(returning: Any) -> None:
    async with open_desk(switches=Switches(returning_line=returning)) as desk:
        line = desk.post(5_000)
        item = await desk.ready_item()
        first = await desk.sync(item)

        desk.account.take_back(line)
        fleeting = desk.post(6_000)
        await desk.look(item)
        desk.account.bring_back(line)
        desk.account.take_back(fleeting)
        await desk.look(item)
        second = await desk.sync(item, first["next_cursor"])

        if returning == "same_id":
            assert ([len(second[name]) for name in ("added", "modified", "removed")]) == [0, 1, 0]
        else:
            assert ([len(second[name]) for name in ("added", "modified", "removed")]) == [1, 0, 1]


async def test_a_line_is_new_to_who_did_not_know_it_on_whatever_page_it_stands() -> None:
    async with open_desk() as desk:
        item = await desk.ready_item()
        line = desk.post(5_000)
        await desk.look(item)
        desk.post(6_000)
        await desk.look(item)
        desk.account.correct(line, amount=usd(5_001))
        await desk.look(item)

        one = await desk.sync(item, count=1)
        two = await desk.sync(item, one["next_cursor"], count=1)

        assert [[each["amount"] for each in page["added"]] for page in (one, two)] == [[-60], [Decimal("-50.01")]]
        assert (one["modified"], two["modified"], two["has_more"]) == ([], [], False)


async def test_as_it_happened_each_step_may_stand_on_a_page_of_its_own() -> None:
    async with open_desk(switches=Switches(history="as_it_happened")) as desk:
        item = await desk.ready_item()
        line = desk.post(5_000)
        await desk.look(item)
        desk.account.correct(line, amount=usd(5_001))
        await desk.look(item)
        desk.account.take_back(line)
        await desk.look(item)

        cursor, seen = "", []
        while True:
            page = await desk.sync(item, cursor, count=1)
            seen += [name for name in ("added", "modified", "removed") if page[name]]
            cursor = page["next_cursor"]
            if not page["has_more"]:
                break
        together = await desk.sync(item, count=500)

        assert seen == ["added", "modified", "removed"]
        assert [len(together[name]) for name in ("added", "modified", "removed")] == [0, 0, 1]


@pytest.mark.parametrize(("mutation", "breaks_off"), [("any_change", True), ("seen_lines", False)])
async def test_which_change_breaks_off_is_a_switch(mutation: Any, breaks_off: bool) -> None:
    async with open_desk(switches=Switches(mutation=mutation)) as desk:
        for number in range(4):
            desk.post(100 + number)
        item = await desk.ready_item()
        one = await desk.sync(item, count=3)
        desk.post(999)
        await desk.look(item)

        fields = {"access_token": item.access_token, "cursor": one["next_cursor"], "count": 3}
        if breaks_off:
            assert (await desk.refused("transactions_sync", **fields))[1]["error_code"] == MUTATION
        else:
            assert [line["amount"] for line in (await desk.ask("transactions_sync", **fields))["added"]] == [
                Decimal("-1.03"),
                Decimal("-9.99"),
            ]


async def test_many_syncs_at_once_see_the_same() -> None:
    async with open_desk() as desk:
        for number in range(20):
            desk.post(100 + number)
        item = await desk.ready_item()

        answers = await asyncio.gather(*(desk.sync(item) for _ in range(8)))

        assert len({tuple(line["transaction_id"] for line in answer["added"]) for answer in answers}) == 1


@pytest.mark.parametrize(
    ("history", "mutation", "returning"),
    list(product(["as_it_stands", "as_it_happened"], ["any_change", "seen_lines"], ["new_id", "same_id"])),
)
async def test_whatever_the_switches_a_careful_client_ends_with_the_banks_lines(
    history: Any, mutation: Any, returning: Any
) -> None:
    switches = Switches(history=history, mutation=mutation, returning_line=returning)
    async with open_desk(switches=switches) as desk:
        item = await desk.ready_item()
        copy = Copy(desk, item)
        for number in range(6):
            pending = desk.post(1_000 + number, pending=True)
            kept, fleeting = desk.post(2_000 + number), desk.post(3_000 + number)
            await desk.look(item)
            await copy.sync(count=2)
            desk.account.take_back(fleeting)
            await desk.look(item)
            desk.account.settle(pending, TODAY, amount=usd(1_500 + number))
            desk.account.correct(kept, amount=usd(2_500 + number))
            if number % 2:
                desk.account.bring_back(fleeting)
            await desk.look(item)
            if number % 3 == 0:
                await copy.sync(count=1)
        await copy.sync(count=3)

        assert copy.shown == bank_shows(desk.account)
