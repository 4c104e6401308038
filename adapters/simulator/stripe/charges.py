"""Charges: what customers pay, and what Stripe keeps of it."""

from typing import Any

from adapters.simulator.stripe import application_fees
from adapters.simulator.stripe.account_book import AccountBook
from adapters.simulator.stripe.balance_transactions import fee_detail, write
from adapters.simulator.stripe.business_day import settles_on
from adapters.simulator.stripe.wire import JsonObject

_CARD = "card"
_ASYNCHRONOUS_SECONDS = 30
_BANK_DEBIT_DELAY_DAYS = 4
"""Business days of an ACH debit (docs.stripe.com/payouts; documented)."""


def charge(
    book: AccountBook,
    amount: int,
    *,
    currency: str | None = None,
    method: str = _CARD,
    capture: bool = True,
    application_fee: int = 0,
    description: str | None = None,
    fee: int | None = None,
    rate: float | None = None,
    customer: str | None = None,
    intent: JsonObject | None = None,
    metadata: dict[str, str] | None = None,
    id: str | None = None,
) -> JsonObject:
    """A charge that succeeds, with its PaymentIntent.

    `method` is `card` or a bank debit such as `us_bank_account`, whose charge is a `py_` and whose movement is a
    `payment`. `fee` is Stripe's own fee; the account's tariff unless told. `rate` converts into the account's default
    currency, as `exchange_rate` does (docs.stripe.com/api/balance_transactions; documented).
    """
    currency = currency or book.currency
    is_card = method == _CARD
    item = charge_object(book, id or book.kernel.ids.id("ch_" if is_card else "py_"), amount, currency, method)
    item.update(description=description, customer=customer, metadata=dict(metadata or {}), captured=False)
    item["payment_intent"] = (intent or payment_intent(book, amount, currency, customer=customer))["id"]
    item["application_fee_amount"] = application_fee or None
    if application_fee and book.platform is not None:
        item["application"] = book.platform.application
    book.add(item)
    if not capture:
        item["amount_captured"] = 0
        _intent_follows(book, item, "requires_capture", amount_capturable=amount)
        book.emit("charge.succeeded", item)
        return item
    _move(book, item, fee=fee, rate=rate)
    _intent_follows(book, item, "succeeded", amount_received=amount)
    item["captured"] = True
    book.emit("charge.succeeded", item)
    return item


