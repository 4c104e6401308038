"""The certificate: figures summed on their own, and found to tie out, or not."""

from datetime import date

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.bank_deposit import BankAccountId, BankDeposit, BankDepositId
from domain.company_facts import CompanyFacts
from domain.completeness import CompletenessCertificate, certify, open_questions
from domain.money import Currency, Money
from domain.payout_breakdown import break_down_payouts
from domain.reconciliation_break import BreakKind, ReconciliationBreak
from domain.reconciliation_match import MatchKind, MatchStatus, ReconciliationMatch, Residual, ResidualClass
from domain.reconciliation_outcome import (
    DepositOutcome,
    DepositOutcomeKind,
    PayoutOutcome,
    PayoutOutcomeKind,
    Reconciliation,
)
from tests.domain.balance_records import payout, transaction, usd

AS_OF = date(2026, 6, 30)


def deposit(id: str, minor_units: int, currency: str = "usd") -> BankDeposit:
    return BankDeposit(
        id=BankDepositId(id),
        account=BankAccountId("checking"),
        amount=Money(minor_units, Currency.of(currency)),
        date=AS_OF,
        text="STRIPE TRANSFER",
    )


def match(payout: str, deposit: str, residual: int = 0, kind: MatchKind = MatchKind.ONE_TO_ONE) -> ReconciliationMatch:
    return ReconciliationMatch(
        id=f"match_{payout}",
        status=MatchStatus.MATCHED,
        kind=kind,
        payouts=(payout,),  # type: ignore[arg-type]  # plain text reads better here
        deposits=(deposit,),  # type: ignore[arg-type]
        residual=Residual(amount=usd(residual), named=ResidualClass.BANK_FEE if residual else ResidualClass.NONE),
        probability=0.99999,
        margin_millinats=9_000,
        evidence=(),
        alternatives=(),
        explanation="it fits",
    )


def reconciliation(
    facts: CompanyFacts,
    payouts: dict[str, PayoutOutcomeKind],
    matches: tuple[ReconciliationMatch, ...] = (),
    deposits: DepositOutcomeKind = DepositOutcomeKind.MATCHED,
) -> Reconciliation:
    return Reconciliation(
        as_of=AS_OF,
        model_version="1",
        model_hash="0",
        matches=matches,
        payouts=tuple(
            PayoutOutcome(payout=found.id, outcome=payouts[found.id], reason="")
            for found in facts.payouts
            if found.id in payouts
        ),
        deposits=tuple(DepositOutcome(deposit=found.id, outcome=deposits, reason="") for found in facts.deposits),
        breaks=(),
    )


def certificate(
    facts: CompanyFacts, payouts: dict[str, PayoutOutcomeKind], matches: tuple[ReconciliationMatch, ...] = ()
) -> CompletenessCertificate:
    return certify(facts, reconciliation(facts, payouts, matches), break_down_payouts(facts))


def test_payouts_of_every_outcome_add_up_to_what_was_paid_out() -> None:
    kinds = list(PayoutOutcomeKind)
    amounts = [0 if kind is PayoutOutcomeKind.NOTHING_EXPECTED else 2**n for n, kind in enumerate(kinds)]
    facts = CompanyFacts(payouts=tuple(payout(kind.value, amount) for kind, amount in zip(kinds, amounts, strict=True)))

    proved = certificate(facts, {kind.value: kind for kind in kinds})

    (proof,) = proved.currencies
    assert proof.ties_out
    assert proof.paid_out == usd(sum(amounts))
    assert proof.in_transit == usd(2)
    assert proof.other_account == usd(16)
    assert proof.late_or_missing == usd(4 + 8 + 16)  # the payout to another account among them
    assert proved.holds


def test_a_payout_without_an_outcome_is_named_and_the_totals_do_not_tie_out() -> None:
    facts = CompanyFacts(payouts=(payout("po_1", 100), payout("po_2", 50)))

    proved = certificate(facts, {"po_1": PayoutOutcomeKind.MATCHED})

    assert proved.without_one_outcome == ("po_2",)
    assert not proved.currencies[0].ties_out
    assert not proved.holds


def test_a_match_whose_residual_is_not_the_difference_is_named() -> None:
    facts = CompanyFacts(payouts=(payout("po_1", 100),), deposits=(deposit("line_1", 98),))
    outcome = {"po_1": PayoutOutcomeKind.MATCHED}

    assert certificate(facts, outcome, (match("po_1", "line_1", 2, MatchKind.BANK_FEE),)).holds
    assert certificate(facts, outcome, (match("po_1", "line_1"),)).unbalanced_matches == ("match_po_1",)
    assert certificate(facts, outcome, (match("po_1", "line_9", 2),)).unbalanced_matches == ("match_po_1",)


