"""What was asked for of invoices, in memory."""

from adapters.in_memory.tables import InMemoryTables
from domain.company import CompanyId
from domain.invoice_request import InvoiceRequest


class InMemoryInvoiceRequests:
    """Keeps the promises of `ports.invoice_requests.InvoiceRequests`."""

    def __init__(self, tables: InMemoryTables, company: CompanyId) -> None:
        self._rows: dict[object, InvoiceRequest] = tables.table(f"invoice_requests of {company}")

    async def begin(self, request: InvoiceRequest) -> InvoiceRequest:
        """By the id."""
        return self._rows.setdefault(request.id, request)

    async def put(self, request: InvoiceRequest) -> None:
        """Replaced."""
        self._rows[request.id] = request
