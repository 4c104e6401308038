"""People's decisions in PostgreSQL: appended and numbered; what undoes one is another."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

import asyncpg

from domain.bank_deposit import BankDepositId
from domain.company import CompanyId
from domain.payout import PayoutId
from domain.reconciliation_decision import DecisionKind, ReconciliationDecision
from ports.decisions import DecisionChanges, NumberedDecision

_UNDO: Final = "undo"
_COLUMNS: Final = "d.number, d.kind, d.payouts, d.deposits, d.decided_by, d.note, d.undoes, d.decided_at"
_NEXT: Final = """
INSERT INTO decision_heads AS h (company_id, last) VALUES ($1, 1)
ON CONFLICT (company_id) DO UPDATE SET last = h.last + excluded.last RETURNING last
"""
_FIRST: Final = "INSERT INTO decision_heads (company_id, last) VALUES ($1, 0) ON CONFLICT (company_id) DO NOTHING"
_HOLD: Final = "SELECT last FROM decision_heads WHERE company_id = $1 FOR UPDATE"
_APPEND: Final = """
INSERT INTO decisions (company_id, number, kind, payouts, deposits, decided_by, note, undoes, decided_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
_APPEND_RECORDS: Final = """
INSERT INTO decision_records (company_id, record_id, number)
SELECT $1, t.record_id, $2 FROM unnest($3::text[]) AS t (record_id)
"""
_IN_FORCE: Final = f"""
SELECT {_COLUMNS} FROM decisions AS d
WHERE d.company_id = $1 AND d.kind <> '{_UNDO}'
  AND NOT EXISTS (SELECT FROM decisions AS u WHERE u.company_id = $1 AND u.undoes = d.number)
"""
_ON_RECORDS: Final = """
  AND EXISTS (SELECT FROM decision_records AS r
    WHERE r.company_id = $1 AND r.number = d.number AND r.record_id = ANY ($2::text[]))
"""
_ONE: Final = " AND d.number = $2"
_SINCE: Final = f"""
SELECT {_COLUMNS} FROM decisions AS d WHERE d.company_id = $1 AND d.number > $2 ORDER BY d.number
"""
_THESE: Final = f"""
SELECT {_COLUMNS} FROM decisions AS d WHERE d.company_id = $1 AND d.number = ANY ($2::bigint[]) ORDER BY d.number
"""


class PostgresDecisions:
    """Keeps the promises of `ports.decisions.Decisions`."""

    def __init__(self, connection: asyncpg.Connection, company: CompanyId) -> None:
        self._connection = connection
        self._company = company

    async def append(self, decision: ReconciliationDecision, *, at: datetime) -> int:
        """The company's head row is held until the transaction ends, so that numbers have no gap."""
        number = await self._next()
        payouts, deposits = decision.records
        await self._connection.execute(
            _APPEND,
            self._company,
            number,
            decision.kind.value,
            list(payouts),
            list(deposits),
            decision.by,
            decision.note,
            None,
            at,
        )
        records = sorted({*map(str, payouts), *map(str, deposits)})
        await self._connection.execute(_APPEND_RECORDS, self._company, number, records)
        return number

    async def undo(self, number: int, *, by: str, note: str, at: datetime) -> int | None:
        """Holds the head row first: of two who undo the same, the second finds it undone."""
        if not await self._connection.fetchval(_HOLD, self._company):
            return None
        row = await self._connection.fetchrow(_IN_FORCE + _ONE, self._company, number)
        if row is None:
            return None
        mine = await self._next()
        await self._connection.execute(
            _APPEND, self._company, mine, _UNDO, row["payouts"], row["deposits"], by, note, number, at
        )
        return mine

    async def in_force(self, records: Collection[str] | None = None) -> Sequence[NumberedDecision]:
        """In order of numbers."""
        if records is None:
            rows = await self._connection.fetch(_IN_FORCE + " ORDER BY d.number", self._company)
        else:
            rows = await self._connection.fetch(
                _IN_FORCE + _ON_RECORDS + " ORDER BY d.number", self._company, sorted(records)
            )
        return [NumberedDecision(number=row["number"], decision=_decision(row), at=row["decided_at"]) for row in rows]

    async def since(self, number: int) -> DecisionChanges:
        """What was decided and undone in between is in neither."""
        rows = await self._connection.fetch(_SINCE, self._company, number)
        undone = {row["undoes"] for row in rows if row["undoes"] is not None}
        earlier = sorted(each for each in undone if each <= number)
        before = await self._connection.fetch(_THESE, self._company, earlier) if earlier else []
        new = [row for row in rows if row["kind"] != _UNDO and row["number"] not in undone]
        return DecisionChanges(
            decided=tuple(map(_decision, new)),
            undone=tuple(map(_decision, before)),
            last=rows[-1]["number"] if rows else number,
        )

    async def hold(self) -> None:
        """Holds the head row, which is made if nobody ever decided anything."""
        await self._connection.execute(_FIRST, self._company)
        await self._connection.execute(_HOLD, self._company)

    async def _next(self) -> int:
        number: int = await self._connection.fetchval(_NEXT, self._company)
        return number


def _decision(row: asyncpg.Record) -> ReconciliationDecision:
    return ReconciliationDecision(
        kind=DecisionKind(row["kind"]),
        payouts=tuple(map(PayoutId, row["payouts"])),
        deposits=tuple(map(BankDepositId, row["deposits"])),
        by=row["decided_by"],
        note=row["note"],
    )
