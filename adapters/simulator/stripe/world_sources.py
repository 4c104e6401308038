"""The charges, refunds and disputes behind a generated world's movements, as objects that can be looked up."""

import re
from typing import Final

from adapters.simulator.stripe import charges, customers, invoice_payments, invoices
from adapters.simulator.stripe.account_book import AccountBook
from adapters.simulator.stripe.wire import JsonObject
from domain.balance_transaction import BalanceTransaction

_NAMED_CHARGE: Final = re.compile(r"ch_[0-9A-Za-z]+")


def add_source(book: AccountBook, item: BalanceTransaction, *, invoiced: float = 0.0) -> None:
    """Adds the object that the movement's source names, if it is one of these kinds and not there already.

    `invoiced` is the share of charges that pay an invoice.
    """
    source = item.source or ""
    if book.find(source) is not None:
        return
    if source.startswith(("ch_", "py_")):
        amount, currency = item.amount.minor_units, item.amount.currency.code
        intent = None
        if book.kernel.chance("invoices").random() < invoiced:
            intent = _intent_of_invoice(book, amount, currency)
        charge = _charge(book, source, amount, currency, intent)
        charge.update(balance_transaction=item.id, description=item.description)
        book.emit("charge.succeeded", charge)
        for invoice in invoice_payments.credit_attached(book, book.get(charge["payment_intent"])):
            invoices.after_payment(book, invoice)
    elif source.startswith("re_"):
        _refund(book, source, item)
    elif source.startswith("du_"):
        _dispute(book, source, item)


def _intent_of_invoice(book: AccountBook, amount: int, currency: str) -> JsonObject:
    """An invoice of just this amount, issued now; what is to pay it."""
    customer = customers.create(book, name=f"Customer {len(book.collection('customer')) + 1}")
    invoice = invoices.create(book, customer, currency=currency)
    invoices.add_item(book, invoice, amount, description="Work")
    invoices.finalize(book, invoice)
    (payment,) = invoice_payments.of(book, invoice)
    return book.get(payment["payment"]["payment_intent"])


def _charge(book: AccountBook, id: str, amount: int, currency: str, intent: JsonObject | None = None) -> JsonObject:
    is_card = id.startswith("ch_")
    charge = charges.charge_object(book, id, amount, currency, "card" if is_card else "us_bank_account")
    intent = intent or charges.payment_intent(book, amount, currency)
    charge["payment_intent"] = intent["id"]
    book.add(charge)
    values = {"status": "succeeded", "latest_charge": id, "amount_received": amount}
    book.change(intent, "payment_intent.succeeded", **values)
    return charge


def _refund(book: AccountBook, id: str, item: BalanceTransaction) -> None:
    """Of a charge from before the records, which was for just this."""
    amount = -item.amount.minor_units
    charge = _charge(book, book.kernel.ids.id("ch_"), max(amount, 1), item.amount.currency.code)
    charge.update(amount_refunded=amount, refunded=True)
    refund: JsonObject = {
        "id": id,
        "object": "refund",
        "amount": amount,
        "balance_transaction": item.id,
        "charge": charge["id"],
        "created": book.now,
        "currency": charge["currency"],
        "customer": None,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "reason": None,
        "status": "succeeded",
    }
    book.add(refund, "refund.created")


def _dispute(book: AccountBook, id: str, item: BalanceTransaction) -> None:
    """Of the charge that its description names."""
    named = _NAMED_CHARGE.search(item.description or "")
    charge_id = named[0] if named else book.kernel.ids.id("ch_")
    amount, currency = abs(item.amount.minor_units), item.amount.currency.code
    charge = book.find(charge_id) or _charge(book, charge_id, amount, currency)
    charge["disputed"] = True
    dispute: JsonObject = {
        "id": id,
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [],
        "charge": charge_id,
        "created": book.now,
        "currency": currency,
        "evidence": {},
        "livemode": book.livemode,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "reason": "fraudulent",
        "status": "won" if item.amount.minor_units > 0 else "needs_response",
    }
    book.add(dispute, "charge.dispute.created")
