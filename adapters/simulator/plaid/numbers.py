"""Amounts as Plaid prints them: JSON numbers of major units."""

from decimal import Decimal
from typing import Final, Literal

import msgspec

from domain.money import Money

_TWO: Final = 2


def printed(money: Money, form: Literal["shortest", "two_decimals"]) -> msgspec.Raw:
    """The number itself, exact: it is never a float here."""
    exponent = money.currency.exponent
    value = Decimal(money.minor_units).scaleb(-exponent)
    if form == "two_decimals":
        return msgspec.Raw(f"{value:.{max(exponent, _TWO)}f}".encode())
    text = f"{value:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return msgspec.Raw((text if text != "-0" else "0").encode())
