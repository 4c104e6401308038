"""The example that comes with Tieout."""

import csv
import io
import json
from collections import defaultdict

from adapters.simulator.example_world import BANK_FILE, ITEMS_FILE, PAYOUTS_FILE, example_facts, example_files


def test_the_example_is_the_same_every_time() -> None:
    assert example_files() == example_files()


def test_the_first_payout_of_the_example_is_four_invoices_four_fees_and_a_contribution() -> None:
    facts = example_facts()
    first = min(facts.payouts, key=lambda payout: payout.arrival_date)

    inside = [
        (item.type, item.amount.minor_units, item.fee.minor_units)
        for item in facts.balance_transactions
        if item.payout == first.id
    ]

    assert first.amount.minor_units == 389_000
    assert inside == [("charge", 100_000, 2_500)] * 4 + [("contribution", -1_000, 0), ("payout", -389_000, 0)]


def test_the_items_of_every_automatic_payout_of_the_example_add_up() -> None:
    facts = example_facts()
    inside: dict[str, int] = defaultdict(int)
    for item in facts.balance_transactions:
        if item.payout is not None and not item.is_payout_itself:
            inside[item.payout] += item.net.minor_units

    for payout in facts.payouts:
        if payout.automatic:
            assert inside[payout.id] == payout.amount.minor_units


def test_the_example_files_are_readable_and_whole() -> None:
    files, facts = example_files(), example_facts()

    payouts = json.loads(files[PAYOUTS_FILE])["data"]
    lists = json.loads(files[ITEMS_FILE])
    rows = list(csv.DictReader(io.StringIO(files[BANK_FILE].decode())))

    assert {payout["id"] for payout in payouts} == {payout.id for payout in facts.payouts}
    assert sum(len(each.get("data", [each])) for each in lists) == len(facts.balance_transactions)
    assert len(rows) == len(facts.deposits)
