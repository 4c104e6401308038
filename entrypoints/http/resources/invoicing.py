"""Billing a company's customers through Stripe: create, send, void."""

from typing import Annotated, Final

import attrs

from domain.actor import acting
from domain.invoice import InvoiceId
from domain.stripe_account import StripeAccountId
from entrypoints.http.resources.invoice_bodies import AccountId, InvoiceBody
from entrypoints.http.resources.invoices import shown_invoice
from entrypoints.http.route import PARTNERS, Call, Route
from entrypoints.http.wire_types import ListBounds, MoneyBody, Name, NoBody, NoQuery, NumberBounds, TextBounds
from entrypoints.stripe_visits import platform_keys
from ports.master_key import MasterKeyUnknown
from ports.stripe_invoicing import InvoiceLine, ReadOnlyConnection
from ports.stripe_refusals import (
    StripeAccountGone,
    StripeAnswerUnreadable,
    StripeKeyRefused,
    StripePermissionMissing,
    StripeRefused,
    StripeUnavailable,
)
from ports.use_cases.active_company import CompanyIsArchived, FieldsRefused, NoSuchCompany
from ports.use_cases.change_invoice import send_invoice, void_invoice
from ports.use_cases.create_invoice import LINES_MAX, WantedInvoice, create_invoice
from ports.use_cases.invoicing import (
    AccountNotConnected,
    Asking,
    CannotBeCharged,
    InvoiceEnded,
    Invoicing,
    NoAccountToBill,
    NoSuchInvoice,
)
from ports.use_cases.platform_key import NoPlatformKey

CustomerId = Annotated[str, TextBounds(100, pattern=r"^cus_[0-9A-Za-z_]{1,90}$", example="cus_EXAMPLE0000000")]
Email = Annotated[str, TextBounds(254, pattern=r"^[!-?A-~]+@[!-?A-~]+$", example="accounts@bean-lovers.example")]
Description = Annotated[str, TextBounds(500, example="Espresso beans, 1 kg")]
Memo = Annotated[str, TextBounds(1_500, example="Thank you for your order.")]
Quantity = Annotated[int, NumberBounds(1, 1_000_000)]
Days = Annotated[int, NumberBounds(0, 365)]


@attrs.frozen(kw_only=True)
class BilledCustomer:
    """Either the `id` of a customer at Stripe, or a `name` and an `email`: of one that there is, or a new one."""

    id: CustomerId | None = None
    name: Name | None = None
    email: Email | None = None


@attrs.frozen(kw_only=True)
class BilledLine:
    """So many, at so much each."""

    description: Description
    quantity: Quantity = 1
    unit_amount: MoneyBody


@attrs.frozen(kw_only=True)
class Metadatum:
    """Something of your own, kept with the invoice at Stripe."""

    name: Annotated[str, TextBounds(40, example="order")]
    value: Annotated[str, TextBounds(500, example="4711")]


@attrs.frozen(kw_only=True)
class CreateInvoice:
    """`account` is needed only where the company has several connected. All amounts are of one currency.

    `application_fee` is your platform's part of what the customer pays. `memo` is shown to the customer.
    """

    account: AccountId | None = None
    customer: BilledCustomer
    lines: Annotated[tuple[BilledLine, ...], ListBounds(LINES_MAX, least=1)]
    days_until_due: Days = 30
    application_fee: MoneyBody | None = None
    memo: Memo | None = None
    metadata: Annotated[tuple[Metadatum, ...], ListBounds(40)] = ()

    def wanted(self) -> WantedInvoice:
        """As the use case knows it."""
        return WantedInvoice(
            account=None if self.account is None else StripeAccountId(self.account),
            customer=self.customer.id,
            customer_name=self.customer.name,
            customer_email=self.customer.email,
            lines=tuple(
                InvoiceLine(description=each.description, quantity=each.quantity, unit_amount=each.unit_amount.money())
                for each in self.lines
            ),
            days_until_due=self.days_until_due,
            application_fee=None if self.application_fee is None else self.application_fee.money(),
            memo=self.memo,
            metadata=tuple((each.name, each.value) for each in self.metadata),
        )


