# ruff: noqa: ARG002  # a step is done at once, and its key is nothing to it but a name
"""Invoices written at a Stripe that asks nobody.

Differences from the real one: keys are never looked at, nothing is e-mailed, and there is no tax.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import attrs

from domain.identifiers import derived_id
from domain.invoice import Customer, Invoice, InvoiceId, InvoiceStatus
from domain.money import Money
from ports.stripe_feed_reader import FeedAccount
from ports.stripe_invoicing import InvoiceDraft
from ports.stripe_refusals import StripeRefused


@attrs.define
class InMemoryStripeInvoicing:
    """Keeps the promises of `ports.stripe_invoicing.StripeInvoicing`."""

    clock: Callable[[], datetime]
    refusal: Exception | None = None
    """What every step ends in from now on, before it is done."""
    lost_answer: Exception | None = None
    """What every step ends in from now on, after it was done."""
    made: dict[str, Invoice] = attrs.Factory(dict)
    """By their ids."""
    _customers: dict[tuple[str, str], str] = attrs.Factory(dict)
    _under: dict[str, str] = attrs.Factory(dict)

    async def customer(self, source: FeedAccount, *, name: str, email: str, key: str) -> str:
        """One for a name and an address."""
        self._answer()
        return self._customers.setdefault((name, email), derived_id("cus", source.account, name, email))

    async def draft(self, source: FeedAccount, invoice: InvoiceDraft, *, key: str) -> Invoice:
        """One for a key."""
        self._answer()
        if key not in self._under:
            made = self._draft(source, invoice, derived_id("in", source.account, key))
            self._under[key], self.made[made.id] = made.id, made
        return self._done(self.made[self._under[key]])

    async def send(self, source: FeedAccount, id: InvoiceId, *, key: str) -> Invoice:
        """A draft gets its number."""
        self._answer()
        sent = self._known(id)
        if sent.status is InvoiceStatus.DRAFT:
            sent = attrs.evolve(
                sent,
                status=InvoiceStatus.OPEN,
                number=f"FAKE-{len(self.made):04}",
                finalised=self.clock(),
                hosted_url=f"https://invoice.stripe.example/i/{id}",
            )
        return self._done(sent)

    async def void(self, source: FeedAccount, id: InvoiceId, *, key: str) -> Invoice:
        """Whatever it was."""
        self._answer()
        return self._done(attrs.evolve(self._known(id), status=InvoiceStatus.VOID, voided=self.clock()))

    async def delete(self, source: FeedAccount, id: InvoiceId) -> None:
        """Forgotten."""
        self._answer()
        self.made.pop(id, None)

    def _answer(self) -> None:
        if self.refusal is not None:
            raise self.refusal

    def _done(self, invoice: Invoice) -> Invoice:
        self.made[invoice.id] = invoice
        if self.lost_answer is not None:
            raise self.lost_answer
        return invoice

    def _known(self, id: InvoiceId) -> Invoice:
        if id not in self.made:
            words = f"No such invoice: '{id}'"
            raise StripeRefused(
                status=404, type=None, code="resource_missing", param="id", message=words, request_id=None
            )
        return self.made[id]

    def _draft(self, source: FeedAccount, draft: InvoiceDraft, id: str) -> Invoice:
        nothing = Money.zero(draft.currency)
        total = Money(sum(each.quantity * each.unit_amount.minor_units for each in draft.lines), draft.currency)
        return Invoice(
            id=InvoiceId(id),
            account=source.account,
            status=InvoiceStatus.DRAFT,
            number=None,
            customer=Customer(id=draft.customer, name=None, email=None),
            total=total,
            tax=nothing,
            amount_due=total,
            amount_paid=nothing,
            amount_remaining=total,
            amount_overpaid=nothing,
            paid_outside_stripe=nothing,
            credited_before_payment=nothing,
            credited_after_payment=nothing,
            created=self.clock(),
            due=self.clock() + timedelta(days=draft.days_until_due),
            memo=draft.memo,
        )
