"""Money: exact minor units, one currency at a time."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.money import MINOR_UNITS_MAX, AmountNotExact, Currency, CurrencyMismatch, Money, UnknownCurrency

USD, EUR, JPY, KWD = (Currency.of(code) for code in ("usd", "eur", "jpy", "kwd"))
CURRENCIES = st.sampled_from(["usd", "jpy", "kwd", "isk", "ugx", "huf", "twd"]).map(Currency.of)
AMOUNTS = st.integers(-MINOR_UNITS_MAX, MINOR_UNITS_MAX)


@pytest.mark.parametrize(
    ("code", "exponent"),
    [("usd", 2), ("jpy", 0), ("krw", 0), ("clp", 0), ("kwd", 3), ("bhd", 3), ("isk", 2), ("ugx", 2), ("huf", 2)],
)
def test_a_currency_has_stripes_decimals(code: str, exponent: int) -> None:
    assert Currency.of(code) == Currency(code, exponent)


def test_a_currency_is_known_in_any_case() -> None:
    assert [Currency.of(code) for code in ("USD", "Usd", " usd ")] == [USD, USD, USD]


@pytest.mark.parametrize("code", ["", "us", "usdd", "xyz", "$", "12"])
def test_an_unknown_currency_is_refused_by_name(code: str) -> None:
    with pytest.raises(UnknownCurrency) as refused:
        Currency.of(code)

    assert refused.value.code == code


@pytest.mark.parametrize(
    ("written", "currency", "minor_units"),
    [
        ("12.34", USD, 1_234),
        ("-0.01", USD, -1),
        ("1200", JPY, 1_200),
        ("1200.00", JPY, 1_200),
        ("1.234", KWD, 1_234),
        ("5", Currency.of("isk"), 500),
        (Decimal("7.10"), USD, 710),
        (3, USD, 300),
        ("0", USD, 0),
        ("1E+2", USD, 10_000),
        ("10000000000000", USD, MINOR_UNITS_MAX),
    ],
)
def test_major_units_become_exact_minor_units(
    written: Decimal | int | str, currency: Currency, minor_units: int
) -> None:
    assert Money.from_major(written, currency) == Money(minor_units, currency)


@pytest.mark.parametrize(
    ("written", "currency"),
    [
        ("12.345", USD),
        ("0.5", JPY),
        ("1.2345", KWD),
        ("NaN", USD),
        ("Infinity", USD),
        ("-inf", USD),
        ("1,234.5", USD),
        ("12..34", USD),
        ("", USD),
        ("1e999", USD),
        ("1e-999", USD),
        ("1e-40", USD),
        ("10000000000000.01", USD),
        ("99999999999999999", JPY),
    ],
)
def test_an_amount_that_is_not_exact_is_refused_rather_than_rounded(written: str, currency: Currency) -> None:
    with pytest.raises(AmountNotExact):
        Money.from_major(written, currency)


@given(AMOUNTS, CURRENCIES)
def test_minor_units_survive_being_written_in_major_units(minor_units: int, currency: Currency) -> None:
    written = Decimal(minor_units).scaleb(-currency.exponent)

    assert (
        Money.from_major(written, currency) == Money.from_major(str(written), currency) == Money(minor_units, currency)
    )


@pytest.mark.parametrize("minor_units", [12.0, True, "12", Decimal(12), None])
def test_minor_units_are_whole_numbers_and_nothing_else(minor_units: object) -> None:
    with pytest.raises(TypeError):
        Money(minor_units, USD)  # type: ignore[arg-type]


@given(AMOUNTS, st.lists(st.integers(0, 10**6), min_size=1, max_size=9).filter(any))
def test_the_parts_of_a_split_add_up_to_the_whole_and_stay_in_proportion(amount: int, weights: list[int]) -> None:
    parts = Money(amount, USD).split(tuple(weights))

    assert sum(part.minor_units for part in parts) == amount
    assert len(parts) == len(weights)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part.minor_units * sum(weights) - amount * weight) < sum(weights)
        assert part.minor_units * amount >= 0


@pytest.mark.parametrize("weights", [(), (0,), (0, 0), (1, -1), (-1, 2)])
def test_a_split_needs_a_positive_weight_and_no_negative_one(weights: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="weights"):
        Money(100, USD).split(weights)


@given(AMOUNTS, AMOUNTS)
def test_sums_and_differences_are_exact(a: int, b: int) -> None:
    left, right = Money(a, USD), Money(b, USD)

    assert left + right == Money(a + b, USD)
    assert left - right == left + -right == Money(a - b, USD)


def test_equality_across_currencies_is_false_and_arithmetic_is_refused() -> None:
    dollars, euros = Money(100, USD), Money(100, EUR)

    assert dollars != euros
    assert len({dollars, euros, Money(100, USD)}) == 2
    for combine in (Money.__add__, Money.__sub__):
        with pytest.raises(CurrencyMismatch) as refused:
            combine(dollars, euros)
        assert (refused.value.left, refused.value.right) == (USD, EUR)


def test_nothing_is_false_and_anything_else_is_true() -> None:
    assert [bool(Money(units, USD)) for units in (0, 1, -1)] == [False, True, True]
    assert Money.zero(JPY) == Money(0, JPY)


@pytest.mark.parametrize(
    ("money", "written"),
    [
        (Money(123_456_789, USD), "1,234,567.89 usd"),
        (Money(-5, USD), "-0.05 usd"),
        (Money(0, USD), "0.00 usd"),
        (Money(-1_200, JPY), "-1,200 jpy"),
        (Money(1, KWD), "0.001 kwd"),
    ],
)
def test_money_is_written_with_its_decimals_and_its_currency(money: Money, written: str) -> None:
    assert str(money) == written
