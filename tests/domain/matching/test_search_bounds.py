"""Searches are bounded by counts, and a bound that was reached is reported, never silent."""

from domain.matching.groups import SPLIT_LINES_MAX, SUBSET_PAYOUTS_MAX
from domain.reconciliation_break import BreakKind
from domain.reconciliation_match import MatchStatus
from domain.reconciliation_outcome import Reconciliation
from tests.domain.matching.written_facts import line, outcomes, payout, reconcile, weekday


def test_too_many_payouts_to_try_every_combination_are_reported() -> None:
    count = SUBSET_PAYOUTS_MAX + 1
    payouts = [payout(f"po_{i}", 100_003 + 7_919 * i, weekday(i % 3)) for i in range(count)]

    found = reconcile(payouts, [line("line", 987_654, weekday(3))])

    assert [(each.kind, each.where) for each in found.breaks] == [(BreakKind.SEARCH_BOUND, "line")]
    assert str(count) in found.breaks[0].reason


def test_too_many_lines_to_try_every_split_are_reported() -> None:
    count = SPLIT_LINES_MAX + 1
    lines = [line(f"line_{i}", 100_003 + 7_919 * i, weekday(i % 3)) for i in range(count)]

    found = reconcile([payout("po", 9_876_543)], lines)

    assert [(each.kind, each.where) for each in found.breaks] == [(BreakKind.SEARCH_BOUND, "po")]
    assert str(count) in found.breaks[0].reason


def test_within_the_bounds_nothing_is_reported() -> None:
    payouts = [payout(f"po_{i}", 100_003 + 7_919 * i, weekday(i % 3)) for i in range(SUBSET_PAYOUTS_MAX)]

    found = reconcile(payouts, [line("line", 987_654, weekday(3))])

    assert found.breaks == ()
    assert outcomes(found)["line"] == "unexplained"


def alike_every_day() -> Reconciliation:
    """On six days in a row $100.00 and $200.00 come as one deposit: very many combinations fit."""
    payouts = [payout(f"po_{i:02}", 20_000 if i % 2 else 10_000, weekday(i // 2)) for i in range(12)]
    return reconcile(payouts, [line(f"line_{i}", 30_000, weekday(i)) for i in range(6)])


def test_what_a_joint_search_gave_up_is_left_for_review_and_the_match_says_so() -> None:
    found = alike_every_day()

    (match,) = found.matches
    assert (match.status, len(match.payouts), len(match.deposits)) == (MatchStatus.NEEDS_REVIEW, 12, 6)
    assert "too many combinations fit: search bound of" in match.explanation
    assert set(outcomes(found).values()) == {"needs_review"}


def test_what_a_joint_search_gave_up_is_a_break_too() -> None:
    found = alike_every_day()

    assert [each.kind for each in found.breaks] == [BreakKind.SEARCH_BOUND]
