"""What invoices look like over the wire."""

from datetime import datetime
from typing import Annotated

import attrs

from domain.credit_note import CreditNote, CreditNoteStatus
from domain.invoice import InvoiceStatus
from domain.invoice_payment import InvoicePaymentStatus
from domain.invoice_trail import InvoiceTrail, MoneyPlace, PaymentTrail
from domain.payout import PayoutStatus
from domain.reconciliation_match import MatchStatus
from domain.reconciliation_outcome import PayoutOutcomeKind
from entrypoints.http.fact_bodies import AnyId
from entrypoints.http.wire_types import Limit, MoneyBody, TextBounds

AccountId = Annotated[str, TextBounds(105, pattern=r"^acct_[0-9A-Za-z_]{1,100}$", example="acct_1EXAMPLE00000000")]


@attrs.frozen(kw_only=True)
class InvoicePayoutBody:
    """The payout that carries a payment's money, and the bank lines that it is matched to."""

    payout: str
    status: PayoutStatus
    outcome: PayoutOutcomeKind | None
    """Null until it is worked out, which is right after it was told."""
    match: str | None
    match_status: MatchStatus | None
    deposits: tuple[str, ...]


@attrs.frozen(kw_only=True)
class InvoicePaymentBody:
    """A payment, and where its money is: `not_paid`, `outside_stripe`, `awaited` (Stripe has not said yet by which
    movement of the balance), `balance` (or paid out by hand), `payout` (on its way) or `bank`.

    `made_by`: `payment_intent`, `charge` or, outside of Stripe, `payment_record`.
    """

    id: str
    status: InvoicePaymentStatus
    made_by: str
    payment_intent: str | None
    charge: str | None
    amount_requested: MoneyBody
    amount_paid: MoneyBody | None
    paid: datetime | None
    place: MoneyPlace
    balance_transaction: str | None
    fee: MoneyBody | None
    """Of the whole charge, in the currency of the balance."""
    net: MoneyBody | None
    payout: InvoicePayoutBody | None

    @classmethod
    def of(cls, trail: PaymentTrail) -> "InvoicePaymentBody":
        """As it is shown."""
        payment, movement, place = trail.payment, trail.movement, trail.payout
        payout = None
        if place is not None:
            payout = InvoicePayoutBody(
                payout=place.payout.id,
                status=place.payout.status,
                outcome=place.outcome,
                match=place.match,
                match_status=place.match_status,
                deposits=tuple(place.deposits),
            )
        return cls(
            id=payment.id,
            status=payment.status,
            made_by=payment.made_by,
            payment_intent=payment.payment_intent,
            charge=payment.charge or (None if movement is None else movement.source),
            amount_requested=MoneyBody.of(payment.amount_requested),
            amount_paid=None if payment.amount_paid is None else MoneyBody.of(payment.amount_paid),
            paid=payment.paid,
            place=trail.place,
            balance_transaction=None if movement is None else movement.id,
            fee=None if movement is None else MoneyBody.of(movement.fee),
            net=None if movement is None else MoneyBody.of(movement.net),
            payout=payout,
        )


@attrs.frozen(kw_only=True)
class CreditedRefundBody:
    """Money that was given back."""

    refund: str
    amount: MoneyBody


@attrs.frozen(kw_only=True)
class CreditNoteBody:
    """A correction: what it takes off before payment, and what it gives back after it."""

    id: str
    number: str | None
    status: CreditNoteStatus
    amount: MoneyBody
    tax: MoneyBody
    before_payment: MoneyBody
    after_payment: MoneyBody
    given_outside_stripe: MoneyBody
    refunds: tuple[CreditedRefundBody, ...]
    reason: str | None
    created: datetime

    @classmethod
    def of(cls, note: CreditNote) -> "CreditNoteBody":
        """As it is shown."""
        return cls(
            id=note.id,
            number=note.number,
            status=note.status,
            amount=MoneyBody.of(note.amount),
            tax=MoneyBody.of(note.tax),
            before_payment=MoneyBody.of(note.before_payment),
            after_payment=MoneyBody.of(note.after_payment),
            given_outside_stripe=MoneyBody.of(note.given_outside_stripe),
            refunds=tuple(
                CreditedRefundBody(refund=each.refund, amount=MoneyBody.of(each.amount)) for each in note.refunds
            ),
            reason=note.reason,
            created=note.created,
        )


@attrs.frozen(kw_only=True)
class InvoiceCustomerBody:
    """Who is to pay."""

    id: str | None
    name: str | None
    email: str | None


@attrs.frozen(kw_only=True)
class InvoiceBody:
    """An invoice as it is known now, what paid it, and where that money is.

    `total` holds the `tax`. `amount_paid` holds `paid_outside_stripe`. The customer pays at `hosted_invoice_url`.
    `updated`: when it, or where its money is, last changed.
    """

    id: str
    account: str
    number: str | None
    status: InvoiceStatus
    customer: InvoiceCustomerBody
    total: MoneyBody
    tax: MoneyBody
    amount_due: MoneyBody
    amount_paid: MoneyBody
    amount_remaining: MoneyBody
    amount_overpaid: MoneyBody
    paid_outside_stripe: MoneyBody
    credited_before_payment: MoneyBody
    credited_after_payment: MoneyBody
    created: datetime
    finalized: datetime | None
    due: datetime | None
    paid: datetime | None
    voided: datetime | None
    marked_uncollectible: datetime | None
    memo: str | None
    hosted_invoice_url: str | None
    payments: tuple[InvoicePaymentBody, ...]
    credit_notes: tuple[CreditNoteBody, ...]
    updated: datetime

    @classmethod
    def of(cls, trail: InvoiceTrail, updated: datetime) -> "InvoiceBody":
        """As it is shown."""
        invoice = trail.whole.invoice
        return cls(
            id=invoice.id,
            account=invoice.account,
            number=invoice.number,
            status=invoice.status,
            customer=InvoiceCustomerBody(
                id=invoice.customer.id, name=invoice.customer.name, email=invoice.customer.email
            ),
            total=MoneyBody.of(invoice.total),
            tax=MoneyBody.of(invoice.tax),
            amount_due=MoneyBody.of(invoice.amount_due),
            amount_paid=MoneyBody.of(invoice.amount_paid),
            amount_remaining=MoneyBody.of(invoice.amount_remaining),
            amount_overpaid=MoneyBody.of(invoice.amount_overpaid),
            paid_outside_stripe=MoneyBody.of(invoice.paid_outside_stripe),
            credited_before_payment=MoneyBody.of(invoice.credited_before_payment),
            credited_after_payment=MoneyBody.of(invoice.credited_after_payment),
            created=invoice.created,
            finalized=invoice.finalised,
            due=invoice.due,
            paid=invoice.paid,
            voided=invoice.voided,
            marked_uncollectible=invoice.marked_uncollectible,
            memo=invoice.memo,
            hosted_invoice_url=invoice.hosted_url,
            payments=tuple(map(InvoicePaymentBody.of, trail.payments)),
            credit_notes=tuple(map(CreditNoteBody.of, trail.whole.credit_notes)),
            updated=updated,
        )


@attrs.frozen(kw_only=True)
class ListInvoices:
    """Filters, and the page."""

    status: InvoiceStatus | None = None
    customer: AnyId | None = None
    account: AccountId | None = None
    updated_since: datetime | None = None
    starting_after: AnyId | None = None
    limit: Limit = 100
