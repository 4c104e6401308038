"""Credit notes: they correct a finalised invoice (docs.stripe.com/invoicing/integration/programmatic-credit-notes)."""

from collections.abc import Sequence

from adapters.simulator.stripe import customers, invoice_payments, invoices, refunds
from adapters.simulator.stripe.account_book import AccountBook
from adapters.simulator.stripe.refused import Refused
from adapters.simulator.stripe.wire import JsonObject, list_object


def create(
    book: AccountBook,
    invoice: JsonObject,
    amount: int,
    *,
    refund_amount: int = 0,
    credit_amount: int = 0,
    out_of_band_amount: int = 0,
    attached_refunds: Sequence[JsonObject] = (),
    reason: str | None = None,
    memo: str | None = None,
) -> JsonObject:
    """First reduces what is due, but not below zero; the rest is refunded, credited to the customer, or given outside
    of Stripe, which must be said (the SDK's docstring of CreditNote; seen). Raises Refused.
    """
    if invoice["status"] not in ("open", "paid", "uncollectible"):
        raise Refused("You can only issue credit notes for finalized invoices.", param="invoice")
    before = min(amount, invoice["amount_remaining"])
    after = amount - before
    given = refund_amount + credit_amount + out_of_band_amount + sum(each["amount"] for each in attached_refunds)
    if given != after:
        words = (
            f"The sum of credit amount, refund amount, and out of band amount ({given}) must equal the post payment "
            f"credit note amount ({after})."
        )
        raise Refused(words, param="amount")
    noted = invoice["pre_payment_credit_notes_amount"] + invoice["post_payment_credit_notes_amount"]
    if amount + noted > invoice["total"]:
        raise Refused("The total of all credit notes cannot exceed the total of the invoice.", param="amount")
    given_back = [*attached_refunds]
    if refund_amount:
        given_back.append(refunds.refund(book, _charge_of(book, invoice), refund_amount))
    credit = (
        customers.credit(book, invoice["customer"], credit_amount, invoice["currency"], type="credit_note")
        if credit_amount
        else None
    )
    note = _note_object(book, invoice, amount, before, after)
    note.update(
        customer_balance_transaction=credit["id"] if credit else None,
        memo=memo,
        out_of_band_amount=out_of_band_amount or None,
        reason=reason,
        refunds=[
            {"amount_refunded": each["amount"], "payment_record_refund": None, "refund": each["id"], "type": "refund"}
            for each in given_back
        ],
    )
    book.add(note, "credit_note.created")
    invoice.update(
        amount_due=invoice["amount_due"] - before,
        amount_remaining=invoice["amount_remaining"] - before,
        pre_payment_credit_notes_amount=invoice["pre_payment_credit_notes_amount"] + before,
        post_payment_credit_notes_amount=invoice["post_payment_credit_notes_amount"] + after,
    )
    if before and invoice["amount_remaining"] == 0:
        invoice_payments.cancel_open(book, invoice)
        invoices.settle(book, invoice)
    else:
        book.emit("invoice.updated", invoice)
    return note


def void(book: AccountBook, note: JsonObject) -> JsonObject:
    """Takes a credit note back: only while its invoice is open. Raises Refused."""
    invoice = book.get(note["invoice"])
    if note["status"] == "void" or invoice["status"] != "open":
        raise Refused("You can only void issued credit notes of open invoices.")
    before = note["pre_payment_amount"]
    invoice.update(
        amount_due=invoice["amount_due"] + before,
        amount_remaining=invoice["amount_remaining"] + before,
        pre_payment_credit_notes_amount=invoice["pre_payment_credit_notes_amount"] - before,
    )
    book.emit("invoice.updated", invoice)
    return book.change(note, "credit_note.voided", status="void", voided_at=book.now)


def _charge_of(book: AccountBook, invoice: JsonObject) -> JsonObject:
    for payment in reversed(invoice_payments.of(book, invoice)):
        intent = book.find(payment["payment"].get("payment_intent"))
        if payment["status"] == "paid" and intent is not None and intent["latest_charge"]:
            return book.get(intent["latest_charge"])
    raise Refused("This invoice has no charge that could be refunded.", param="refund_amount")


def _note_object(book: AccountBook, invoice: JsonObject, amount: int, before: int, after: int) -> JsonObject:
    id = book.kernel.ids.id("cn_")
    number = 1 + sum(note["invoice"] == invoice["id"] for note in book.collection("credit_note").oldest_first())
    tax = invoice["total"] - invoice["total_excluding_tax"]
    part = tax * amount // invoice["total"] if invoice["total"] else 0
    taxes = [{**each, "amount": part, "taxable_amount": amount - part} for each in invoice["total_taxes"][:1] if part]
    return {
        "id": id,
        "object": "credit_note",
        "amount": amount,
        "amount_shipping": 0,
        "created": book.now,
        "currency": invoice["currency"],
        "customer": invoice["customer"],
        "customer_balance_transaction": None,
        "discount_amount": 0,
        "discount_amounts": [],
        "effective_at": book.now,
        "invoice": invoice["id"],
        "lines": list_object([], f"/v1/credit_notes/{id}/lines"),
        "livemode": book.livemode,
        "memo": None,
        "metadata": {},
        "number": f"{invoice['number']}-CN-{number:02d}",
        "out_of_band_amount": None,
        "pdf": f"{book.kernel.address}/credit_notes/{id}/pdf",
        "post_payment_amount": after,
        "pre_payment_amount": before,
        "pretax_credit_amounts": [],
        "reason": None,
        "refunds": [],
        "status": "issued",
        "subtotal": amount - part,
        "subtotal_excluding_tax": amount - part,
        "total": amount,
        "total_excluding_tax": amount - part,
        "total_taxes": taxes,
        "type": "mixed" if before and after else "pre_payment" if before else "post_payment",
        "voided_at": None,
    }