def test_a_conversion_has_two_currencies_and_no_difference() -> None:
    facts = CompanyFacts(payouts=(payout("po_1", 100),), deposits=(deposit("line_1", 91, "eur"),))

    assert certificate(
        facts, {"po_1": PayoutOutcomeKind.MATCHED}, (match("po_1", "line_1", 0, MatchKind.CONVERSION),)
    ).holds


def test_payouts_are_counted_once_by_how_their_items_stand() -> None:
    facts = CompanyFacts(
        payouts=(
            payout("po_listed", 97),
            payout("po_by_items", 10, amount_from_items=True),
            payout("po_remainder", 60),
            payout("po_empty", 5),
            payout("po_manual", 20, automatic=False),
        ),
        balance_transactions=(
            transaction("txn_1", 100, 3, payout="po_listed"),
            transaction("txn_2", 50, payout="po_remainder"),
            transaction("txn_3", 20),
            transaction("txn_4", 10, payout="po_by_items"),
        ),
    )

    proved = certificate(facts, {found.id: PayoutOutcomeKind.MATCHED for found in facts.payouts})

    counts = (proved.add_up, proved.inferred, proved.named_remainder, proved.not_itemised)
    assert counts == (2, 1, 1, 1)
    assert (proved.payouts, proved.of_which_amount_from_items) == (sum(counts), 1)


@pytest.mark.parametrize(
    ("outcome", "questions"),
    [
        (PayoutOutcomeKind.MATCHED, 0),
        (PayoutOutcomeKind.IN_TRANSIT, 0),
        (PayoutOutcomeKind.LATE, 1),
        (PayoutOutcomeKind.MISSING, 1),
        (PayoutOutcomeKind.NEEDS_REVIEW, 1),
        (PayoutOutcomeKind.FAILED, 0),
    ],
)
def test_what_is_late_missing_or_in_review_leaves_a_question_open(outcome: PayoutOutcomeKind, questions: int) -> None:
    facts = CompanyFacts(
        payouts=(payout("po_1", 100),), balance_transactions=(transaction("txn_1", 100, payout="po_1"),)
    )
    breakdowns, result = break_down_payouts(facts), reconciliation(facts, {"po_1": outcome})

    assert open_questions(certify(facts, result, breakdowns), result, breakdowns, ()).count == questions


def test_a_remainder_an_unexplained_deposit_and_a_break_each_leave_a_question_open() -> None:
    facts = CompanyFacts(payouts=(payout("po_1", 100),), deposits=(deposit("line_1", 5),))
    result = reconciliation(facts, {"po_1": PayoutOutcomeKind.MATCHED}, deposits=DepositOutcomeKind.UNEXPLAINED)
    breakdowns = break_down_payouts(facts)
    found = ReconciliationBreak(kind=BreakKind.OTHER, where="here", reason="that")
    asked = open_questions(certify(facts, result, breakdowns), result, breakdowns, (found, *breakdowns.breaks))

    assert (asked.unexplained_deposits, asked.remainders, asked.breaks, asked.count) == (1, 1, 1, 3)


payout_outcomes = st.lists(
    st.tuples(
        st.integers(-(10**9), 10**9),
        st.sampled_from([kind for kind in PayoutOutcomeKind if kind is not PayoutOutcomeKind.NOTHING_EXPECTED]),
        st.sampled_from(["usd", "eur", "jpy"]),
    ),
    max_size=12,
)


@given(payout_outcomes)
def test_totals_tie_out_whatever_becomes_of_the_payouts(
    drawn: list[tuple[int, PayoutOutcomeKind, str]],
) -> None:
    payouts = tuple(payout(f"po_{n}", amount, currency=currency) for n, (amount, _, currency) in enumerate(drawn))
    facts = CompanyFacts(payouts=payouts)

    proved = certificate(facts, {f"po_{n}": kind for n, (_, kind, _) in enumerate(drawn)})

    assert proved.holds
    assert [proof.currency.code for proof in proved.currencies] == sorted({currency for _, _, currency in drawn})
    for proof in proved.currencies:
        assert proof.paid_out == proof.accounted_for
        assert sum(proof.payouts.values()) == sum(currency == proof.currency.code for _, _, currency in drawn)


def test_one_cent_too_many_is_found() -> None:
    facts = CompanyFacts(payouts=(payout("po_1", 100),))
    proof = certificate(facts, {"po_1": PayoutOutcomeKind.MATCHED}).currencies[0]

    assert not attrs.evolve(proof, matched=usd(101)).ties_out
