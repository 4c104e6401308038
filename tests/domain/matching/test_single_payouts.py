"""Planted cases: one payout and one line, from a company's first day on."""

import pytest

from domain.bank_deposit import BankDepositStatus
from domain.payout import PayoutStatus
from tests.domain.matching.written_facts import account, day, history, line, match_of, outcomes, payout, reconcile

OLD_PAYOUTS, OLD_LINES = history(20)


def test_a_companys_first_payout_round_alone_and_named_stripe_matches() -> None:
    found = reconcile([payout("po", 500_000)], [line("line", 500_000)])

    assert outcomes(found) == {"po": "matched", "line": "matched"}
    (match,) = found.matches
    assert (match.kind.value, match.payouts, match.deposits) == ("one_to_one", ("po",), ("line",))


def test_a_negative_payout_matches_the_debit() -> None:
    found = reconcile([payout("po", -291_557)], [line("debit", -291_557), line("credit", 291_557)])

    assert outcomes(found) == {"po": "matched", "debit": "matched", "credit": "unexplained"}


def test_an_instant_payout_matches_like_any_other() -> None:
    found = reconcile([payout("po", 423_782, method="instant")], [line("line", 423_782)])

    assert outcomes(found) == {"po": "matched", "line": "matched"}


@pytest.mark.parametrize(
    "text", ["SQUARE INC SQ260914", "PAYPAL TRANSFER", "SHOPIFY PAYOUT", "KLARNA BANK AB", "ADYEN N.V. TX123456"]
)
def test_another_processors_line_of_the_same_amount_is_never_matched(text: str) -> None:
    alone = reconcile([payout("po", 423_782)], [line("line", 423_782, text=text)])
    with_history = reconcile([*OLD_PAYOUTS, payout("po", 423_782)], [*OLD_LINES, line("line", 423_782, text=text)])

    for found in (alone, with_history):
        assert outcomes(found)["line"] != "matched"
        assert outcomes(found)["po"] != "matched"


def test_another_processors_line_does_not_keep_the_payout_from_its_own() -> None:
    lines = [line("square", 423_782, text="SQUARE INC SQ260914"), line("own", 423_782)]

    found = reconcile([*OLD_PAYOUTS, payout("po", 423_782)], [*OLD_LINES, *lines])

    assert match_of(found, "po").deposits == ("own",)
    assert outcomes(found)["square"] == "not_stripe"


def test_a_line_of_stripe_capital_is_no_payout() -> None:
    lines = [*OLD_LINES, line("loan", 420_000, text="STRIPE CAPITAL TRANSFER")]

    found = reconcile([*OLD_PAYOUTS, payout("po", 420_000)], lines)

    assert outcomes(found)["loan"] != "matched"


@pytest.mark.parametrize(
    ("currency", "amount"), [("eur", 423_782), ("usd", 423_783), ("usd", -423_782)], ids=["currency", "amount", "sign"]
)
def test_a_line_of_another_currency_amount_or_sign_is_no_candidate(currency: str, amount: int) -> None:
    found = reconcile([payout("po", 423_782)], [line("line", amount, currency=currency)])

    assert found.matches == ()
    assert outcomes(found)["line"] == "unexplained"


def test_a_payout_to_another_account_number_is_no_candidate() -> None:
    found = reconcile([payout("po", 423_782, last4="9999")], [line("line", 423_782)], [account(mask="4821")])

    assert found.matches == ()


@pytest.mark.parametrize("status", [BankDepositStatus.PENDING, BankDepositStatus.WITHDRAWN])
def test_a_pending_or_withdrawn_line_never_matches(status: BankDepositStatus) -> None:
    found = reconcile([payout("po", 423_782)], [line("line", 423_782, status=status)])

    assert found.matches == ()
    assert outcomes(found)["line"] == status.value


def test_a_line_dated_after_the_day_asked_about_is_not_looked_at_yet() -> None:
    found = reconcile([payout("po", 423_782)], [line("line", 423_782, day(3))], as_of=day(2))

    assert outcomes(found)["line"] == "pending"
    assert found.matches == ()


def test_a_canceled_payout_never_matches() -> None:
    found = reconcile([payout("po", 423_782, status=PayoutStatus.CANCELED)], [line("line", 423_782)])

    assert outcomes(found) == {"po": "canceled", "line": "unexplained"}


def test_a_payout_of_nothing_expects_nothing() -> None:
    found = reconcile([payout("po", 0)], [line("line", 0)])

    assert outcomes(found)["po"] == "nothing_expected"
    assert found.matches == ()


def test_a_company_without_facts_has_no_outcomes() -> None:
    found = reconcile([], [])

    assert (found.matches, found.payouts, found.deposits, found.breaks) == ((), (), (), ())
