"""When payouts are made: each account's interval, shortly after each of its days begins."""

import calendar
from datetime import date, timedelta

from adapters.simulator import banking_calendar
from adapters.simulator.stripe import payouts
from adapters.simulator.stripe.account_book import AccountBook
from adapters.simulator.stripe.business_day import begins, day_of
from adapters.simulator.stripe.wire import JsonObject

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def begin(book: AccountBook) -> None:
    """Plans the account's payouts, day by day, from tomorrow on. That Stripe lets a new account wait for seven to
    fourteen days before its first payout is not modelled.
    """
    _plan(book, day_of(book, book.now) + timedelta(days=1))


def is_due(book: AccountBook, day: date) -> bool:
    """The schedule has a payout on this day (docs.stripe.com/connect/manage-payout-schedule; documented).

    Daily means banking days; other intervals keep to their day, and what falls on a closed one arrives later.
    """
    schedule = book.settings["payments"]["payouts"]["schedule"]
    match schedule["interval"]:
        case "daily":
            return banking_calendar.is_open(book.country.banking, day)
        case "weekly":
            return _WEEKDAYS[day.weekday()] in schedule["weekly_payout_days"]
        case "monthly":
            last = calendar.monthrange(day.year, day.month)[1]
            return day.day in {min(each, last) for each in schedule["monthly_payout_days"]}
        case _:
            return False


def run(book: AccountBook, day: date) -> list[JsonObject]:
    """The day's payouts, one a currency. Negative balances are drawn from the bank on banking days, whatever the
    interval is, unless payouts are made by hand (documented, on a page of unknown age).
    """
    due = is_due(book, day)
    by_hand = book.settings["payments"]["payouts"]["schedule"]["interval"] == "manual"
    is_open = banking_calendar.is_open(book.country.banking, day)
    made = []
    for currency in sorted(book.unpaid):
        owes = sum(item["net"] for item in book.unpaid[currency].values()) + book.unlisted[currency] < 0
        if due or (owes and is_open and not by_hand):
            payout = payouts.pay_out(book, currency)
            if payout is not None:
                made.append(payout)
    return made


def _plan(book: AccountBook, day: date) -> None:
    seconds = book.kernel.chance("schedules").randint(300, 3_599)

    def tick() -> None:
        run(book, day)
        _plan(book, day + timedelta(days=1))

    book.kernel.clock.at(begins(book, day) + seconds, tick)
