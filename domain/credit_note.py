"""A credit note: it corrects a finalised invoice, which itself never changes."""

from datetime import datetime
from enum import StrEnum
from typing import NewType

import attrs

from domain.invoice import InvoiceId
from domain.money import Money
from domain.stripe_account import StripeAccountId

CreditNoteId = NewType("CreditNoteId", str)


class CreditNoteStatus(StrEnum):
    """Stripe's status."""

    ISSUED = "issued"
    VOID = "void"


@attrs.frozen(kw_only=True)
class CreditedRefund:
    """Money that was given back for the note, and by which refund."""

    refund: str
    """`re_…`, or the record of a refund outside of Stripe."""
    amount: Money


@attrs.frozen(kw_only=True)
class CreditNote:
    """One `cn_…`. Its amount is what it takes off before payment and what it gives back after it.

    Source: Stripe's credit note object (API version 2026-10-28).
    """

    id: CreditNoteId
    account: StripeAccountId
    invoice: InvoiceId
    status: CreditNoteStatus
    number: str | None
    amount: Money
    """With tax."""
    tax: Money
    before_payment: Money
    """Less is to pay."""
    after_payment: Money
    """Refunded, credited to the customer's balance, or given outside of Stripe."""
    given_outside_stripe: Money
    refunds: tuple[CreditedRefund, ...] = ()
    reason: str | None = None
    memo: str | None = None
    created: datetime
    voided: datetime | None = None

    def is_older_than(self, other: "CreditNote") -> bool:
        """Both are views of one note, and this one was seen before."""
        return self.status is CreditNoteStatus.ISSUED and other.status is CreditNoteStatus.VOID