async def create(call: Call[NoQuery, CreateInvoice]) -> InvoiceBody:
    """A draft, which nobody has seen yet: `send` it. With an Idempotency-Key it is made once, however often it is asked
    for, also where an answer was lost on the way from Stripe."""
    id = await create_invoice(call.body.wanted(), asking=_asking(call), invoicing=_invoicing(call))
    return await _shown(id, call)


async def send(call: Call[NoQuery, NoBody]) -> InvoiceBody:
    """Stripe finalises the draft, gives it its number, and e-mails it; the customer pays at `hosted_invoice_url`.

    An open invoice is e-mailed again.
    """
    id = InvoiceId(call.path["invoice"])
    await send_invoice(id, asking=_asking(call), invoicing=_invoicing(call))
    return await _shown(id, call)


async def void(call: Call[NoQuery, NoBody]) -> InvoiceBody:
    """As if it had never been issued. A draft is deleted. What is paid is not voided: give it back at Stripe."""
    id = InvoiceId(call.path["invoice"])
    await void_invoice(id, asking=_asking(call), invoicing=_invoicing(call))
    return await _shown(id, call)


async def _shown(id: InvoiceId, call: Call[NoQuery, CreateInvoice] | Call[NoQuery, NoBody]) -> InvoiceBody:
    async with call.services.store.snapshot(call.company.id) as transaction:
        return await shown_invoice(id, transaction)


def _asking(call: Call[NoQuery, CreateInvoice] | Call[NoQuery, NoBody]) -> Asking:
    return Asking(company=call.company, who=acting(call.principal), at=call.at, name=call.idempotency_key)


def _invoicing(call: Call[NoQuery, CreateInvoice] | Call[NoQuery, NoBody]) -> Invoicing:
    services = call.services
    return Invoicing(
        store=services.store,
        stripe=services.stripe_invoicing,
        connect=services.stripe_connect,
        keys=platform_keys(services),
        random_id=services.random_id,
    )


_TAG: Final = "Invoices"
_INVOICES: Final = "/v1/companies/{company}/invoices"
_REFUSALS: Final = (
    StripeAccountGone,
    StripeAnswerUnreadable,
    StripeKeyRefused,
    StripePermissionMissing,
    StripeRefused,
    StripeUnavailable,
    ReadOnlyConnection,
    CannotBeCharged,
    NoPlatformKey,
    MasterKeyUnknown,
    NoSuchCompany,
    CompanyIsArchived,
    FieldsRefused,
)
EXAMPLE: Final = {
    "customer": {"name": "Bean Lovers", "email": "accounts@bean-lovers.example"},
    "lines": [
        {
            "description": "Espresso beans, 1 kg",
            "quantity": 12,
            "unit_amount": {"minor_units": 2450, "currency": "usd"},
        }
    ],
    "days_until_due": 14,
    "application_fee": {"minor_units": 300, "currency": "usd"},
    "metadata": [{"name": "order", "value": "4711"}],
}

ROUTES = (
    Route(
        method="POST",
        path=_INVOICES,
        handler=create,
        summary="Create an invoice",
        tag=_TAG,
        may=PARTNERS,
        body=CreateInvoice,
        example=EXAMPLE,
        answer=InvoiceBody,
        status=201,
        refusals=(*_REFUSALS, NoAccountToBill),
    ),
    Route(
        method="POST",
        path=f"{_INVOICES}/{{invoice}}/send",
        handler=send,
        summary="Send an invoice to the customer",
        tag=_TAG,
        may=PARTNERS,
        answer=InvoiceBody,
        refusals=(*_REFUSALS, NoSuchInvoice, InvoiceEnded, AccountNotConnected),
    ),
    Route(
        method="POST",
        path=f"{_INVOICES}/{{invoice}}/void",
        handler=void,
        summary="Void an invoice",
        tag=_TAG,
        may=PARTNERS,
        answer=InvoiceBody,
        refusals=(*_REFUSALS, NoSuchInvoice, InvoiceEnded, AccountNotConnected),
    ),
)
