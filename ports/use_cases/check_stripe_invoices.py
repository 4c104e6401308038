"""All of an account's invoices are listed anew now and then, and compared with what is here: so that *complete* is
proved. What is found missing or different is kept at once, and said."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

import attrs

from domain.company import CompanyId
from domain.invoice import Invoice, InvoiceId
from domain.invoice_check import InvoiceCheckUnderWay, InvoicesChecked
from domain.invoice_facts import InvoiceFacts
from domain.read_budget import check_again_after
from domain.stripe_feed import InvoiceList, InvoicesProgress
from ports.stripe_feed_reader import PlaceGone
from ports.stripe_invoice_reader import StripeInvoiceReader
from ports.transaction import Store
from ports.use_cases.read_stripe_account import READS_AT_ONCE, AccountReader

Keep = Callable[[InvoiceFacts, InvoicesProgress], Awaitable[None]]
"""Keeps what was read and how far, as reading does."""


class InvoiceChecker:
    """One turn of a check. All raise what the reader does."""

    def __init__(
        self,
        account: AccountReader,
        reader: StripeInvoiceReader,
        keep: Keep,
        *,
        company: CompanyId,
        at: datetime,
        store: Store,
    ) -> None:
        self._account, self._reader, self._keep = account, reader, keep
        self._company, self._at, self._store = company, at, store

    @property
    def _progress(self) -> InvoicesProgress:
        return self._account.feed.invoices

    @property
    def is_due(self) -> bool:
        """One is under way, or it is time for another."""
        progress = self._progress
        return progress.check is not None or progress.next_check is None or progress.next_check <= self._at

    async def listed(self) -> InvoiceCheckUnderWay | None:
        """The list to its end; None: there is more, for another turn."""
        check = self._progress.check or InvoiceCheckUnderWay(begun=self._at)
        while not check.ended:
            if self._account.reads >= READS_AT_ONCE:
                return None
            self._account.reads += 1
            try:
                page = await self._reader.invoices(self._account.source, after=check.after)
            except PlaceGone:
                check = InvoiceCheckUnderWay(begun=check.begun, reads=check.reads + 1)
                continue
            told = [each for each in page.records if each.created < check.begun]
            suspects = await self._others_than_here(told)
            check = check.taking(len(told), suspects, page.unreadable, page.ids[-1] if page.has_more else None)
            check = attrs.evolve(check, reads=check.reads + 1)
            await self._keep(InvoiceFacts(), attrs.evolve(self._progress, check=check))
        return check

    async def concluded(self, check: InvoiceCheckUnderWay) -> None:
        """Once what is new was read after the listing: what is still other than at Stripe was missed, and is kept."""
        missing, different, found = 0, 0, list[Invoice]()
        for id in check.suspects:
            self._account.reads += 1
            invoice = await self._reader.invoice(self._account.source, id)
            if invoice is None or not await self._others_than_here([invoice]):
                continue
            found.append(invoice)
            is_here = bool(await self._here([id]))
            missing, different = missing + (not is_here), different + is_here
        missing += max(0, check.suspected - len(check.suspects)) + check.unread
        async with self._store.snapshot(self._company) as transaction:
            here = await transaction.invoice_standings.count(self._account.source.account, created_before=check.begun)
        checked = InvoicesChecked(
            at=self._at,
            listed=check.listed,
            missing=missing,
            extra=max(0, here - (check.listed - missing)),
            different=different,
            unreadable=check.unreadable,
        )
        await self._keep(InvoiceFacts(invoices=tuple(found)), self._after(checked, check))

    def _after(self, checked: InvoicesChecked, check: InvoiceCheckUnderWay) -> InvoicesProgress:
        """What was missed by one list may have been missed by the others: they are read anew, to their ends."""
        progress = self._progress
        incomplete = progress.incomplete + 1 if checked.reasons else 0
        if checked.missing or checked.different:
            for which in InvoiceList:
                anew = attrs.evolve(progress.of(which).again(), marker=None, marker_created=None)
                progress = progress.at(which, anew)
        wait = check_again_after(check.reads, self._account.feed.recent, incomplete)
        return attrs.evolve(progress, check=None, checked=checked, incomplete=incomplete, next_check=self._at + wait)

    async def _others_than_here(self, told: Sequence[Invoice]) -> tuple[InvoiceId, ...]:
        here = {each.id: each for each in await self._here([each.id for each in told])}
        return tuple(each.id for each in told if here.get(each.id) != each)

    async def _here(self, ids: Sequence[InvoiceId]) -> Sequence[Invoice]:
        async with self._store.snapshot(self._company) as transaction:
            return (await transaction.invoices.load(ids)).invoices
