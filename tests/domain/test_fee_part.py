"""The parts of a fee: by kind they add up to it, and what is not said is named."""

from hypothesis import given
from hypothesis import strategies as st

from domain.fee_part import NOT_DETAILED, FeePart, fees_by_kind
from domain.money import Currency, Money
from tests.domain.balance_records import usd

KINDS = st.sampled_from(["stripe_fee", "application_fee", "tax", "withheld_tax", NOT_DETAILED, "invented_later"])
UNITS = st.integers(-10_000, 10_000)
PARTS = st.builds(FeePart, kind=KINDS, amount=st.builds(usd, UNITS))


@given(UNITS, st.none() | st.lists(PARTS).map(tuple))
def test_whatever_is_said_the_kinds_add_up_to_the_fee(fee: int, parts: tuple[FeePart, ...] | None) -> None:
    found = fees_by_kind(usd(fee), parts)

    assert sum(amount.minor_units for amount in found.values()) == fee
    assert all(found.values())
    assert list(found) == sorted(found)


def test_parts_that_are_the_fee_leave_no_rest() -> None:
    parts = (FeePart(kind="stripe_fee", amount=usd(320)), FeePart(kind="application_fee", amount=usd(100)))

    assert fees_by_kind(usd(420), parts) == {"application_fee": usd(100), "stripe_fee": usd(320)}


def test_what_parts_do_not_come_to_is_named() -> None:
    assert fees_by_kind(usd(420), (FeePart(kind="tax", amount=usd(20)),)) == {NOT_DETAILED: usd(400), "tax": usd(20)}
    assert fees_by_kind(usd(420), None) == {NOT_DETAILED: usd(420)}
    assert fees_by_kind(usd(0), None) == {}


def test_a_part_in_another_currency_is_not_counted_as_if_it_were_the_same() -> None:
    euros = FeePart(kind="stripe_fee", amount=Money(30, Currency.of("eur")))

    assert fees_by_kind(usd(30), (euros,)) == {NOT_DETAILED: usd(30)}
