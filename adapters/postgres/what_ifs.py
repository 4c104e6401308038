"""What people asked before they changed anything, in PostgreSQL."""

from datetime import datetime
from typing import Final

import asyncpg
import attrs

from domain.actor import Actor, ActorKind
from domain.company import CompanyId
from ports.kept_values import what_if_bytes, what_if_from, what_if_head_bytes, what_if_head_from
from ports.pages import Page, PageKey, checked_limit
from ports.what_ifs import WhatIf, WhatIfHead

_ADD: Final = "INSERT INTO what_ifs (company_id, id, asked_at, head, content) VALUES ($1, $2, $3, $4, $5)"
_FROM: Final = """
FROM what_ifs AS w LEFT JOIN what_ifs_applied AS a ON a.company_id = w.company_id AND a.id = w.id
WHERE w.company_id = $1
"""
_ONE: Final = f"SELECT w.head, w.content, a.applied_kind, a.applied_by, a.applied_at {_FROM} AND w.id = $2"
_NEWEST: Final = f"""
SELECT w.id, w.asked_at, w.head, a.applied_kind, a.applied_by, a.applied_at {_FROM}
  AND ($2::timestamptz IS NULL OR (w.asked_at, w.id) < ($2, $3))
ORDER BY w.asked_at DESC, w.id DESC LIMIT $4
"""
_APPLIED: Final = """
INSERT INTO what_ifs_applied (company_id, id, applied_kind, applied_by, applied_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (company_id, id) DO NOTHING
"""


class PostgresWhatIfs:
    """Keeps the promises of `ports.what_ifs.WhatIfs` on the connection of a transaction."""

    def __init__(self, connection: asyncpg.Connection, company: CompanyId) -> None:
        self._connection = connection
        self._company = company

    async def add(self, what_if: WhatIf) -> None:
        """One row."""
        head = what_if.head
        await self._connection.execute(
            _ADD, self._company, head.id, head.asked_at, what_if_head_bytes(head), what_if_bytes(what_if)
        )

    async def find(self, id: str) -> WhatIf | None:
        """With whether it was applied."""
        row = await self._connection.fetchrow(_ONE, self._company, id)
        if row is None:
            return None
        proposed, effect = what_if_from(row["content"])
        return WhatIf(head=_head(row), proposed=proposed, effect=effect)

    async def page(self, *, after: PageKey | None = None, limit: int = 100) -> Page[WhatIfHead]:
        """By the index of moments."""
        begins = (None, None) if after is None else (after.at, after.id)
        rows = await self._connection.fetch(_NEWEST, self._company, *begins, checked_limit(limit) + 1)
        more = len(rows) > limit
        return Page(
            records=tuple(map(_head, rows[:limit])),
            next=PageKey(at=rows[limit - 1]["asked_at"], id=rows[limit - 1]["id"]) if more else None,
        )

    async def mark_applied(self, id: str, *, by: Actor, at: datetime) -> bool:
        """Whoever comes second waits at the key."""
        done = await self._connection.execute(_APPLIED, self._company, id, by.kind.value, by.id, at)
        return bool(done == "INSERT 0 1")


def _head(row: asyncpg.Record) -> WhatIfHead:
    head = what_if_head_from(row["head"])
    if row["applied_at"] is None:
        return head
    by = Actor(kind=ActorKind(row["applied_kind"]), id=row["applied_by"])
    return attrs.evolve(head, applied_by=by, applied_at=row["applied_at"])
