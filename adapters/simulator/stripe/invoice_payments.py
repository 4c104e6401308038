"""InvoicePayments: what pays an invoice, one or many (docs.stripe.com/changelog/basil; documented)."""

from adapters.simulator.stripe import charges, customers
from adapters.simulator.stripe.account_book import AccountBook
from adapters.simulator.stripe.refused import Refused
from adapters.simulator.stripe.wire import JsonObject


def of(book: AccountBook, invoice: JsonObject) -> list[JsonObject]:
    """All payments of an invoice, oldest first."""
    return [book.get(id) for id in book.payments_of.get(invoice["id"], [])]


def open_default(book: AccountBook, invoice: JsonObject, application_fee: int) -> JsonObject:
    """The PaymentIntent that a finalised invoice has, for all that is due."""
    amount = invoice["amount_remaining"]
    intent = charges.payment_intent(
        book, amount, invoice["currency"], customer=invoice["customer"], application_fee=application_fee
    )
    return _add(book, invoice, intent, amount, is_default=True)


def receive(book: AccountBook, invoice: JsonObject, amount: int | None, *, method: str, fee: int | None) -> JsonObject:
    """Money comes in for the invoice. Less than all of it pays through a PaymentIntent of its own."""
    remaining = invoice["amount_remaining"]
    default = next((each for each in of(book, invoice) if each["is_default"] and each["status"] == "open"), None)
    amount = remaining if amount is None else amount
    if default is not None and amount >= remaining:
        payment = default
        intent = book.get(payment["payment"]["payment_intent"])
        intent["amount"] = amount
    else:
        intent = charges.payment_intent(book, amount, invoice["currency"], customer=invoice["customer"])
        payment = _add(book, invoice, intent, min(amount, remaining), is_default=False)
    charge = charges.charge(
        book,
        amount,
        currency=invoice["currency"],
        method=method,
        application_fee=intent["application_fee_amount"] or 0,
        customer=invoice["customer"],
        description=f"Payment for Invoice {invoice['number']}",
        intent=intent,
        fee=fee,
    )
    _credit(book, invoice, payment, amount)
    return charge


def attach(book: AccountBook, invoice: JsonObject, intent: JsonObject) -> JsonObject:
    """A PaymentIntent is to pay for the invoice; one that has succeeded does at once. Raises Refused."""
    if intent["id"] in {each["payment"].get("payment_intent") for each in of(book, invoice)}:
        raise Refused("This PaymentIntent is attached to the invoice already.", param="payment_intent")
    if intent["currency"] != invoice["currency"]:
        raise Refused("The PaymentIntent and the invoice must have the same currency.", param="payment_intent")
    payment = _add(book, invoice, intent, min(intent["amount"], invoice["amount_remaining"]), is_default=False)
    if intent["status"] == "succeeded":
        _credit(book, invoice, payment, intent["amount_received"])
    return payment


def credit_attached(book: AccountBook, intent: JsonObject) -> list[JsonObject]:
    """The intent has succeeded: what it was to pay is paid. Gives the invoices."""
    credited = []
    for payment in map(book.get, book.payments_of.get(intent["id"], [])):
        if payment["status"] == "open":
            invoice = book.get(payment["invoice"])
            _credit(book, invoice, payment, intent["amount_received"])
            credited.append(invoice)
    return credited


def decline(book: AccountBook, invoice: JsonObject) -> None:
    """The customer's card is declined on the invoice's own PaymentIntent."""
    for payment in of(book, invoice):
        if payment["is_default"] and payment["status"] == "open":
            intent = book.get(payment["payment"]["payment_intent"])
            error = {"code": "card_declined", "type": "card_error", "message": "Your card was declined."}
            book.change(intent, "payment_intent.payment_failed", last_payment_error=error)


def cancel_open(book: AccountBook, invoice: JsonObject) -> None:
    """Payments that nobody will make any more."""
    for payment in of(book, invoice):
        if payment["status"] == "open":
            intent = book.find(payment["payment"].get("payment_intent"))
            if intent is not None:
                values = {"status": "canceled", "canceled_at": book.now, "cancellation_reason": "void_invoice"}
                book.change(intent, "payment_intent.canceled", **values)
            transitions = {**payment["status_transitions"], "canceled_at": book.now}
            book.change(payment, status="canceled", status_transitions=transitions)


def _add(book: AccountBook, invoice: JsonObject, intent: JsonObject, amount: int, *, is_default: bool) -> JsonObject:
    payment: JsonObject = {
        "id": book.kernel.ids.id("inpay_"),
        "object": "invoice_payment",
        "amount_paid": None,
        "amount_requested": amount,
        "created": book.now,
        "currency": invoice["currency"],
        "invoice": invoice["id"],
        "is_default": is_default,
        "livemode": book.livemode,
        "payment": {"payment_intent": intent["id"], "type": "payment_intent"},
        "status": "open",
        "status_transitions": {"canceled_at": None, "paid_at": None},
    }
    for of_what in (invoice["id"], intent["id"]):
        book.payments_of[of_what].append(payment["id"])
    return book.add(payment)


def _credit(book: AccountBook, invoice: JsonObject, payment: JsonObject, amount: int) -> None:
    """The payment counts. What is too much is credited to the customer (the SDK's docstring of `amount_overpaid`)."""
    remaining = invoice["amount_remaining"]
    over = max(0, amount - remaining)
    transitions = {**payment["status_transitions"], "paid_at": book.now}
    values = {"status": "paid", "amount_paid": amount, "status_transitions": transitions}
    book.change(payment, "invoice_payment.paid", **values)
    invoice.update(
        amount_paid=invoice["amount_paid"] + amount,
        amount_remaining=max(0, remaining - amount),
        amount_overpaid=invoice["amount_overpaid"] + over,
        attempted=True,
        attempt_count=invoice["attempt_count"] + 1,
    )
    for other in of(book, invoice):
        if other["is_default"] and other["status"] == "open":
            other["amount_requested"] = invoice["amount_remaining"]
            book.get(other["payment"]["payment_intent"])["amount"] = invoice["amount_remaining"]
    if over:
        customers.credit(book, invoice["customer"], over, invoice["currency"], type="invoice_overpaid")
