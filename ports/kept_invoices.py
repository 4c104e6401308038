"""Invoices and what was told of them as bytes to be kept, and back: what every store of them has in common."""

from typing import Any, Final

import msgspec

from domain.credit_note import CreditNote
from domain.invoice import Invoice
from domain.invoice_payment import InvoicePayment
from domain.json_value import JsonObject, canonical_text

_TO_JSON: Final = msgspec.json.Encoder(order="deterministic")
_INVOICE: Final = msgspec.json.Decoder(Invoice)
_PAYMENT: Final = msgspec.json.Decoder(InvoicePayment)
_CREDIT_NOTE: Final = msgspec.json.Decoder(CreditNote)


class _Standing(msgspec.Struct):
    told: dict[str, Any]
    open_payments: tuple[str, ...]


_STANDING: Final = msgspec.json.Decoder(_Standing)


def invoice_fact_bytes(fact: Invoice | InvoicePayment | CreditNote) -> bytes:
    """The fact, whole."""
    return _TO_JSON.encode(fact)


def invoice_from(content: bytes) -> Invoice:
    """The invoice that was encoded."""
    return _INVOICE.decode(content)


def payment_from(content: bytes) -> InvoicePayment:
    """The payment that was encoded."""
    return _PAYMENT.decode(content)


def credit_note_from(content: bytes) -> CreditNote:
    """The credit note that was encoded."""
    return _CREDIT_NOTE.decode(content)


def told_bytes(told: JsonObject, open_payments: tuple[str, ...]) -> bytes:
    """What was told of an invoice, and which of its payments are open."""
    return canonical_text({"told": told, "open_payments": open_payments}).encode()


def told_from(content: bytes) -> tuple[JsonObject, tuple[str, ...]]:
    """What was encoded."""
    kept = _STANDING.decode(content)
    return kept.told, kept.open_payments


def open_payments_from(content: bytes) -> tuple[str, ...]:
    """Only which of its payments are open."""
    return _STANDING.decode(content).open_payments
