"""Banking days of the simulated banks: weekends and the financial calendars of the `holidays` library."""

import functools
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

import holidays


class Banking(StrEnum):
    """Whose banking days a bank keeps."""

    FEDERAL_RESERVE = "federal_reserve"
    TARGET2 = "target2"
    UNITED_KINGDOM = "united_kingdom"
    EVERY_DAY = "every_day"
    """A bank that posts at weekends and on holidays too."""


_DAY: Final = timedelta(days=1)


@functools.cache
def _closed(banking: Banking, year: int) -> frozenset[date]:
    match banking:
        case Banking.FEDERAL_RESERVE:
            return frozenset(holidays.financial_holidays("XFED", years=year))
        case Banking.TARGET2:
            return frozenset(holidays.financial_holidays("XECB", years=year))
        case Banking.UNITED_KINGDOM:
            return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))
        case Banking.EVERY_DAY:
            return frozenset()


@functools.lru_cache(maxsize=20_000)
def is_open(banking: Banking, day: date) -> bool:
    """True if banks of this calendar post on this day."""
    if banking is Banking.EVERY_DAY:
        return True
    return day.weekday() < 5 and day not in _closed(banking, day.year)


def at_or_after(banking: Banking, day: date) -> date:
    """The first banking day from this day on."""
    while not is_open(banking, day):
        day += _DAY
    return day


def at_or_before(banking: Banking, day: date) -> date:
    """The last banking day up to this day."""
    while not is_open(banking, day):
        day -= _DAY
    return day


@functools.lru_cache(maxsize=50_000)
def moved(banking: Banking, day: date, banking_days: int) -> date:
    """The day so many banking days later (or, negative, earlier), counted from the next (or last) banking day."""
    if banking_days < 0:
        day = at_or_before(banking, day)
        for _ in range(-banking_days):
            day = at_or_before(banking, day - _DAY)
        return day
    day = at_or_after(banking, day)
    for _ in range(banking_days):
        day = at_or_after(banking, day + _DAY)
    return day


def open_days(banking: Banking, first: date, last: date) -> tuple[date, ...]:
    """All banking days of the range, both ends included."""
    days, day = [], at_or_after(banking, first)
    while day <= last:
        days.append(day)
        day = at_or_after(banking, day + _DAY)
    return tuple(days)
