"""Reads an account's invoices at Stripe, what pays them, and credit notes, as its payouts are read: page by page, what
a page says and how far was read in one transaction.

Lists show what is new. What may still change is looked at each time: Stripe is asked which invoices are draft, open or
uncollectible and which payments are open, and whatever is that here and not there has moved on, and is read. An invoice
that has ended changes only with a payment or credit note, and is read with it. So polling alone sees everything.
"""

from collections.abc import Awaitable, Callable, Sequence, Set
from datetime import datetime
from functools import partial
from typing import Final, TypeVar

import attrs

from domain.actor import ENGINE
from domain.audit_entry import AuditEntry
from domain.company import Company
from domain.credit_note import CreditNote
from domain.invoice import Invoice, InvoiceId, InvoiceStatus
from domain.invoice_facts import InvoiceFacts
from domain.invoice_payment import InvoicePayment, InvoicePaymentStatus
from domain.stripe_account import ConnectionState
from domain.stripe_feed import UNREADABLE_MAX, InvoiceList, InvoicesProgress, ListProgress
from ports.invoice_standings import UnsettledInvoice
from ports.invoices import RecordedInvoices
from ports.stripe_feed_reader import FeedPage, PlaceGone
from ports.stripe_invoice_reader import StripeInvoiceReader
from ports.stripe_refusals import StripePermissionMissing, StripeRefused
from ports.transaction import Store
from ports.use_cases.active_company import active_company
from ports.use_cases.check_stripe_invoices import InvoiceChecker
from ports.use_cases.follow_invoices import follow_invoices
from ports.use_cases.read_stripe_account import READS_AT_ONCE, AccountReader, ConnectionEnded

R = TypeVar("R", Invoice, InvoicePayment, CreditNote)
T = TypeVar("T")
MAY_CHANGE: Final = (InvoiceStatus.DRAFT, InvoiceStatus.OPEN, InvoiceStatus.UNCOLLECTIBLE)


async def read_stripe_invoices(
    account: AccountReader, reader: StripeInvoiceReader, *, company: Company, at: datetime, store: Store
) -> bool:
    """False: there is more, for another turn. Raises what the reader does, ConnectionEnded and FeedMoved.

    What Stripe does not let the platform's key read is said in the feed, and keeps nothing else from being read.
    """
    reading = _InvoiceReading(account, reader, company, at, store)
    try:
        done = await reading.read() and await reading.check()
        refused = None
    except (StripePermissionMissing, StripeRefused) as refusal:
        done, refused = True, str(refusal)
    progress = account.feed.invoices
    if progress.refused != refused:
        await reading.keep(InvoiceFacts(), attrs.evolve(progress, refused=refused))
    return done


