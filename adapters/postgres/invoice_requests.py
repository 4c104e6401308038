"""What was asked for of invoices, in PostgreSQL."""

import asyncpg

from domain.company import CompanyId
from domain.invoice import InvoiceId
from domain.invoice_request import InvoiceAction, InvoiceRequest
from domain.stripe_account import StripeAccountId


class PostgresInvoiceRequests:
    """Keeps the promises of `ports.invoice_requests.InvoiceRequests`."""

    def __init__(self, connection: asyncpg.Connection, company: CompanyId) -> None:
        self._connection, self._company = connection, company

    async def begin(self, request: InvoiceRequest) -> InvoiceRequest:
        """The row is this transaction's until it ends."""
        await self._connection.execute(
            """
            INSERT INTO invoice_requests (company_id, id, action, account, invoice, customer, attempt, begun, done)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (company_id, id) DO NOTHING
            """,
            self._company,
            *_row(request),
        )
        row = await self._connection.fetchrow(
            "SELECT * FROM invoice_requests WHERE company_id = $1 AND id = $2 FOR UPDATE", self._company, request.id
        )
        return InvoiceRequest(
            id=row["id"],
            action=InvoiceAction(row["action"]),
            account=StripeAccountId(row["account"]),
            invoice=None if row["invoice"] is None else InvoiceId(row["invoice"]),
            customer=row["customer"],
            attempt=row["attempt"],
            begun=row["begun"],
            done=row["done"],
        )

    async def put(self, request: InvoiceRequest) -> None:
        """By the key."""
        await self._connection.execute(
            """
            UPDATE invoice_requests
            SET action = $3, account = $4, invoice = $5, customer = $6, attempt = $7, begun = $8, done = $9
            WHERE company_id = $1 AND id = $2
            """,
            self._company,
            *_row(request),
        )


def _row(request: InvoiceRequest) -> tuple[object, ...]:
    return (
        request.id,
        request.action.value,
        request.account,
        request.invoice,
        request.customer,
        request.attempt,
        request.begun,
        request.done,
    )
