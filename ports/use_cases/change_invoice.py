"""An invoice is sent to the customer, or taken back."""

from domain.invoice import Invoice, InvoiceId, InvoiceStatus
from domain.invoice_request import InvoiceAction, InvoiceRequest
from ports.stripe_feed_reader import FeedAccount
from ports.use_cases.invoicing import (
    Asking,
    InvoiceEnded,
    Invoicing,
    NoSuchInvoice,
    asked,
    begun,
    keep,
    must_take_payments,
    request_id,
    source_of,
    still_connected,
)


async def send_invoice(id: InvoiceId, *, asking: Asking, invoicing: Invoicing) -> None:
    """Finalised, if it is a draft, and e-mailed by Stripe; an open one is e-mailed again. Raises NoSuchInvoice,
    InvoiceEnded, AccountNotConnected, and what `create_invoice` does."""
    invoice, source = await _known(id, asking, invoicing)
    if invoice.status not in (InvoiceStatus.DRAFT, InvoiceStatus.OPEN):
        raise InvoiceEnded(id, f"is {invoice.status}, and only a draft or an open invoice can be sent")
    request = await _begun(InvoiceAction.SEND, invoice, asking, invoicing)
    if request.done is not None:
        return
    await must_take_payments(source, invoicing.connect)
    answer = invoicing.stripe.send(source, id, key=request.stripe_key("send"))
    sent = await asked(request, answer, asking, invoicing.store)
    await keep(sent, request, "invoice.sent", asking, invoicing.store)


async def void_invoice(id: InvoiceId, *, asking: Asking, invoicing: Invoicing) -> None:
    """As if it had never been issued; a draft, which was not, is deleted. What is void already stays so. Raises
    NoSuchInvoice, InvoiceEnded, AccountNotConnected, and what `create_invoice` does."""
    invoice, source = await _known(id, asking, invoicing)
    if invoice.status in (InvoiceStatus.VOID, InvoiceStatus.DELETED):
        return
    if invoice.status is InvoiceStatus.PAID:
        raise InvoiceEnded(id, "is paid: what was paid is given back by a refund or a credit note at Stripe")
    request = await _begun(InvoiceAction.VOID, invoice, asking, invoicing)
    if request.done is not None:
        return
    answer = _taken_back(invoice, source, request, invoicing)
    await keep(
        await asked(request, answer, asking, invoicing.store), request, "invoice.voided", asking, invoicing.store
    )


async def _taken_back(invoice: Invoice, source: FeedAccount, request: InvoiceRequest, invoicing: Invoicing) -> Invoice:
    if invoice.status is not InvoiceStatus.DRAFT:
        return await invoicing.stripe.void(source, invoice.id, key=request.stripe_key("void"))
    await invoicing.stripe.delete(source, invoice.id)
    return invoice.deleted()


async def _known(id: InvoiceId, asking: Asking, invoicing: Invoicing) -> tuple[Invoice, FeedAccount]:
    async with invoicing.store.snapshot(asking.company.id) as transaction:
        found = (await transaction.invoices.load([id])).invoices
    if not found:
        raise NoSuchInvoice(id)
    await still_connected(found[0].account, asking.company, invoicing.store)
    return found[0], await source_of(found[0].account, asking.company, invoicing)


async def _begun(action: InvoiceAction, invoice: Invoice, asking: Asking, invoicing: Invoicing) -> InvoiceRequest:
    request = InvoiceRequest(
        id=request_id(asking, invoicing, action, invoice.id),
        action=action,
        account=invoice.account,
        invoice=invoice.id,
        begun=asking.at,
    )
    return await begun(request, asking, invoicing.store)
