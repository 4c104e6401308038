from datetime import date

from adapters.postgres.merged_days import merged_days
from domain.money import Currency, Money
from ports.facts import AmountDays


def days(units: int, first: int, last: int, *, only_traced: bool = False, currency: str = "usd") -> AmountDays:
    return AmountDays(
        amount=Money(units, Currency.of(currency)),
        first_day=date(2026, 6, first),
        last_day=date(2026, 6, last),
        only_traced=only_traced,
    )


def test_days_of_one_amount_that_overlap_or_follow_one_another_are_looked_for_at_once() -> None:
    told = (days(100, 10, 12), days(100, 1, 5), days(100, 4, 9), days(100, 2, 3))

    assert merged_days(told) == [days(100, 1, 12)]


def test_days_with_others_between_and_what_is_not_the_same_question_stay_apart() -> None:
    told = [
        *(days(100, 1, 5, currency="eur"), days(100, 1, 5), days(100, 7, 9), days(100, 2, 4, only_traced=True)),
        days(101, 1, 5),
    ]

    assert merged_days(reversed(told)) == told
