"""Planted cases: trace ids are checked, not blended, and must earn their rank."""

import pytest

from domain.bank_deposit import BankDeposit
from domain.payout import Payout
from domain.reconciliation_break import BreakKind
from domain.reconciliation_match import ResidualClass
from tests.domain.matching.written_facts import (
    account,
    history,
    line,
    match_of,
    outcomes_of,
    payout,
    reconcile,
    weekday,
)

PROVED_PAYOUTS, PROVED_LINES = history(8, traced=True)
ONE, OTHER = "091000019999999", "111000029658910"


def traced(trace: str) -> str:
    return f"ORIG CO NAME:STRIPE CO ENTRY DESCR:TRANSFER SEC:CCD TRACE#:{trace}"


def test_equal_payouts_are_told_apart_by_their_trace_ids() -> None:
    payouts = [payout("po_a", 423_782, trace=ONE), payout("po_b", 423_782, trace=OTHER)]
    lines = [line("line_1", 423_782, text=traced(OTHER)), line("line_2", 423_782, text=traced(ONE))]

    found = reconcile([*PROVED_PAYOUTS, *payouts], [*PROVED_LINES, *lines])

    assert (match_of(found, "po_a").deposits, match_of(found, "po_b").deposits) == (("line_2",), ("line_1",))
    assert outcomes_of(found, ["po_a", "po_b", "line_1", "line_2"]) == ["matched"] * 4


@pytest.mark.parametrize("written", ["091000019999999", "0910-0001-9999999", "0910 0001 9999999"])
def test_the_spelling_of_a_trace_id_does_not_matter(written: str) -> None:
    found = reconcile([payout("po", 423_782, trace=written)], [line("line", 423_782, text=traced(ONE))])

    features = {item.feature: item.level for item in match_of(found, "po").evidence}
    assert features["trace"] == "agrees"


@pytest.mark.parametrize("lag", [14, 40])
def test_a_deposit_identified_by_its_trace_id_out_of_the_window_is_matched_and_said_to_be_late(lag: int) -> None:
    deposit = line("line", 423_782, weekday(lag), traced(ONE))

    found = reconcile([*PROVED_PAYOUTS, payout("po", 423_782, trace=ONE)], [*PROVED_LINES, deposit])

    assert outcomes_of(found, ["po", "line"]) == ["matched", "matched"]
    assert [(each.kind, each.where) for each in found.breaks] == [(BreakKind.LATE_BY_IDENTITY, "po and line")]


@pytest.mark.parametrize("proved", [0, 8])
@pytest.mark.parametrize("difference", [-2_500, 2_500])
def test_a_trace_id_that_agrees_with_another_amount_is_a_break_and_left_for_review(
    difference: int, proved: int
) -> None:
    deposit = line("line", 423_782 + difference, text=traced(ONE))

    found = reconcile([*PROVED_PAYOUTS[:proved], payout("po", 423_782, trace=ONE)], [*PROVED_LINES[:proved], deposit])

    assert outcomes_of(found, ["po", "line"]) == ["needs_review", "needs_review"]
    (said,) = found.breaks
    assert (said.kind, said.where) == (BreakKind.AMOUNT_DIFFERS, "po and line")
    assert str(-difference) in said.reason


def test_a_difference_that_a_trace_id_shows_has_a_name() -> None:
    deposit = line("line", 426_282, text=traced(ONE))

    found = reconcile([payout("po", 423_782, trace=ONE)], [deposit])

    residual = match_of(found, "po").residual
    assert residual.amount.minor_units == -2_500
    assert residual.named is not ResidualClass.NONE


def test_a_different_trace_id_at_a_bank_that_has_proved_nothing_is_left_for_review() -> None:
    found = reconcile([payout("po", 423_782, trace=ONE)], [line("line", 423_782, text=traced(OTHER))])

    assert outcomes_of(found, ["po", "line"]) == ["needs_review", "needs_review"]
    assert [(each.kind, each.where) for each in found.breaks] == [(BreakKind.IDENTITY_DISAGREES, "po and line")]


def test_a_different_trace_id_at_a_bank_that_has_proved_its_own_is_a_veto() -> None:
    deposit = line("line", 423_782, text=traced(OTHER))

    found = reconcile([*PROVED_PAYOUTS, payout("po", 423_782, trace=ONE)], [*PROVED_LINES, deposit])

    assert outcomes_of(found, ["line"]) == ["unexplained"]
    assert all("line" not in match.deposits for match in found.matches)


def test_a_trace_id_that_is_not_printed_is_no_disagreement() -> None:
    found = reconcile([*PROVED_PAYOUTS, payout("po", 423_782, trace=ONE)], [*PROVED_LINES, line("line", 423_782)])

    assert outcomes_of(found, ["po", "line"]) == ["matched", "matched"]


def test_a_bank_that_always_prints_another_number_disproves_nothing() -> None:
    payouts, lines = history(8, text=traced(OTHER))
    numbered = [payout(each.id, each.amount.minor_units, each.arrival_date, trace=f"{ONE[:-1]}{i}")
                for i, each in enumerate(payouts)]  # fmt: skip

    found = reconcile(numbered, lines, [account()])

    assert set(outcomes_of(found, [each.id for each in numbered])) == {"matched"}


def round_and_traced(count: int) -> tuple[list[Payout], list[BankDeposit]]:
    """Payouts of round amounts, which are not recognised by themselves, and deposits that bear other trace ids."""
    payouts = [payout(f"po_{i}", 10_000 * i, weekday(3 * i), trace=f"{ONE[:-1]}{i}") for i in range(1, count + 1)]
    lines = [line(f"line_{i}", 10_000 * i, weekday(3 * i), traced(f"{OTHER[:-1]}{i}")) for i in range(1, count + 1)]
    return payouts, lines


def test_round_amounts_too_show_that_a_bank_prints_another_number() -> None:
    payouts, lines = round_and_traced(9)

    found = reconcile(payouts, lines, [account()])

    assert set(outcomes_of(found, [each.id for each in payouts])) == {"matched"}


def test_round_amounts_show_nothing_where_the_bank_printed_one_of_stripes_trace_ids() -> None:
    payouts, lines = round_and_traced(9)
    elsewhere = line("elsewhere", 999_999, weekday(4), traced(f"{ONE[:-1]}5"))

    found = reconcile(payouts, [*lines, elsewhere], [account()])

    assert "matched" not in outcomes_of(found, [each.id for each in payouts])
