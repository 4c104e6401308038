"""A Stripe payout: money sent from a Stripe balance to a bank account, or drawn back from it."""

from datetime import date, datetime
from enum import StrEnum
from typing import Final, NewType

import attrs

from domain.money import Money

PayoutId = NewType("PayoutId", str)


class PayoutStatus(StrEnum):
    """Stripe's status. `paid` is when the money is expected, and may still turn into `failed`."""

    PENDING = "pending"
    IN_TRANSIT = "in_transit"
    PAID = "paid"
    FAILED = "failed"
    CANCELED = "canceled"
    UNKNOWN = "unknown"
    """The source does not say: the itemised report names payouts without their status."""


_CAME_BACK: Final = frozenset({PayoutStatus.FAILED, PayoutStatus.CANCELED})


class ReconciliationStatus(StrEnum):
    """Whether Stripe has finished saying which balance transactions are inside."""

    COMPLETED = "completed"
    IN_PROGRESS = "in_progress"
    NOT_APPLICABLE = "not_applicable"
    UNKNOWN = "unknown"


@attrs.frozen(kw_only=True)
class Payout:
    """One `po_…`, in the bank's view: positive reaches the bank, negative is drawn from it.

    A field is None where the source does not say. Source: Stripe's payout object (API version 2026-10-28).
    """

    id: PayoutId
    amount: Money
    arrival_date: date
    """The calendar date, in UTC, on which Stripe expects the money at the bank."""
    status: PayoutStatus
    created: datetime | None = None
    automatic: bool | None = None
    """True: made by the schedule, and itemised by Stripe. False: asked for by hand; nobody itemises it."""
    method: str = "standard"
    """`standard` or `instant`, or a later invention of Stripe's."""
    stripe_account: str | None = None
    destination: str | None = None
    """The external account, `ba_…` or `card_…`; belongs to one Stripe account."""
    destination_last4: str | None = None
    trace_id: str | None = None
    """The payment rail's own reference, once Stripe supports it; never a guess."""
    statement_descriptor: str | None = None
    source_type: str | None = None
    balance_transaction: str | None = None
    failure_balance_transaction: str | None = None
    failure_code: str | None = None
    original_payout: PayoutId | None = None
    reversed_by: PayoutId | None = None
    reconciliation_status: ReconciliationStatus = ReconciliationStatus.UNKNOWN
    livemode: bool | None = None
    amount_from_items: bool = False
    """True: no source states the amount; it is the sum of the items listed, which therefore cannot disprove it."""

    @property
    def came_back(self) -> bool:
        """Stripe says that this money did not stay at the bank."""
        return self.status in _CAME_BACK
