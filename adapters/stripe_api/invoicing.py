"""Invoices written by Stripe's API, in a connected account's name.

Source: API version 2026-10-28: `POST /v1/customers`, `/v1/invoices`, `/v1/invoices/{id}/add_lines`, `/send`, `/void`,
`DELETE /v1/invoices/{id}`. What the platform takes is `application_fee_amount`, which no invoice shows when it is read.
"""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from adapters.stripe_api.invoice_json import invoice_from_json
from adapters.stripe_api.list_pages import decoded, refuse_other_mode
from adapters.stripe_api.stripe_requests import StripeRequests, Verb
from domain.invoice import Invoice, InvoiceId
from ports.file_formats.records import UnreadableRecord
from ports.stripe_feed_reader import FeedAccount
from ports.stripe_invoicing import InvoiceDraft, InvoiceLine, ReadOnlyConnection
from ports.stripe_refusals import StripeAnswerUnreadable, StripeRefused, StripeUnavailable

_SAME_ADDRESS_MAX: Final = 100
_NOT_THERE: Final = 404
_UNDER_WAY: Final = 409
_FORBIDDEN: Final = 403


class _Customer(msgspec.Struct):
    id: str
    name: str | None = None


class _Customers(msgspec.Struct):
    data: list[_Customer]


class StripeApiInvoicing:
    """Keeps the promises of `ports.stripe_invoicing.StripeInvoicing`."""

    def __init__(self, requests: StripeRequests) -> None:
        self._requests = requests

    async def customer(self, source: FeedAccount, *, name: str, email: str, key: str) -> str:
        """By the address, which Stripe compares letter by letter; then by the name."""
        listed = await self._asked(source, "get", "/v1/customers", {"email": email, "limit": _SAME_ADDRESS_MAX})
        known = [each.id for each in decoded(listed, _Customers).data if each.name == name]
        if known:
            return known[0]
        made = await self._asked(source, "post", "/v1/customers", {"name": name, "email": email}, key)
        return decoded(made, _Customer).id

    async def draft(self, source: FeedAccount, invoice: InvoiceDraft, *, key: str) -> Invoice:
        """Two steps. Nothing is billed in the first one: other items of the customer's are left where they are."""
        params: dict[str, Any] = {
            "customer": invoice.customer,
            "currency": invoice.currency.code,
            "collection_method": "send_invoice",
            "days_until_due": invoice.days_until_due,
            "auto_advance": False,
        }
        if invoice.application_fee is not None:
            params["application_fee_amount"] = invoice.application_fee.minor_units
        if invoice.memo is not None:
            params["description"] = invoice.memo
        if invoice.metadata:
            params["metadata"] = dict(invoice.metadata)
        made = await self._invoice(source, "/v1/invoices", params, f"{key}-draft")
        lines = {"lines": [_line(each) for each in invoice.lines]}
        try:
            return await self._invoice(source, f"/v1/invoices/{made.id}/add_lines", lines, f"{key}-lines")
        except StripeRefused:
            await self.delete(source, made.id)
            raise

    async def send(self, source: FeedAccount, id: InvoiceId, *, key: str) -> Invoice:
        """Stripe finalises a draft first."""
        return await self._invoice(source, f"/v1/invoices/{id}/send", {}, key)

    async def void(self, source: FeedAccount, id: InvoiceId, *, key: str) -> Invoice:
        """Stripe voids what is open or uncollectible."""
        return await self._invoice(source, f"/v1/invoices/{id}/void", {}, key)

    async def delete(self, source: FeedAccount, id: InvoiceId) -> None:
        """It is the same however often."""
        try:
            await self._asked(source, "delete", f"/v1/invoices/{id}", {})
        except StripeRefused as refusal:
            if refusal.status != _NOT_THERE:
                raise

    async def _invoice(self, source: FeedAccount, path: str, params: Mapping[str, Any], key: str) -> Invoice:
        record = decoded(await self._asked(source, "post", path, params, key), dict[str, Any])
        refuse_other_mode(record, source)
        try:
            return invoice_from_json(record, source.account)
        except UnreadableRecord as error:
            raise StripeAnswerUnreadable(f"the invoice: {error}") from error

    async def _asked(
        self, source: FeedAccount, verb: Verb, path: str, params: Mapping[str, Any], key: str | None = None
    ) -> bytes:
        account = None if source.is_own else source.account
        try:
            return await self._requests.send(
                verb, path, key=source.key, account=account, params=params, idempotency_key=key
            )
        except StripeRefused as refusal:
            if refusal.status == _UNDER_WAY:
                raise StripeUnavailable("Stripe is still at work on the same request") from refusal
            if refusal.status == _FORBIDDEN and "read" in refusal.message and "only" in refusal.message:
                raise ReadOnlyConnection(source.account) from refusal
            raise


def _line(line: InvoiceLine) -> Mapping[str, Any]:
    return {
        "description": line.description,
        "quantity": line.quantity,
        "price_data": {
            "currency": line.unit_amount.currency.code,
            "product_data": {"name": line.description},
            "unit_amount": line.unit_amount.minor_units,
        },
    }
