"""What statements said of themselves, in PostgreSQL."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import asyncpg
import attrs

from domain.bank_deposit import BankAccountId
from domain.bank_statement import BankStatement
from domain.company import CompanyId
from domain.money import Currency, Money


class PostgresStatementHistory:
    """Keeps the promises of `ports.statement_history.StatementHistory` on the connection of a transaction."""

    def __init__(self, connection: asyncpg.Connection, company: CompanyId) -> None:
        self._connection = connection
        self._company = company

    async def add(self, statement: BankStatement, *, at: datetime) -> None:
        """Appends it once."""
        await self._connection.execute(
            "INSERT INTO bank_statements (company_id, account, digest, found_in, currency, number, sequence, page, "
            "opening, closing, moved, lines, first_day, last_day, is_interim, added_at) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) "
            "ON CONFLICT (company_id, account, digest) DO NOTHING",
            self._company,
            statement.account,
            _digest(statement),
            statement.where,
            statement.currency.code,
            statement.number,
            statement.sequence,
            statement.page,
            _units(statement.opening),
            _units(statement.closing),
            statement.moved.minor_units,
            statement.lines,
            statement.first_day,
            statement.last_day,
            statement.interim,
            at,
        )

    async def of(self, account: BankAccountId) -> Sequence[BankStatement]:
        """By last day."""
        rows = await self._connection.fetch(
            "SELECT found_in, currency, number, sequence, page, opening, closing, moved, lines, first_day, last_day, "
            "is_interim FROM bank_statements WHERE company_id = $1 AND account = $2 ORDER BY last_day, digest",
            self._company,
            account,
        )
        return [_statement(row, account) for row in rows]


def _statement(row: Any, account: BankAccountId) -> BankStatement:
    currency = Currency.of(row["currency"])
    return BankStatement(
        account=account,
        where=row["found_in"],
        currency=currency,
        number=row["number"],
        sequence=row["sequence"],
        page=row["page"],
        opening=None if row["opening"] is None else Money(row["opening"], currency),
        closing=None if row["closing"] is None else Money(row["closing"], currency),
        moved=Money(row["moved"], currency),
        lines=row["lines"],
        first_day=row["first_day"],
        last_day=row["last_day"],
        interim=row["is_interim"],
    )


def _units(money: Money | None) -> int | None:
    return None if money is None else money.minor_units


def _digest(statement: BankStatement) -> bytes:
    """Of all that makes two statements equal."""
    said = [str(getattr(statement, field.name)) for field in attrs.fields(BankStatement) if field.eq]
    return hashlib.sha256("\0".join(said).encode()).digest()
