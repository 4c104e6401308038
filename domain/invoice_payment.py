"""What pays an invoice: one payment or many, at Stripe or outside of it."""

from datetime import datetime
from enum import StrEnum
from typing import NewType

import attrs

from domain.invoice import InvoiceId
from domain.money import Money
from domain.stripe_account import StripeAccountId

InvoicePaymentId = NewType("InvoicePaymentId", str)


class InvoicePaymentStatus(StrEnum):
    """Stripe's status. What is paid or cancelled stays so."""

    OPEN = "open"
    PAID = "paid"
    CANCELED = "canceled"


@attrs.frozen(kw_only=True)
class InvoicePayment:
    """One `inpay_…`. Source: Stripe's invoice payment object (API version 2026-10-28)."""

    id: InvoicePaymentId
    account: StripeAccountId
    invoice: InvoiceId
    status: InvoicePaymentStatus
    made_by: str
    """`payment_intent`, `charge` or `payment_record`, which is a payment outside of Stripe; an open set."""
    payment_intent: str | None = None
    """It may pay several invoices."""
    charge: str | None = None
    """Only where there is no payment intent."""
    payment_record: str | None = None
    amount_requested: Money
    amount_paid: Money | None
    """None until it is paid. More than requested: the invoice is overpaid."""
    is_default: bool
    """It is the one that came with the invoice."""
    created: datetime
    paid: datetime | None = None
    canceled: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Stripe may still say something else of it."""
        return self.status is InvoicePaymentStatus.OPEN

    @property
    def is_outside_stripe(self) -> bool:
        """No movement of a balance will ever stand behind it."""
        return self.made_by == "payment_record"

    def is_older_than(self, other: "InvoicePayment") -> bool:
        """Both are views of one payment, and this one was seen before."""
        return self.is_open and not other.is_open
