"""A Stripe invoice: what a customer owes, and what of it was paid, forgiven or given back."""

from datetime import datetime
from enum import StrEnum
from typing import Final, NewType

import attrs

from domain.money import Currency, Money
from domain.stripe_account import StripeAccountId

InvoiceId = NewType("InvoiceId", str)


class InvoiceStatus(StrEnum):
    """Stripe's status. It only moves forward: draft, open, uncollectible, and then paid or void for good."""

    DRAFT = "draft"
    OPEN = "open"
    UNCOLLECTIBLE = "uncollectible"
    """Written off; it may still be paid."""
    PAID = "paid"
    VOID = "void"
    DELETED = "deleted"
    """A draft that is not there any more."""


_RANK: Final = {
    InvoiceStatus.DRAFT: 0,
    InvoiceStatus.OPEN: 1,
    InvoiceStatus.UNCOLLECTIBLE: 2,
    InvoiceStatus.PAID: 3,
    InvoiceStatus.VOID: 3,
    InvoiceStatus.DELETED: 3,
}
_ENDED: Final = 3


@attrs.frozen(kw_only=True)
class Customer:
    """Who is to pay, as the invoice names them."""

    id: str | None
    """`cus_…`; None for what Stripe names otherwise."""
    name: str | None
    email: str | None


@attrs.frozen(kw_only=True)
class Invoice:
    """One `in_…`. Amounts are in its own currency. Source: Stripe's invoice object (API version 2026-10-28)."""

    id: InvoiceId
    account: StripeAccountId
    status: InvoiceStatus
    number: str | None
    """Given when it is finalised."""
    customer: Customer
    total: Money
    """With all tax. Negative where the customer is owed."""
    tax: Money
    amount_due: Money
    amount_paid: Money
    """With what was paid outside of Stripe."""
    amount_remaining: Money
    amount_overpaid: Money
    paid_outside_stripe: Money
    """Of what was paid: no charge and no movement of a balance stands behind it."""
    credited_before_payment: Money
    """By credit notes: less was to pay."""
    credited_after_payment: Money
    """By credit notes: refunded, credited to the customer, or given outside of Stripe."""
    created: datetime
    finalised: datetime | None = None
    due: datetime | None = None
    paid: datetime | None = None
    voided: datetime | None = None
    marked_uncollectible: datetime | None = None
    memo: str | None = None
    hosted_url: str | None = attrs.field(default=None, eq=False)
    """Stripe's page on which it is paid. Another address of the same page is no change of the invoice."""

    @property
    def currency(self) -> Currency:
        """Of all its amounts."""
        return self.total.currency

    @property
    def may_change(self) -> bool:
        """Stripe may still say something else of it by itself; otherwise only with a new payment or credit note."""
        return _RANK[self.status] < _ENDED

    def deleted(self) -> "Invoice":
        """It was a draft, and is not there any more."""
        return attrs.evolve(self, status=InvoiceStatus.DELETED)

    def is_older_than(self, other: "Invoice") -> bool:
        """Both are views of one invoice, and this one was seen before: its status comes before the other's.

        When they were seen says nothing: what was asked for first may be kept last.
        """
        return _RANK[self.status] < _RANK[other.status]
