"""What was asked for of invoices at Stripe, kept from before Stripe is asked."""

from typing import Protocol

from domain.invoice_request import InvoiceRequest


class InvoiceRequests(Protocol):
    """Part of a company's transaction."""

    async def begin(self, request: InvoiceRequest) -> InvoiceRequest:
        """The request of this id as it is kept; this one, if there is none. Waits for another who begins it."""
        ...

    async def put(self, request: InvoiceRequest) -> None:
        """So far it has come: in place of what is kept under its id."""
        ...
