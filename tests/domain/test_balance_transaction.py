"""Balance transactions: net = amount − fee, the sign rule, and open sets of types."""

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.balance_transaction import KNOWN_CATEGORIES, KNOWN_TYPES, BalanceTransaction, NetMismatch
from domain.money import Currency, CurrencyMismatch, Money
from tests.domain.balance_records import payout, transaction, usd

AMOUNTS = st.integers(-(10**9), 10**9)


def of(type: str | None, category: str | None = None) -> BalanceTransaction:
    return transaction("txn", 1_000, type=type, category=category)


@given(AMOUNTS, AMOUNTS, AMOUNTS)
def test_a_net_that_is_not_amount_less_fee_cannot_be_built(amount: int, fee: int, net: int) -> None:
    valid = transaction("txn_1", amount, fee)

    assert valid.net == usd(amount - fee)
    if net != amount - fee:
        with pytest.raises(NetMismatch, match="txn_1"):
            attrs.evolve(valid, net=usd(net))


def test_one_transaction_has_one_currency() -> None:
    with pytest.raises(CurrencyMismatch):
        attrs.evolve(transaction("txn_1", 1_000, 30), fee=Money(30, Currency.of("eur")))


def test_a_payout_takes_the_banks_view_so_its_own_transaction_is_negative() -> None:
    paid_out = payout("po_1", 9_700)
    own = transaction("txn_po", -9_700, type="payout", payout="po_1", source="po_1")

    assert own.is_payout_itself
    assert own.net == -paid_out.amount
    assert transaction("txn_1", 10_000, 300, payout="po_1").net + own.net == usd(0)


@pytest.mark.parametrize(
    ("type", "category", "moves", "itself"),
    [
        ("payout", "payout", True, True),
        ("payout_failure", "payout_reversal", True, False),
        ("payout_cancel", "payout_reversal", True, False),
        (None, "payout", True, True),
        (None, "payout_reversal", True, False),
        ("charge", "charge", False, False),
        ("payout_minimum_balance_hold", "payout_minimum_balance_hold", False, False),
        (None, "charge", False, False),
    ],
)
def test_what_payouts_themselves_move_is_told_from_what_they_pay_out(
    type: str | None, category: str | None, moves: bool, itself: bool
) -> None:
    made = of(type, category)

    assert (made.moves_payout, made.is_payout_itself) == (moves, itself)


@pytest.mark.parametrize(
    ("type", "category", "understood"),
    [
        ("charge", "charge", True),
        ("charge", None, True),
        (None, "dispute", True),
        ("invented_later", "charge", False),
        ("charge", "invented_later", False),
        ("reserve_hold", "reserve_hold", True),
        ("invented_later", "invented_later", False),
        ("invented_later", None, False),
        (None, None, False),
    ],
)
def test_an_unknown_type_or_category_is_kept_but_not_understood(
    type: str | None, category: str | None, understood: bool
) -> None:
    assert of(type, category).is_understood is understood


def test_every_known_type_and_category_is_understood() -> None:
    assert all(of(known).is_understood for known in KNOWN_TYPES)
    assert all(of(None, category).is_understood for category in KNOWN_CATEGORIES)
