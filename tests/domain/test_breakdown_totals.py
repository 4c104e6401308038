"""The totals of a breakdown: by category and by kind of fee they are the breakdown."""

from datetime import timedelta

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.balance_transaction import BalanceTransaction
from domain.breakdown_totals import BreakdownTotals, CategoryTotal, FeeTotal, TotalsDoNotAddUp, totals_of
from domain.company_facts import CompanyFacts
from domain.fee_part import NOT_DETAILED, FeePart
from domain.payout import Payout
from domain.payout_breakdown import PayoutBreakdown, break_down_payouts
from tests.domain.balance_records import payout, transaction, usd

PARTS = st.lists(
    st.builds(
        FeePart, kind=st.sampled_from(["stripe_fee", "tax", "application_fee"]), amount=st.integers(-50, 50).map(usd)
    ),
    max_size=3,
).map(tuple)


@st.composite
def movements(draw: st.DrawFn, id: str, of: str | None) -> BalanceTransaction:
    parts = draw(st.none() | PARTS)
    whole = sum(part.amount.minor_units for part in parts or ())
    fee = draw(st.sampled_from([whole, draw(st.integers(-50, 50))]))
    type_ = draw(st.sampled_from(["charge", "refund", "invented_later"]))
    category = draw(st.sampled_from([None, type_, "dispute"]))
    made = transaction(id, draw(st.integers(-900, 900)), fee, type=type_, category=category, payout=of)
    return attrs.evolve(made, fee_parts=parts)


def inside(some: list[BalanceTransaction], of: Payout) -> tuple[PayoutBreakdown, BreakdownTotals]:
    facts = CompanyFacts(payouts=(of,), balance_transactions=tuple(some))
    (breakdown,) = break_down_payouts(facts).payouts
    own = next((each for each in some if each.is_payout_itself), None)
    return breakdown, totals_of(breakdown, {each.id: each for each in some}.__getitem__, own)


@given(st.data(), st.integers(0, 6), st.booleans(), st.integers(1, 900))
def test_whatever_is_inside_both_tables_add_up_to_it(
    data: st.DataObject, count: int, is_automatic: bool, amount: int
) -> None:
    of = payout("po_1", amount, automatic=is_automatic)
    listed = "po_1" if is_automatic else None
    some = [data.draw(movements(f"txn_{number}", listed)) for number in range(count)]
    some.append(
        transaction("txn_own", -amount, data.draw(st.integers(0, 20)), type="payout", payout="po_1", source="po_1")
    )
    breakdown, totals = inside(some, of)

    for name in ("gross", "fees", "net"):
        total = sum(getattr(each, name).minor_units for each in totals.categories)
        assert total == getattr(breakdown, name).minor_units
    assert sum(each.amount.minor_units for each in totals.fees) == breakdown.fees.minor_units
    own = sum(each.count for each in totals.categories if each.category == "payout")
    assert sum(each.count for each in totals.categories) - own == len(breakdown.items)
    known = {each.id: each for each in some}
    assert totals.suspense == sum(not known[item.transaction].is_understood for item in breakdown.items)


def test_the_part_of_a_transaction_has_its_share_of_each_kind_of_fee() -> None:
    parts = (FeePart(kind="stripe_fee", amount=usd(80)), FeePart(kind="tax", amount=usd(20)))
    charge = attrs.evolve(transaction("txn_1", 1_100, 100, category="charge"), fee_parts=parts)
    breakdown, totals = inside([charge], payout("po_1", 500, automatic=False))

    assert breakdown.inferred
    assert totals.fees == (
        FeeTotal(kind="stripe_fee", count=1, amount=usd(40)),
        FeeTotal(kind="tax", count=1, amount=usd(10)),
    )


def test_of_a_part_whose_kinds_are_of_both_signs_the_kinds_are_not_told() -> None:
    parts = (FeePart(kind="stripe_fee", amount=usd(120)), FeePart(kind="tax", amount=usd(-20)))
    charge = attrs.evolve(transaction("txn_1", 1_100, 100, category="charge"), fee_parts=parts)
    _, totals = inside([charge], payout("po_1", 500, automatic=False))

    assert totals.fees == (FeeTotal(kind=NOT_DETAILED, count=1, amount=usd(50)),)


def test_what_has_neither_category_nor_type_has_a_line_of_its_own_in_suspense() -> None:
    nameless = transaction("txn_1", 500, type=None, payout="po_1")
    _, totals = inside([nameless], payout("po_1", 500))

    assert totals.categories == (
        CategoryTotal(category="unnamed", count=1, gross=usd(500), fees=usd(0), net=usd(500), suspense=1),
    )


def test_totals_of_other_transactions_than_the_breakdowns_are_a_defect() -> None:
    charge = transaction("txn_1", 500, 30, payout="po_1", category="charge")
    breakdown, _ = inside([charge], payout("po_1", 470))
    instant = attrs.evolve(charge, type="payout", created=charge.created and charge.created + timedelta(days=1))

    with pytest.raises(TotalsDoNotAddUp):
        totals_of(breakdown, {charge.id: charge}.__getitem__, instant)
