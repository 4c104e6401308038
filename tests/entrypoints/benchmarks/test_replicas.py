"""The replicas do what their names say."""

from datetime import date

from domain.bank_deposit import BankAccountId, BankDeposit, BankDepositId
from domain.company_facts import CompanyFacts
from domain.money import Currency, Money
from domain.payout import Payout, PayoutId, PayoutStatus
from entrypoints.benchmarks.replicas import (
    Pairing,
    additive_score,
    first_fit,
    nearest_date,
    prefix_sums,
    stable_proposals,
)

_USD = Currency.of("usd")


def _payout(id: str, cents: int, day: int) -> Payout:
    return Payout(id=PayoutId(id), amount=Money(cents, _USD), arrival_date=date(2026, 6, day), status=PayoutStatus.PAID)


def _line(id: str, cents: int, day: int, text: str = "STRIPE TRANSFER") -> BankDeposit:
    return BankDeposit(
        id=BankDepositId(id),
        account=BankAccountId("a"),
        amount=Money(cents, _USD),
        date=date(2026, 6, day),
        text=text,
    )


def _facts(payouts: list[Payout], lines: list[BankDeposit]) -> CompanyFacts:
    return CompanyFacts(payouts=tuple(payouts), deposits=tuple(lines))


def _pairs(found: list[Pairing]) -> set[tuple[str, str]]:
    return {("+".join(payouts), "+".join(lines)) for payouts, lines in found}


_CROSSED = _facts(
    [_payout("early", 50_000, 8), _payout("late", 50_000, 10)], [_line("ninth", 50_000, 9), _line("tenth", 50_000, 10)]
)


def test_first_fit_takes_the_first_free_line_in_order_of_arrival() -> None:
    facts = _facts([_payout("first", 100, 10), _payout("second", 100, 11)], [_line("a", 100, 9), _line("b", 100, 14)])

    assert _pairs(first_fit(facts, 3)) == {("first", "a"), ("second", "b")}


def test_first_fit_leaves_what_is_outside_its_window() -> None:
    facts = _facts([_payout("p", 100, 10)], [_line("a", 100, 14)])

    assert first_fit(facts, 3) == []
    assert _pairs(first_fit(facts, 7)) == {("p", "a")}


def test_nearest_date_takes_the_smallest_gap_of_all_first() -> None:
    assert _pairs(nearest_date(_CROSSED, 5)) == {("late", "tenth"), ("early", "ninth")}


def test_stable_proposals_leave_no_pair_that_would_rather_have_each_other() -> None:
    facts = _facts([_payout("a", 100, 10), _payout("b", 100, 12)], [_line("x", 100, 12), _line("y", 100, 15)])

    assert _pairs(stable_proposals(facts, 7)) == {("b", "x"), ("a", "y")}


def test_the_additive_score_refuses_a_line_without_the_word_three_days_off() -> None:
    far = _facts([_payout("p", 100, 10)], [_line("a", 100, 13, "DEPOSIT")])
    near = _facts([_payout("p", 100, 10)], [_line("a", 100, 11, "DEPOSIT")])
    named = _facts([_payout("p", 100, 10)], [_line("a", 100, 13)])

    assert additive_score(far, 70) == []
    assert _pairs(additive_score(near, 70)) == {("p", "a")}
    assert _pairs(additive_score(named, 70)) == {("p", "a")}


def test_prefix_sums_add_up_the_payouts_of_one_day_in_order() -> None:
    facts = _facts([_payout("a", 100, 10), _payout("b", 250, 10), _payout("c", 70, 11)], [_line("both", 350, 10)])

    assert _pairs(prefix_sums(facts, 3)) == {("a+b", "both")}
