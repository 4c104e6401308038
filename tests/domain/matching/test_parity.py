"""The same number in two currencies: conversions at exactly 1, and statements whose currency is read wrong."""

import pytest

from domain.bank_deposit import BankDeposit
from domain.payout import Payout
from domain.reconciliation_match import MatchKind, MatchStatus
from domain.reconciliation_outcome import Reconciliation
from tests.domain.matching.written_facts import account, line, match_of, outcomes, payout, reconcile, weekday

TEXT = "STRIPE PAYMENTS EUROPE, LTD"
MINORS = tuple(100_003 + 13_337 * number for number in range(10))


def payouts(currency: str = "usd") -> list[Payout]:
    return [payout(f"po_{i}", minor, weekday(3 * i), currency=currency) for i, minor in enumerate(MINORS)]


def lines(currency: str, per_mille: tuple[int, ...]) -> list[BankDeposit]:
    return [
        line(f"line_{i}", minor * rate // 1_000, weekday(3 * i + 1), TEXT, currency=currency)
        for i, (minor, rate) in enumerate(zip(MINORS, per_mille, strict=True))
    ]


def statuses(found: Reconciliation) -> set[tuple[MatchKind, MatchStatus]]:
    return {(match.kind, match.status) for match in found.matches}


@pytest.mark.parametrize("sign", [1, -1])
def test_a_statement_read_in_another_currency_is_left_for_a_person_line_by_line(sign: int) -> None:
    there = lines("eur", (1_000,) * 10)
    paid = payouts()
    if sign < 0:
        paid[4], there[4] = (
            payout("po_4", -MINORS[4], weekday(12)),
            line("line_4", -MINORS[4], weekday(13), TEXT, currency="eur"),
        )

    found = reconcile(paid, there, [account(currency="eur")])

    assert set(outcomes(found).values()) == {"needs_review"}
    assert statuses(found) == {(MatchKind.CONVERSION, MatchStatus.NEEDS_REVIEW)}
    assert "see whether the statement's currency is right" in match_of(found, "po_4").explanation


def test_currencies_pegged_one_to_one_are_converted_at_one() -> None:
    found = reconcile(payouts(), lines("bsd", (1_000,) * 10), [account(currency="bsd")])

    assert set(outcomes(found).values()) == {"matched"}
    assert statuses(found) == {(MatchKind.CONVERSION, MatchStatus.MATCHED)}


def test_a_rate_of_one_is_believed_in_days_when_rates_were_near_it() -> None:
    rates = (998, 1_001, 1_002, 999, 1_001, 1_000, 998, 1_003, 1_002, 999)

    found = reconcile(payouts(), lines("eur", rates), [account(currency="eur")])

    assert statuses(found) == {(MatchKind.CONVERSION, MatchStatus.MATCHED)}
    assert match_of(found, "po_5").deposits == ("line_5",)


def test_one_rate_beside_one_is_no_history_of_rates() -> None:
    rates = (1_000, 1_000, 1_000, 1_000, 1_003, 1_000, 1_000, 1_000, 1_000, 1_000)

    found = reconcile(payouts(), lines("eur", rates), [account(currency="eur")])

    review = {each.payouts[0] for each in found.matches if each.status is MatchStatus.NEEDS_REVIEW}
    assert {payout.id for payout in payouts()} - review <= {"po_4"}


def test_yen_are_at_par_by_what_they_are_worth_not_by_their_minor_units() -> None:
    there = [
        line(f"line_{i}", minor // 100, weekday(3 * i + 1), TEXT, currency="jpy") for i, minor in enumerate(MINORS)
    ]
    paid = [payout(f"po_{i}", minor // 100 * 100, weekday(3 * i)) for i, minor in enumerate(MINORS)]

    found = reconcile(paid, there, [account(currency="jpy")])

    assert statuses(found) == {(MatchKind.CONVERSION, MatchStatus.NEEDS_REVIEW)}
