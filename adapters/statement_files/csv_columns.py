"""What a user says of a bank's CSV file: `date=Posted,amount=Betrag,text=Details,currency=EUR,dates=dmy,decimals=,`."""

import difflib
from collections.abc import Mapping
from typing import Self, TypeVar

import attrs

from adapters.statement_files.csv_headings import Role
from domain.money import Currency, UnknownCurrency

_Chosen = TypeVar("_Chosen")


class UnusableColumns(ValueError):
    """The description of columns is not understood. The message says which part."""


@attrs.frozen(kw_only=True)
class BankColumns:
    """Columns as the user names them; what is not named is found by its heading."""

    named: Mapping[Role, str] = attrs.field(factory=dict)
    currency: Currency | None = None
    """The currency of every amount, given in place of a column."""
    day_first: bool | None = None
    """Whether 03/04 is the third of April; None: decided from the whole column."""
    decimal_mark: str | None = None
    """`.` or `,`; None: decided from the whole column."""

    @classmethod
    def parse(cls, described: str) -> Self:
        """From `role=heading` pairs, separated by commas. Raises UnusableColumns.

        `currency` takes a code or a heading; `dates` takes `dmy` or `mdy`; `decimals` takes `point` or `comma`.
        """
        named: dict[Role, str] = {}
        currency, day_first, mark = None, None, None
        for part in filter(None, (piece.strip() for piece in described.split(","))):
            key, equals, value = (piece.strip() for piece in part.partition("="))
            key = key.lower()
            if not equals or not value:
                raise UnusableColumns(f"“{part}” is not role=heading")
            if key == "dates":
                day_first = _choice(part, value, {"dmy": True, "mdy": False})
            elif key == "decimals":
                mark = _choice(part, value, {"point": ".", "comma": ",", ".": "."})
            elif key == "currency" and (code := _currency(value)) is not None:
                currency = code
            elif key in {role.value for role in Role}:
                named[Role(key)] = value
            else:
                known = [*Role, "dates", "decimals"]
                close = difflib.get_close_matches(key, known, n=1)
                hint = f" Did you mean “{close[0]}”?" if close else f" Known: {', '.join(known)}."
                raise UnusableColumns(f"“{key}” is not a column's role.{hint}")
        return cls(named=named, currency=currency, day_first=day_first, decimal_mark=mark)


def _choice(part: str, value: str, choices: Mapping[str, _Chosen]) -> _Chosen:
    try:
        return choices[value.lower()]
    except KeyError as error:
        raise UnusableColumns(f"“{part}”: choose one of {', '.join(choices)}") from error


def _currency(value: str) -> Currency | None:
    try:
        return Currency.of(value)
    except UnknownCurrency:
        return None
