"""`/v1/refunds` (docs.stripe.com/api/refunds; documented)."""

from typing import Final

from adapters.simulator.stripe import refunds
from adapters.simulator.stripe.http.endpoint import Call, Endpoint
from adapters.simulator.stripe.http.pagination import PAGE, having, page
from adapters.simulator.stripe.http.parameters import flag, integer, metadata, moments, one_of, text
from adapters.simulator.stripe.refused import Refused
from adapters.simulator.stripe.wire import JsonObject


def _list(call: Call) -> JsonObject:
    accepts = having(call.values, "charge", "payment_intent")
    return page(call.book.collection("refund"), call.values, call.path, "refund", accepts)


def _retrieve(call: Call) -> JsonObject:
    return call.named("refund")


def _create(call: Call) -> JsonObject:
    values = call.values
    if "charge" in values:
        charge = call.named("charge", values["charge"], param="charge")
    elif "payment_intent" in values:
        intent = call.named("payment_intent", values["payment_intent"], param="payment_intent")
        charge = call.named("charge", intent["latest_charge"] or "", param="payment_intent")
    else:
        raise Refused("Must provide charge or payment_intent.", code="parameter_missing", param="charge")
    left = charge["amount_captured"] - charge["amount_refunded"]
    if left <= 0:
        raise Refused(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    amount = values.get("amount", left)
    if amount > left:
        words = f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})"
        raise Refused(words, param="amount")
    return refunds.refund(
        call.book,
        charge,
        amount,
        reason=values.get("reason"),
        refund_application_fee=values.get("refund_application_fee", False),
        metadata=values.get("metadata"),
    )


ENDPOINTS: Final = (
    Endpoint(
        method="GET",
        path="/v1/refunds",
        resource="charge",
        answer=_list,
        parameters={**PAGE, "created": moments, "charge": text(), "payment_intent": text()},
    ),
    Endpoint(method="GET", path="/v1/refunds/{id}", resource="charge", answer=_retrieve),
    Endpoint(
        method="POST",
        path="/v1/refunds",
        resource="charge",
        answer=_create,
        parameters={
            "amount": integer(1),
            "charge": text(),
            "metadata": metadata,
            "payment_intent": text(),
            "reason": one_of("duplicate", "fraudulent", "requested_by_customer"),
            "refund_application_fee": flag,
        },
    ),
)
