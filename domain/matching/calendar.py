"""Banking days: the calendar in which deposits are early or late.

Banks' calendars, not public holidays: the Federal Reserve for dollars (it stays open on the Friday before a Saturday
holiday), TARGET2 for euros, London's for pounds; elsewhere Monday to Friday.
"""

import functools
from datetime import date, timedelta
from typing import Final

from holidays import financial_holidays

_CALENDAR_OF_CURRENCY: Final = {"usd": "XFED", "eur": "XECB", "gbp": "XLON"}
_EPOCH: Final = date(1990, 1, 1)
_YEAR_MAX: Final = 2199


class BankingCalendar:
    """Numbers the banking days: `number[day]` counts those up to and including that day.

    A day on which banks rest has the number of the banking day before it, so that the difference of two numbers is the
    lag in banking days.
    """

    def __init__(self, name: str | None) -> None:
        self._name = name
        self._next_year = _EPOCH.year
        self._last = 0
        self.number: dict[date, int] = _Numbers(self)

    def extend_to(self, year: int) -> None:
        """Number all days up to the end of this year."""
        for each in range(self._next_year, min(year, _YEAR_MAX) + 1):
            closed = set(financial_holidays(self._name, years=each)) if self._name else set()
            day = date(each, 1, 1)
            while day.year == each:
                if day.weekday() < 5 and day not in closed:
                    self._last += 1
                self.number[day] = self._last
                day += timedelta(days=1)
        self._next_year = max(self._next_year, year + 1)


class _Numbers(dict[date, int]):
    """Fills itself by whole years, so that the usual look-up is a plain dictionary's."""

    def __init__(self, calendar: BankingCalendar) -> None:
        super().__init__()
        self._calendar = calendar

    def __missing__(self, day: date) -> int:
        if day < _EPOCH:  # before the calendar begins, only weekends are known
            days = (_EPOCH - day).days
            return -(days // 7 * 5 + sum((day + timedelta(days=i)).weekday() < 5 for i in range(days % 7)))
        if day.year > _YEAR_MAX:
            self._calendar.extend_to(_YEAR_MAX)
            return self[date(_YEAR_MAX, 12, 31)] + (day - date(_YEAR_MAX, 12, 31)).days * 5 // 7
        self._calendar.extend_to(day.year)
        return self[day]


@functools.cache
def banking_calendar(currency_code: str) -> BankingCalendar:
    """The calendar of the banks that settle this currency."""
    return _calendar(_CALENDAR_OF_CURRENCY.get(currency_code))


@functools.cache
def _calendar(name: str | None) -> BankingCalendar:
    return BankingCalendar(name)
