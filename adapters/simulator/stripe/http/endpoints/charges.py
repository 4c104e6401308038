"""`/v1/charges`, `/v1/payment_intents`, `/v1/disputes` (docs.stripe.com/api/charges; documented)."""

from typing import Final

from adapters.simulator.stripe import charges, invoices
from adapters.simulator.stripe.http.endpoint import Call, Endpoint
from adapters.simulator.stripe.http.pagination import PAGE, having, page
from adapters.simulator.stripe.http.parameters import currency, flag, integer, metadata, moments, text
from adapters.simulator.stripe.refused import Refused
from adapters.simulator.stripe.wire import JsonObject


def _list_charges(call: Call) -> JsonObject:
    accepts = having(call.values, "customer", "payment_intent", "transfer_group")
    return page(call.book.collection("charge"), call.values, call.path, "charge", accepts)


def _charge(call: Call) -> JsonObject:
    return call.named("charge")


def _create_charge(call: Call) -> JsonObject:
    values, book = call.values, call.book
    _can_charge(call)
    fee = _application_fee(call)
    if values.get("source", "").startswith("tok_chargeDeclined"):
        charges.fail(book, values["amount"], currency=values["currency"])
        words = "Your card was declined."
        raise Refused(words, status=402, type="card_error", code="card_declined", decline_code="generic_decline")
    return charges.charge(
        book,
        values["amount"],
        currency=values["currency"],
        capture=values.get("capture", True),
        application_fee=fee,
        description=values.get("description"),
        customer=values.get("customer"),
        metadata=values.get("metadata"),
    )


def _can_charge(call: Call) -> None:
    if not call.book.account["charges_enabled"]:
        words = "Your account cannot currently make charges: its onboarding is not complete."
        raise Refused(words, code="account_invalid")


def _application_fee(call: Call) -> int:
    fee = int(call.values.get("application_fee_amount", 0))
    if fee > call.values["amount"]:
        raise Refused("The application fee cannot be larger than the charge.", param="application_fee_amount")
    if fee and call.book.platform is None:
        words = "Can only apply an application_fee_amount when the request is made on behalf of another account."
        raise Refused(words, param="application_fee_amount")
    return fee


def _capture(call: Call) -> JsonObject:
    item = call.named("charge")
    if item["captured"]:
        raise Refused(f"Charge {item['id']} has already been captured.", code="charge_already_captured")
    amount = call.values.get("amount", item["amount"])
    if amount > item["amount"]:
        raise Refused("You cannot capture more than the authorized amount.", code="amount_too_large", param="amount")
    return charges.capture(call.book, item, amount)


def _list_intents(call: Call) -> JsonObject:
    accepts = having(call.values, "customer")
    return page(call.book.collection("payment_intent"), call.values, call.path, "payment_intent", accepts)


def _intent(call: Call) -> JsonObject:
    return call.named("payment_intent", param="intent")


def _create_intent(call: Call) -> JsonObject:
    values = call.values
    intent = charges.payment_intent(
        call.book,
        values["amount"],
        values["currency"],
        customer=values.get("customer"),
        application_fee=_application_fee(call),
    )
    return _confirmed(call, intent) if values.get("confirm") else intent


def _confirm_intent(call: Call) -> JsonObject:
    return _confirmed(call, call.named("payment_intent", param="intent"))


def _confirmed(call: Call, intent: JsonObject) -> JsonObject:
    if intent["status"] != "requires_payment_method":
        words = f"This PaymentIntent's status is {intent['status']}, so it cannot be confirmed."
        raise Refused(words, code="payment_intent_unexpected_state")
    if "payment_method" not in call.values:
        words = "You cannot confirm this PaymentIntent because it's missing a payment method."
        raise Refused(words, code="payment_intent_unexpected_state")
    _can_charge(call)
    invoices.pay_intent(call.book, intent)
    return intent


def _list_disputes(call: Call) -> JsonObject:
    accepts = having(call.values, "charge", "payment_intent")
    return page(call.book.collection("dispute"), call.values, call.path, "dispute", accepts)


def _dispute(call: Call) -> JsonObject:
    return call.named("dispute")


ENDPOINTS: Final = (
    Endpoint(
        method="GET",
        path="/v1/charges",
        resource="charge",
        answer=_list_charges,
        parameters={
            **PAGE,
            "created": moments,
            "customer": text(),
            "payment_intent": text(),
            "transfer_group": text(),
        },
    ),
    Endpoint(method="GET", path="/v1/charges/{id}", resource="charge", answer=_charge),
    Endpoint(
        method="POST",
        path="/v1/charges",
        resource="charge",
        answer=_create_charge,
        required=("amount", "currency", "source"),
        parameters={
            "amount": integer(1, 99_999_999),
            "application_fee_amount": integer(0),
            "capture": flag,
            "currency": currency,
            "customer": text(),
            "description": text(),
            "metadata": metadata,
            "source": text(),
        },
    ),
    Endpoint(
        method="POST",
        path="/v1/charges/{id}/capture",
        resource="charge",
        answer=_capture,
        parameters={"amount": integer(1)},
    ),
    Endpoint(
        method="GET",
        path="/v1/payment_intents",
        resource="payment_intent",
        answer=_list_intents,
        parameters={**PAGE, "created": moments, "customer": text()},
    ),
    Endpoint(method="GET", path="/v1/payment_intents/{id}", resource="payment_intent", answer=_intent),
    Endpoint(
        method="POST",
        path="/v1/payment_intents",
        resource="payment_intent",
        answer=_create_intent,
        required=("amount", "currency"),
        parameters={
            "amount": integer(1, 99_999_999),
            "application_fee_amount": integer(0),
            "confirm": flag,
            "currency": currency,
            "customer": text(),
            "payment_method": text(),
        },
    ),
    Endpoint(
        method="POST",
        path="/v1/payment_intents/{id}/confirm",
        resource="payment_intent",
        answer=_confirm_intent,
        parameters={"payment_method": text()},
    ),
    Endpoint(
        method="GET",
        path="/v1/disputes",
        resource="dispute",
        answer=_list_disputes,
        parameters={**PAGE, "created": moments, "charge": text(), "payment_intent": text()},
    ),
    Endpoint(method="GET", path="/v1/disputes/{id}", resource="dispute", answer=_dispute),
)
