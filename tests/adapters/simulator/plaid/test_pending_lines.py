"""Pending lines, and the posted ones that take their place."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from adapters.simulator.plaid.bank import BankHabits
from adapters.simulator.plaid.switches import Switches
from tests.adapters.simulator.plaid.desk import TODAY, open_desk, usd

MUTATION = "TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION"


def before(days: int) -> date:
    return TODAY - timedelta(days=days)


async def test_a_pending_line_posts_under_another_id_that_names_it() -> None:
    async with open_desk() as desk:
        pending = desk.post(5_000, pending=True)
        item = await desk.ready_item()
        first = await desk.sync(item)

        desk.account.settle(pending, before(-2), amount=usd(5_100))
        await desk.look(item)
        second = await desk.sync(item, first["next_cursor"])

        (old,), (new,) = first["added"], second["added"]
        assert (old["pending"], new["pending"]) == (True, False)
        assert new["pending_transaction_id"] == old["transaction_id"] != new["transaction_id"]
        assert new["amount"] == Decimal("-51")
        assert second["removed"] == [{"transaction_id": old["transaction_id"], "account_id": old["account_id"]}]


@pytest.mark.parametrize("linked_by", ["line", "bank"])
async def test_a_bank_may_not_say_which_pending_line_posted(linked_by: str) -> None:
    async with open_desk(habits=BankHabits(links_pending=linked_by == "line")) as desk:
        pending = desk.post(5_000, pending=True)
        item = await desk.ready_item()
        first = await desk.sync(item)

        desk.account.settle(pending, TODAY, linked=linked_by == "bank")
        await desk.look(item)
        second = await desk.sync(item, first["next_cursor"])

        assert second["added"][0]["pending_transaction_id"] is None
        assert len(second["removed"]) == 1


async def test_some_banks_show_no_pending_lines() -> None:
    async with open_desk(habits=BankHabits(shows_pending=False)) as desk:
        pending = desk.post(5_000, pending=True)
        item = await desk.ready_item()
        first = await desk.sync(item)

        desk.account.settle(pending, TODAY)
        await desk.look(item)
        second = await desk.sync(item, first["next_cursor"])

        assert first["added"] == []
        assert [(line["pending"], line["pending_transaction_id"]) for line in second["added"]] == [(False, None)]
        assert second["removed"] == []


@pytest.mark.parametrize("order", ["before_posted", "after_posted"])
async def test_the_removal_of_a_pending_line_may_be_on_another_page(order: Any) -> None:
    async with open_desk(switches=Switches(pending_removed=order)) as desk:
        pending = desk.post(5_000, pending=True)
        item = await desk.ready_item()
        cursor = (await desk.sync(item))["next_cursor"]
        desk.account.settle(pending, TODAY)
        await desk.look(item)

        one = await desk.sync(item, cursor, count=1)
        two = await desk.sync(item, one["next_cursor"], count=1)

        assert (one["has_more"], two["has_more"]) == (True, False)
        filled = [[name for name in ("added", "removed") if page[name]] for page in (one, two)]
        assert filled == ([["removed"], ["added"]] if order == "before_posted" else [["added"], ["removed"]])
