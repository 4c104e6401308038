"""The invoices of a company, kept for good: a correction appends a version, and the last one is the current one."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final, Protocol

import attrs

from domain.invoice import InvoiceId
from domain.invoice_facts import InvoiceFacts
from domain.payout import PayoutId

NO_INVOICES: Final = InvoiceFacts()


@attrs.frozen(kw_only=True)
class RecordedInvoices:
    """What a recording made other than it was."""

    new: InvoiceFacts = NO_INVOICES
    changed: InvoiceFacts = NO_INVOICES
    """As they are now."""

    @property
    def is_empty(self) -> bool:
        """Nothing is other than before."""
        return self.new.is_empty and self.changed.is_empty


class Invoices(Protocol):
    """Part of a company's transaction."""

    async def hold(self) -> None:
        """Waits for other transactions that record or follow invoices of this company, and keeps them waiting until
        this one ends: what is read from now on is all that they did."""
        ...

    async def record(self, facts: InvoiceFacts, *, at: datetime) -> RecordedInvoices:
        """Keeps these, and says which of them are new, or other than before.

        A view that is older than what is kept changes nothing: what it is of never moves backwards.
        Ids must be unique within a kind. Raises UnstorableFact.
        """
        ...

    async def load(self, ids: Collection[InvoiceId]) -> InvoiceFacts:
        """The invoices of these ids, and all payments and credit notes of them."""
        ...

    async def paid_by(self, names: Collection[str]) -> Mapping[str, Collection[InvoiceId]]:
        """Which invoices payments by these payment intents and charges are of; a name of none is left out."""
        ...

    async def in_payouts(self, payouts: Collection[PayoutId]) -> Collection[InvoiceId]:
        """Invoices whose payments these payouts carry, or carried by what was known before."""
        ...
