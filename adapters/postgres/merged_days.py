"""Days on which the same amount is looked for, put together where they meet, so that no row is read twice."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

import attrs

from ports.facts import AmountDays

_DAY: Final = timedelta(days=1)


def merged_days(amounts: Iterable[AmountDays]) -> list[AmountDays]:
    """The same days of the same amounts, in the order of amounts and days. Nothing is asked for that was not before."""
    merged: list[AmountDays] = []
    for each in sorted(amounts, key=_order):
        last = merged[-1] if merged else None
        if last is None or _kind(last) != _kind(each) or each.first_day > last.last_day + _DAY:
            merged.append(each)
        elif each.last_day > last.last_day:
            merged[-1] = attrs.evolve(last, last_day=each.last_day)
    return merged


def _kind(amount: AmountDays) -> tuple[object, ...]:
    return amount.amount, amount.only_traced


def _order(amount: AmountDays) -> tuple[object, ...]:
    money = amount.amount
    return money.currency.code, money.minor_units, amount.only_traced, amount.first_day
