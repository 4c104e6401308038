"""What statements said of themselves, in memory."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from adapters.in_memory.tables import InMemoryTables
from domain.bank_deposit import BankAccountId
from domain.bank_statement import BankStatement
from domain.company import CompanyId


class InMemoryStatementHistory:
    """Keeps the promises of `ports.statement_history.StatementHistory`."""

    def __init__(self, tables: InMemoryTables, company: CompanyId) -> None:
        self._tables = tables
        self._company = company

    async def add(self, statement: BankStatement, *, at: datetime) -> None:  # noqa: ARG002  # the moment is for people
        """By what it says: the first one stays."""
        rows: dict[Any, Any] = self._tables.table("bank_statements")
        rows.setdefault((self._company, statement.account, statement), statement)

    async def of(self, account: BankAccountId) -> Sequence[BankStatement]:
        """By last day."""
        rows: dict[Any, Any] = self._tables.table("bank_statements")
        found = [value for key, value in rows.items() if key[:2] == (self._company, account)]
        return sorted(found, key=lambda each: each.last_day)
