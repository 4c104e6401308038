"""Pages of facts in PostgreSQL, each by the index of its order."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import asyncpg

from adapters.postgres import fact_statements as statements
from adapters.postgres.fact_rows import (
    ACCOUNTS,
    BALANCE_TRANSACTIONS,
    DEPOSITS,
    FACT_TABLES,
    PAYOUTS,
    Fact,
    FactTable,
)
from domain.balance_transaction import BalanceTransaction
from domain.bank_deposit import BankAccount, BankDeposit, BankDepositStatus
from domain.company import CompanyId
from domain.money import Money
from domain.payout import Payout, PayoutStatus
from ports.fact_lists import (
    BalanceTransactionsWanted,
    BankAccountsWanted,
    DepositsWanted,
    ListedFact,
    PayoutsWanted,
    Told,
)
from ports.facts import FactSource
from ports.pages import Page, PageKey, checked_limit


class PostgresFactLists:
    """Keeps the promises of `ports.fact_lists.FactLists` on the connection of a transaction."""

    def __init__(self, connection: asyncpg.Connection, company: CompanyId) -> None:
        self._connection = connection
        self._company = company

    async def payouts(
        self, wanted: PayoutsWanted, *, after: PageKey | None = None, limit: int = 100
    ) -> Page[ListedFact[Payout]]:
        """By arrival date."""
        where = _Conditions(self._company)
        where.add_status(wanted.status)
        where.add_amount(wanted.amount)
        where.add_days("f.arrival_date", wanted.first_day, wanted.last_day)
        return await self._page(PAYOUTS, where, wanted.ids, wanted.updated_since, after, limit, "f.arrival_date")

    async def deposits(
        self, wanted: DepositsWanted, *, after: PageKey | None = None, limit: int = 100
    ) -> Page[ListedFact[BankDeposit]]:
        """By date."""
        where = _Conditions(self._company)
        where.add("f.account = {}", wanted.account)
        where.add_status(wanted.status)
        where.add_amount(wanted.amount)
        where.add_days("f.day", wanted.first_day, wanted.last_day)
        return await self._page(DEPOSITS, where, wanted.ids, wanted.updated_since, after, limit, "f.day")

    async def balance_transactions(
        self, wanted: BalanceTransactionsWanted, *, after: PageKey | None = None, limit: int = 100
    ) -> Page[ListedFact[BalanceTransaction]]:
        """By id."""
        where = _Conditions(self._company)
        where.add("f.payout = {}", wanted.payout)
        where.add("f.type = {}", wanted.type)
        return await self._page(BALANCE_TRANSACTIONS, where, wanted.ids, wanted.updated_since, after, limit)

    async def accounts(
        self, wanted: BankAccountsWanted, *, after: PageKey | None = None, limit: int = 100
    ) -> Page[ListedFact[BankAccount]]:
        """By id."""
        return await self._page(ACCOUNTS, _Conditions(self._company), wanted.ids, wanted.updated_since, after, limit)

    async def told(self, ids: Collection[str]) -> Mapping[str, Told]:
        """One look-up for each id and kind."""
        found: dict[str, Told] = {}
        for table in FACT_TABLES if ids else ():
            rows = await self._connection.fetch(
                statements.told_of_ids(table), self._company, statements.possible_ids(ids)
            )
            found |= {row["id"]: _told(row) for row in rows if not (table.can_be_retracted and row["retracted"])}
        return found

    async def _page(
        self,
        table: FactTable[Fact],
        where: "_Conditions",
        ids: Sequence[str] | None,
        updated_since: datetime | None,
        after: PageKey | None,
        limit: int,
        day: str | None = None,
    ) -> Page[ListedFact[Fact]]:
        where.add("f.id = ANY({})", None if ids is None else statements.possible_ids(ids))
        where.add("f.recorded_at >= {}", updated_since)
        order = "f.recorded_at" if updated_since is not None else day
        descending = order is not None and order == day
        where.add_after(order, after, descending)
        direction = "DESC" if descending else "ASC"
        sql = (
            f"{statements.listed(table, order)} WHERE f.company_id = $1{where.sql} AND {statements.is_current(table)}"
            f"{statements.not_retracted(table)} ORDER BY {order + ' ' + direction + ', ' if order else ''}"
            f"f.id {direction} LIMIT {checked_limit(limit) + 1}"
        )
        rows = await self._connection.fetch(sql, *where.arguments)
        records = tuple(ListedFact(fact=table.fact(row), told=_told(row)) for row in rows[:limit])
        if len(rows) <= limit:
            return Page(records=records)
        last = rows[limit - 1]
        return Page(records=records, next=PageKey(id=last["id"], at=last["list_order"]))


class _Conditions:
    """Conditions of a WHERE with their arguments; the company is the first argument."""

    def __init__(self, company: CompanyId) -> None:
        self.arguments: list[object] = [company]
        self.sql = ""

    def add(self, condition: str, argument: object | None) -> None:
        """A condition with a place for its argument; without an argument, none."""
        if argument is not None:
            self.sql += f" AND {condition.format(self._place(argument))}"

    def add_status(self, status: PayoutStatus | BankDepositStatus | None) -> None:
        """As a literal: so the planner knows, whatever the argument, that the index of rare statuses has it."""
        if status is not None:
            self.sql += f" AND f.status = '{status.value}'"

    def add_amount(self, amount: Money | None) -> None:
        if amount is not None:
            self.add("f.currency = {}", amount.currency.code)
            self.add("f.minor_units = {}", amount.minor_units)

    def add_days(self, column: str, first_day: date | None, last_day: date | None) -> None:
        self.add(column + " >= {}", first_day)
        self.add(column + " <= {}", last_day)

    def add_after(self, order: str | None, after: PageKey | None, descending: bool) -> None:
        """What comes after the key."""
        if after is None:
            return
        later = "<" if descending else ">"
        if order is None:
            self.add(f"f.id {later} {{}}", after.id)
        else:
            self.sql += f" AND ({order}, f.id) {later} ({self._place(after.at)}, {self._place(after.id)})"

    def _place(self, argument: Any) -> str:
        self.arguments.append(argument)
        return f"${len(self.arguments)}"


def _told(row: asyncpg.Record) -> Told:
    return Told(
        external_id=row["external_id"],
        told_by=FactSource(row["told_by"]),
        recorded_at=row["recorded_at"],
        previous_at=row["previous_at"],
    )
