"""One statement's balances, and how the statements of an account follow one another."""

from datetime import date

import attrs
import pytest

from domain.bank_deposit import BankAccountId
from domain.bank_statement import BankStatement, balance_break
from domain.covered_period import CoveredPeriod
from domain.money import Currency, Money
from domain.reconciliation_break import BreakKind
from domain.statement_sequence import closed_periods, sequence_breaks, standing_breaks

EUR = Currency.of("eur")


def euros(units: int) -> Money:
    return Money(units, EUR)


MONDAY = BankStatement(
    account=BankAccountId("checking"),
    where="a:line 1",
    currency=EUR,
    number="5/1",
    sequence=5,
    opening=euros(10_000),
    closing=euros(12_000),
    moved=euros(2_000),
    lines=2,
    first_day=date(2026, 6, 1),
    last_day=date(2026, 6, 1),
)
TUESDAY = attrs.evolve(
    MONDAY,
    where="b:line 1",
    number="6/1",
    sequence=6,
    opening=euros(12_000),
    closing=euros(11_000),
    moved=euros(-1_000),
    first_day=date(2026, 6, 2),
    last_day=date(2026, 6, 2),
)
NEXT_MONDAY = attrs.evolve(
    TUESDAY,
    where="c:line 1",
    number="7/1",
    sequence=7,
    opening=euros(11_000),
    closing=euros(11_500),
    moved=euros(500),
    first_day=date(2026, 6, 8),
    last_day=date(2026, 6, 8),
)


def kinds(*statements: BankStatement) -> list[tuple[BreakKind, str]]:
    return [(each.found.kind, each.found.where) for each in sequence_breaks(statements)]


def test_a_statement_that_adds_up_is_no_break() -> None:
    assert balance_break(MONDAY) is None
    assert balance_break(attrs.evolve(MONDAY, opening=None)) is None


def test_a_statement_that_does_not_add_up_says_by_how_much() -> None:
    found = balance_break(attrs.evolve(MONDAY, moved=euros(1_500), lines=1))

    assert found is not None
    assert (found.kind, found.where) == (BreakKind.STATEMENT_DOES_NOT_ADD_UP, "a:line 1")
    assert found.reason == (
        "opens with 100.00 eur, its 1 line comes to 15.00 eur, which makes 115.00 eur, but it closes with 120.00 eur: "
        "5.00 eur is not accounted for"
    )


def test_a_balance_in_another_currency_cannot_be_built() -> None:
    with pytest.raises(ValueError, match="another currency"):
        attrs.evolve(MONDAY, opening=Money(1, Currency.of("usd")))


def test_statements_that_follow_one_another_are_no_break_in_any_order() -> None:
    assert kinds(NEXT_MONDAY, MONDAY, TUESDAY) == []


def test_the_same_statement_twice_is_one() -> None:
    assert kinds(MONDAY, attrs.evolve(MONDAY, where="copy:line 1"), TUESDAY) == []


def test_one_statement_in_two_formats_is_one() -> None:
    assert kinds(MONDAY, attrs.evolve(MONDAY, where="copy:line 1", number="5", page=2), TUESDAY) == []


def test_a_missing_statement_is_a_gap_by_balances() -> None:
    (found,) = sequence_breaks([MONDAY, attrs.evolve(NEXT_MONDAY, sequence=None, number=None)])

    assert (found.found.kind, found.found.where) == (BreakKind.STATEMENT_GAP, "c:line 1")
    assert found.found.reason == (
        "statement of 2026-06-08 opens with 110.00 eur, but statement 5/1 of 2026-06-01, which is before it, "
        "closes with 120.00 eur on 2026-06-01: what lies between them is missing"
    )


def test_a_missing_statement_that_moved_nothing_is_a_gap_by_numbers() -> None:
    later = attrs.evolve(NEXT_MONDAY, opening=MONDAY.closing, closing=euros(12_500), sequence=9, number="9/1")

    assert kinds(MONDAY, later) == [(BreakKind.STATEMENT_GAP, "c:line 1")]


def test_a_bank_that_numbers_by_the_day_of_the_year_has_no_gap_over_the_week_end() -> None:
    later = attrs.evolve(NEXT_MONDAY, opening=MONDAY.closing, closing=euros(12_500), sequence=12, number="12/1")

    assert kinds(MONDAY, later) == []


def test_numbers_that_begin_again_with_the_year_tell_nothing() -> None:
    assert kinds(MONDAY, attrs.evolve(TUESDAY, sequence=1, number="1/1")) == []


def test_statements_without_balances_are_told_by_their_numbers() -> None:
    bare = [attrs.evolve(each, opening=None, closing=None) for each in (MONDAY, TUESDAY)]

    assert kinds(*bare) == []
    assert kinds(bare[0], attrs.evolve(bare[1], sequence=8)) == [(BreakKind.STATEMENT_GAP, "b:line 1")]


def test_an_opening_balance_that_is_not_stated_is_what_the_lines_leave_of_the_closing_one() -> None:
    assert kinds(MONDAY, attrs.evolve(TUESDAY, opening=None)) == []
    assert kinds(MONDAY, attrs.evolve(TUESDAY, opening=None, moved=euros(-2_000))) == [
        (BreakKind.STATEMENT_GAP, "b:line 1")
    ]


def test_two_statements_of_the_same_days_overlap() -> None:
    week = attrs.evolve(
        MONDAY, where="w:line 1", closing=euros(11_500), moved=euros(1_500), last_day=date(2026, 6, 8), sequence=1
    )

    assert kinds(TUESDAY, week) == [(BreakKind.STATEMENT_OVERLAP, "w:line 1")]


def test_interim_reports_and_other_accounts_and_currencies_break_nothing() -> None:
    interim = attrs.evolve(NEXT_MONDAY, interim=True)
    other = attrs.evolve(NEXT_MONDAY, account=BankAccountId("savings"))
    dollars = BankStatement(
        account=MONDAY.account, where="d", currency=Currency.of("usd"), moved=Money(5, Currency.of("usd")), lines=1,
        opening=Money(0, Currency.of("usd")), closing=Money(5, Currency.of("usd")), last_day=date(2026, 6, 8),
    )  # fmt: skip

    assert kinds(MONDAY, interim, other, dollars) == []


def test_days_between_statements_that_follow_one_another_are_closed() -> None:
    assert closed_periods([NEXT_MONDAY, TUESDAY, MONDAY]) == [
        CoveredPeriod(first_day=date(2026, 6, 1), last_day=date(2026, 6, 8))
    ]
    assert closed_periods([NEXT_MONDAY, MONDAY]) == [
        CoveredPeriod(first_day=date(2026, 6, 1), last_day=date(2026, 6, 1)),
        CoveredPeriod(first_day=date(2026, 6, 8), last_day=date(2026, 6, 8)),
    ]
    assert closed_periods([attrs.evolve(MONDAY, interim=True)]) == []


def test_what_does_not_add_up_stands_until_another_statement_of_that_day_does() -> None:
    broken = attrs.evolve(TUESDAY, where="half:line 1", moved=euros(0), lines=0)

    assert [found.kind for found in standing_breaks([MONDAY, broken])] == [BreakKind.STATEMENT_DOES_NOT_ADD_UP]
    assert standing_breaks([MONDAY, broken, TUESDAY]) == ()
    assert standing_breaks([MONDAY, attrs.evolve(broken, interim=True)]) == ()
