"""Movements without an object of their own: fees billed apart, tax, climate, reserves, Capital, and types to come.

Their source is null (docs.stripe.com/reports/balance-transaction-types; documented).
"""

from datetime import UTC, datetime

from adapters.simulator.stripe import balance_transactions
from adapters.simulator.stripe.account_book import AccountBook
from adapters.simulator.stripe.balance_transactions import write
from adapters.simulator.stripe.wire import DAY, JsonObject


def stripe_fee(book: AccountBook, amount: int, *, product: str = "Radar", currency: str | None = None) -> JsonObject:
    """A fee billed apart, its cost in the gross: `Radar (2026-03-25): Standard` (seen)."""
    day = datetime.fromtimestamp(book.now, UTC)
    words = f"{product} ({day:%Y-%m-%d}): Standard"
    return write(book, "stripe_fee", "fee", -amount, currency=currency, description=words)


def tax(book: AccountBook, amount: int, *, currency: str | None = None) -> JsonObject:
    """Tax on such a fee."""
    return write(book, "tax_fee", "tax", -amount, currency=currency, description="VAT on Stripe fees")


def exchange_fee(book: AccountBook, amount: int, *, currency: str | None = None) -> JsonObject:
    """A fee for exchanging currency. Its category is not documented."""
    category = "fee" if book.kernel.switches.undocumented_categories == "own_name" else "other_adjustment"
    return write(book, "stripe_fx_fee", category, -amount, currency=currency, description="Currency exchange fee")


def contribution(book: AccountBook, amount: int, *, currency: str | None = None) -> JsonObject:
    """Stripe Climate takes its part."""
    return write(book, "contribution", "contribution", -amount, currency=currency, description="Stripe Climate")


def hold_reserve(book: AccountBook, amount: int, *, currency: str | None = None, kind: str = "hold") -> JsonObject:
    """Stripe puts money in reserve: `reserve_hold`, or with kind `reserved_funds` the older form."""
    return _reserve(book, -amount, currency, "reserved_funds" if kind == "reserved_funds" else "reserve_hold")


def release_reserve(book: AccountBook, amount: int, *, currency: str | None = None, kind: str = "hold") -> JsonObject:
    """Stripe lets it go."""
    return _reserve(book, amount, currency, "reserved_funds" if kind == "reserved_funds" else "reserve_release")


def advance_capital(book: AccountBook, amount: int, *, currency: str | None = None) -> JsonObject | None:
    """A Capital advance. Sent apart it is a bank line that looks like a payout and is none, and nothing here; else a
    movement of category `financing_payout`, listed in the next payout or only part of its amount (all were reported).
    """
    how = book.kernel.switches.capital_advance
    if how == "apart":
        return None
    movement = write(
        book, "adjustment", "financing_payout", amount, currency=currency, description="Stripe Capital advance"
    )
    if how == "unlisted":
        balance_transactions.keep_out_of_lists(book, movement)
        book.unlisted[movement["currency"]] += movement["net"]
    return movement


def repay_capital(book: AccountBook, amount: int, *, currency: str | None = None) -> JsonObject:
    """A part of the sales repays the advance (docs.stripe.com/reports/reporting-categories; documented)."""
    return write(
        book, "anticipation_repayment", "anticipation_repayment", -amount, currency=currency,
        description="Stripe Capital repayment",
    )  # fmt: skip


def advance_for_instant_payout(book: AccountBook, amount: int, *, funding_days: int = 1) -> JsonObject:
    """More than the available balance can be paid out at once: `advance` now, `advance_funding` when the money is there
    (docs.stripe.com/payouts/instant-payouts-with-advance-funding; documented).
    """
    now = write(book, "advance", "advance", amount, description="Instant payout advance")
    day = book.now + funding_days * DAY

    def fund() -> None:
        write(book, "advance_funding", "advance_funding", -amount, description="Instant payout advance funding")

    book.kernel.clock.at(day, fund)
    return now


def unheard_of(
    book: AccountBook, type: str, category: str, amount: int, *, currency: str | None = None, fee: int = 0
) -> JsonObject:
    """A movement of a type that no SDK knows: the set is open, strings arrive without an upgrade (documented)."""
    currency = currency or book.currency
    fees = [balance_transactions.fee_detail(fee, currency, "stripe_fee", type)] if fee else []
    return write(book, type, category, amount, currency=currency, fees=fees, description=type.replace("_", " "))


def _reserve(book: AccountBook, amount: int, currency: str | None, type: str) -> JsonObject:
    switches = book.kernel.switches
    category = {"reserved_funds": "risk_reserved_funds"}.get(type, type)
    if type != "reserved_funds" and switches.undocumented_categories == "other_adjustment":
        category = "other_adjustment"
    movement = write(book, type, category, amount, currency=currency, description="Risk reserve")
    if switches.reserves_mirrored:
        write(
            book, type, category, -amount, currency=currency, description="Risk reserve", balance_type="risk_reserved"
        )
    return movement
