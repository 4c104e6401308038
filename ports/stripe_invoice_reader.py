"""What is read of an account's invoices at Stripe: lists, newest first, page by page, and single objects."""

from typing import Protocol

from domain.credit_note import CreditNote
from domain.invoice import Invoice, InvoiceId, InvoiceStatus
from domain.invoice_payment import InvoicePayment, InvoicePaymentStatus
from ports.stripe_feed_reader import FeedAccount, FeedPage


class StripeInvoiceReader(Protocol):
    """All raise what `ports.stripe_refusals` has, and lists PlaceGone. A record of the other mode is no answer:
    StripeAnswerUnreadable."""

    async def invoices(
        self, source: FeedAccount, *, after: str | None, status: InvoiceStatus | None = None
    ) -> FeedPage[Invoice]:
        """A page of all invoices, or of those that have this status now."""
        ...

    async def invoice(self, source: FeedAccount, id: InvoiceId) -> Invoice | None:
        """One, as it is now; None: there is none, as of a draft that was deleted."""
        ...

    async def payments(
        self,
        source: FeedAccount,
        *,
        after: str | None,
        status: InvoicePaymentStatus | None = None,
    ) -> FeedPage[InvoicePayment]:
        """A page of all payments of invoices, or of those that have this status now."""
        ...

    async def payment(self, source: FeedAccount, id: str) -> InvoicePayment | None:
        """One, as it is now; None: there is none."""
        ...

    async def credit_notes(
        self, source: FeedAccount, *, after: str | None, invoice: InvoiceId | None = None
    ) -> FeedPage[CreditNote]:
        """A page of all credit notes, or of an invoice's."""
        ...
