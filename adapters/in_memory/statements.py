"""What is remembered of statement files, in memory."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from adapters.in_memory.tables import InMemoryTables
from domain.bank_deposit import BankAccountId
from domain.company import CompanyId
from domain.covered_period import CoveredPeriod


class InMemoryStatements:
    """Keeps the promises of `ports.statements.Statements`."""

    def __init__(self, tables: InMemoryTables, company: CompanyId) -> None:
        self._tables = tables
        self._company = company

    async def remember_columns(self, account: BankAccountId, columns: str | None, *, at: datetime) -> None:
        """By account and moment."""
        self._tables.table("statement_columns").setdefault((self._company, account, at), columns)

    async def columns(self, account: BankAccountId) -> str | None:
        """The latest."""
        found = self._of("statement_columns", account)
        columns: str | None = found[max(found)] if found else None
        return columns

    async def add_period(self, account: BankAccountId, period: CoveredPeriod, *, at: datetime) -> None:
        """By account and period."""
        self._tables.table("statement_periods").setdefault((self._company, account, period), at)

    async def periods(self, account: BankAccountId) -> Sequence[CoveredPeriod]:
        """In order."""
        return sorted(self._of("statement_periods", account))

    def _of(self, table: str, account: BankAccountId) -> dict[Any, Any]:
        rows: dict[Any, Any] = self._tables.table(table)
        return {key[2]: value for key, value in rows.items() if key[:2] == (self._company, account)}
