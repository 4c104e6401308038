"""Planted cases: payouts that failed, with or without a trace of it at the bank."""

import pytest

from domain.payout import PayoutStatus
from domain.reconciliation_match import MatchKind, MatchStatus, ResidualClass
from tests.domain.matching.written_facts import (
    account,
    day,
    history,
    line,
    match_of,
    outcomes,
    outcomes_of,
    payout,
    reconcile,
)

OLD_PAYOUTS, OLD_LINES = history(20)
RETURN_TEXT = "STRIPE TRANSFER RETURN"
FAILED = payout("po_failed", 291_557, status=PayoutStatus.FAILED)
CREDIT_AND_RETURN = [line("credit", 291_557), line("return", -291_557, day(2), RETURN_TEXT)]
ACCOUNT = account(covered=(day(-100), day(100)))


@pytest.mark.parametrize("old", [0, 20])
def test_a_failed_payouts_credit_and_its_return_are_explained_together(old: int) -> None:
    found = reconcile([*OLD_PAYOUTS[:old], FAILED], [*OLD_LINES[:old], *CREDIT_AND_RETURN])

    match = match_of(found, "po_failed")
    assert (match.kind, match.status) == (MatchKind.RETURNED, MatchStatus.MATCHED)
    assert match.deposits == ("credit", "return")
    assert (match.residual.named, match.residual.amount.minor_units) == (ResidualClass.RETURN, 291_557)
    assert outcomes_of(found, ["po_failed", "credit", "return"]) == ["failed", "matched", "matched"]


def test_a_failed_payout_that_the_bank_never_saw_is_failed_and_nothing_else() -> None:
    found = reconcile([*OLD_PAYOUTS, FAILED], OLD_LINES, [ACCOUNT])

    assert outcomes(found)["po_failed"] == "failed"


def test_a_failed_payout_whose_credit_stays_is_left_for_review() -> None:
    found = reconcile([*OLD_PAYOUTS, FAILED], [*OLD_LINES, CREDIT_AND_RETURN[0]], [ACCOUNT])

    assert outcomes_of(found, ["po_failed", "credit"]) == ["needs_review", "needs_review"]
    assert "the bank shows no return" in match_of(found, "credit").explanation


def test_the_retry_of_a_failed_payout_gets_the_money_and_the_failed_one_does_not() -> None:
    retry = payout("po_retry", 291_557, day(7))

    found = reconcile([*OLD_PAYOUTS, FAILED, retry], [*OLD_LINES, line("line", 291_557, day(7))], [ACCOUNT])

    assert match_of(found, "line").payouts == ("po_retry",)
    assert outcomes_of(found, ["po_failed", "po_retry", "line"]) == ["failed", "matched", "matched"]


def test_credit_return_and_retry_of_the_same_amount_are_told_apart() -> None:
    retry = payout("po_retry", 291_557, day(7))

    found = reconcile(
        [*OLD_PAYOUTS, FAILED, retry], [*OLD_LINES, *CREDIT_AND_RETURN, line("line", 291_557, day(7))], [ACCOUNT]
    )

    assert match_of(found, "po_failed").deposits == ("credit", "return")
    assert match_of(found, "po_retry").deposits == ("line",)
    assert outcomes_of(found, ["po_failed", "po_retry", "line"]) == ["failed", "matched", "matched"]


def test_nobody_elses_debit_is_taken_for_a_return() -> None:
    rent = line("rent", -291_557, day(2), "GATEWAY PROPERTY RENT")

    found = reconcile([*OLD_PAYOUTS, FAILED], [*OLD_LINES, rent], [ACCOUNT])

    assert outcomes_of(found, ["po_failed", "rent"]) == ["failed", "not_stripe"]
