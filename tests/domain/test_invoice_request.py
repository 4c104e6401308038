"""What is asked again is the same for a day; after that, and after a refusal, it is asked anew."""

from datetime import UTC, datetime, timedelta
from typing import Final

import attrs

from domain.invoice import InvoiceId
from domain.invoice_request import KEPT_AT_STRIPE, InvoiceAction, InvoiceRequest
from domain.stripe_account import StripeAccountId

NOON: Final = datetime(2026, 6, 30, 12, tzinfo=UTC)
REQUEST: Final = InvoiceRequest(
    id="ireq_1", action=InvoiceAction.CREATE, account=StripeAccountId("acct_1"), customer="cus_1", begun=NOON
)


def test_within_a_day_it_goes_on_under_the_same_keys() -> None:
    again = REQUEST.again(NOON + KEPT_AT_STRIPE - timedelta(seconds=1))

    assert again == REQUEST
    assert again.stripe_key("invoice") == "tieout-ireq_1-1-invoice"


def test_when_stripe_may_have_forgotten_it_begins_anew_for_the_same_customer() -> None:
    at = NOON + KEPT_AT_STRIPE
    made = attrs.evolve(REQUEST, invoice=InvoiceId("in_1"), done=NOON)

    assert made.again(at) == attrs.evolve(REQUEST, attempt=2, begun=at)


def test_an_invoice_that_is_sent_again_a_day_later_is_the_same_invoice() -> None:
    at = NOON + 2 * KEPT_AT_STRIPE
    sent = attrs.evolve(REQUEST, action=InvoiceAction.SEND, invoice=InvoiceId("in_1"), done=NOON)

    assert sent.again(at) == attrs.evolve(sent, attempt=2, begun=at, done=None)


def test_what_was_refused_has_other_keys_when_it_is_tried_again() -> None:
    assert REQUEST.refused().stripe_key("invoice") != REQUEST.stripe_key("invoice")
