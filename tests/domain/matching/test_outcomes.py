"""Planted cases: where the money of a payout is that no deposit explains, by its age and by what statements show."""

from datetime import date

import attrs
import pytest

from domain.reconciliation_outcome import Reconciliation
from tests.domain.matching.written_facts import (
    account,
    day,
    facts,
    history,
    line,
    match_of,
    outcomes,
    outcomes_of,
    payout,
    reconcile,
    weekday,
)

OLD_PAYOUTS, OLD_LINES = history(20)
COVERED = (day(-100), day(100))


def reason(found: Reconciliation, id: str) -> str:
    return next(each.reason for each in found.payouts if each.payout == id)


def seen_on(as_of: date, covered: tuple[date, date] = COVERED) -> Reconciliation:
    return reconcile([*OLD_PAYOUTS, payout("po", 864_192)], OLD_LINES, [account(covered=covered)], as_of=as_of)


@pytest.mark.parametrize(
    ("as_of", "outcome"),
    [(day(-1), "in_transit"), (day(0), "in_transit"), (day(4), "late"), (day(11), "late"), (day(60), "missing")],
)
def test_a_payout_without_deposit_is_in_transit_then_late_then_missing(as_of: date, outcome: str) -> None:
    assert outcomes(seen_on(as_of))["po"] == outcome


def test_outcomes_only_get_graver_with_age() -> None:
    order = ["in_transit", "late", "missing"]

    graver = [order.index(outcomes(seen_on(day(number)))["po"]) for number in range(-5, 40)]

    assert graver == sorted(graver)
    assert set(graver) == {0, 1, 2}


@pytest.mark.parametrize("as_of", [day(4), day(60)])
def test_a_payout_due_after_the_statement_ends_is_late_and_the_reason_says_so(as_of: date) -> None:
    found = seen_on(as_of, covered=(day(-100), day(-1)))

    assert outcomes(found)["po"] == "late"
    assert f"the statements end on {day(-1)}" in reason(found, "po")


def test_a_payout_due_before_the_statement_begins_is_missing_and_the_reason_says_so() -> None:
    early = payout("po", 864_192, day(-150))

    found = reconcile([*OLD_PAYOUTS, early], OLD_LINES, [account(covered=COVERED)])

    assert outcomes(found)["po"] == "missing"
    assert f"before the statements begin ({COVERED[0]})" in reason(found, "po")


def test_without_any_statement_nothing_is_said_to_be_at_the_bank() -> None:
    found = reconcile([payout("po", 864_192)], [], as_of=day(60))

    assert outcomes(found) == {"po": "missing"}
    assert "no bank statement" in reason(found, "po")


def test_a_slow_banks_payouts_are_in_transit_for_longer() -> None:
    slow_payouts, slow_lines = history(20, lag=4)
    accounts, due = [account(covered=COVERED)], payout("po", 864_192)

    found = reconcile([*slow_payouts, due], slow_lines, accounts, as_of=day(4))
    found_at_usual_bank = reconcile([*OLD_PAYOUTS, due], OLD_LINES, accounts, as_of=day(4))

    assert (outcomes(found)["po"], outcomes(found_at_usual_bank)["po"]) == ("in_transit", "late")


def test_a_payout_to_a_number_that_is_not_among_the_accounts_went_to_another_account() -> None:
    found = reconcile([payout("po", 864_192, last4="9999")], [line("line", 864_192)], [account(mask="4821")])

    assert outcomes_of(found, ["po", "line"]) == ["other_account", "unexplained"]
    assert "9999" in reason(found, "po")


def test_a_destination_whose_payouts_are_never_seen_is_another_account() -> None:
    own = [attrs.evolve(each, destination="ba_own") for each in OLD_PAYOUTS]
    elsewhere = [payout(f"po_{i}", 864_192 + 1_013 * i, weekday(2 * i), destination="ba_else") for i in range(4)]

    found = reconcile([*own, *elsewhere], OLD_LINES, [account(covered=COVERED)])

    assert outcomes_of(found, [each.id for each in elsewhere]) == ["other_account"] * 4
    assert set(outcomes_of(found, [each.id for each in own])) == {"matched"}


def test_a_deposit_that_comes_weeks_late_without_a_trace_id_is_left_for_review() -> None:
    found = reconcile([*OLD_PAYOUTS, payout("po", 864_192)], [*OLD_LINES, line("line", 864_192, weekday(13))])

    assert outcomes_of(found, ["po", "line"]) == ["needs_review", "needs_review"]
    assert "13 banking days after it was due" in match_of(found, "line").explanation


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("STRIPE TRANSFER", "unexplained"),
        ("ORIG CO NAME:Policapital ORIG ID:4270465600 IND ID:ST-G0G9U4P7D3T0", "unexplained"),
        ("STRIPE CAPITAL LOAN", "unexplained"),
        ("SQUARE INC SQ260914", "not_stripe"),
        ("GATEWAY PROPERTY RENT", "not_stripe"),
        ("DEPOSIT", "not_stripe"),
    ],
)
def test_a_line_that_no_payout_explains_is_judged_by_its_text(text: str, outcome: str) -> None:
    found = reconcile([], [line("line", 864_192, text=text)])

    assert outcomes(found) == {"line": outcome}


@pytest.mark.parametrize("day_of_all", [date(1970, 1, 1), date(1989, 12, 29), date(2199, 12, 31), date(2400, 6, 1)])
def test_days_out_of_all_calendars_do_not_stop_the_work(day_of_all: date) -> None:
    company = facts([payout("po", 864_192, day_of_all)], [line("line", 864_192, day_of_all)])

    found = reconcile(company.payouts, company.deposits, as_of=date(2401, 1, 1))

    assert outcomes(found) == {"po": "matched", "line": "matched"}
