"""What is remembered of statement files, in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime

import asyncpg

from domain.bank_deposit import BankAccountId
from domain.company import CompanyId
from domain.covered_period import CoveredPeriod


class PostgresStatements:
    """Keeps the promises of `ports.statements.Statements` on the connection of a transaction."""

    def __init__(self, connection: asyncpg.Connection, company: CompanyId) -> None:
        self._connection = connection
        self._company = company

    async def remember_columns(self, account: BankAccountId, columns: str | None, *, at: datetime) -> None:
        """Appends, unless it is what is remembered."""
        await self._connection.execute(
            "INSERT INTO statement_columns (company_id, account, columns, remembered_at) VALUES ($1, $2, $3, $4) "
            "ON CONFLICT (company_id, account, remembered_at) DO NOTHING",
            self._company,
            account,
            columns,
            at,
        )

    async def columns(self, account: BankAccountId) -> str | None:
        """The latest."""
        columns: str | None = await self._connection.fetchval(
            "SELECT columns FROM statement_columns WHERE company_id = $1 AND account = $2 "
            "ORDER BY remembered_at DESC LIMIT 1",
            self._company,
            account,
        )
        return columns

    async def add_period(self, account: BankAccountId, period: CoveredPeriod, *, at: datetime) -> None:
        """Appends it once."""
        await self._connection.execute(
            "INSERT INTO statement_periods (company_id, account, first_day, last_day, added_at) "
            "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (company_id, account, first_day, last_day) DO NOTHING",
            self._company,
            account,
            period.first_day,
            period.last_day,
            at,
        )

    async def periods(self, account: BankAccountId) -> Sequence[CoveredPeriod]:
        """In order."""
        rows = await self._connection.fetch(
            "SELECT first_day, last_day FROM statement_periods WHERE company_id = $1 AND account = $2 "
            "ORDER BY first_day, last_day",
            self._company,
            account,
        )
        return [CoveredPeriod(first_day=row["first_day"], last_day=row["last_day"]) for row in rows]
