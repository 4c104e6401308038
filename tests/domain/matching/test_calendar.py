"""Banking days: banks' calendars, not public holidays."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.matching.calendar import banking_calendar

DAYS = st.dates(date(1900, 1, 1), date(2400, 12, 30))


def lag(currency: str, start: str, end: str) -> int:
    """Banking days from one day to another."""
    numbers = banking_calendar(currency).number
    return numbers[date.fromisoformat(end)] - numbers[date.fromisoformat(start)]


@pytest.mark.parametrize(
    ("currency", "start", "end", "banking_days", "why"),
    [
        ("usd", "2026-09-17", "2026-09-18", 1, "Thursday to Friday"),
        ("usd", "2026-09-18", "2026-09-21", 1, "over a weekend"),
        ("usd", "2026-09-18", "2026-09-19", 0, "Saturday counts to Friday"),
        ("usd", "2026-09-21", "2026-09-18", -1, "backwards"),
        ("usd", "2026-07-02", "2026-07-03", 1, "the Federal Reserve is open on the Friday before a Saturday holiday"),
        ("usd", "2026-07-03", "2026-07-06", 1, "and on the Monday after it"),
        ("usd", "2026-06-18", "2026-06-19", 0, "Juneteenth"),
        ("usd", "2026-06-18", "2026-06-22", 1, "over Juneteenth and a weekend"),
        ("usd", "2026-11-25", "2026-11-27", 1, "over Thanksgiving, open on the day after"),
        ("usd", "2021-12-24", "2021-12-27", 1, "Christmas on a Saturday is not made up for"),
        ("usd", "2022-12-23", "2022-12-27", 1, "Christmas on a Sunday is, on the Monday"),
        ("eur", "2026-04-02", "2026-04-07", 1, "TARGET2 rests on Good Friday and Easter Monday"),
        ("eur", "2026-04-30", "2026-05-04", 1, "and on Labour Day"),
        ("eur", "2026-06-18", "2026-06-19", 1, "but not on Juneteenth"),
        ("gbp", "2026-05-01", "2026-05-05", 1, "London's early May bank holiday"),
        ("cad", "2026-07-01", "2026-07-02", 1, "elsewhere only weekends are known"),
    ],
)
def test_lags_are_counted_in_the_days_on_which_banks_work(
    currency: str, start: str, end: str, banking_days: int, why: str
) -> None:
    assert lag(currency, start, end) == banking_days, why


@given(st.sampled_from(["usd", "eur", "gbp", "cad", "jpy"]), DAYS)
def test_every_day_has_a_number_and_the_next_one_is_the_same_or_one_more(currency: str, day: date) -> None:
    numbers = banking_calendar(currency).number

    assert numbers[day + timedelta(days=1)] - numbers[day] in (0, 1)


@pytest.mark.parametrize("currency", ["usd", "eur", "gbp", "cad"])
@pytest.mark.parametrize("day", [date.min, date(1899, 12, 31), date(1989, 12, 31), date(2200, 1, 1), date.max])
def test_days_out_of_all_calendars_have_numbers_in_order(currency: str, day: date) -> None:
    numbers = banking_calendar(currency).number

    assert numbers[day] == numbers[day]
    assert (numbers[day] < numbers[date(2026, 9, 14)]) == (day < date(2026, 9, 14))


@given(st.sampled_from(["usd", "cad"]), DAYS, DAYS)
def test_a_lag_is_at_most_five_days_a_week(currency: str, first: date, second: date) -> None:
    numbers = banking_calendar(currency).number
    start, end = sorted((first, second))

    assert 0 <= numbers[end] - numbers[start] <= (end - start).days // 7 * 5 + 5


def test_the_order_in_which_days_are_asked_for_does_not_matter() -> None:
    days = [date(2031, 5, 5), date(1995, 5, 5), date(2150, 5, 5), date(2026, 5, 5)]

    numbers = [banking_calendar("usd").number[day] for day in days]

    assert numbers == [banking_calendar("usd").number[day] for day in reversed(days)][::-1]
    assert sorted(numbers) == [numbers[1], numbers[3], numbers[0], numbers[2]]
