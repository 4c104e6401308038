"""Planted cases: equal payouts and equal lines that nothing tells apart."""

import pytest

from domain.reconciliation_break import BreakKind
from domain.reconciliation_match import MatchKind, MatchStatus, ResidualClass
from tests.domain.matching.written_facts import history, line, match_of, outcomes_of, payout, reconcile, weekday

OLD_PAYOUTS, OLD_LINES = history(20)


def ids(name: str, count: int) -> list[str]:
    return [f"{name}_{number}" for number in range(count)]


@pytest.mark.parametrize("count", [2, 3, 7])
@pytest.mark.parametrize("old", [0, 20])
def test_equal_payouts_and_as_many_equal_lines_of_one_day_are_one_set(count: int, old: int) -> None:
    payouts, lines = (
        [payout(name, 10_000) for name in ids("po", count)],
        [line(name, 10_000) for name in ids("line", count)],
    )

    found = reconcile([*OLD_PAYOUTS[:old], *payouts], [*OLD_LINES[:old], *lines])

    match = match_of(found, "po_0")
    assert (match.kind, match.status) == (MatchKind.INTERCHANGEABLE, MatchStatus.MATCHED)
    assert (sorted(match.payouts), sorted(match.deposits)) == (ids("po", count), ids("line", count))
    assert (match.residual.named, match.residual.amount.minor_units) == (ResidualClass.NONE, 0)


@pytest.mark.parametrize("count", [2, 3, 7])
def test_of_equal_payouts_with_one_line_too_few_the_set_is_matched_and_one_payout_is_open(count: int) -> None:
    payouts, lines = (
        [payout(name, 10_000) for name in ids("po", count)],
        [line(name, 10_000) for name in ids("line", count - 1)],
    )

    found = reconcile([*OLD_PAYOUTS, *payouts], [*OLD_LINES, *lines])

    match = match_of(found, "po_0")
    assert (match.kind, match.status) == (MatchKind.INTERCHANGEABLE, MatchStatus.MATCHED)
    assert (match.residual.named, match.residual.amount.minor_units) == (ResidualClass.OPEN_PAYOUT, 10_000)
    of_payouts = outcomes_of(found, ids("po", count))
    assert of_payouts.count("matched") == count - 1
    assert outcomes_of(found, ids("line", count - 1)) == ["matched"] * (count - 1)
    assert "cannot be known" in match.explanation


@pytest.mark.parametrize("count", [2, 3])
def test_of_equal_lines_with_one_payout_too_few_none_is_matched(count: int) -> None:
    payouts, lines = (
        [payout(name, 10_000) for name in ids("po", count - 1)],
        [line(name, 10_000) for name in ids("line", count)],
    )

    found = reconcile([*OLD_PAYOUTS, *payouts], [*OLD_LINES, *lines])

    assert "matched" not in outcomes_of(found, [*ids("po", count - 1), *ids("line", count)])


def test_equal_payouts_weeks_apart_are_pairs_of_their_own() -> None:
    days = [weekday(0), weekday(15), weekday(30)]
    payouts = [payout(name, 423_782, on) for name, on in zip(ids("po", 3), days, strict=True)]
    lines = [line(name, 423_782, on) for name, on in zip(ids("line", 3), days, strict=True)]

    found = reconcile([*OLD_PAYOUTS, *payouts], [*OLD_LINES, *lines])

    matches = [match_of(found, name) for name in ids("po", 3)]
    assert [match.deposits for match in matches] == [("line_0",), ("line_1",), ("line_2",)]
    assert {match.status for match in matches} == {MatchStatus.MATCHED}


def test_a_chain_of_equal_payouts_with_one_missing_in_its_middle_is_matched_but_for_one_open_payout() -> None:
    payouts = [payout(name, 10_000, weekday(day)) for day, name in enumerate(ids("po", 6))]
    lines = [line(f"line_{day}", 10_000, weekday(day)) for day in (0, 1, 3, 4, 5)]

    found = reconcile([*OLD_PAYOUTS, *payouts], [*OLD_LINES, *lines])

    assert outcomes_of(found, [each.id for each in lines]) == ["matched"] * 5
    assert outcomes_of(found, ids("po", 6)).count("matched") == 5
    assert match_of(found, "po_2").residual.named is ResidualClass.OPEN_PAYOUT
    assert not set(outcomes_of(found, ids("po", 6))) & {"needs_review"}


LAGS_OF_CHAIN = (0, 1, 0, 0, 4, 0, 1, 4, 0, 1, 2, 3, 0, 0, 1, 2, 0, 0, 0, 2, 0, 0, 0, 0, 1, 3, 1, 0, 0, 0)
LOST_OF_CHAIN = 21
TWICE_OF_CHAIN = (18, 23, 24)


def test_lines_weeks_after_a_payout_that_never_came_do_not_entangle_a_long_chain() -> None:
    """Each line is a late rival of each payout weeks before it: hundreds of pairs, which are weighed at once."""
    amounts = [100_000 if day in TWICE_OF_CHAIN else 50_000 for day in range(30)]
    payouts = [payout(f"po_{day:02}", amount, weekday(day)) for day, amount in enumerate(amounts)]
    lines = [
        line(f"line_{day:02}", amount, weekday(day + lag))
        for day, (amount, lag) in enumerate(zip(amounts, LAGS_OF_CHAIN, strict=True))
        if day != LOST_OF_CHAIN
    ]

    found = reconcile([*OLD_PAYOUTS[:3], *payouts], [*OLD_LINES[:3], *lines], as_of=weekday(31))

    assert BreakKind.SEARCH_BOUND not in {each.kind for each in found.breaks}
    assert outcomes_of(found, [each.id for each in lines]).count("matched") > 20


def test_of_a_chain_of_equal_payouts_with_two_missing_near_each_other_none_is_guessed() -> None:
    payouts = [payout(name, 10_000, weekday(day)) for day, name in enumerate(ids("po", 6))]
    lines = [line(f"line_{day}", 10_000, weekday(day)) for day in (1, 4)]

    found = reconcile([*OLD_PAYOUTS, *payouts], [*OLD_LINES, *lines])

    assert "matched" not in outcomes_of(found, [*ids("po", 6), "line_1", "line_4"])
