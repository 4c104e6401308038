"""Planted cases that nobody could decide: they are left for review, and the reason is given."""

import pytest

from tests.domain.matching.written_facts import day, history, line, match_of, outcomes_of, payout, reconcile

OLD_PAYOUTS, OLD_LINES = history(20)


@pytest.mark.parametrize("old", [0, 20])
def test_two_equal_payouts_of_different_stripe_accounts_and_two_equal_deposits_are_left_for_review(old: int) -> None:
    payouts = [
        payout("po_a", 423_782, stripe_account="acct_a", destination="ba_a"),
        payout("po_b", 423_782, stripe_account="acct_b", destination="ba_b"),
    ]
    lines = [line("line_1", 423_782), line("line_2", 423_782)]

    found = reconcile([*OLD_PAYOUTS[:old], *payouts], [*OLD_LINES[:old], *lines])

    assert outcomes_of(found, ["po_a", "po_b", "line_1", "line_2"]) == ["needs_review"] * 4
    assert "different Stripe accounts" in match_of(found, "po_a").explanation


@pytest.mark.parametrize("old", [0, 20])
@pytest.mark.parametrize("amount", [10_000, 423_782])
def test_one_payout_and_two_equal_lines_are_left_for_review(amount: int, old: int) -> None:
    lines = [line("line_1", amount), line("line_2", amount)]

    found = reconcile([*OLD_PAYOUTS[:old], payout("po", amount)], [*OLD_LINES[:old], *lines])

    assert outcomes_of(found, ["po", "line_1", "line_2"]) == ["needs_review"] * 3
    assert match_of(found, "po").margin_millinats == 0


@pytest.mark.parametrize("old", [0, 20])
@pytest.mark.parametrize(("second", "arrived"), [(1, 1), (1, 2), (2, 2), (3, 3)])
def test_a_deposit_that_two_payouts_of_different_days_fit_is_left_for_review(
    second: int, arrived: int, old: int
) -> None:
    payouts = [payout("po_a", 423_782, day(0)), payout("po_b", 423_782, day(second))]

    found = reconcile([*OLD_PAYOUTS[:old], *payouts], [*OLD_LINES[:old], line("line", 423_782, day(arrived))])

    assert outcomes_of(found, ["po_a", "po_b", "line"]) == ["needs_review"] * 3


def test_what_would_decide_is_said() -> None:
    payouts = [payout("po_a", 423_782, day(0)), payout("po_b", 423_782, day(1))]

    found = reconcile(payouts, [line("line", 423_782, day(1))])

    (match,) = found.matches
    assert "Left for a person" in match.explanation
    assert "trace id" in match.explanation
    assert match.alternatives


def test_two_pairs_of_payouts_that_add_up_to_one_line_are_left_for_review() -> None:
    payouts = [payout(f"po_{amount}", amount) for amount in (110_000, 190_000, 140_000, 160_000)]

    found = reconcile([*OLD_PAYOUTS, *payouts], [*OLD_LINES, line("line", 300_000)])

    assert outcomes_of(found, ["line"]) == ["needs_review"]
    assert all(match.status.value != "matched" for match in found.matches if "line" in match.deposits)


def test_equal_deposits_in_two_bank_accounts_are_left_for_review() -> None:
    lines = [line("line_a", 423_782, account="checking"), line("line_b", 423_782, account="savings")]

    found = reconcile([payout("po_a", 423_782), payout("po_b", 423_782)], lines)

    assert "matched" not in outcomes_of(found, ["po_a", "po_b", "line_a", "line_b"])
