"""Invoices: draft, open, then paid, void or uncollectible (docs.stripe.com/invoicing/integration/workflow-transitions).

A finalised invoice is immutable; `credit_notes` correct it. Payments are in `invoice_payments`.
"""

from typing import Any

from adapters.simulator.stripe import charges, customers, invoice_payments
from adapters.simulator.stripe.account_book import AccountBook
from adapters.simulator.stripe.invoice_object import add_up, invoice_item, invoice_object, line_object
from adapters.simulator.stripe.refused import Refused
from adapters.simulator.stripe.wire import DAY, HOUR, JsonObject


def create(
    book: AccountBook,
    customer: JsonObject,
    *,
    currency: str | None = None,
    collection_method: str = "send_invoice",
    days_until_due: int | None = None,
    application_fee: int = 0,
    auto_advance: bool = False,
    description: str | None = None,
    metadata: dict[str, str] | None = None,
) -> JsonObject:
    """A draft. With `auto_advance` it is finalised an hour later (documented: about an hour after creation)."""
    due = book.now + days_until_due * DAY if days_until_due is not None else None
    invoice = invoice_object(book, customer, currency or book.currency, collection_method)
    invoice.update(auto_advance=auto_advance, description=description, due_date=due, metadata=dict(metadata or {}))
    book.application_fees[invoice["id"]] = application_fee
    book.add(invoice, "invoice.created")
    if auto_advance:
        book.kernel.clock.after(HOUR, lambda: _finalize_if_draft(book, invoice))
    return invoice


def add_item(
    book: AccountBook,
    invoice: JsonObject,
    amount: int,
    *,
    description: str | None = None,
    tax_basis_points: int = 0,
    tax_inclusive: bool = False,
    quantity: int = 1,
) -> JsonObject:
    """A line, with its tax, on a draft. Raises Refused on any other invoice."""
    if invoice["status"] != "draft":
        raise Refused("Invoice items can only be added to draft invoices.", code="invoice_not_editable")
    item = invoice_item(book, invoice, amount, description, quantity)
    book.add(item, "invoiceitem.created")
    line = line_object(book, invoice, item, tax_basis_points, tax_inclusive=tax_inclusive)
    lines = book.invoice_lines[invoice["id"]]
    lines.append(line)
    add_up(invoice, lines)
    book.emit("invoice.updated", invoice)
    return item


def delete(book: AccountBook, invoice: JsonObject) -> JsonObject:
    """Only a draft can be deleted. Raises Refused."""
    if invoice["status"] != "draft":
        raise Refused("You can only delete draft invoices.", code="invoice_not_editable")
    book.emit("invoice.deleted", invoice)
    book.remove(invoice)
    return {"id": invoice["id"], "object": "invoice", "deleted": True}


def finalize(book: AccountBook, invoice: JsonObject) -> JsonObject:
    """It gets its number, a page on which to pay it, and a PaymentIntent. What the customer is owed is taken off.

    Raises Refused unless it is a draft.
    """
    if invoice["status"] != "draft":
        raise Refused("This invoice is already finalized.", code="invoice_not_editable")
    customer = book.get(invoice["customer"])
    owed = customer["balance"]
    applied = max(owed, -invoice["total"])
    token = book.kernel.ids.letters(24)
    book.hosted_invoices[token] = invoice["id"]
    due = max(0, invoice["total"] + applied)
    values: dict[str, Any] = {
        "status": "open",
        "number": f"{customer['invoice_prefix']}-{book.next_invoice:04d}",
        "effective_at": book.now,
        "starting_balance": owed,
        "ending_balance": owed - applied,
        "amount_due": due,
        "amount_remaining": due,
        "hosted_invoice_url": f"{book.kernel.address}/i/{book.id}/{token}",
        "invoice_pdf": f"{book.kernel.address}/i/{book.id}/{token}/pdf",
        "status_transitions": {**invoice["status_transitions"], "finalized_at": book.now},
    }
    book.next_invoice += 1
    book.change(invoice, "invoice.finalized", **values)
    if applied:
        customers.credit(book, customer["id"], applied, invoice["currency"], type="applied_to_invoice")
    if due == 0:
        settle(book, invoice)
    else:
        invoice_payments.open_default(book, invoice, book.application_fees.get(invoice["id"], 0))
        if invoice["due_date"] is not None:
            book.kernel.clock.at(invoice["due_date"], lambda: _overdue(book, invoice))
    return invoice


def send(book: AccountBook, invoice: JsonObject) -> JsonObject:
    """E-mails it, and finalises a draft first."""
    if invoice["collection_method"] != "send_invoice":
        words = "You can only manually send an invoice if its collection method is 'send_invoice'."
        raise Refused(words, code="invoice_no_payment_method_types")
    if invoice["status"] == "draft":
        finalize(book, invoice)
    _must_be(invoice, "open", "sent")
    book.emit("invoice.sent", invoice)
    return invoice


