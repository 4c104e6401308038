"""The types of which bodies and queries are made, each with its bounds: what decoding checks and OpenAPI describes."""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Generic, TypeVar

import attrs

from domain.money import MINOR_UNITS_MAX, Currency, Money

T = TypeVar("T")

LIMIT_MAX: Final = 250


@attrs.frozen
class TextBounds:
    """How long a text may be, in characters, and which form it has."""

    longest: int
    shortest: int = 1
    pattern: str | None = None
    """Whole, in ASCII. Also in the OpenAPI document, so it is in the common part of the dialects."""
    example: str | None = None


@attrs.frozen
class NumberBounds:
    """The least and the greatest whole number that is taken."""

    least: int
    greatest: int


@attrs.frozen
class ListBounds:
    """How many there may be in a list."""

    most: int
    least: int = 0


Name = Annotated[str, TextBounds(200, example="Acme Roasters")]
Note = Annotated[str, TextBounds(2_000, example="Confirmed by phone with the bank.")]
Text = Annotated[str, TextBounds(2_000, shortest=0, example="STRIPE TRANSFER ST-A1B2C3D4E5F6")]
ExternalId = Annotated[str, TextBounds(200, example="your-id-4711")]
TypedId = Annotated[str, TextBounds(80, pattern=r"^[a-z]+_[0-9A-Za-z_]{1,70}$", example="dep_5w7ijf2bq6y3n4a2")]
CurrencyCode = Annotated[str, TextBounds(4, shortest=3, pattern=r"^[a-z]{3,4}$", example="usd")]
MinorUnits = Annotated[int, NumberBounds(-MINOR_UNITS_MAX, MINOR_UNITS_MAX)]
Limit = Annotated[int, NumberBounds(1, LIMIT_MAX)]

Json = Any
"""Any JSON value, in answers only."""
JsonObject = Mapping[str, Any]


@attrs.frozen(kw_only=True)
class MoneyBody:
    """An amount in whole minor units of a currency."""

    minor_units: MinorUnits
    currency: CurrencyCode

    @classmethod
    def of(cls, money: Money) -> "MoneyBody":
        """As it goes over the wire."""
        return cls(minor_units=money.minor_units, currency=money.currency.code)

    def money(self) -> Money:
        """As the domain knows it. Raises UnknownCurrency."""
        return Money(self.minor_units, Currency.of(self.currency))


@attrs.frozen(kw_only=True)
class PageBody(Generic[T]):
    """One page of a list."""

    data: tuple[T, ...]
    has_more: bool


@attrs.frozen(kw_only=True)
class NoQuery:
    """A route that takes no parameters in its query."""


@attrs.frozen(kw_only=True)
class NoBody:
    """A route that takes no body."""
