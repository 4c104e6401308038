"""Payouts and their items: they add up, or the remainder is named."""

import random

import pytest

from domain.balance_transaction import BalanceTransaction
from domain.company_facts import CompanyFacts
from domain.money import Money
from domain.payout import Payout, PayoutStatus, ReconciliationStatus
from domain.payout_breakdown import (
    BreakdownDoesNotAddUp,
    Breakdowns,
    PayoutBreakdown,
    TransactionOutcomeKind,
    break_down_payouts,
)
from domain.reconciliation_break import BreakKind
from domain.remainder import Remainder, RemainderLabel
from tests.domain.balance_records import payout, transaction, usd


def broken_down(payouts: list[Payout], transactions: list[BalanceTransaction]) -> Breakdowns:
    return break_down_payouts(CompanyFacts(payouts=tuple(payouts), balance_transactions=tuple(transactions)))


def outcomes(breakdowns: Breakdowns) -> dict[str, str]:
    return {outcome.transaction: outcome.outcome.value for outcome in breakdowns.transactions}


def kinds(breakdowns: Breakdowns) -> list[BreakKind]:
    return [found.kind for found in breakdowns.breaks]


def test_four_payments_with_fees_and_a_contribution_are_the_payout_to_the_cent() -> None:
    payments = [transaction(f"txn_{n}", 1000_00, 25_00, payout="po_1") for n in range(4)]
    climate = transaction("txn_climate", -10_00, type="contribution", payout="po_1")
    own = transaction("txn_own", -3890_00, type="payout", payout="po_1", source="po_1")

    result = broken_down([payout("po_1", 3890_00)], [*payments, climate, own])

    (breakdown,) = result.payouts
    assert (len(breakdown.items), breakdown.gross, breakdown.fees, breakdown.net) == (
        5,
        usd(3990_00),
        usd(100_00),
        usd(3890_00),
    )
    assert breakdown.remainder == Remainder(amount=usd(0), label=RemainderLabel.NONE)
    assert not breakdown.inferred
    assert result.breaks == ()
    assert set(outcomes(result).values()) == {"in_payout"}


def test_a_breakdown_that_does_not_add_up_cannot_be_built() -> None:
    with pytest.raises(BreakdownDoesNotAddUp):
        PayoutBreakdown(
            payout=payout("po_1", 1).id,
            amount=usd(100),
            items=(),
            gross=usd(100),
            fees=usd(3),
            net=usd(97),
            remainder=Remainder(amount=usd(2), label=RemainderLabel.UNEXPLAINED),
        )


def test_a_remainder_without_a_name_cannot_be_built() -> None:
    with pytest.raises(ValueError, match="cannot be called none"):
        Remainder(amount=usd(5), label=RemainderLabel.NONE)


def test_the_payouts_own_transaction_is_left_out_also_where_only_its_category_is_given() -> None:
    own = transaction("txn_own", -95, type=None, category="payout", payout="po_1")
    charge = transaction("txn_1", 100, 5, type=None, category="charge", payout="po_1")

    (breakdown,) = broken_down([payout("po_1", 95)], [own, charge]).payouts

    assert (len(breakdown.items), breakdown.adds_up) == (1, True)


def test_the_give_back_of_a_failed_payout_is_an_ordinary_item_of_a_later_one() -> None:
    failed = payout("po_1", 491, status=PayoutStatus.FAILED)
    retried = payout("po_2", 591, day=20)
    records = [
        transaction("txn_a", -491, type="payout", payout="po_1", source="po_1"),
        transaction("txn_b", 500, 9, payout="po_1"),
        transaction("txn_c", 491, type="payout_failure", payout="po_2", source="po_1"),
        transaction("txn_d", 100, payout="po_2"),
        transaction("txn_e", -591, type="payout", payout="po_2", source="po_2"),
    ]

    result = broken_down([failed, retried], records)

    assert [(len(found.items), found.adds_up) for found in result.payouts] == [(1, True), (2, True)]
    assert result.breaks == ()


def test_a_failed_payout_that_a_report_does_not_itemise_in_place_is_no_break() -> None:
    failed = payout("po_1", 491, status=PayoutStatus.FAILED)

    result = broken_down([failed], [])

    assert result.payouts[0].remainder == Remainder(amount=usd(491), label=RemainderLabel.CAME_BACK)
    assert result.breaks == ()


