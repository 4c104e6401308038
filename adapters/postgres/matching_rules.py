"""A company's own rules, in PostgreSQL."""

from datetime import datetime

import asyncpg

from domain.bank_deposit import BankAccountId
from domain.company import CompanyId
from domain.matching_rule import LineSign, MatchingRule, RuleKind, TextTest
from domain.money import Currency, Money
from ports.matching_rules import RulesInForce


class PostgresMatchingRules:
    """Keeps the promises of `ports.matching_rules.MatchingRules` on the connection of a transaction."""

    def __init__(self, connection: asyncpg.Connection, company: CompanyId) -> None:
        self._connection = connection
        self._company = company

    async def add(self, rule: MatchingRule, *, at: datetime) -> bool:
        """Appends, unless it holds."""
        last = await self._last(rule.id)
        if last is not None and not last["is_removed"]:
            return False
        await self._append(rule, 1 if last is None else last["version"] + 1, at, is_removed=False)
        return True

    async def remove(self, id: str, *, at: datetime) -> bool:
        """Appends, if it holds."""
        last = await self._last(id)
        if last is None or last["is_removed"]:
            return False
        await self._append(_rule(last), last["version"] + 1, at, is_removed=True)
        return True

    async def in_force(self) -> RulesInForce:
        """All versions are read: rules are few."""
        rows = await self._connection.fetch(
            "SELECT * FROM matching_rules WHERE company_id = $1 ORDER BY id, version", self._company
        )
        last = {row["id"]: row for row in rows}
        return RulesInForce(
            rules=tuple(_rule(row) for row in last.values() if not row["is_removed"]), changes=len(rows)
        )

    async def _last(self, id: str) -> asyncpg.Record | None:
        return await self._connection.fetchrow(
            "SELECT * FROM matching_rules WHERE company_id = $1 AND id = $2 ORDER BY version DESC LIMIT 1",
            self._company,
            id,
        )

    async def _append(self, rule: MatchingRule, version: int, at: datetime, *, is_removed: bool) -> None:
        """Of two that say the same at the same time, one is enough."""
        await self._connection.execute(
            "INSERT INTO matching_rules (company_id, id, version, kind, test, text, account, sign, minor_units, "
            "currency, is_removed, recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) "
            "ON CONFLICT (company_id, id, version) DO NOTHING",
            self._company,
            rule.id,
            version,
            rule.kind.value,
            rule.test.value,
            rule.text,
            rule.account,
            None if rule.sign is None else rule.sign.value,
            None if rule.amount is None else rule.amount.minor_units,
            None if rule.amount is None else rule.amount.currency.code,
            is_removed,
            at,
        )


def _rule(row: asyncpg.Record) -> MatchingRule:
    amount = None if row["currency"] is None else Money(row["minor_units"], Currency.of(row["currency"]))
    return MatchingRule(
        id=row["id"],
        kind=RuleKind(row["kind"]),
        test=TextTest(row["test"]),
        text=row["text"],
        account=None if row["account"] is None else BankAccountId(row["account"]),
        sign=None if row["sign"] is None else LineSign(row["sign"]),
        amount=amount,
    )
