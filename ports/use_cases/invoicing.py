"""What is common to all that a company has done with invoices at Stripe: an intent is kept, Stripe is asked, and what
came of it is kept. Whoever asks again, after a crash or a lost answer, goes on with the same intent, whose idempotency
keys make Stripe do it once."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar

import attrs

from domain.actor import Actor
from domain.audit_entry import AuditEntry
from domain.company import Company, CompanyId
from domain.identifiers import derived_id
from domain.invoice import Invoice, InvoiceId
from domain.invoice_facts import InvoiceFacts
from domain.invoice_request import InvoiceRequest
from domain.refused_field import RefusedField
from domain.stripe_account import ConnectionState, StripeAccountId
from domain.work import WorkKind
from ports.stripe_connect import AccountStanding, StripeConnect
from ports.stripe_feed_reader import FeedAccount
from ports.stripe_invoicing import PerhapsDone, ReadOnlyConnection, StripeInvoicing
from ports.stripe_refusals import (
    StripeAnswerUnreadable,
    StripeKeyRefused,
    StripePermissionMissing,
    StripeRefused,
    StripeUnavailable,
)
from ports.transaction import Store
from ports.use_cases.active_company import FieldsRefused, active_company
from ports.use_cases.follow_invoices import follow_invoices
from ports.use_cases.platform_key import PlatformKeys

T = TypeVar("T")


@attrs.frozen(kw_only=True)
class Invoicing:
    """What it needs."""

    store: Store
    stripe: StripeInvoicing
    connect: StripeConnect
    keys: PlatformKeys
    random_id: Callable[[int], str]


@attrs.frozen(kw_only=True)
class Asking:
    """Who asks for it, and when. `name`: what is repeated under it is one and the same; None: nothing is repeated."""

    company: Company
    who: Actor
    at: datetime
    name: str | None


class NoSuchInvoice(Exception):
    """The company has no invoice of this id."""

    def __init__(self, invoice: InvoiceId) -> None:
        super().__init__(f"no invoice {invoice}")
        self.invoice = invoice


class NoAccountToBill(Exception):
    """The company has no Stripe account that is connected."""

    def __init__(self, company: CompanyId) -> None:
        super().__init__(f"{company} has no connected Stripe account, and needs one to bill its customers")
        self.company = company


class AccountNotConnected(Exception):
    """The invoice's account is no longer connected: nothing can be done with the invoice from here."""

    def __init__(self, account: StripeAccountId) -> None:
        super().__init__(f"{account} is no longer connected: connect it again to go on with its invoices")
        self.account = account


class CannotBeCharged(Exception):
    """Stripe does not let the account take payments yet."""

    def __init__(self, account: StripeAccountId, reason: str) -> None:
        super().__init__(f"{account} cannot take payments yet: {reason}")
        self.account = account


class InvoiceEnded(Exception):
    """What is asked for cannot be done with an invoice that stands so."""

    def __init__(self, invoice: InvoiceId, reason: str) -> None:
        super().__init__(f"{invoice} {reason}")
        self.invoice = invoice


async def account_to_bill(asked: StripeAccountId | None, company: Company, store: Store) -> StripeAccountId:
    """The account asked for, or the only one. Raises NoAccountToBill, FieldsRefused."""
    async with store.control() as transaction:
        all_ = await transaction.stripe_accounts.of_company(company.id)
    connected = [each.account for each in all_ if each.state is ConnectionState.CONNECTED]
    if not connected:
        raise NoAccountToBill(company.id)
    if asked is None and len(connected) > 1:
        reason = f"is needed, for the company has several accounts connected: {', '.join(connected)}"
        raise FieldsRefused([RefusedField(pointer="/account", reason=reason)])
    if asked is not None and asked not in connected:
        raise FieldsRefused([RefusedField(pointer="/account", reason="is not a connected account of the company's")])
    return connected[0] if asked is None else asked


async def still_connected(account: StripeAccountId, company: Company, store: Store) -> None:
    """Raises AccountNotConnected."""
    async with store.control() as transaction:
        connection = await transaction.stripe_accounts.find(company.tenant, account)
    if connection is None or connection.company != company.id or connection.state is not ConnectionState.CONNECTED:
        raise AccountNotConnected(account)


