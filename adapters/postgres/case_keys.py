"""The keys of cases in PostgreSQL, each kind by its small index."""

from typing import Final

import asyncpg

from adapters.postgres.case_conditions import KEY, RETURNED_PAYOUT, case_condition
from adapters.postgres.fact_rows import BALANCE_TRANSACTIONS, PAYOUTS
from adapters.postgres.fact_statements import is_current, not_retracted
from domain.company import CompanyId
from domain.payment_case import HOLDS, OF_PAYOUTS, CaseKind

_OF_PAYOUTS: Final = {
    CaseKind.PAYOUT_RETURNED: "f.status IN ('canceled', 'failed')",
    CaseKind.PAYOUT_REVERSED: "f.reversed_by IS NOT NULL",
}


class PostgresCaseKeys:
    """Keeps the promises of `ports.case_keys.CaseKeys` on the connection of a transaction."""

    def __init__(self, connection: asyncpg.Connection, company: CompanyId) -> None:
        self._connection = connection
        self._company = company

    async def after(self, kind: CaseKind, key: str | None, *, limit: int) -> tuple[str, ...]:
        """Of each source of keys the first few, and of those together the first."""
        if kind in HOLDS:
            raise ValueError(f"{kind} has no keys")
        found: set[str] = set()
        for sql in keys_after(kind):
            rows = await self._connection.fetch(sql, self._company, _storable(key), limit)
            found.update(row[0] for row in rows)
        return tuple(sorted(found)[:limit])


def keys_after(kind: CaseKind) -> list[str]:
    """The statements that find keys of this kind: company, key, how many."""
    statements = [] if kind is CaseKind.PAYOUT_REVERSED else [_of_transactions(kind)]
    if kind in OF_PAYOUTS:
        statements.append(_payouts(_OF_PAYOUTS[kind]))
    if kind is CaseKind.PAYOUT_REVERSED:
        statements.append(_ORIGINALS)
    return statements


def _storable(key: str | None) -> str:
    """The greatest text not above it that a database knows."""
    known = (key or "").encode(errors="replace").decode()
    return known.partition("\0")[0]


def _of_transactions(kind: CaseKind) -> str:
    return (
        f"SELECT DISTINCT {KEY} AS key FROM balance_transactions f WHERE f.company_id = $1 "
        f"AND {case_condition(kind, '> $2')} AND {is_current(BALANCE_TRANSACTIONS)}"
        f"{not_retracted(BALANCE_TRANSACTIONS)} ORDER BY key LIMIT $3"
    )


def _payouts(condition: str) -> str:
    return (
        f"SELECT f.id FROM payouts f WHERE f.company_id = $1 AND f.id > $2 AND {RETURNED_PAYOUT} AND {condition} "
        f"AND {is_current(PAYOUTS)} ORDER BY f.id LIMIT $3"
    )


_ORIGINALS: Final = (
    'SELECT DISTINCT f.original_payout COLLATE "C" AS key FROM payouts f WHERE f.company_id = $1 '
    f'AND f.original_payout COLLATE "C" > $2 AND {RETURNED_PAYOUT} AND f.original_payout IS NOT NULL '
    f"AND {is_current(PAYOUTS)} ORDER BY key LIMIT $3"
)
"""Payouts that another says it draws back, though they do not say so themselves yet."""