def test_another_payouts_movement_in_the_list_is_an_item_and_that_payout_is_settled_there() -> None:
    instant = payout("po_instant", 500, automatic=False, method="instant")
    daily = payout("po_daily", 300, day=12)
    records = [
        transaction("txn_1", 805, payout="po_daily"),
        transaction("txn_2", -500, 5, type="payout", payout="po_daily", source="po_instant"),
        transaction("txn_3", -300, type="payout", payout="po_daily", source="po_daily"),
    ]

    result = broken_down([instant, daily], records)

    by_id = {found.payout: found for found in result.payouts}
    assert (len(by_id[daily.id].items), by_id[daily.id].adds_up) == (2, True)
    assert by_id[instant.id].remainder == Remainder(amount=usd(500), label=RemainderLabel.IN_LATER_PAYOUT)


@pytest.mark.parametrize(
    ("reconciliation", "label"),
    [
        (ReconciliationStatus.COMPLETED, RemainderLabel.ITEMS_MISSING),
        (ReconciliationStatus.UNKNOWN, RemainderLabel.ITEMS_MISSING),
        (ReconciliationStatus.IN_PROGRESS, RemainderLabel.NOT_ITEMISED_YET),
    ],
)
def test_a_payout_without_items_says_why(reconciliation: ReconciliationStatus, label: RemainderLabel) -> None:
    result = broken_down([payout("po_1", 491, reconciliation=reconciliation)], [])

    assert result.payouts[0].remainder == Remainder(amount=usd(491), label=label)
    assert kinds(result) == [BreakKind.ITEMS_MISSING]


def test_items_that_do_not_add_up_leave_an_unexplained_remainder_and_a_break() -> None:
    result = broken_down([payout("po_1", 120)], [transaction("txn_1", 100, 3, payout="po_1")])

    assert result.payouts[0].remainder == Remainder(amount=usd(23), label=RemainderLabel.UNEXPLAINED)
    assert kinds(result) == [BreakKind.ITEMS_DO_NOT_ADD_UP]


@pytest.mark.parametrize(
    ("type", "category", "label"),
    [
        ("anticipation_repayment", None, RemainderLabel.CAPITAL),
        ("adjustment", "financing_paydown", RemainderLabel.CAPITAL),
        ("reserve_transaction", None, RemainderLabel.RESERVE),
        (None, "risk_reserved_funds", RemainderLabel.RESERVE),
        ("payout_minimum_balance_hold", None, RemainderLabel.MINIMUM_BALANCE),
    ],
)
def test_a_remainder_is_named_for_the_one_unlisted_movement_that_is_exactly_it(
    type: str | None, category: str | None, label: RemainderLabel
) -> None:
    records = [
        transaction("txn_1", 100, payout="po_1"),
        transaction("txn_2", -30, type=type, category=category),
    ]

    result = broken_down([payout("po_1", 70)], records)

    assert result.payouts[0].remainder == Remainder(amount=usd(-30), label=label)
    assert kinds(result) == [BreakKind.ITEMS_DO_NOT_ADD_UP]


def test_a_remainder_that_two_kinds_of_movement_fit_stays_unexplained() -> None:
    records = [
        transaction("txn_1", 100, payout="po_1"),
        transaction("txn_2", -30, type="reserve_hold"),
        transaction("txn_3", -30, type="anticipation_repayment"),
    ]

    assert broken_down([payout("po_1", 70)], records).payouts[0].remainder.label is RemainderLabel.UNEXPLAINED


def test_one_movement_names_one_remainder_only() -> None:
    records = [
        transaction("txn_1", 100, payout="po_1"),
        transaction("txn_2", 100, payout="po_2"),
        transaction("txn_3", -30, type="reserve_hold"),
    ]

    result = broken_down([payout("po_1", 70), payout("po_2", 70)], records)

    assert [found.remainder.label for found in result.payouts] == [RemainderLabel.RESERVE, RemainderLabel.UNEXPLAINED]


