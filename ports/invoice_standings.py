"""What partners were last told of each invoice, and when: so each change is told once, and lists know what changed."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

import attrs

from domain.invoice import InvoiceId, InvoiceStatus
from domain.json_value import JsonObject, frozen_object
from domain.stripe_account import StripeAccountId
from ports.pages import Page, PageKey


@attrs.frozen(kw_only=True)
class InvoiceStanding:
    """One invoice."""

    invoice: InvoiceId
    account: StripeAccountId
    status: InvoiceStatus
    customer: str | None
    created: datetime
    told: JsonObject = attrs.field(converter=frozen_object)
    open_payments: tuple[str, ...] = ()
    """Payments of which Stripe may still say something else."""

    @property
    def is_settled(self) -> bool:
        """Stripe says nothing more of it by itself."""
        ended = (InvoiceStatus.PAID, InvoiceStatus.VOID, InvoiceStatus.DELETED)
        return self.status in ended and not self.open_payments


@attrs.frozen(kw_only=True)
class KeptInvoiceStanding:
    """A standing, and since when it is that."""

    standing: InvoiceStanding
    updated: datetime
    previous: datetime | None = None
    """When it became what it was before."""


@attrs.frozen(kw_only=True)
class UnsettledInvoice:
    """One of which Stripe may still say something else."""

    invoice: InvoiceId
    status: InvoiceStatus
    open_payments: tuple[str, ...]


@attrs.frozen(kw_only=True)
class InvoicesWanted:
    """Which invoices, all filters together."""

    status: InvoiceStatus | None = None
    customer: str | None = None
    account: StripeAccountId | None = None
    updated_since: datetime | None = None
    """Changed then or later, themselves or where their money is; the oldest change first."""


class InvoiceStandings(Protocol):
    """Part of a company's transaction."""

    async def find(self, ids: Collection[InvoiceId]) -> Mapping[InvoiceId, KeptInvoiceStanding]:
        """Those of these; ids of which nothing is kept are left out."""
        ...

    async def put(self, standings: Collection[InvoiceStanding], *, at: datetime) -> None:
        """Kept, in place of what was, since `at`, or just after the company's last one if that is not earlier: so
        moments grow in the order of the commits. Waits as `Invoices.hold` does."""
        ...

    async def unsettled(self, account: StripeAccountId) -> Sequence[UnsettledInvoice]:
        """All of the account that are not settled, in the order of their ids."""
        ...

    async def any(self) -> bool:
        """Whether the company has an invoice at all."""
        ...

    async def count(self, account: StripeAccountId, *, created_before: datetime) -> int:
        """How many of the account there are that were created before, but for drafts that were deleted."""
        ...

    async def page(
        self, wanted: InvoicesWanted, *, after: PageKey | None = None, limit: int = 100
    ) -> Page[KeptInvoiceStanding]:
        """The latest created first, then by id, descending; with `updated_since`, see there. A key's `at` is the moment
        that the order begins with. Raises ValueError: limit out of bounds."""
        ...
