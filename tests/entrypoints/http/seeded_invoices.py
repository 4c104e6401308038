"""Invoices that are just there, as if they had been read."""

from datetime import datetime

import attrs

from domain.company import CompanyId
from domain.invoice_facts import InvoiceFacts
from domain.stripe_account import StripeAccountId
from ports.transaction import Store
from ports.use_cases.follow_invoices import follow_invoices
from tests.ports.invoices_contract import invoice


async def seed_invoice(store: Store, company: CompanyId, id: str, *, account: str, paid: int = 0, at: datetime) -> str:
    """The invoice, recorded, and told of."""
    made = attrs.evolve(invoice(id, paid=paid), account=StripeAccountId(account))
    async with store.company(company) as transaction:
        await transaction.invoices.record(InvoiceFacts(invoices=(made,)), at=at)
        await follow_invoices([made.id], at=at, transaction=transaction)
    return made.id
