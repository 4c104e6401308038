"""A payout's life: pending, in transit, paid; its items settled; its trace id told late, or never."""

from adapters.simulator.bank_voices import trace_number
from adapters.simulator.stripe.account_book import AccountBook
from adapters.simulator.stripe.wire import DAY, HOUR, MINUTE, JsonObject

_PAID_AT = 6 * HOUR
"""The hour of the arrival date at which the status turns: when the money is expected, not when it is there."""


def begin(book: AccountBook, payout: JsonObject) -> None:
    """Plans all that will happen to it (docs.stripe.com/payouts, docs.stripe.com/payouts/trace-id; documented)."""
    clock, habits, chance = book.kernel.clock, book.habits, book.kernel.chance("payouts")
    is_instant = payout["method"] == "instant"
    left = payout["created"] + (MINUTE if is_instant else habits.submitted_after_hours * HOUR)
    arrived = left + 30 * MINUTE if is_instant else max(left + HOUR, payout["arrival_date"] + _PAID_AT)
    clock.at(left, lambda: leave(book, payout))
    clock.at(arrived, lambda: arrive(book, payout))
    if payout["automatic"]:
        least, most = habits.reconciled_after_hours
        settled = payout["created"] + chance.randint(least * HOUR, most * HOUR)
        clock.at(settled, lambda: complete_reconciliation(book, payout))
    trace = _trace(book)
    told = max(arrived + HOUR, payout["arrival_date"] + chance.randint(0, habits.trace_within_days * DAY - 1))
    if trace is not None:
        clock.at(told, lambda: tell_trace(book, payout, trace))


def leave(book: AccountBook, payout: JsonObject) -> None:
    """It goes to the bank."""
    if payout["status"] == "pending":
        book.change(payout, "payout.updated", status="in_transit")


def arrive(book: AccountBook, payout: JsonObject) -> None:
    """It is expected to be in the bank. It may still fail."""
    if payout["status"] == "in_transit":
        book.change(payout, "payout.paid", status="paid")


def complete_reconciliation(book: AccountBook, payout: JsonObject) -> None:
    """From now on its list of items is final, whatever became of it (docs.stripe.com/payouts/reconciliation)."""
    if payout["reconciliation_status"] == "in_progress":
        book.change(payout, "payout.reconciliation_completed", reconciliation_status="completed")


def tell_trace(book: AccountBook, payout: JsonObject, trace: str) -> None:
    """The rail's own reference, or that there is none; an empty trace stands for that."""
    if payout["trace_id"]["status"] != "pending":
        return
    told = payout["status"] != "canceled" and trace != ""
    value = {"status": "supported", "value": trace} if told else {"status": "unsupported", "value": None}
    book.change(payout, "payout.updated", trace_id=value)


def _trace(book: AccountBook) -> str | None:
    """What will be told: fifteen digits, as American ones have (seen); nothing; or None, not even that."""
    chance = book.kernel.chance("trace ids")
    drawn, value = chance.random(), trace_number(chance)
    if drawn < book.habits.trace_supported:
        return value
    return "" if drawn < book.habits.trace_supported + book.habits.trace_unsupported else None
