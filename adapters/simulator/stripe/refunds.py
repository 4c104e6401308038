"""Refunds, and refunds that come back."""

from adapters.simulator.stripe import application_fees
from adapters.simulator.stripe.account_book import AccountBook
from adapters.simulator.stripe.balance_transactions import write
from adapters.simulator.stripe.charges import settles_with
from adapters.simulator.stripe.wire import JsonObject


def refund(
    book: AccountBook,
    charge: JsonObject,
    amount: int | None = None,
    *,
    reason: str | None = None,
    refund_application_fee: bool = False,
    id: str | None = None,
    metadata: dict[str, str] | None = None,
) -> JsonObject:
    """Gives money back to the customer: the rest of the charge, unless told. Stripe's fee is not returned.

    Cards: `re_`, movement `refund`; others: `pyr_` (assumed), movement `payment_refund`; description
    `REFUND FOR CHARGE (…)` or `REFUND FOR PAYMENT` (seen).
    """
    is_card = charge["payment_method_details"]["type"] == "card"
    amount = charge["amount_captured"] - charge["amount_refunded"] if amount is None else amount
    id = id or book.kernel.ids.id("re_" if is_card else "pyr_")
    what, words = ("CHARGE", charge["description"]) if is_card else ("PAYMENT", None)
    movement = write(
        book,
        "refund" if is_card else "payment_refund",
        "refund",
        -amount,
        currency=charge["currency"],
        source=id,
        description=f"REFUND FOR {what}" + (f" ({words})" if words else ""),
        available_on=settles_with(book, charge),
    )
    item: JsonObject = {
        "id": id,
        "object": "refund",
        "amount": amount,
        "balance_transaction": movement["id"],
        "charge": charge["id"],
        "created": book.now,
        "currency": charge["currency"],
        "customer": charge["customer"],
        "destination_details": {"type": charge["payment_method_details"]["type"]},
        "metadata": dict(metadata or {}),
        "payment_intent": charge["payment_intent"],
        "reason": reason,
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }
    book.add(item, "refund.created")
    refunded = charge["amount_refunded"] + amount
    book.change(charge, "charge.refunded", amount_refunded=refunded, refunded=refunded == charge["amount_captured"])
    if refund_application_fee and charge["application_fee"] and book.platform is not None:
        fee = book.platform.get(charge["application_fee"])
        application_fees.refund(book.platform, fee, book, fee["amount"] * amount // charge["amount"])
    return item


def fail(book: AccountBook, refund: JsonObject, *, reason: str = "lost_or_stolen_card") -> JsonObject:
    """The refund bounces: its money is back in the balance as `refund_failure` (documented: refunds, failures)."""
    back = write(
        book,
        "refund_failure",
        "refund_failure",
        refund["amount"],
        currency=refund["currency"],
        source=refund["id"],
        description="REFUND FAILURE",
    )
    values = {"status": "failed", "failure_balance_transaction": back["id"], "failure_reason": reason}
    book.change(refund, "refund.failed", **values)
    book.emit("refund.updated", refund, {"status": "succeeded"})
    book.emit("charge.refund.updated", refund, {"status": "succeeded"})
    charge = book.get(refund["charge"])
    book.change(charge, amount_refunded=charge["amount_refunded"] - refund["amount"], refunded=False)
    return refund
