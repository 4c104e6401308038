"""Customers, whose balance is what they are owed (negative) or owe (docs.stripe.com/api/customers; documented)."""

from adapters.simulator.stripe.account_book import AccountBook
from adapters.simulator.stripe.wire import JsonObject


def create(
    book: AccountBook,
    *,
    name: str | None = None,
    email: str | None = None,
    description: str | None = None,
    metadata: dict[str, str] | None = None,
) -> JsonObject:
    """A new customer."""
    item: JsonObject = {
        "id": book.kernel.ids.id("cus_"),
        "object": "customer",
        "address": None,
        "balance": 0,
        "created": book.now,
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "description": description,
        "email": email,
        "invoice_prefix": book.kernel.ids.letters(8).upper(),
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": book.livemode,
        "metadata": dict(metadata or {}),
        "name": name,
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
    }
    return book.add(item, "customer.created")


def credit(book: AccountBook, customer: str, amount: int, currency: str, *, type: str) -> JsonObject:
    """Changes what the customer is owed: a positive amount is in his favour. Nothing moves in the Stripe balance."""
    item = book.get(customer)
    book.change(item, "customer.updated", balance=item["balance"] - amount, currency=item["currency"] or currency)
    movement: JsonObject = {
        "id": book.kernel.ids.id("cbtxn_"),
        "object": "customer_balance_transaction",
        "amount": -amount,
        "created": book.now,
        "credit_note": None,
        "currency": currency,
        "customer": customer,
        "description": None,
        "ending_balance": item["balance"],
        "invoice": None,
        "livemode": book.livemode,
        "metadata": {},
        "type": type,
    }
    return book.add(movement)
