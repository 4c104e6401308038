"""Invoices and what was told of them, in memory.

Differences from PostgreSQL: nobody has to wait, for transactions follow one another anyway.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from adapters.in_memory.facts import InMemoryFacts, refuse_unstorable
from adapters.in_memory.tables import InMemoryTables
from domain.company import CompanyId
from domain.invoice import InvoiceId, InvoiceStatus
from domain.invoice_facts import InvoiceFacts
from domain.invoice_trail import names_of
from domain.payout import PayoutId
from domain.stripe_account import StripeAccountId
from ports.facts import ItemsOf
from ports.invoice_standings import InvoiceStanding, InvoicesWanted, KeptInvoiceStanding, UnsettledInvoice
from ports.invoices import RecordedInvoices
from ports.pages import Page, PageKey, checked_limit

_KINDS: Final = ("invoices", "payments", "credit_notes")
_TICK: Final = timedelta(microseconds=1)


class InMemoryInvoices:
    """Keeps the promises of `ports.invoices.Invoices`."""

    def __init__(self, tables: InMemoryTables, company: CompanyId) -> None:
        self._tables, self._company = tables, company

    async def hold(self) -> None:
        """Nobody else is there."""

    async def record(self, facts: InvoiceFacts, *, at: datetime) -> RecordedInvoices:  # noqa: ARG002  # versions have no moment here
        """Versions by id, the oldest first."""
        recorded = {kind: self._recorded(kind, getattr(facts, kind)) for kind in _KINDS}
        new = InvoiceFacts(**{kind: tuple(each) for kind, (each, _) in recorded.items()})
        return RecordedInvoices(
            new=new, changed=InvoiceFacts(**{kind: tuple(each) for kind, (_, each) in recorded.items()})
        )

    async def load(self, ids: Collection[InvoiceId]) -> InvoiceFacts:
        """All that is about them."""
        return InvoiceFacts(
            invoices=tuple(each for each in self._current("invoices") if each.id in ids),
            payments=tuple(each for each in self._current("payments") if each.invoice in ids),
            credit_notes=tuple(each for each in self._current("credit_notes") if each.invoice in ids),
        )

    async def paid_by(self, names: Collection[str]) -> Mapping[str, Collection[InvoiceId]]:
        """By looking at all."""
        found: dict[str, set[InvoiceId]] = defaultdict(set)
        for payment in self._current("payments"):
            for name in names_of(payment):
                if name in names:
                    found[name].add(payment.invoice)
        return found

    async def in_payouts(self, payouts: Collection[PayoutId]) -> Collection[InvoiceId]:
        """By looking at all items."""
        items = await InMemoryFacts(self._tables, self._company).load(ItemsOf(payouts=tuple(payouts)))
        names = {name for each in items.balance_transactions for name in (each.payment_intent, each.source) if name}
        return {id for ids in (await self.paid_by(names)).values() for id in ids}

    def _recorded(self, kind: str, told: Sequence[Any]) -> tuple[list[Any], list[Any]]:
        if len({each.id for each in told}) < len(told):
            raise ValueError(f"two of the {kind} told have the same id")
        table = self._tables.table(f"{kind} of {self._company} at Stripe")
        new: list[Any] = []
        changed: list[Any] = []
        for each in told:
            refuse_unstorable(each)
            versions: tuple[Any, ...] = table.get(each.id, ())
            if versions and (each == versions[-1] or each.is_older_than(versions[-1])):
                continue
            table[each.id] = (*versions, each)
            (changed if versions else new).append(each)
        return new, changed

    def _current(self, kind: str) -> list[Any]:
        return [versions[-1] for versions in self._tables.table(f"{kind} of {self._company} at Stripe").values()]


class InMemoryInvoiceStandings:
    """Keeps the promises of `ports.invoice_standings.InvoiceStandings`."""

    def __init__(self, tables: InMemoryTables, company: CompanyId) -> None:
        self._tables, self._company = tables, company
        self._rows: dict[Any, KeptInvoiceStanding] = tables.table(f"invoice_standings of {company}")

    async def find(self, ids: Collection[InvoiceId]) -> Mapping[InvoiceId, KeptInvoiceStanding]:
        """By the key."""
        return {id: self._rows[id] for id in ids if id in self._rows}

    async def put(self, standings: Collection[InvoiceStanding], *, at: datetime) -> None:
        """All at one moment."""
        if not standings:
            return
        last = max((kept.updated for kept in self._rows.values()), default=None)
        moment = at if last is None else max(at, last + _TICK)
        for each in standings:
            before = self._rows.get(each.invoice)
            self._rows[each.invoice] = KeptInvoiceStanding(
                standing=each, updated=moment, previous=None if before is None else before.updated
            )

    async def unsettled(self, account: StripeAccountId) -> Sequence[UnsettledInvoice]:
        """By looking at all."""
        return tuple(
            UnsettledInvoice(invoice=each.invoice, status=each.status, open_payments=each.open_payments)
            for each in (self._rows[id].standing for id in sorted(self._rows))
            if each.account == account and not each.is_settled
        )

    async def any(self) -> bool:
        """Whether there is a row."""
        return bool(self._rows)

    async def count(self, account: StripeAccountId, *, created_before: datetime) -> int:
        """By looking at all."""
        mine = (kept.standing for kept in self._rows.values() if kept.standing.account == account)
        return sum(each.created < created_before and each.status is not InvoiceStatus.DELETED for each in mine)

    async def page(
        self, wanted: InvoicesWanted, *, after: PageKey | None = None, limit: int = 100
    ) -> Page[KeptInvoiceStanding]:
        """Sorted anew each time."""
        since = wanted.updated_since

        def place(kept: KeptInvoiceStanding) -> tuple[datetime, str]:
            return (kept.standing.created if since is None else kept.updated), kept.standing.invoice

        found = sorted(filter(lambda kept: _is_wanted(kept, wanted), self._rows.values()), key=place)
        if since is None:
            found.reverse()
        if after is not None:
            key = (after.at, after.id)
            found = [kept for kept in found if (place(kept) > key if since else place(kept) < key)]
        records = tuple(found[: checked_limit(limit)])
        if len(found) <= limit:
            return Page(records=records)
        moment, id = place(records[-1])
        return Page(records=records, next=PageKey(id=id, at=moment))


def _is_wanted(kept: KeptInvoiceStanding, wanted: InvoicesWanted) -> bool:
    standing = kept.standing
    return (
        wanted.status in (None, standing.status)
        and wanted.customer in (None, standing.customer)
        and wanted.account in (None, standing.account)
        and (wanted.updated_since is None or kept.updated >= wanted.updated_since)
    )
