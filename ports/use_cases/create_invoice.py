"""A company bills a customer: a draft at Stripe, on its connected account, which is then sent."""

from typing import Final

import attrs

from domain.invoice import InvoiceId
from domain.invoice_request import InvoiceAction, InvoiceRequest
from domain.money import MINOR_UNITS_MAX, Money
from domain.refused_field import RefusedField
from domain.stripe_account import StripeAccountId
from ports.stripe_feed_reader import FeedAccount
from ports.stripe_invoicing import InvoiceDraft, InvoiceLine
from ports.use_cases.active_company import FieldsRefused, refuse
from ports.use_cases.invoicing import (
    Asking,
    Invoicing,
    account_to_bill,
    asked,
    begun,
    keep,
    must_take_payments,
    request_id,
    source_of,
)

LINES_MAX: Final = 100


@attrs.frozen(kw_only=True)
class WantedInvoice:
    """What a partner wants billed. The customer is named by `customer`, or by name and address."""

    account: StripeAccountId | None
    customer: str | None
    customer_name: str | None
    customer_email: str | None
    lines: tuple[InvoiceLine, ...]
    days_until_due: int
    application_fee: Money | None
    memo: str | None
    metadata: tuple[tuple[str, str], ...]


async def create_invoice(wanted: WantedInvoice, *, asking: Asking, invoicing: Invoicing) -> InvoiceId:
    """The draft's id. Raises FieldsRefused, NoAccountToBill, CannotBeCharged, ReadOnlyConnection, NoPlatformKey,
    MasterKeyUnknown, NoSuchCompany, CompanyIsArchived, PerhapsDone and what else `ports.stripe_refusals` has."""
    refuse(_faults(wanted))
    account = await account_to_bill(wanted.account, asking.company, invoicing.store)
    source = await source_of(account, asking.company, invoicing)
    if source.is_own and wanted.application_fee:
        reason = "can only be taken on an account that is connected: this one is your platform's own"
        raise FieldsRefused([RefusedField(pointer="/application_fee", reason=reason)])
    request = await begun(
        InvoiceRequest(
            id=request_id(asking, invoicing, InvoiceAction.CREATE, repr(attrs.astuple(wanted))),
            action=InvoiceAction.CREATE,
            account=account,
            begun=asking.at,
        ),
        asking,
        invoicing.store,
    )
    if request.done is not None and request.invoice is not None:
        return request.invoice
    await must_take_payments(source, invoicing.connect)
    request = await _with_customer(request, wanted, source, asking, invoicing)
    draft = InvoiceDraft(
        customer=request.customer or "",
        currency=wanted.lines[0].unit_amount.currency,
        lines=wanted.lines,
        days_until_due=wanted.days_until_due,
        application_fee=wanted.application_fee or None,
        memo=wanted.memo,
        metadata=wanted.metadata,
    )
    answer = invoicing.stripe.draft(source, draft, key=request.stripe_key("invoice"))
    invoice = await asked(request, answer, asking, invoicing.store)
    await keep(invoice, request, "invoice.created", asking, invoicing.store)
    return invoice.id


async def _with_customer(
    request: InvoiceRequest, wanted: WantedInvoice, source: FeedAccount, asking: Asking, invoicing: Invoicing
) -> InvoiceRequest:
    """Who is billed is kept before the invoice is made: asked again, it is the same one, whoever else came since."""
    if request.customer is not None:
        return request
    customer = wanted.customer
    if customer is None:
        answer = invoicing.stripe.customer(
            source,
            name=wanted.customer_name or "",
            email=wanted.customer_email or "",
            key=request.stripe_key("customer"),
        )
        customer = await asked(request, answer, asking, invoicing.store)
    known = attrs.evolve(request, customer=customer)
    async with invoicing.store.company(asking.company.id) as transaction:
        await transaction.invoice_requests.put(known)
    return known


def _faults(wanted: WantedInvoice) -> list[RefusedField]:
    by_name = wanted.customer_name is not None and wanted.customer_email is not None
    faults = []
    if (wanted.customer is None) is not by_name or (
        wanted.customer is not None and (wanted.customer_name or wanted.customer_email)
    ):
        faults.append(RefusedField(pointer="/customer", reason="needs either an id, or a name and an email"))
    currency = wanted.lines[0].unit_amount.currency
    for place, line in enumerate(wanted.lines):
        if line.unit_amount.currency != currency:
            reason = f"is of another currency than the first line's, which is {currency}"
            faults.append(RefusedField(pointer=f"/lines/{place}/unit_amount", reason=reason))
    total = sum(line.quantity * line.unit_amount.minor_units for line in wanted.lines)
    if not 0 < total <= MINOR_UNITS_MAX:
        faults.append(RefusedField(pointer="/lines", reason=f"come to {total} minor units, of which nobody pays any"))
    fee = wanted.application_fee
    if fee is not None and (fee.currency != currency or not 0 <= fee.minor_units <= max(total, 0)):
        reason = f"must be of the invoice's currency, {currency}, and from nothing to its total"
        faults.append(RefusedField(pointer="/application_fee", reason=reason))
    return faults