class _InvoiceReading:
    """One reading. The account's reader holds the feed, and counts what is asked."""

    def __init__(
        self, account: AccountReader, reader: StripeInvoiceReader, company: Company, at: datetime, store: Store
    ) -> None:
        self._account, self._reader, self._company, self._at, self._store = account, reader, company, at, store
        self._source = account.source

    @property
    def _progress(self) -> InvoicesProgress:
        return self._account.feed.invoices

    @property
    def _is_spent(self) -> bool:
        return self._account.reads >= READS_AT_ONCE

    async def check(self) -> bool:
        """A turn of the check, if one is due. False: there is more, for another turn."""
        checker = InvoiceChecker(
            self._account, self._reader, self.keep, company=self._company.id, at=self._at, store=self._store
        )
        if not checker.is_due:
            return True
        check = await checker.listed()
        if check is None or (check.suspects and not await self.read()):
            return False
        await checker.concluded(check)
        return True

    async def read(self) -> bool:
        """Payments and notes first: so whatever they did to an invoice is in what is read of it after them.

        An account that never had an invoice has none of these either: one list says so.
        """
        lists = self._progress.invoices
        if lists.whole is not None and not lists.recorded:
            first = await self._asked(self._invoices_from(None))
            if not first.ids:
                return True
        return (
            await self._list(InvoiceList.PAYMENTS, self._payments_from)
            and await self._list(InvoiceList.CREDIT_NOTES, self._notes_from)
            and await self._payments_again()
            and await self._invoices_again()
            and await self._list(InvoiceList.INVOICES, self._invoices_from)
        )

    async def _list(self, which: InvoiceList, page_from: Callable[[str | None], Awaitable[FeedPage[R]]]) -> bool:
        while not self._is_spent:
            so_far = self._progress.of(which)
            try:
                page = await self._asked(page_from(so_far.after))
            except PlaceGone:
                await self.keep(InvoiceFacts(), self._progress.at(which, so_far.again()))
                continue
            told: InvoiceFacts = _facts(page.records)
            theirs: list[Invoice] = await self._their_invoices(told)
            after = so_far.read(page.ids, page.first_created, page.last_created, has_more=page.has_more, at=self._at)
            await self.keep(
                attrs.evolve(told, invoices=(*told.invoices, *theirs)), self._progress.at(which, after), page.unreadable
            )
            if not after.is_under_way:
                return True
        return False

    async def _invoices_from(self, after: str | None) -> FeedPage[Invoice]:
        return await self._reader.invoices(self._source, after=after)

    async def _with_status(self, status: InvoiceStatus, after: str | None) -> FeedPage[Invoice]:
        return await self._reader.invoices(self._source, after=after, status=status)

    async def _payments_from(self, after: str | None) -> FeedPage[InvoicePayment]:
        return await self._reader.payments(self._source, after=after)

    async def _notes_from(self, after: str | None) -> FeedPage[CreditNote]:
        return await self._reader.credit_notes(self._source, after=after)

    async def _their_invoices(self, told: InvoiceFacts) -> list[Invoice]:
        """Invoices that are known here, of payments and notes that are new or other than before: as they are now.

        So nobody is told of a payment without what it did; and an invoice that has ended changes with these alone.
        """
        if not (told.payments or told.credit_notes):
            return []
        async with self._store.snapshot(self._company.id) as transaction:
            known = await transaction.invoices.load(told.about)
        moved = {each.invoice for each in set(told.payments) - set(known.payments)}
        moved |= {each.invoice for each in set(told.credit_notes) - set(known.credit_notes)}
        ids = sorted(each.id for each in known.invoices if each.id in moved)
        found = [await self._asked(self._reader.invoice(self._source, id)) for id in ids]
        return [each for each in found if each is not None]

    async def _unsettled(self) -> Sequence[UnsettledInvoice]:
        async with self._store.snapshot(self._company.id) as transaction:
            return await transaction.invoice_standings.unsettled(self._source.account)

    async def _payments_again(self) -> bool:
        """An open payment that Stripe does not have among the open ones was paid or cancelled."""
        here = {id for each in await self._unsettled() for id in each.open_payments}
        if not here:
            return True
        listed = await self._all_of(
            lambda after: self._reader.payments(self._source, after=after, status=InvoicePaymentStatus.OPEN)
        )
        for id in sorted(here - listed):
            if self._is_spent:
                return False
            payment = await self._asked(self._reader.payment(self._source, id))
            if payment is not None:
                told = InvoiceFacts(payments=(payment,))
                await self.keep(attrs.evolve(told, invoices=tuple(await self._their_invoices(told))))
        return True

    async def _invoices_again(self) -> bool:
        """What is listed is kept as it is now. Of what is not, the notes may have changed with it: those of an open
        invoice can be voided."""
        unsettled = await self._unsettled()
        for status in MAY_CHANGE:
            here = {each.invoice for each in unsettled if each.status is status}
            if not here:
                continue
            listed = await self._all_of(partial(self._with_status, status))
            for id in sorted(here - listed):
                if self._is_spent:
                    return False
                await self._again(id)
        return True

    async def _again(self, id: InvoiceId) -> None:
        invoice = await self._asked(self._reader.invoice(self._source, id))
        if invoice is None:  # only what was never finalised can be deleted
            async with self._store.snapshot(self._company.id) as transaction:
                kept = (await transaction.invoices.load([id])).invoices
            gone = tuple(each.deleted() for each in kept)
            await self.keep(InvoiceFacts(invoices=gone))
        else:
            await self._keep_with_notes((invoice,))

    async def _all_of(self, page_from: Callable[[str | None], Awaitable[FeedPage[R]]]) -> Set[str]:
        """The ids of all that is listed now. Pages that change meanwhile may show less; what they leave out is read."""
        ids: set[str] = set()
        after: str | None = None
        while True:
            try:
                page = await self._asked(page_from(after))
            except PlaceGone:
                return ids
            ids.update(page.ids)
            told = _facts(page.records)
            if told.invoices:
                await self._keep_with_notes(told.invoices)
            else:
                await self.keep(told)
            if not page.has_more or not page.ids:
                return ids
            after = page.ids[-1]

    async def _keep_with_notes(self, invoices: Sequence[Invoice]) -> None:
        """With their credit notes, where those that are here do not come to what the invoice says that was credited."""
        async with self._store.snapshot(self._company.id) as transaction:
            known = await transaction.invoices.load([each.id for each in invoices])
        by_id = {whole.invoice.id: whole for whole in attrs.evolve(known, invoices=tuple(invoices)).whole()}
        notes: list[CreditNote] = []
        for invoice in invoices:
            if not by_id[invoice.id].credits_agree:
                notes += await self._notes_of(invoice.id)
        await self.keep(InvoiceFacts(invoices=tuple(invoices), credit_notes=tuple(notes)))

    async def _notes_of(self, id: InvoiceId) -> Sequence[CreditNote]:
        notes: dict[str, CreditNote] = {}
        after: str | None = None
        while True:
            try:
                page = await self._asked(self._reader.credit_notes(self._source, after=after, invoice=id))
            except PlaceGone:
                return tuple(notes.values())
            notes |= {each.id: each for each in page.records}
            if not page.has_more or not page.ids:
                return tuple(notes.values())
            after = page.ids[-1]

    async def _asked(self, answer: Awaitable[T]) -> T:
        self._account.reads += 1
        return await answer

    async def keep(
        self, facts: InvoiceFacts, progress: InvoicesProgress | None = None, unreadable: Sequence[str] = ()
    ) -> None:
        """What was read, and how far, in one transaction; and whoever is to be told is told."""
        if facts.is_empty and progress is None:
            return
        async with self._store.company(self._company.id) as transaction:
            await active_company(self._company.id, tenant=self._company.tenant, companies=transaction.companies)
            connection = await transaction.stripe_accounts.find(self._company.tenant, self._source.account)
            if connection is None or connection.state is not ConnectionState.CONNECTED:
                raise ConnectionEnded
            recorded = await transaction.invoices.record(facts, at=self._at)
            kept = await transaction.stripe_feeds.put(
                attrs.evolve(
                    self._account.feed,
                    invoices=_counting(progress or self._progress, recorded.new),
                    unreadable=tuple(dict.fromkeys((*self._account.feed.unreadable, *unreadable)))[:UNREADABLE_MAX],
                )
            )
            if not recorded.is_empty:
                await follow_invoices(recorded.new.about | recorded.changed.about, at=self._at, transaction=transaction)
                await transaction.audit.append([self._entry(recorded)])
        self._account.feed = kept

    def _entry(self, recorded: RecordedInvoices) -> AuditEntry:
        detail = {
            "invoices": len(recorded.new.invoices) + len(recorded.changed.invoices),
            "invoice_payments": len(recorded.new.payments) + len(recorded.changed.payments),
            "credit_notes": len(recorded.new.credit_notes) + len(recorded.changed.credit_notes),
        }
        return AuditEntry(
            who=ENGINE, action="stripe_account.read", subject=self._source.account, at=self._at, detail=detail
        )


def _facts(records: Sequence[Invoice] | Sequence[InvoicePayment] | Sequence[CreditNote]) -> InvoiceFacts:
    """Each once, whatever the list did meanwhile."""
    by_id = {each.id: each for each in records}.values()
    return InvoiceFacts(
        invoices=tuple(each for each in by_id if isinstance(each, Invoice)),
        payments=tuple(each for each in by_id if isinstance(each, InvoicePayment)),
        credit_notes=tuple(each for each in by_id if isinstance(each, CreditNote)),
    )


def _counting(progress: InvoicesProgress, new: InvoiceFacts) -> InvoicesProgress:
    return attrs.evolve(
        progress,
        invoices=_more(progress.invoices, len(new.invoices)),
        payments=_more(progress.payments, len(new.payments)),
        credit_notes=_more(progress.credit_notes, len(new.credit_notes)),
    )


def _more(progress: ListProgress, count: int) -> ListProgress:
    return attrs.evolve(progress, recorded=progress.recorded + count)
