"""An account's invoices, their payments and credit notes out of Stripe's API.

Source: API version 2026-10-28: `GET /v1/invoices`, `/v1/invoice_payments`, `/v1/credit_notes`.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from adapters.stripe_api.invoice_json import credit_note_from_json, invoice_from_json, payment_from_json
from adapters.stripe_api.list_pages import decoded, get, page_of, refuse_other_mode
from adapters.stripe_api.stripe_requests import StripeRequests
from domain.credit_note import CreditNote
from domain.invoice import Invoice, InvoiceId, InvoiceStatus
from domain.invoice_payment import InvoicePayment, InvoicePaymentStatus
from domain.stripe_account import StripeAccountId
from ports.file_formats.json_values import JsonObject
from ports.file_formats.records import UnreadableRecord
from ports.stripe_feed_reader import FeedAccount, FeedPage
from ports.stripe_refusals import StripeAnswerUnreadable, StripeRefused

R = TypeVar("R")
_NOT_THERE: Final = 404


class StripeApiInvoiceReader:
    """Keeps the promises of `ports.stripe_invoice_reader.StripeInvoiceReader`."""

    def __init__(self, requests: StripeRequests) -> None:
        self._requests = requests

    async def invoices(
        self, source: FeedAccount, *, after: str | None, status: InvoiceStatus | None = None
    ) -> FeedPage[Invoice]:
        """Newest first."""
        params = {} if status is None else {"status": status.value}
        return await self._page(source, "/v1/invoices", params, after, invoice_from_json)

    async def invoice(self, source: FeedAccount, id: InvoiceId) -> Invoice | None:
        """By its id."""
        return await self._one(source, f"/v1/invoices/{id}", id, invoice_from_json)

    async def payments(
        self, source: FeedAccount, *, after: str | None, status: InvoicePaymentStatus | None = None
    ) -> FeedPage[InvoicePayment]:
        """Newest first."""
        params = {} if status is None else {"status": status.value}
        return await self._page(source, "/v1/invoice_payments", params, after, payment_from_json)

    async def payment(self, source: FeedAccount, id: str) -> InvoicePayment | None:
        """By its id."""
        return await self._one(source, f"/v1/invoice_payments/{id}", id, payment_from_json)

    async def credit_notes(
        self, source: FeedAccount, *, after: str | None, invoice: InvoiceId | None = None
    ) -> FeedPage[CreditNote]:
        """Newest first."""
        params = {} if invoice is None else {"invoice": invoice}
        return await self._page(source, "/v1/credit_notes", params, after, credit_note_from_json)

    async def _page(
        self,
        source: FeedAccount,
        path: str,
        params: Mapping[str, Any],
        after: str | None,
        read: Callable[[JsonObject, StripeAccountId], R],
    ) -> FeedPage[R]:
        return await page_of(self._requests, source, path, params, after, _of_the_mode(source, read))

    async def _one(
        self, source: FeedAccount, path: str, id: str, read: Callable[[JsonObject, StripeAccountId], R]
    ) -> R | None:
        try:
            record = decoded(await get(self._requests, source, path, {}), dict[str, Any])
        except StripeRefused as refusal:
            if refusal.status == _NOT_THERE:
                return None
            raise
        if record.get("id") != id:
            raise StripeAnswerUnreadable(f"Stripe answered with another record than {id}")
        try:
            return _of_the_mode(source, read)(record)
        except UnreadableRecord as error:
            raise StripeAnswerUnreadable(f"{id}: {error}") from error


def _of_the_mode(source: FeedAccount, read: Callable[[JsonObject, StripeAccountId], R]) -> Callable[[JsonObject], R]:
    def checked(record: JsonObject) -> R:
        refuse_other_mode(record, source)
        return read(record, source.account)

    return checked
