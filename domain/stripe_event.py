"""An event as Stripe told it by a webhook: a hint that something may have changed, never what has."""

from datetime import datetime
from enum import StrEnum
from typing import Final, NewType

import attrs

from domain.partner import Tenant
from domain.stripe_account import StripeAccountId

StripeEventId = NewType("StripeEventId", str)
"""`evt_…`; of a body that names none, made from its bytes."""


class ParkReason(StrEnum):
    """Why an authentic event is of no use, for now or for ever. Each is an alarm."""

    UNKNOWN_ACCOUNT = "unknown_account"
    """No company has the account. Once one has, the event is taken after all."""
    OTHER_MODE = "other_mode"
    """A test event at the live address, or the other way round. A live Connect endpoint is sent both."""
    THIN = "thin"
    """It bears no object: the endpoint was made for another kind of event than Tieout reads."""
    UNREADABLE = "unreadable"
    """It is signed as Stripe signs, and is no event that can be read."""


@attrs.frozen(kw_only=True)
class StripeEvent:
    """One event, as it arrived and was proved to be Stripe's."""

    tenant: Tenant
    """By the address that it was sent to."""
    id: StripeEventId
    account: StripeAccountId | None
    """Whose event it is; the platform's own where it names none. None: not known."""
    type: str
    received: datetime
    parked: ParkReason | None = None
    body: bytes = attrs.field(repr=False)
    """Exactly as it arrived."""


KNOWN_TYPES: Final = frozenset(
    """
    account.application.authorized account.application.deauthorized account.updated
    account.external_account.created account.external_account.deleted account.external_account.updated
    application_fee.created application_fee.refunded balance.available balance_settings.updated capability.updated
    charge.captured charge.dispute.closed charge.dispute.created charge.dispute.funds_reinstated
    charge.dispute.funds_withdrawn charge.dispute.updated charge.expired charge.failed charge.pending
    charge.refund.updated charge.refunded charge.succeeded charge.updated
    credit_note.created credit_note.updated credit_note.voided
    invoice.created invoice.deleted invoice.finalization_failed invoice.finalized invoice.marked_uncollectible
    invoice.overdue invoice.overpaid invoice.paid invoice.payment_action_required invoice.payment_attempt_required
    invoice.payment_failed invoice.payment_succeeded invoice.sent invoice.upcoming invoice.updated invoice.voided
    invoice.will_be_due invoice_payment.paid
    payment_intent.canceled payment_intent.payment_failed payment_intent.processing payment_intent.succeeded
    payout.canceled payout.created payout.failed payout.paid payout.reconciliation_completed payout.updated
    refund.created refund.failed refund.updated topup.canceled topup.created topup.failed topup.reversed
    topup.succeeded transfer.created transfer.reversed transfer.updated
    """.split()
)
"""Types that bear on payouts, balances or invoices. Every other one is a hint all the same; it is counted as unknown.

Source: Stripe's list of event types, API version 2026-10-28.
"""
