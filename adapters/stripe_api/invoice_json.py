"""Stripe's invoices, invoice payments and credit notes as our facts.

Source: API version 2026-10-28, the objects `invoice`, `invoice_payment` and `credit_note`. What older versions had
(`invoice.charge`, `invoice.paid`, `credit_note.refund`) is not read: one version is spoken.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from adapters.stripe_api import json_fields
from domain.credit_note import CreditedRefund, CreditNote, CreditNoteId, CreditNoteStatus
from domain.invoice import Customer, Invoice, InvoiceId, InvoiceStatus
from domain.invoice_payment import InvoicePayment, InvoicePaymentId, InvoicePaymentStatus
from domain.money import Currency, Money
from domain.stripe_account import StripeAccountId
from ports.file_formats.json_values import JsonObject
from ports.file_formats.records import UnreadableRecord, shown

S = TypeVar("S", bound=StrEnum)


def invoice_from_json(record: JsonObject, account: StripeAccountId) -> Invoice:
    """The invoice that the object describes. Raises UnreadableRecord."""
    currency = json_fields.currency(record)
    at = _within(record, "status_transitions")
    total = json_fields.minor_units(record, "total", currency)
    return Invoice(
        id=InvoiceId(json_fields.id_of(record)),
        account=account,
        status=_status(record, InvoiceStatus),
        number=json_fields.text(record, "number"),
        customer=Customer(
            id=json_fields.reference(record, "customer"),
            name=json_fields.text(record, "customer_name"),
            email=json_fields.text(record, "customer_email"),
        ),
        total=total,
        tax=_tax(record, total, currency),
        amount_due=json_fields.minor_units(record, "amount_due", currency),
        amount_paid=json_fields.minor_units(record, "amount_paid", currency),
        amount_remaining=json_fields.minor_units(record, "amount_remaining", currency),
        amount_overpaid=_or_nothing(record, "amount_overpaid", currency),
        paid_outside_stripe=_or_nothing(record, "amount_paid_off_stripe", currency),
        credited_before_payment=_or_nothing(record, "pre_payment_credit_notes_amount", currency),
        credited_after_payment=_or_nothing(record, "post_payment_credit_notes_amount", currency),
        created=_created(record),
        finalised=json_fields.moment(at, "finalized_at"),
        due=json_fields.moment(record, "due_date"),
        paid=json_fields.moment(at, "paid_at"),
        voided=json_fields.moment(at, "voided_at"),
        marked_uncollectible=json_fields.moment(at, "marked_uncollectible_at"),
        memo=json_fields.text(record, "description"),
        hosted_url=json_fields.text(record, "hosted_invoice_url"),
    )


def payment_from_json(record: JsonObject, account: StripeAccountId) -> InvoicePayment:
    """The payment that the object describes. Raises UnreadableRecord."""
    currency = json_fields.currency(record)
    made_by, at = _within(record, "payment"), _within(record, "status_transitions")
    kind = json_fields.text(made_by, "type")
    if kind is None:
        raise UnreadableRecord("payment.type is missing")
    return InvoicePayment(
        id=InvoicePaymentId(json_fields.id_of(record)),
        account=account,
        invoice=_invoice_of(record),
        status=_status(record, InvoicePaymentStatus),
        made_by=kind,
        payment_intent=json_fields.reference(made_by, "payment_intent"),
        charge=json_fields.reference(made_by, "charge"),
        payment_record=json_fields.reference(made_by, "payment_record"),
        amount_requested=json_fields.minor_units(record, "amount_requested", currency),
        amount_paid=_if_there(record, "amount_paid", currency),
        is_default=bool(json_fields.truth(record, "is_default")),
        created=_created(record),
        paid=json_fields.moment(at, "paid_at"),
        canceled=json_fields.moment(at, "canceled_at"),
    )


def credit_note_from_json(record: JsonObject, account: StripeAccountId) -> CreditNote:
    """The credit note that the object describes. Raises UnreadableRecord."""
    currency = json_fields.currency(record)
    total = json_fields.minor_units(record, "total", currency)
    return CreditNote(
        id=CreditNoteId(json_fields.id_of(record)),
        account=account,
        invoice=_invoice_of(record),
        status=_status(record, CreditNoteStatus),
        number=json_fields.text(record, "number"),
        amount=total,
        tax=_tax(record, total, currency),
        before_payment=_or_nothing(record, "pre_payment_amount", currency),
        after_payment=_or_nothing(record, "post_payment_amount", currency),
        given_outside_stripe=_or_nothing(record, "out_of_band_amount", currency),
        refunds=_refunds(record, currency),
        reason=json_fields.text(record, "reason"),
        memo=json_fields.text(record, "memo"),
        created=_created(record),
        voided=json_fields.moment(record, "voided_at"),
    )


def _invoice_of(record: JsonObject) -> InvoiceId:
    id = json_fields.reference(record, "invoice")
    if id is None:
        raise UnreadableRecord("invoice is missing")
    return InvoiceId(id)


def _status(record: JsonObject, statuses: type[S]) -> S:
    stated = json_fields.text(record, "status")
    try:
        return statuses(stated or "")
    except ValueError as error:
        raise UnreadableRecord(f"status {shown(stated)} is not known") from error


def _tax(record: JsonObject, total: Money, currency: Currency) -> Money:
    """What is not in the total without tax; where that is not said, what the taxes listed come to."""
    without = _if_there(record, "total_excluding_tax", currency)
    if without is not None:
        return total - without
    taxes, listed = Money.zero(currency), record.get("total_taxes")
    for each in listed if isinstance(listed, list) else ():
        if not isinstance(each, Mapping):
            raise UnreadableRecord(f"total_taxes holds {shown(each)}, not objects")
        taxes += json_fields.minor_units(each, "amount", currency)
    return taxes


def _refunds(record: JsonObject, currency: Currency) -> tuple[CreditedRefund, ...]:
    listed = record.get("refunds")
    if not isinstance(listed, list):
        return ()
    refunds = []
    for each in listed:
        if not isinstance(each, Mapping):
            raise UnreadableRecord(f"refunds holds {shown(each)}, not objects")
        id = json_fields.reference(each, "refund") or _recorded(each)
        if id is not None:
            amount = json_fields.minor_units(each, "amount_refunded", currency)
            refunds.append(CreditedRefund(refund=id, amount=amount))
    return tuple(sorted(refunds, key=lambda refund: refund.refund))


def _recorded(refund: JsonObject) -> str | None:
    outside = refund.get("payment_record_refund")
    return json_fields.text(outside, "refund_group") if isinstance(outside, Mapping) else None


def _within(record: JsonObject, field: str) -> JsonObject:
    value = record.get(field)
    if not isinstance(value, Mapping):
        raise UnreadableRecord(f"{field} is {shown(value)}, not an object")
    return value


def _created(record: JsonObject) -> datetime:
    created = json_fields.moment(record, "created")
    if created is None:
        raise UnreadableRecord("created is missing")
    return created


def _if_there(record: JsonObject, field: str, currency: Currency) -> Money | None:
    return None if record.get(field) is None else json_fields.minor_units(record, field, currency)


def _or_nothing(record: JsonObject, field: str, currency: Currency) -> Money:
    return _if_there(record, field, currency) or Money.zero(currency)
