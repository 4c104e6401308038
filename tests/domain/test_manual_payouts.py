"""Manual and instant payouts: itemised by the convention, exactly, and marked."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.balance_transaction import BalanceTransaction
from domain.company_facts import CompanyFacts
from domain.manual_payouts import BalanceDoesNotClose, PaidOutBalance
from domain.money import Money
from domain.payout import Payout, PayoutStatus
from domain.payout_breakdown import Breakdowns, break_down_payouts
from domain.payout_item import PayoutItem
from domain.remainder import RemainderLabel
from tests.domain.balance_records import USD, payout, transaction, usd


def broken_down(payouts: list[Payout], transactions: list[BalanceTransaction]) -> Breakdowns:
    return break_down_payouts(CompanyFacts(payouts=tuple(payouts), balance_transactions=tuple(transactions)))


def manual(id: str, minor_units: int, *, day: int = 10, source_type: str | None = None) -> Payout:
    return payout(id, minor_units, day=day, automatic=False, source_type=source_type)


def parts(breakdowns: Breakdowns) -> dict[str, list[tuple[str, int]]]:
    return {
        breakdown.payout: [(item.transaction, item.net.minor_units) for item in breakdown.items]
        for breakdown in breakdowns.payouts
    }


def test_a_manual_payout_takes_what_became_available_first_and_splits_the_last_item() -> None:
    records = [
        transaction("txn_b", 100, 4, day=2),
        transaction("txn_a", 100, 4, day=3),
        transaction("txn_c", 100, 4, day=1),
    ]

    result = broken_down([manual("po_1", 150, day=5), manual("po_2", 100, day=6)], records)

    assert parts(result) == {
        "po_1": [("txn_c", 96), ("txn_b", 54)],
        "po_2": [("txn_b", 42), ("txn_a", 58)],
    }
    assert all(breakdown.inferred and breakdown.adds_up for breakdown in result.payouts)
    assert {outcome.transaction: outcome.outcome.value for outcome in result.transactions} == {
        "txn_a": "unpaid",
        "txn_b": "in_payout",
        "txn_c": "in_payout",
    }
    assert result.balances == (
        PaidOutBalance(
            currency=USD, source_type=None, opening=usd(0), available=usd(288), paid=usd(250), closing=usd(38)
        ),
    )


def test_what_is_not_available_by_the_payouts_day_does_not_pay_for_it() -> None:
    records = [transaction("txn_1", 100, day=1), transaction("txn_2", 100, day=1, available=7)]

    result = broken_down([manual("po_1", 150, day=5)], records)

    (breakdown,) = result.payouts
    assert (breakdown.net, breakdown.remainder.amount) == (usd(100), usd(50))
    assert breakdown.remainder.label is RemainderLabel.NOT_IN_RECORDS
    assert result.balances[0].opening == usd(50)


def test_an_instant_payout_bears_the_fee_of_its_own_transaction() -> None:
    instant = payout("po_1", 1000, automatic=False, method="instant", balance_transaction="txn_own")
    records = [transaction("txn_1", 1100, 40), transaction("txn_own", -1000, 10, type="payout", source="po_1", day=10)]

    result = broken_down([instant], records)

    (breakdown,) = result.payouts
    assert [item.net for item in breakdown.items] == [usd(1010)]
    assert (breakdown.net, breakdown.adds_up, breakdown.inferred) == (usd(1000), True, True)
    assert breakdown.gross - breakdown.fees == usd(1000)
    assert result.balances[0].closing == usd(50)


def test_without_the_unpaid_transactions_a_manual_payout_has_no_items_and_says_so() -> None:
    result = broken_down([manual("po_1", 1000)], [])

    (breakdown,) = result.payouts
    assert (len(breakdown.items), breakdown.inferred) == (0, True)
    assert breakdown.remainder.label is RemainderLabel.NOT_IN_RECORDS


def test_refunds_are_paid_out_with_the_rest() -> None:
    records = [
        transaction("txn_1", 100),
        transaction("txn_2", -30, type="refund", day=2),
        transaction("txn_3", 100, day=3),
    ]

    result = broken_down([manual("po_1", 110)], records)

    assert parts(result) == {"po_1": [("txn_1", 100), ("txn_2", -30), ("txn_3", 40)]}


def test_currencies_and_source_types_queue_apart() -> None:
    records = [
        transaction("txn_1", 100, source_type="bank_account"),
        transaction("txn_2", 100, source_type="card", day=2),
        transaction("txn_3", 100, currency="eur"),
    ]

    result = broken_down([manual("po_1", 60), manual("po_2", 60, source_type="bank_account")], records)

    assert parts(result) == {"po_1": [("txn_2", 60)], "po_2": [("txn_1", 60)]}


def test_the_give_back_of_a_failed_manual_payout_pays_for_the_next() -> None:
    failed = payout("po_1", 100, automatic=False, status=PayoutStatus.FAILED)
    records = [
        transaction("txn_1", 100),
        transaction("txn_2", -100, type="payout", source="po_1", day=10),
        transaction("txn_3", 100, type="payout_failure", source="po_1", day=14),
    ]

    result = broken_down([failed, manual("po_2", 100, day=15)], records)

    assert parts(result) == {"po_1": [("txn_1", 100)], "po_2": [("txn_3", 100)]}
    assert result.balances[0].closing == usd(0)


def test_money_drawn_back_from_the_bank_pays_for_a_later_payout() -> None:
    records = [transaction("txn_1", 80, type="payout", source="po_1", day=3)]

    result = broken_down([manual("po_1", -80, day=3), manual("po_2", 80, day=5)], records)

    assert parts(result) == {"po_1": [], "po_2": [("txn_1", 80)]}
    assert result.payouts[0].remainder.label is RemainderLabel.DRAWN_FROM_BANK
    assert result.breaks == ()


def test_a_payout_of_an_unknown_kind_that_lists_nothing_is_itemised_where_its_own_movement_is_known() -> None:
    records = [transaction("txn_1", 80), transaction("txn_2", -80, type="payout", source="po_1", day=10)]

    known = broken_down([payout("po_1", 80, automatic=None)], records)
    unknown = broken_down([payout("po_1", 80, automatic=None)], records[:1])

    assert (parts(known), known.payouts[0].inferred) == ({"po_1": [("txn_1", 80)]}, True)
    assert (parts(unknown), unknown.payouts[0].remainder.label) == ({"po_1": []}, RemainderLabel.ITEMS_MISSING)


def test_a_balance_that_does_not_close_cannot_be_built() -> None:
    with pytest.raises(BalanceDoesNotClose):
        PaidOutBalance(currency=USD, source_type=None, opening=usd(0), available=usd(5), paid=usd(1), closing=usd(3))


def test_an_item_is_split_only_within_its_net() -> None:
    item = PayoutItem.whole(transaction("txn_1", 100, 4))

    with pytest.raises(ValueError, match="cannot take"):
        item.split(usd(96))


@given(st.integers(-500, 500), st.integers(2, 10_000), st.data())
def test_the_two_parts_of_an_item_are_the_item(fee: int, net: int, data: st.DataObject) -> None:
    item = PayoutItem.whole(transaction("txn_1", net + fee, fee))

    taken, rest = item.split(usd(data.draw(st.integers(1, net - 1))))

    assert (taken.amount + rest.amount, taken.fee + rest.fee, taken.net + rest.net) == (item.amount, item.fee, item.net)
    assert all(part.amount - part.fee == part.net for part in (taken, rest))


@st.composite
def balances(draw: st.DrawFn) -> tuple[list[Payout], list[BalanceTransaction]]:
    """Payouts of every kind, with and without items, movements and give-backs."""
    payouts = [
        payout(
            f"po_{n}",
            draw(st.integers(-200, 1000)),
            day=draw(st.integers(0, 20)),
            automatic=draw(st.sampled_from([True, False, None])),
            method=draw(st.sampled_from(["standard", "instant"])),
            status=draw(st.sampled_from(list(PayoutStatus))),
            source_type=draw(st.sampled_from([None, "card", "bank_account"])),
            currency=draw(st.sampled_from(["usd", "huf"])),
        )
        for n in range(draw(st.integers(0, 5)))
    ]
    ids = [None, "po_unknown", *(found.id for found in payouts)]
    transactions = [
        transaction(
            f"txn_{n}",
            draw(st.integers(-300, 600)),
            draw(st.integers(-10, 40)),
            type=draw(st.sampled_from(["charge", "refund", "payout", "payout_failure", "reserve_hold", "moon_tax"])),
            payout=draw(st.sampled_from(ids)),
            source=draw(st.sampled_from(ids)),
            day=draw(st.integers(0, 20)),
            available=draw(st.integers(0, 22)),
            source_type=draw(st.sampled_from([None, "card", "bank_account"])),
            currency=draw(st.sampled_from(["usd", "usd", "huf"])),
        )
        for n in range(draw(st.integers(0, 12)))
    ]
    return payouts, transactions


@given(balances())
def test_every_payout_is_its_items_and_a_named_remainder_and_every_transaction_has_one_outcome(
    records: tuple[list[Payout], list[BalanceTransaction]],
) -> None:
    payouts, transactions = records

    result = broken_down(payouts, transactions)

    amounts = {found.id: found.amount for found in payouts}
    assert [breakdown.payout for breakdown in result.payouts] == sorted(amounts)
    for breakdown in result.payouts:
        assert breakdown.net + breakdown.remainder.amount == amounts[breakdown.payout]
        assert (breakdown.remainder.label is RemainderLabel.NONE) == breakdown.adds_up
        assert sum(item.amount.minor_units for item in breakdown.items) == breakdown.gross.minor_units
    assert [outcome.transaction for outcome in result.transactions] == sorted(found.id for found in transactions)


@given(balances())
def test_first_in_first_out_neither_loses_money_nor_makes_it(
    records: tuple[list[Payout], list[BalanceTransaction]],
) -> None:
    payouts, transactions = records
    nets: dict[str, Money] = {found.id: found.net for found in transactions}

    result = broken_down(payouts, transactions)

    taken: dict[str, int] = {}
    for breakdown in result.payouts:
        for item in breakdown.items:
            assert item.amount - item.fee == item.net
            taken[item.transaction] = taken.get(item.transaction, 0) + item.net.minor_units
    for transaction_id, net in taken.items():
        whole = nets[transaction_id].minor_units
        assert min(0, whole) <= net <= max(0, whole)
    for balance in result.balances:
        assert balance.opening + balance.available - balance.paid == balance.closing
