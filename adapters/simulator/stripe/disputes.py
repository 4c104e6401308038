"""Disputes: money withdrawn, and given back if won. Three categories share the type `adjustment`."""

from adapters.simulator.stripe.account_book import AccountBook
from adapters.simulator.stripe.balance_transactions import fee_detail, write
from adapters.simulator.stripe.charges import settles_with
from adapters.simulator.stripe.wire import DAY, JsonObject, copied


def open_dispute(
    book: AccountBook,
    charge: JsonObject,
    amount: int | None = None,
    *,
    reason: str = "fraudulent",
    inquiry: bool = False,
    id: str | None = None,
) -> JsonObject:
    """The customer's bank takes the money back: an `adjustment` of category `dispute`, with the dispute fee
    (docs.stripe.com/reports/reporting-categories; the shape as seen). An inquiry (`warning_…`) moves nothing.
    """
    amount = charge["amount"] if amount is None else amount
    id = id or book.kernel.ids.id("du_")
    item: JsonObject = {
        "id": id,
        "object": "dispute",
        "amount": amount,
        "balance_transactions": [],
        "charge": charge["id"],
        "created": book.now,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {},
        "evidence_details": {
            "due_by": book.now + 14 * DAY,
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        "is_charge_refundable": inquiry,
        "livemode": book.livemode,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "reason": reason,
        "status": "warning_needs_response" if inquiry else "needs_response",
    }
    book.add(item, "charge.dispute.created")
    book.change(charge, "charge.updated", disputed=True)
    if not inquiry:
        withdraw(book, item)
    return item


def withdraw(book: AccountBook, dispute: JsonObject) -> JsonObject:
    """The disputed amount leaves the balance, and the fee with it."""
    charge = book.get(dispute["charge"])
    movement = write(
        book,
        "adjustment",
        "dispute",
        -dispute["amount"],
        currency=dispute["currency"],
        fees=[fee_detail(book.habits.dispute_fee, dispute["currency"], "stripe_fee", "Dispute fee")],
        source=_named(book, dispute),
        description=f"Chargeback withdrawal for {charge['id']}",
        available_on=settles_with(book, charge),
    )
    dispute["balance_transactions"].append(copied(movement))
    book.emit("charge.dispute.funds_withdrawn", dispute)
    return movement


def win(book: AccountBook, dispute: JsonObject) -> JsonObject:
    """The money comes back: an `adjustment` of category `dispute_reversal`. The fee stays with Stripe."""
    movement = write(
        book,
        "adjustment",
        "dispute_reversal",
        dispute["amount"],
        currency=dispute["currency"],
        source=_named(book, dispute),
        description=f"Chargeback reversal for {dispute['charge']}",
    )
    dispute["balance_transactions"].append(copied(movement))
    book.emit("charge.dispute.funds_reinstated", dispute)
    return book.change(dispute, "charge.dispute.closed", status="won")


def lose(book: AccountBook, dispute: JsonObject) -> JsonObject:
    """The money stays with the customer. Nothing moves."""
    return book.change(dispute, "charge.dispute.closed", status="lost")


def close_inquiry(book: AccountBook, dispute: JsonObject) -> JsonObject:
    """An inquiry ends without becoming a dispute."""
    return book.change(dispute, "charge.dispute.closed", status="warning_closed")


def escalate(book: AccountBook, dispute: JsonObject) -> JsonObject:
    """An inquiry becomes a dispute: now the money goes."""
    book.change(dispute, "charge.dispute.updated", status="needs_response", is_charge_refundable=False)
    withdraw(book, dispute)
    return dispute


def _named(book: AccountBook, dispute: JsonObject) -> str:
    by_charge = book.kernel.switches.dispute_rows_name == "charge"
    return str(dispute["charge"] if by_charge else dispute["id"])
