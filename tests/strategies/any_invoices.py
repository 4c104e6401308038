"""Invoices, payments and credit notes with any value in any field, for what must keep all of them."""

from typing import Final

import attrs
from hypothesis import strategies as st

from domain.credit_note import CreditedRefund, CreditNote, CreditNoteStatus
from domain.invoice import Customer, Invoice, InvoiceStatus
from domain.invoice_facts import InvoiceFacts
from domain.invoice_payment import InvoicePayment, InvoicePaymentStatus
from tests.strategies.any_facts import IDS, MOMENTS, MONEY, TEXTS, any_of, perhaps

CUSTOMERS: Final = any_of(Customer, id=perhaps(TEXTS), name=perhaps(TEXTS), email=perhaps(TEXTS))
INVOICES: Final = any_of(
    Invoice,
    id=IDS,
    account=TEXTS,
    status=st.sampled_from(InvoiceStatus),
    number=perhaps(TEXTS),
    customer=CUSTOMERS,
    total=MONEY,
    tax=MONEY,
    amount_due=MONEY,
    amount_paid=MONEY,
    amount_remaining=MONEY,
    amount_overpaid=MONEY,
    paid_outside_stripe=MONEY,
    credited_before_payment=MONEY,
    credited_after_payment=MONEY,
    created=MOMENTS,
    finalised=perhaps(MOMENTS),
    due=perhaps(MOMENTS),
    paid=perhaps(MOMENTS),
    voided=perhaps(MOMENTS),
    marked_uncollectible=perhaps(MOMENTS),
    memo=perhaps(TEXTS),
    hosted_url=perhaps(TEXTS),
)
PAYMENTS: Final = any_of(
    InvoicePayment,
    id=IDS,
    account=TEXTS,
    invoice=IDS,
    status=st.sampled_from(InvoicePaymentStatus),
    made_by=TEXTS,
    payment_intent=perhaps(IDS),
    charge=perhaps(IDS),
    payment_record=perhaps(TEXTS),
    amount_requested=MONEY,
    amount_paid=perhaps(MONEY),
    is_default=st.booleans(),
    created=MOMENTS,
    paid=perhaps(MOMENTS),
    canceled=perhaps(MOMENTS),
)
REFUNDS: Final = any_of(CreditedRefund, refund=TEXTS, amount=MONEY)
CREDIT_NOTES: Final = any_of(
    CreditNote,
    id=IDS,
    account=TEXTS,
    invoice=IDS,
    status=st.sampled_from(CreditNoteStatus),
    number=perhaps(TEXTS),
    amount=MONEY,
    tax=MONEY,
    before_payment=MONEY,
    after_payment=MONEY,
    given_outside_stripe=MONEY,
    refunds=st.lists(REFUNDS, max_size=2).map(tuple),
    reason=perhaps(TEXTS),
    memo=perhaps(TEXTS),
    created=MOMENTS,
    voided=perhaps(MOMENTS),
)


def _by_id(facts: st.SearchStrategy[object]) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(facts, max_size=3, unique_by=lambda each: each.id).map(tuple)  # type: ignore[attr-defined]


INVOICE_FACTS: Final = st.builds(
    InvoiceFacts, invoices=_by_id(INVOICES), payments=_by_id(PAYMENTS), credit_notes=_by_id(CREDIT_NOTES)
)
assert {field.name for field in attrs.fields(InvoiceFacts)} == {"invoices", "payments", "credit_notes"}
