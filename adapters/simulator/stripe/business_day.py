"""An account's days: they begin at midnight in UTC, or when the account says (docs.stripe.com/connect/
customized-start-of-day; documented). Settlement and payouts go by them.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from adapters.simulator import banking_calendar
from adapters.simulator.stripe.account_book import AccountBook
from adapters.simulator.stripe.countries import midnight
from adapters.simulator.stripe.wire import JsonObject


def day_of(book: AccountBook, moment: int) -> date:
    """The account's day in which the moment is."""
    start = _start(book)
    local = datetime.fromtimestamp(moment, ZoneInfo(start["timezone"]))
    return (local - timedelta(hours=start["hour"], minutes=start["minutes"])).date()


def begins(book: AccountBook, day: date) -> int:
    """The moment at which the account's day begins."""
    start = _start(book)
    zone = ZoneInfo(start["timezone"])
    return int(datetime(day.year, day.month, day.day, start["hour"], start["minutes"], tzinfo=zone).timestamp())


def settles_on(book: AccountBook, created: int, delay_days: int) -> int:
    """When money that came in then is available: business days in some countries, calendar days elsewhere
    (docs.stripe.com/connect/manage-payout-schedule; documented)."""
    day = day_of(book, created)
    if book.country.delay_in_business_days:
        return begins(book, _banking_days_later(book, day, delay_days))
    return begins(book, day + timedelta(days=delay_days))


def arrives_on(book: AccountBook, created: int, banking_days: int) -> int:
    """The date on which a payout made then is expected at the bank: a banking day, written as midnight in UTC."""
    day = day_of(book, created)
    if banking_days == 0:
        return midnight(banking_calendar.at_or_after(book.country.banking, day))
    return midnight(_banking_days_later(book, day, banking_days))


def _banking_days_later(book: AccountBook, day: date, days: int) -> date:
    for _ in range(days):
        day = banking_calendar.at_or_after(book.country.banking, day + timedelta(days=1))
    return day


def _start(book: AccountBook) -> JsonObject:
    start: JsonObject = book.settings["payments"]["settlement_timing"]["start_of_day"]
    return start
