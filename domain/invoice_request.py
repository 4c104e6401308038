"""What a company wants done with an invoice at Stripe, and how far that has come."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import attrs

from domain.invoice import InvoiceId
from domain.stripe_account import StripeAccountId

KEPT_AT_STRIPE: Final = timedelta(hours=23)
"""Stripe keeps what it answered under an idempotency key for a day at least: within this, asking again is safe."""


class InvoiceAction(StrEnum):
    """What is to be done."""

    CREATE = "create"
    SEND = "send"
    VOID = "void"


@attrs.frozen(kw_only=True)
class InvoiceRequest:
    """One thing that was asked for, kept before Stripe is asked: whoever asks again after a crash goes on with it."""

    id: str
    action: InvoiceAction
    account: StripeAccountId
    invoice: InvoiceId | None = None
    """Which one; of a new one: once Stripe has made it."""
    customer: str | None = None
    """Of a new one: once it is known at Stripe."""
    attempt: int = 1
    """What Stripe refused is asked under another idempotency key when it is tried again: it would refuse for ever."""
    begun: datetime
    done: datetime | None = None

    def stripe_key(self, step: str) -> str:
        """The idempotency key of one step: the same for whoever goes on with this attempt."""
        return f"tieout-{self.id}-{self.attempt}-{step}"

    def again(self, at: datetime) -> "InvoiceRequest":
        """As it is to be gone on with at this moment: the same attempt, or, where Stripe has forgotten it, another."""
        if at < self.begun + KEPT_AT_STRIPE:
            return self
        made = self.invoice if self.action is not InvoiceAction.CREATE else None
        return attrs.evolve(self, attempt=self.attempt + 1, begun=at, done=None, invoice=made)

    def refused(self) -> "InvoiceRequest":
        """Stripe will not do it as it was asked."""
        return attrs.evolve(self, attempt=self.attempt + 1)
