"""The balance: now only, and nothing but the sum of its movements."""

from adapters.simulator.stripe.account_book import AccountBook
from adapters.simulator.stripe.wire import JsonObject

_RISK_RESERVED = "risk_reserved"


def balance_object(book: AccountBook) -> JsonObject:
    """Available and pending per currency (docs.stripe.com/api/balance; documented).

    A payout leaves *available* when it is created, whatever the status of its own movement says meanwhile. What is
    drawn from the bank is there when its movement is available.
    """
    available, pending = book.totals["payments", "available"], book.totals["payments", "pending"]
    currencies = sorted({book.currency, *available, *pending})
    result: JsonObject = {
        "object": "balance",
        "available": _amounts(available, currencies),
        "connect_reserved": [{"amount": 0, "currency": currency} for currency in currencies],
        "instant_available": _amounts({each: max(0, amount) for each, amount in available.items()}, currencies),
        "livemode": book.livemode,
        "pending": _amounts(pending, currencies),
    }
    if (_RISK_RESERVED, "available") in book.totals:
        reserved = book.totals[_RISK_RESERVED, "available"]
        result[_RISK_RESERVED] = {"available": _amounts(reserved, sorted(reserved)), "pending": []}
    return result


def available(book: AccountBook, currency: str) -> int:
    """What can be paid out now, in minor units."""
    return book.totals["payments", "available"].get(currency, 0)


def count(book: AccountBook, transaction: JsonObject, *, sign: int = 1) -> None:
    """Adds a movement to the sums, or with sign −1 takes it out before its status changes."""
    sent = transaction["type"] == "payout" and transaction["amount"] < 0
    is_available = transaction["status"] == "available" or sent
    part = book.totals[transaction["balance_type"], "available" if is_available else "pending"]
    part[transaction["currency"]] = part.get(transaction["currency"], 0) + sign * transaction["net"]


def _amounts(sums: dict[str, int], currencies: list[str]) -> list[JsonObject]:
    return [
        {
            "amount": sums.get(currency, 0),
            "currency": currency,
            "source_types": {"card": sums.get(currency, 0)},
        }
        for currency in currencies
    ]
