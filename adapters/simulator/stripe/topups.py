"""Top-ups: money brought from the bank into the balance, and a line of the bank too."""

from adapters.simulator.stripe.account_book import AccountBook
from adapters.simulator.stripe.balance_transactions import write
from adapters.simulator.stripe.wire import DAY, JsonObject


def top_up(
    book: AccountBook, amount: int, *, currency: str | None = None, days: int = 3, description: str | None = None
) -> JsonObject:
    """Asks the bank for money (docs.stripe.com/api/topups; documented). It succeeds after some days."""
    currency = currency or book.currency
    item: JsonObject = {
        "id": book.kernel.ids.id("tu_"),
        "object": "topup",
        "amount": amount,
        "balance_transaction": None,
        "created": book.now,
        "currency": currency,
        "description": description,
        "expected_availability_date": book.now + days * DAY,
        "failure_code": None,
        "failure_message": None,
        "livemode": book.livemode,
        "metadata": {},
        "source": None,
        "statement_descriptor": None,
        "status": "pending",
        "transfer_group": None,
    }
    book.add(item, "topup.created")
    book.kernel.clock.at(item["expected_availability_date"], lambda: _succeed(book, item))
    return item


def _succeed(book: AccountBook, item: JsonObject) -> None:
    movement = write(
        book, "topup", "topup", item["amount"], currency=item["currency"], source=item["id"],
        description=item["description"] or "Top-up",
    )  # fmt: skip
    book.change(item, "topup.succeeded", status="succeeded", balance_transaction=movement["id"])


def reverse(book: AccountBook, item: JsonObject) -> JsonObject:
    """The bank takes it back."""
    write(
        book, "topup_reversal", "topup_reversal", -item["amount"], currency=item["currency"], source=item["id"],
        description="Top-up reversal",
    )  # fmt: skip
    return book.change(item, "topup.reversed", status="reversed")
