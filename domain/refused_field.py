"""A field of what was told that cannot be taken as it is: where it stands, and why. And the checks that many share."""

from datetime import date, timedelta
from typing import Final

import attrs

from domain.money import MINOR_UNITS_MAX, Money

TEXT_MAX: Final = 255
"""Longest id or name, in characters."""
FIRST_DAY: Final = date(1990, 1, 1)
DAYS_AHEAD_MAX: Final = 400
"""Further in the future than this is a typing error."""


@attrs.frozen(kw_only=True)
class RefusedField:
    """One field, by its JSON pointer, and the reason in words."""

    pointer: str
    reason: str


def refused_text(pointer: str, text: str | None, *, length_max: int = TEXT_MAX) -> list[RefusedField]:
    """A text that is given must say something, be of bearable length, and hold no control characters."""
    if text is None:
        return []
    if not text.strip():
        return [RefusedField(pointer=pointer, reason="is blank")]
    if len(text) > length_max:
        return [RefusedField(pointer=pointer, reason=f"is longer than {length_max} characters")]
    if any(character < " " or character == "\x7f" or "\ud800" <= character <= "\udfff" for character in text):
        return [RefusedField(pointer=pointer, reason="holds characters that are no text")]
    return []


def refused_amount(pointer: str, amount: Money, *, zero_allowed: bool = False) -> list[RefusedField]:
    """An amount must be of a plausible size, and not zero."""
    if abs(amount.minor_units) > MINOR_UNITS_MAX:
        return [RefusedField(pointer=pointer, reason="is too large to be an amount of money")]
    if not amount and not zero_allowed:
        return [RefusedField(pointer=pointer, reason="is zero: nothing moved")]
    return []


def refused_day(pointer: str, day: date | None, *, today: date) -> list[RefusedField]:
    """A day that is given must be one on which money could have moved, or will before long."""
    if day is None or FIRST_DAY <= day <= today + timedelta(days=DAYS_AHEAD_MAX):
        return []
    return [RefusedField(pointer=pointer, reason=f"{day} is no plausible day: before {FIRST_DAY}, or too far ahead")]


def refused_repetitions(pointer: str, ids: list[str], field: str = "external_id") -> list[RefusedField]:
    """Ids told together must differ; `pointer` is that of the list."""
    first: dict[str, int] = {}
    refused = []
    for index, id_ in enumerate(ids):
        if first.setdefault(id_, index) != index:
            reason = f"is that of {pointer}/{first[id_]} too"
            refused.append(RefusedField(pointer=f"{pointer}/{index}/{field}", reason=reason))
    return refused