def capture(book: AccountBook, item: JsonObject, amount: int | None = None) -> JsonObject:
    """Captures a charge that was only authorised. Of a partial capture the rest comes back at once, as a movement of
    type `refund` and category `partial_capture_reversal` (docs.stripe.com/reports/reporting-categories; documented).
    """
    whole = item["amount"]
    taken = whole if amount is None else amount
    _move(book, item, fee=None, rate=None)
    if taken < whole:
        fees = _stripe_fees(book, whole, item["currency"], _CARD, None)
        part = [
            {**detail, "amount": -(detail["amount"] * (whole - taken) // whole)}
            for detail in fees
            if detail["amount"] * (whole - taken) // whole
        ]
        write(
            book,
            "refund",
            "partial_capture_reversal",
            taken - whole,
            currency=item["currency"],
            fees=part,
            source=item["id"],
            description="PARTIAL CAPTURE REVERSAL",
            available_on=settles_with(book, item),
        )
    values = {"captured": True, "amount_captured": taken, "amount_refunded": whole - taken}
    book.change(item, "charge.captured", **values)
    _intent_follows(book, item, "succeeded", amount_received=taken, amount_capturable=0)
    return item


def fail(book: AccountBook, amount: int, *, currency: str | None = None, code: str = "card_declined") -> JsonObject:
    """A charge that is declined. Nothing moves."""
    currency = currency or book.currency
    item = charge_object(book, book.kernel.ids.id("ch_"), amount, currency, _CARD)
    intent = payment_intent(book, amount, currency)
    item.update(
        payment_intent=intent["id"], status="failed", paid=False, captured=False, amount_captured=0,
        failure_code=code, failure_message="Your card was declined.",
    )  # fmt: skip
    book.add(item, "charge.failed")
    book.change(intent, "payment_intent.payment_failed", status="requires_payment_method", latest_charge=item["id"])
    return item


def return_payment(book: AccountBook, item: JsonObject, *, after_success: bool = False) -> JsonObject:
    """A bank debit comes back: `payment_failure_refund` while the credit is pending, `payment_reversal` after success
    (docs.stripe.com/reports/balance-transaction-types; documented). The fee is not returned.
    """
    category = "charge_failure" if not after_success else "payment_reversal"
    if after_success and book.kernel.switches.undocumented_categories == "other_adjustment":
        category = "other_adjustment"
    back = write(
        book,
        "payment_reversal" if after_success else "payment_failure_refund",
        category,
        -item["amount"],
        currency=item["currency"],
        source=item["id"],
        description="PAYMENT FAILURE REFUND",
        available_on=settles_with(book, item),
    )
    values = {"status": "failed", "paid": False, "failure_code": "insufficient_funds"}
    return book.change(item, "charge.failed", failure_balance_transaction=back["id"], **values)


def payment_intent(
    book: AccountBook, amount: int, currency: str, *, customer: str | None = None, application_fee: int = 0
) -> JsonObject:
    """A PaymentIntent that waits for a payment method."""
    kernel = book.kernel
    id = kernel.ids.id("pi_")
    item: JsonObject = {
        "id": id,
        "object": "payment_intent",
        "amount": amount,
        "amount_capturable": 0,
        "amount_received": 0,
        "application": None,
        "application_fee_amount": application_fee or None,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic",
        "client_secret": f"{id}_secret_{kernel.ids.letters(25)}",
        "confirmation_method": "automatic",
        "created": book.now,
        "currency": currency,
        "customer": customer,
        "description": None,
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": book.livemode,
        "metadata": {},
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_types": [_CARD],
        "processing": None,
        "receipt_email": None,
        "statement_descriptor": None,
        "status": "requires_payment_method",
        "transfer_data": None,
        "transfer_group": None,
    }
    return book.add(item, "payment_intent.created")


def charge_object(book: AccountBook, id: str, amount: int, currency: str, method: str = _CARD) -> JsonObject:
    """A charge that succeeded, as an object only: its money is the caller's affair."""
    kernel = book.kernel
    return {
        "id": id,
        "object": "charge",
        "amount": amount,
        "amount_captured": amount,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": {"address": None, "email": None, "name": None, "phone": None},
        "calculated_statement_descriptor": book.habits.name[:22].upper(),
        "captured": True,
        "created": book.now,
        "currency": currency,
        "customer": None,
        "description": None,
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "livemode": book.livemode,
        "metadata": {},
        "on_behalf_of": None,
        "outcome": {"network_status": "approved_by_network", "type": "authorized"},
        "paid": True,
        "payment_intent": None,
        "payment_method": kernel.ids.id("pm_"),
        "payment_method_details": {"type": method, method: {"country": book.country.code} if method == _CARD else {}},
        "receipt_email": None,
        "refunded": False,
        "source_transfer": None,
        "statement_descriptor": None,
        "status": "succeeded",
        "transfer": None,
        "transfer_data": None,
        "transfer_group": None,
    }


def _move(book: AccountBook, item: JsonObject, *, fee: int | None, rate: float | None) -> None:
    """The money comes in, on its way to being available."""
    method = item["payment_method_details"]["type"]
    is_card = method == _CARD
    amount, currency = item["amount"], item["currency"]
    if rate is not None:
        amount, currency = round(amount * rate), book.currency
    fees = _stripe_fees(book, amount, currency, method, fee)
    application_fee = item["application_fee_amount"] or 0
    if application_fee:
        fees.insert(0, application_fees.detail(book, application_fee, currency))
    movement = write(
        book,
        "charge" if is_card else "payment",
        "charge",
        amount,
        currency=currency,
        fees=fees,
        source=item["id"],
        description=item["description"],
        available_on=None if is_card else settles_on(book, book.now, _BANK_DEBIT_DELAY_DAYS),
        available_at_once=False,
        exchange_rate=rate,
    )
    if application_fee:
        item["application_fee"] = application_fees.collect(book, item, application_fee, currency)["id"]
    if not book.kernel.switches.asynchronous_capture:
        item["balance_transaction"] = movement["id"]
        return
    book.kernel.clock.after(_ASYNCHRONOUS_SECONDS, lambda: _told_later(book, item, movement["id"]))


def _told_later(book: AccountBook, item: JsonObject, movement: str) -> None:
    book.change(item, "charge.updated", balance_transaction=movement)


def settles_with(book: AccountBook, item: JsonObject) -> int:
    """When what belongs to a charge is available: with the charge's own money, or now if that is so already."""
    movement = book.find(item["balance_transaction"])
    return max(book.now, movement["available_on"]) if movement else book.now


def _stripe_fees(book: AccountBook, amount: int, currency: str, method: str, fee: int | None) -> list[JsonObject]:
    habits = book.habits
    if fee is None:
        if method == _CARD:
            fee = amount * habits.fee_basis_points // 10_000 + habits.fee_fixed
        else:
            fee = min(amount * habits.bank_debit_fee_basis_points // 10_000, habits.bank_debit_fee_most)
    details = [fee_detail(fee, currency, "stripe_fee", "Stripe processing fees")] if fee else []
    tax = fee * habits.fee_tax_basis_points // 10_000
    if tax:
        details.append(fee_detail(tax, currency, "tax", "VAT"))
    return details


def _intent_follows(book: AccountBook, item: JsonObject, status: str, **values: Any) -> None:
    """The PaymentIntent says what became of its charge."""
    intent = book.get(item["payment_intent"])
    event = "payment_intent.succeeded" if status == "succeeded" else "payment_intent.amount_capturable_updated"
    book.change(intent, event, status=status, latest_charge=item["id"], **values)
