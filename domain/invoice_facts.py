"""Invoices with their payments and credit notes, as they are told and kept together."""

from collections import defaultdict
from collections.abc import Iterator

import attrs

from domain.credit_note import CreditNote, CreditNoteStatus
from domain.invoice import Invoice, InvoiceId
from domain.invoice_payment import InvoicePayment


@attrs.frozen(kw_only=True)
class WholeInvoice:
    """One invoice and all that belongs to it, each in the order of their ids."""

    invoice: Invoice
    payments: tuple[InvoicePayment, ...] = ()
    credit_notes: tuple[CreditNote, ...] = ()

    @property
    def credits_agree(self) -> bool:
        """The notes that are here come to what the invoice says that was credited."""
        issued = [note for note in self.credit_notes if note.status is CreditNoteStatus.ISSUED]
        said = self.invoice.credited_before_payment, self.invoice.credited_after_payment
        before = sum(note.before_payment.minor_units for note in issued)
        after = sum(note.after_payment.minor_units for note in issued)
        return (before, after) == tuple(amount.minor_units for amount in said)


@attrs.frozen(kw_only=True)
class InvoiceFacts:
    """Ids are unique within each kind; the order of the tuples has no meaning.

    A payment or a note may be there without its invoice, which is then told later.
    """

    invoices: tuple[Invoice, ...] = ()
    payments: tuple[InvoicePayment, ...] = ()
    credit_notes: tuple[CreditNote, ...] = ()

    @property
    def is_empty(self) -> bool:
        """There is nothing."""
        return not (self.invoices or self.payments or self.credit_notes)

    @property
    def about(self) -> frozenset[InvoiceId]:
        """The invoices that any of them is about."""
        return frozenset(
            {each.id for each in self.invoices}
            | {each.invoice for each in self.payments}
            | {each.invoice for each in self.credit_notes}
        )

    def whole(self) -> Iterator[WholeInvoice]:
        """Each invoice with what belongs to it, in the order of their ids."""
        payments: dict[InvoiceId, list[InvoicePayment]] = defaultdict(list)
        notes: dict[InvoiceId, list[CreditNote]] = defaultdict(list)
        for payment in sorted(self.payments, key=lambda each: each.id):
            payments[payment.invoice].append(payment)
        for note in sorted(self.credit_notes, key=lambda each: each.id):
            notes[note.invoice].append(note)
        for invoice in sorted(self.invoices, key=lambda each: each.id):
            yield WholeInvoice(
                invoice=invoice,
                payments=tuple(payments[invoice.id]),
                credit_notes=tuple(notes[invoice.id]),
            )