def pay(
    book: AccountBook, invoice: JsonObject, amount: int | None = None, *, method: str = "card", fee: int | None = None
) -> JsonObject:
    """The customer pays what remains, or less, or (by bank transfer) more. Gives the charge. Raises Refused."""
    if invoice["status"] == "draft":
        finalize(book, invoice)
    _must_be(invoice, "open", "paid", "uncollectible")
    charge = invoice_payments.receive(book, invoice, amount, method=method, fee=fee)
    after_payment(book, invoice)
    return charge


def pay_out_of_band(book: AccountBook, invoice: JsonObject) -> JsonObject:
    """Paid outside of Stripe: `invoice.paid`, but no charge and no movement (docs.stripe.com/api/invoices/pay)."""
    if invoice["status"] == "draft":
        finalize(book, invoice)
    _must_be(invoice, "open", "paid", "uncollectible")
    outside = invoice["amount_remaining"]
    invoice_payments.cancel_open(book, invoice)
    invoice.update(
        amount_paid=invoice["amount_paid"] + outside,
        amount_paid_off_stripe=invoice["amount_paid_off_stripe"] + outside,
        amount_remaining=0,
    )
    settle(book, invoice)
    return invoice


def payment_fails(book: AccountBook, invoice: JsonObject) -> JsonObject:
    """The customer's attempt is declined: it stays open."""
    invoice_payments.decline(book, invoice)
    values = {"attempted": True, "attempt_count": invoice["attempt_count"] + 1}
    return book.change(invoice, "invoice.payment_failed", **values)


def attach(book: AccountBook, invoice: JsonObject, intent: JsonObject) -> JsonObject:
    """Adds a PaymentIntent to what pays the invoice: partial payments (docs.stripe.com/invoicing/partial-payments)."""
    _must_be(invoice, "open", "paid")
    invoice_payments.attach(book, invoice, intent)
    after_payment(book, invoice)
    return invoice


def pay_intent(book: AccountBook, intent: JsonObject, *, method: str = "card", fee: int | None = None) -> JsonObject:
    """The customer pays a PaymentIntent; invoices that it is attached to are credited. Gives the charge."""
    charge = charges.charge(
        book,
        intent["amount"],
        currency=intent["currency"],
        method=method,
        application_fee=intent["application_fee_amount"] or 0,
        customer=intent["customer"],
        intent=intent,
        fee=fee,
    )
    for invoice in invoice_payments.credit_attached(book, intent):
        after_payment(book, invoice)
    return charge


def after_payment(book: AccountBook, invoice: JsonObject) -> None:
    """Says what the payments have come to."""
    if invoice["amount_remaining"] == 0 and invoice["status"] != "paid":
        invoice_payments.cancel_open(book, invoice)
        settle(book, invoice, by_payment=True)
    elif invoice["amount_paid"]:
        book.emit("invoice.updated", invoice)
    if invoice["amount_overpaid"]:
        book.emit("invoice.overpaid", invoice)


def settle(book: AccountBook, invoice: JsonObject, *, by_payment: bool = False) -> JsonObject:
    """It is paid."""
    transitions = {**invoice["status_transitions"], "paid_at": book.now}
    values = {"status": "paid", "attempted": True, "status_transitions": transitions}
    book.change(invoice, "invoice.updated", **values)
    book.emit("invoice.paid", invoice)
    if by_payment:
        book.emit("invoice.payment_succeeded", invoice)
    return invoice


def void(book: AccountBook, invoice: JsonObject) -> JsonObject:
    """As if it had never been issued. Raises Refused unless it is open or uncollectible."""
    _must_be(invoice, "open", "voided", "uncollectible")
    invoice_payments.cancel_open(book, invoice)
    transitions = {**invoice["status_transitions"], "voided_at": book.now}
    return book.change(invoice, "invoice.voided", status="void", status_transitions=transitions)


def mark_uncollectible(book: AccountBook, invoice: JsonObject) -> JsonObject:
    """Written off; it may still be paid."""
    _must_be(invoice, "open", "marked uncollectible")
    transitions = {**invoice["status_transitions"], "marked_uncollectible_at": book.now}
    values = {"status": "uncollectible", "status_transitions": transitions}
    return book.change(invoice, "invoice.marked_uncollectible", **values)


def _finalize_if_draft(book: AccountBook, invoice: JsonObject) -> None:
    if invoice["status"] == "draft" and book.find(invoice["id"]) is not None:
        finalize(book, invoice)


def _overdue(book: AccountBook, invoice: JsonObject) -> None:
    """Its day has passed and it is not paid: only an event says so (docs.stripe.com/api/events/types; documented)."""
    if invoice["status"] == "open":
        book.emit("invoice.overdue", invoice)


def _must_be(invoice: JsonObject, status: str, what: str, *others: str) -> None:
    if invoice["status"] not in (status, *others):
        words = f"This invoice is {invoice['status']} and cannot be {what}."
        raise Refused(words, code="invoice_not_editable")
