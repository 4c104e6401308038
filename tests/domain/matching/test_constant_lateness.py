"""Equal payouts at regular intervals and a bank that is late by the same every time: the pairs look alike under every
lag, so that only what lies beyond the edges of list and statement, or other amounts, tells which one is true."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from domain.bank_deposit import BankDeposit
from domain.payout import Payout
from domain.reconciliation_match import MatchKind
from domain.reconciliation_outcome import Reconciliation
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

SUM = 73_150
COUNT = 22
SPRING = -145
"""A weekday from which no bank of ours rests for thirteen weeks."""


def banking_day(number: int) -> date:
    return weekday(SPRING + number)


def payouts_of(days: Sequence[int], amount: int = SUM) -> list[Payout]:
    return [payout(f"po_{day}", amount, banking_day(day)) for day in days]


def lines_of(days: Sequence[int], lag: int, amount: int = SUM) -> list[BankDeposit]:
    """Each named for the day of the payout that it truly is of."""
    return [line(f"line_{day}", amount, banking_day(day + lag)) for day in days]


def at_the_end_of(
    statement: tuple[date, date], payouts: Sequence[Payout], lines: Sequence[BankDeposit]
) -> Reconciliation:
    shown = [each for each in lines if statement[0] <= each.date <= statement[1]]
    return reconcile(payouts, shown, [account(covered=statement)], as_of=statement[1])


@pytest.mark.parametrize("lag", [0, 1, 3, 5])
@pytest.mark.parametrize("every", [1, 5])
def test_where_list_and_statement_are_cut_on_the_same_days_nothing_tells_how_late_the_bank_is(
    every: int, lag: int
) -> None:
    days = range(0, COUNT if every == 1 else 60, every)
    lines = lines_of(range(days[0] - 10 * every, days[-1] + 1, every), lag - lag % every)

    found = at_the_end_of((banking_day(0), banking_day(days[-1])), payouts_of(days), lines)

    assert {each.outcome.value for each in found.payouts} == {"needs_review"}


@pytest.mark.parametrize("lag", [0, 1, 3])
def test_a_wide_statement_that_shows_no_deposit_of_other_payouts_tells_how_late_the_bank_is(lag: int) -> None:
    days = range(COUNT)
    statement = banking_day(0) - timedelta(days=20), banking_day(COUNT) + timedelta(days=30)

    found = at_the_end_of(statement, payouts_of(days), lines_of(days, lag))

    matched = {match_of(found, f"po_{day}").deposits for day in days}
    assert matched == {(f"line_{day}",) for day in days}
    assert {each.outcome.value for each in found.payouts} == {"matched"}


def test_other_amounts_that_show_how_late_the_bank_is_tell_which_payouts_have_come() -> None:
    old_payouts, old_lines = history(12, lag=3, first=SPRING - 40)
    days = range(COUNT)
    statement = banking_day(-45), banking_day(COUNT - 1)

    found = at_the_end_of(statement, [*old_payouts, *payouts_of(days)], [*old_lines, *lines_of(days, 3)])

    arrived = range(COUNT - 3)
    assert {payout for day in arrived for payout in match_of(found, f"line_{day}").payouts} == {
        f"po_{day}" for day in arrived
    }


def test_repeated_but_different_amounts_show_by_their_pattern_how_late_the_bank_is() -> None:
    amounts = [SUM * times for times in (1, 2, 1, 3, 3, 1, 2, 2, 4, 1, 3, 1, 1, 2, 4, 3, 1, 2, 3, 1, 4, 2, 1, 1)]
    payouts = [payout(f"po_{day}", amount, banking_day(day)) for day, amount in enumerate(amounts[3:])]
    lines = [line(f"line_{day}", amount, banking_day(day + 3)) for day, amount in enumerate(amounts, start=-3)]
    last = len(payouts) - 1

    found = at_the_end_of((banking_day(0), banking_day(last)), payouts, lines)

    assert "matched" in outcomes_of(found, [f"po_{day}" for day in range(last)])
    for match in found.matches:
        if match.status.value == "matched":
            assert [int(id[3:]) for id in match.payouts] == [int(id[5:]) for id in match.deposits]


def test_what_a_law_of_little_likelihood_mixes_stays_apart() -> None:
    days = range(22)
    came = [day for day in days if day not in (7, 15)]
    statement = banking_day(0) - timedelta(days=20), banking_day(22) + timedelta(days=30)

    found = at_the_end_of(statement, payouts_of(days), lines_of(came, 0))

    assert match_of(found, "po_11").deposits == ("line_11",)
    assert match_of(found, "po_11").kind is MatchKind.ONE_TO_ONE


def test_lags_that_were_read_off_equal_amounts_do_not_prove_the_reading() -> None:
    """Two equal payouts and two equal lines within reach of both: which is whose, must not follow from how the others
    were paired."""
    lags = (5, 0, 4, 1, 2, 0, 3, 3, 4, 1, 5, 1, 0, 4)
    payouts = [payout(f"po_{week}", 150_000, banking_day(5 * week)) for week in range(len(lags))]
    lines = [line(f"line_{week}", 150_000, banking_day(5 * week + lag)) for week, lag in enumerate(lags)]
    statement = banking_day(-14), banking_day(5 * len(lags) + 10)

    found = at_the_end_of(statement, payouts, lines)

    swapped = [
        match for match in found.matches if match.status.value == "matched" and match.payouts[0] in ("po_0", "po_1")
    ]
    assert all(match.kind is MatchKind.INTERCHANGEABLE for match in swapped)


def test_a_set_is_no_surer_than_its_latest_pair_leaves_it() -> None:
    """One payout was lost, and days later a line of another Stripe account, which no list knows, fits it."""
    times = (1, 2, 3, 1, 1, 1, 1, 4, 7, 1, 2, 2, 1, 4, 1, 2, 2, 1, 3, 1, 2, 2, 1, 1, 1, 1, 4, 1, 5, 3)
    payouts = [payout(f"po_{day}", SUM * each, banking_day(day)) for day, each in enumerate(times)]
    lost = {5, 22}
    lines = [
        line(f"line_{day}", SUM * each, banking_day(day + (day == 3)))
        for day, each in enumerate(times)
        if day not in lost
    ]
    stranger = line("line_of_another", SUM, banking_day(8))
    statement = banking_day(0) - timedelta(days=12), banking_day(30) + timedelta(days=16)

    found = at_the_end_of(statement, payouts, [*lines, stranger])

    assert outcomes_of(found, ["line_of_another"]) == ["needs_review"]
