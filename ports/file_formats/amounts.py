"""Decimals of major units, as files write them, to exact money."""

from decimal import Decimal
from typing import Final

from domain.money import AmountNotExact, Currency, Money
from ports.file_formats.records import UnreadableRecord, shown

_DIGITS_MAX: Final = 25
"""More digits than any amount of money has, and fewer than decimal arithmetic would begin to round (28)."""


def exact_money(field: str, written: object, amount: Decimal | int | str, currency: Currency) -> Money:
    """The amount as money. Raises UnreadableRecord, which names the field and the value as written, rather than round.

    `amount` must be a number that can be converted, or a text that is one.
    """
    decimal = Decimal(amount)
    if decimal.is_finite() and len(decimal.as_tuple().digits) > _DIGITS_MAX:
        raise UnreadableRecord(f"{field} is {shown(written)}: it has too many digits to be an amount of money")
    try:
        return Money.from_major(decimal, currency)
    except AmountNotExact as error:
        reason = str(error).rpartition(": ")[2]
        raise UnreadableRecord(f"{field} is {shown(written)}: it {reason}") from error
