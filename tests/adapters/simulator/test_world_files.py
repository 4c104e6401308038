"""A world as files: every record is in them, in the form of whoever writes such files."""

import csv
import io
import json
from decimal import Decimal

from adapters.simulator import world_files
from adapters.simulator.balance_items import make_books
from adapters.simulator.profiles import company_of
from domain.bank_deposit import BankDepositStatus

_WORLD = company_of("relinked_feed", 9, 0)


def _rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode())))


def test_the_dashboard_export_states_every_payout_in_major_units() -> None:
    rows = _rows(world_files.payouts_csv(_WORLD.facts.payouts))

    stated = {row["id"]: Decimal(row["Amount"]) * 100 for row in rows}
    assert stated == {payout.id: payout.amount.minor_units for payout in _WORLD.facts.payouts}


def test_the_itemized_report_adds_up_to_the_automatic_payouts() -> None:
    books = make_books(_WORLD.facts.payouts, "files")

    rows = _rows(world_files.itemized_csv(_WORLD.facts.payouts, books.items))

    for payout in _WORLD.facts.payouts:
        if payout.automatic:
            nets = [Decimal(row["net"]) for row in rows if row["automatic_payout_id"] == payout.id]
            assert sum(nets) * 100 == payout.amount.minor_units


def test_plaid_writes_money_that_comes_in_as_negative() -> None:
    listed = {each["transaction_id"]: each for each in json.loads(world_files.plaid_sync_json(_WORLD.facts))["added"]}

    shown = [line for line in _WORLD.facts.deposits if line.status is not BankDepositStatus.WITHDRAWN]
    assert set(listed) == {line.id for line in shown}
    for line in shown:
        assert round(listed[line.id]["amount"] * 100) == -line.amount.minor_units


def test_the_bank_lists_posted_lines_newest_first() -> None:
    rows = _rows(world_files.bank_csv(_WORLD.facts.deposits))

    posted = sorted(line.date for line in _WORLD.facts.deposits if line.status is BankDepositStatus.POSTED)
    assert [row["Posting Date"] for row in rows] == [f"{day:%m/%d/%Y}" for day in reversed(posted)]
