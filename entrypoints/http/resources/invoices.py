"""Invoices of a company's customers, through Stripe: what became of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from domain.invoice import InvoiceId
from domain.stripe_account import StripeAccountId
from entrypoints.http.list_places import moment_of_place, unknown_place
from entrypoints.http.problem_details import not_found
from entrypoints.http.resources.invoice_bodies import InvoiceBody, ListInvoices
from entrypoints.http.route import Call, Route
from entrypoints.http.wire_types import NoBody, NoQuery, PageBody
from ports.invoice_standings import InvoicesWanted, KeptInvoiceStanding
from ports.pages import PageKey
from ports.transaction import CompanyTransaction
from ports.use_cases.follow_invoices import trails_of

_INVOICES: Final = "/v1/companies/{company}/invoices"
_TAG: Final = "Invoices"


async def list_invoices(call: Call[ListInvoices, NoBody]) -> PageBody[InvoiceBody]:
    """The latest created first. With `updated_since`: those changed then or later, themselves or where their money is,
    the oldest change first.

    To go on with `updated_since`, give the last invoice's `updated` in it, and its id as `starting_after`.
    """
    query = call.query
    wanted = InvoicesWanted(
        status=query.status,
        customer=query.customer,
        account=None if query.account is None else StripeAccountId(query.account),
        updated_since=query.updated_since,
    )
    async with call.services.store.snapshot(call.company.id) as transaction:
        after = await _place_of(query.starting_after, query.updated_since, transaction)
        page = await transaction.invoice_standings.page(wanted, after=after, limit=query.limit)
        bodies = await invoice_bodies(page.records, transaction)
    return PageBody(data=bodies, has_more=page.has_more)


async def read_invoice(call: Call[NoQuery, NoBody]) -> InvoiceBody:
    """With its payments, each with its balance transaction, its payout, and the deposits that this is matched to."""
    async with call.services.store.snapshot(call.company.id) as transaction:
        return await shown_invoice(InvoiceId(call.path["invoice"]), transaction)


async def shown_invoice(id: InvoiceId, transaction: CompanyTransaction) -> InvoiceBody:
    """One invoice. Raises Problem."""
    kept = (await transaction.invoice_standings.find([id])).get(id)
    if kept is None:
        raise not_found()
    [body] = await invoice_bodies([kept], transaction)
    return body


async def invoice_bodies(
    kept: Sequence[KeptInvoiceStanding], transaction: CompanyTransaction
) -> tuple[InvoiceBody, ...]:
    """These, in their order."""
    facts = await transaction.invoices.load([each.standing.invoice for each in kept])
    trails = {trail.whole.invoice.id: trail for trail in await trails_of(facts, transaction)}
    return tuple(InvoiceBody.of(trails[each.standing.invoice], each.updated) for each in kept)


async def _place_of(
    starting_after: str | None, updated_since: datetime | None, transaction: CompanyTransaction
) -> PageKey | None:
    if starting_after is None:
        return None
    id = InvoiceId(starting_after)
    kept = (await transaction.invoice_standings.find([id])).get(id)
    if kept is None:
        raise unknown_place()
    if updated_since is None:
        return PageKey(id=id, at=kept.standing.created)
    return PageKey(id=id, at=moment_of_place(updated_since, kept.updated, kept.previous))


ROUTES = (
    Route(
        method="GET",
        path=_INVOICES,
        handler=list_invoices,
        summary="List invoices",
        tag=_TAG,
        query=ListInvoices,
        answer=PageBody[InvoiceBody],
    ),
    Route(
        method="GET",
        path=f"{_INVOICES}/{{invoice}}",
        handler=read_invoice,
        summary="Read an invoice, and where its money is",
        tag=_TAG,
        answer=InvoiceBody,
    ),
)