def test_a_currency_paid_out_in_whole_units_leaves_less_than_one_behind() -> None:
    records = [transaction("txn_1", 12345, payout="po_1", currency="huf")]

    (breakdown,) = broken_down([payout("po_1", 12300, currency="huf")], records).payouts

    assert breakdown.remainder.label is RemainderLabel.ROUNDED_PAYOUT
    assert breakdown.remainder.amount.minor_units == -45


def test_a_payout_of_nothing_needs_no_items() -> None:
    assert broken_down([payout("po_1", 0)], []).payouts[0].adds_up


def test_a_negative_payout_is_itemised_like_any_other() -> None:
    records = [
        transaction("txn_1", -50, type="refund", payout="po_1"),
        transaction("txn_2", 50, type="payout", payout="po_1", source="po_1"),
    ]

    (breakdown,) = broken_down([payout("po_1", -50)], records).payouts

    assert (len(breakdown.items), breakdown.net, breakdown.adds_up) == (1, usd(-50), True)


def test_an_unknown_type_counts_in_the_sum_and_waits_in_suspense() -> None:
    records = [transaction("txn_1", 100, payout="po_1"), transaction("txn_2", -7, type="moon_tax", payout="po_1")]

    result = broken_down([payout("po_1", 93)], records)

    assert result.payouts[0].adds_up
    assert outcomes(result) == {"txn_1": "in_payout", "txn_2": "suspense"}
    assert kinds(result) == [BreakKind.UNKNOWN_TYPE]


def test_items_of_a_payout_that_no_input_describes_are_one_break() -> None:
    result = broken_down([], [transaction("txn_1", 100, payout="po_1"), transaction("txn_2", 50, payout="po_1")])

    assert outcomes(result) == {"txn_1": "break", "txn_2": "break"}
    assert [(found.kind, found.where) for found in result.breaks] == [(BreakKind.PAYOUT_MISSING, "po_1")]


def test_the_movement_of_a_payout_that_no_input_describes_is_a_break() -> None:
    result = broken_down([], [transaction("txn_1", -100, type="payout", source="po_1")])

    assert outcomes(result) == {"txn_1": "break"}
    assert kinds(result) == [BreakKind.PAYOUT_MISSING]


def test_an_item_in_another_currency_is_a_break_and_left_out_of_the_sum() -> None:
    records = [transaction("txn_1", 100, payout="po_1"), transaction("txn_2", 5, payout="po_1", currency="eur")]

    result = broken_down([payout("po_1", 100)], records)

    assert result.payouts[0].adds_up
    assert outcomes(result) == {"txn_1": "in_payout", "txn_2": "break"}
    assert kinds(result) == [BreakKind.OTHER]


def test_two_transactions_that_claim_to_move_one_payout_are_told_apart_by_the_payouts_own_word() -> None:
    records = [
        transaction("txn_1", -100, type="payout", source="po_1"),
        transaction("txn_2", -100, type="payout", source="po_1"),
        transaction("txn_3", 100, payout="po_1"),
    ]

    result = broken_down([payout("po_1", 100)], records)

    assert outcomes(result) == {"txn_1": "in_payout", "txn_2": "break", "txn_3": "in_payout"}
    assert "whose movement is txn_1" in result.breaks[0].reason


def test_the_order_of_the_records_changes_nothing() -> None:
    payouts = [payout("po_1", 97), payout("po_2", 50, automatic=False), payout("po_3", 60, automatic=False)]
    records = [
        transaction("txn_1", 100, 3, payout="po_1"),
        transaction("txn_2", 70, 3),
        transaction("txn_3", 70, 3, day=2),
        transaction("txn_4", -97, type="payout", payout="po_1", source="po_1"),
        transaction("txn_5", -50, 1, type="payout", source="po_2"),
    ]
    expected = broken_down(payouts, records)

    for seed in range(20):
        shuffled = random.Random(seed)
        assert broken_down(shuffled.sample(payouts, len(payouts)), shuffled.sample(records, len(records))) == expected


def test_every_remainder_has_words() -> None:
    assert all(label.in_words for label in RemainderLabel)
    assert {kind.value for kind in TransactionOutcomeKind} == {"in_payout", "unpaid", "suspense", "break"}
    assert Money.zero(usd(1).currency) == usd(0)
