"""Accounts' invoices at a Stripe that asks nobody: what a test puts there is listed, the newest first.

Differences from the real one: keys are never looked at, there are no limits, and pages are as long as a test says.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

import attrs

from adapters.in_memory.listed_pages import page_of
from domain.credit_note import CreditNote
from domain.invoice import Invoice, InvoiceId, InvoiceStatus
from domain.invoice_payment import InvoicePayment, InvoicePaymentStatus
from ports.stripe_feed_reader import FeedAccount, FeedPage

R = TypeVar("R", Invoice, InvoicePayment, CreditNote)


@attrs.define
class InMemoryStripeInvoiceReader:
    """Keeps the promises of `ports.stripe_invoice_reader.StripeInvoiceReader`."""

    page: int = 100
    all_invoices: list[Invoice] = attrs.Factory(list)
    """Of all accounts, from the oldest on; so are the others."""
    all_payments: list[InvoicePayment] = attrs.Factory(list)
    all_notes: list[CreditNote] = attrs.Factory(list)
    refusal: Exception | None = None
    """What every question ends in from now on."""

    async def invoices(
        self, source: FeedAccount, *, after: str | None, status: InvoiceStatus | None = None
    ) -> FeedPage[Invoice]:
        """Of the account."""
        return self._page(self.all_invoices, source, after, lambda each: status in (None, each.status))

    async def invoice(self, source: FeedAccount, id: InvoiceId) -> Invoice | None:
        """By looking at all."""
        self._answer()
        found = (each for each in self.all_invoices if each.account == source.account and each.id == id)
        return next(found, None)

    async def payments(
        self, source: FeedAccount, *, after: str | None, status: InvoicePaymentStatus | None = None
    ) -> FeedPage[InvoicePayment]:
        """Of the account."""
        return self._page(self.all_payments, source, after, lambda each: status in (None, each.status))

    async def payment(self, source: FeedAccount, id: str) -> InvoicePayment | None:
        """By looking at all."""
        self._answer()
        found = (each for each in self.all_payments if each.account == source.account and each.id == id)
        return next(found, None)

    async def credit_notes(
        self, source: FeedAccount, *, after: str | None, invoice: InvoiceId | None = None
    ) -> FeedPage[CreditNote]:
        """Of the account."""
        return self._page(self.all_notes, source, after, lambda each: invoice in (None, each.invoice))

    def _answer(self) -> None:
        if self.refusal is not None:
            raise self.refusal

    def _page(
        self, oldest_first: Sequence[R], source: FeedAccount, after: str | None, is_wanted: Callable[[R], bool]
    ) -> FeedPage[R]:
        self._answer()
        wanted = [each for each in oldest_first if each.account == source.account and is_wanted(each)]
        return page_of(wanted, after=after, size=self.page)
