"""Invoices written at Stripe, on a connected account. Every step is done once for its idempotency key, within a day."""

from datetime import timedelta
from typing import Protocol

import attrs

from domain.invoice import Invoice, InvoiceId
from domain.money import Currency, Money
from ports.stripe_feed_reader import FeedAccount
from ports.stripe_refusals import StripeUnavailable


@attrs.frozen(kw_only=True)
class InvoiceLine:
    """What is billed: so many, at so much each."""

    description: str
    quantity: int
    unit_amount: Money


@attrs.frozen(kw_only=True)
class InvoiceDraft:
    """An invoice as it is to be made. Its lines are of one currency."""

    customer: str
    currency: Currency
    lines: tuple[InvoiceLine, ...]
    days_until_due: int
    application_fee: Money | None = None
    """The platform's, taken from the payment."""
    memo: str | None = None
    metadata: tuple[tuple[str, str], ...] = ()


class ReadOnlyConnection(Exception):
    """The account lets the platform read it, and nothing else."""

    def __init__(self, account: str) -> None:
        super().__init__(
            f"{account} lets your platform read only: connect it again, with scope read_write, to bill its customers"
        )
        self.account = account


class PerhapsDone(StripeUnavailable):
    """It is not known whether Stripe has done it: asked again under the same key, it is done once."""

    def __init__(self, reason: str, *, retry_after: timedelta) -> None:
        super().__init__(reason, retry_after=retry_after)


class StripeInvoicing(Protocol):
    """All raise what `ports.stripe_refusals` has, and ReadOnlyConnection."""

    async def customer(self, source: FeedAccount, *, name: str, email: str, key: str) -> str:
        """The customer of this name and address, the one made last if there are several; a new one if there is none."""
        ...

    async def draft(self, source: FeedAccount, invoice: InvoiceDraft, *, key: str) -> Invoice:
        """Makes it, with its lines. Where Stripe refuses the lines, nothing is left of it."""
        ...

    async def send(self, source: FeedAccount, id: InvoiceId, *, key: str) -> Invoice:
        """Finalises it if it is a draft, and e-mails it to the customer."""
        ...

    async def void(self, source: FeedAccount, id: InvoiceId, *, key: str) -> Invoice:
        """As if it had never been issued."""
        ...

    async def delete(self, source: FeedAccount, id: InvoiceId) -> None:
        """A draft: it is not there any more. One that is gone already stays so."""
        ...
