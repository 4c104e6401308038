"""The movements of a balance: written once, then only their status changes, from pending to available."""

from collections.abc import Sequence
from typing import Any, Final

from adapters.simulator.stripe.account_book import AccountBook
from adapters.simulator.stripe.balances import balance_object, count
from adapters.simulator.stripe.business_day import settles_on
from adapters.simulator.stripe.wire import JsonObject

PAYABLE: Final = "payments"
"""The balance type that payouts are paid from."""


def write(
    book: AccountBook,
    type: str,
    category: str,
    amount: int,
    *,
    currency: str | None = None,
    fees: Sequence[JsonObject] = (),
    source: str | None = None,
    description: str | None = None,
    available_on: int | None = None,
    available_at_once: bool = True,
    exchange_rate: float | None = None,
    balance_type: str = PAYABLE,
    id: str | None = None,
    created: int | None = None,
    status: str | None = None,
) -> JsonObject:
    """Writes one movement: `net` = `amount` − `fee`, the fee being the sum of its details.

    Positive adds to the balance (docs.stripe.com/api/balance_transactions; documented). Available at once, or on the
    day given, or, with `available_at_once` false, after the account's settlement delay.
    """
    currency, now = currency or book.currency, book.now
    fee = sum(detail["amount"] for detail in fees)
    if available_on is None:
        available_on = now if available_at_once else settles_on(book, now, _delay_days(book))
    transaction: JsonObject = {
        "id": id or book.kernel.ids.id("txn_"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": available_on,
        "balance_type": balance_type,
        "created": now if created is None else created,
        "currency": currency,
        "description": description,
        "exchange_rate": exchange_rate,
        "fee": fee,
        "fee_details": list(fees),
        "net": amount - fee,
        "reporting_category": category,
        "source": source,
        "status": status or ("available" if available_on <= now else "pending"),
        "type": type,
    }
    book.add(transaction)
    count(book, transaction)
    if transaction["status"] == "available":
        make_payable(book, transaction)
    else:
        _settles_later(book, transaction)
    return transaction


def fee_detail(amount: int, currency: str, type: str, description: str, application: str | None = None) -> JsonObject:
    """A part of a fee. Types: application_fee, payment_method_passthrough_fee, stripe_fee, tax, withheld_tax (seen)."""
    return {
        "amount": amount,
        "application": application,
        "currency": currency,
        "description": description,
        "type": type,
    }


def listed_in(book: AccountBook, transaction: JsonObject, payout: str) -> None:
    """Puts a movement in the list of an automatic payout: it is paid out."""
    book.items[payout].add(transaction)
    book.unpaid[transaction["currency"]].pop(transaction["id"], None)


def keep_out_of_lists(book: AccountBook, transaction: JsonObject) -> None:
    """No list will ever have this movement."""
    book.unpaid[transaction["currency"]].pop(transaction["id"], None)


def payable(book: AccountBook, currency: str) -> list[JsonObject]:
    """What the next payout of this currency would pay out, in the order in which it became available."""
    return list(book.unpaid[currency].values())


def _delay_days(book: AccountBook) -> int:
    timing: dict[str, Any] = book.settings["payments"]["settlement_timing"]
    override = timing["delay_days_override"]
    return int(timing["delay_days"] if override is None else override)


def make_payable(book: AccountBook, transaction: JsonObject) -> None:
    """Its money is there to be paid out, or owed: the next automatic payout's list has it."""
    if transaction["balance_type"] == PAYABLE:
        book.unpaid[transaction["currency"]][transaction["id"]] = transaction


def _settles_later(book: AccountBook, transaction: JsonObject) -> None:
    moment = transaction["available_on"]
    if moment not in book.settling:
        book.kernel.clock.at(moment, lambda: _settle(book, moment))
    book.settling[moment].append(transaction)


def _settle(book: AccountBook, moment: int) -> None:
    """All that is due becomes available together. No `balance.available` for a negative balance (documented)."""
    for transaction in book.settling.pop(moment):
        count(book, transaction, sign=-1)
        transaction["status"] = "available"
        count(book, transaction)
        if transaction["type"] != "payout" or book.get(transaction["source"])["original_payout"]:
            make_payable(book, transaction)
    balance = balance_object(book)
    if any(part["amount"] > 0 for part in balance["available"]):
        book.emit("balance.available", balance)