async def source_of(account: StripeAccountId, company: Company, invoicing: Invoicing) -> FeedAccount:
    """In whose name Stripe is asked. Raises NoPlatformKey, MasterKeyUnknown."""
    platform = await invoicing.keys.of(company.tenant)
    return FeedAccount(account=account, key=platform.key, is_own=platform.is_own(account), mode=company.tenant.mode)


async def must_take_payments(source: FeedAccount, connect: StripeConnect) -> None:
    """Raises CannotBeCharged, and what `ports.stripe_refusals` has."""
    standing = await connect.standing(source.account, key=source.key, is_own=source.is_own)
    reason = _what_is_missing(standing)
    if reason is not None:
        raise CannotBeCharged(source.account, reason)


def _what_is_missing(standing: AccountStanding) -> str | None:
    """In words, with what to do; None: nothing."""
    due = f"; Stripe still wants: {', '.join(standing.due)}" if standing.due else ""
    if not standing.details_submitted:
        return (
            "its owner has not told Stripe everything. Begin a visit with method account_link, "
            f"or have the owner finish in Stripe's dashboard{due}"
        )
    if not standing.charges_enabled:
        why = f" ({standing.disabled_reason})" if standing.disabled_reason else ""
        return f"Stripe has not enabled its charges{why}. Its owner sees why in Stripe's dashboard{due}"
    if standing.card_payments not in (None, "active"):
        return f"its capability card_payments is {standing.card_payments}. Ask Stripe for it, or wait{due}"
    return None


async def begun(request: InvoiceRequest, asking: Asking, store: Store) -> InvoiceRequest:
    """The intent, kept before Stripe is asked; the one of before, if this is asked again. Raises NoSuchCompany,
    CompanyIsArchived."""
    async with store.company(asking.company.id) as transaction:
        await active_company(asking.company.id, tenant=asking.company.tenant, companies=transaction.companies)
        kept = await transaction.invoice_requests.begin(request)
        again = kept.again(asking.at)
        if again != kept:
            await transaction.invoice_requests.put(again)
    return again


def request_id(asking: Asking, invoicing: Invoicing, *what: str) -> str:
    """The same for the same thing asked for under the same name."""
    name = asking.name if asking.name is not None else invoicing.random_id(26)
    return derived_id("ireq", asking.company.id, name, *what)


async def asked(request: InvoiceRequest, answer: Awaitable[T], asking: Asking, store: Store) -> T:
    """What Stripe answers. Raises PerhapsDone instead of StripeUnavailable, and else what the answer does."""
    try:
        return await answer
    except StripeUnavailable as trouble:
        raise PerhapsDone(str(trouble), retry_after=trouble.retry_after) from trouble
    except StripeAnswerUnreadable as trouble:
        raise PerhapsDone(str(trouble), retry_after=StripeUnavailable("").retry_after) from trouble
    except (StripeRefused, StripePermissionMissing, StripeKeyRefused, ReadOnlyConnection):
        async with store.company(asking.company.id) as transaction:
            await transaction.invoice_requests.put(request.refused())
        raise


async def keep(invoice: Invoice, request: InvoiceRequest, action: str, asking: Asking, store: Store) -> None:
    """What came of it, with the end of the intent; the account is read soon, for what else came of it."""
    async with store.company(asking.company.id) as transaction:
        await transaction.stripe_accounts.find(asking.company.tenant, invoice.account)
        await transaction.invoices.record(InvoiceFacts(invoices=(invoice,)), at=asking.at)
        await follow_invoices([invoice.id], at=asking.at, transaction=transaction)
        await transaction.invoice_requests.put(attrs.evolve(request, invoice=invoice.id, done=asking.at))
        detail = {
            "account": invoice.account,
            "total": invoice.total.minor_units,
            "currency": invoice.currency.code,
            "status": invoice.status.value,
        }
        entry = AuditEntry(who=asking.who, action=action, subject=invoice.id, at=asking.at, detail=detail)
        await transaction.audit.append([entry])
        await transaction.work.request(WorkKind.SYNC_STRIPE, asking.company.id, at=asking.at)
