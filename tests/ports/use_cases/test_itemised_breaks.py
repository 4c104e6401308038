"""Breaks inside payouts: of those only that have items, so that a company without any costs nothing."""

import random

import pytest

from domain.company_facts import CompanyFacts
from domain.payout_breakdown import break_down_payouts
from domain.reconciliation_break import ReconciliationBreak
from ports.use_cases.itemised_breaks import KINDS, itemised_breaks
from tests.domain.balance_records import payout, transaction


def of_all_payouts(facts: CompanyFacts) -> frozenset[ReconciliationBreak]:
    """What breaking down every payout finds, with items or without."""
    broken_down = break_down_payouts(facts)
    inferred = {each.payout for each in broken_down.payouts if each.inferred}
    return frozenset(each for each in broken_down.breaks if each.kind in KINDS and each.where not in inferred)


@pytest.mark.parametrize("seed", range(30))
def test_leaving_out_payouts_without_items_changes_nothing(seed: int) -> None:
    rng = random.Random(seed)
    payouts = [payout(f"po_{n}", rng.choice([100, 200, 300])) for n in range(6)]
    items = [
        transaction(
            f"txn_{n}",
            rng.choice([-100, 100, 200]),
            0,
            type=rng.choice(["charge", "payout", "new_to_us"]),
            payout=rng.choice([None, f"po_{rng.randrange(8)}"]),
            source=rng.choice([None, f"po_{rng.randrange(8)}"]),
        )
        for n in range(rng.randrange(8))
    ]
    facts = CompanyFacts(payouts=tuple(payouts), balance_transactions=tuple(items))

    assert itemised_breaks(facts) == of_all_payouts(facts)
