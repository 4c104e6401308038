"""The work list in PostgreSQL: a table of our own, claimed with SKIP LOCKED, fenced by a lease that only grows."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

import asyncpg

from adapters.postgres.errors import translated
from domain.company import CompanyId
from domain.work import ATTEMPTS_MAX, ClaimedWork, ParkedWork, WorkKind, WorkLoad, retry_after
from ports.work_requests import LeaseLost

_REQUEST: Final = """
INSERT INTO work_list AS w (company_id, kind, run_after) VALUES ($1, $2, $3)
ON CONFLICT (company_id, kind) DO UPDATE SET
  run_after = CASE WHEN w.leased_until IS NULL THEN LEAST(w.run_after, excluded.run_after) ELSE w.run_after END,
  again_after = CASE WHEN w.leased_until IS NULL THEN w.again_after ELSE LEAST(w.again_after, excluded.run_after) END,
  attempts = CASE WHEN w.parked_at IS NULL THEN w.attempts ELSE 0 END,
  parked_at = NULL
"""
_FINISH: Final = """
UPDATE work_list SET
  run_after = CASE WHEN again_after IS NULL THEN $4 ELSE LEAST(again_after, $4) END,
  again_after = NULL, leased_until = NULL, worker = NULL, attempts = 0, reason = NULL
WHERE company_id = $1 AND kind = $2 AND lease = $3 AND leased_until IS NOT NULL
"""
_CLAIM: Final = """
UPDATE work_list AS w SET
  lease = w.lease + 1, leased_until = $2, worker = $3, attempts = w.attempts + 1
FROM (
  SELECT company_id, kind FROM work_list
  WHERE run_after <= $1 AND parked_at IS NULL AND (leased_until IS NULL OR leased_until <= $1) AND kind = ANY ($4)
  ORDER BY run_after, company_id, kind LIMIT 1 FOR UPDATE SKIP LOCKED
) AS due
WHERE w.company_id = due.company_id AND w.kind = due.kind
RETURNING w.kind, w.company_id, w.lease, w.attempts, w.reason
"""
_EXTEND: Final = """
UPDATE work_list SET leased_until = $4
WHERE company_id = $1 AND kind = $2 AND lease = $3 AND leased_until IS NOT NULL
"""
_DUE_AGAIN: Final = """
UPDATE work_list SET
  run_after = $4, again_after = NULL, leased_until = NULL, worker = NULL, attempts = attempts - $5, reason = $6
WHERE company_id = $1 AND kind = $2 AND lease = $3 AND leased_until IS NOT NULL
"""
_PARK: Final = """
UPDATE work_list SET
  run_after = COALESCE(again_after, run_after), again_after = NULL, leased_until = NULL, worker = NULL,
  attempts = CASE WHEN again_after IS NULL THEN attempts ELSE 0 END,
  parked_at = CASE WHEN again_after IS NULL THEN $4::timestamptz END, reason = $5
WHERE company_id = $1 AND kind = $2 AND lease = $3 AND leased_until IS NOT NULL
"""
_PARKED: Final = """
SELECT kind, company_id, parked_at, reason FROM work_list WHERE parked_at IS NOT NULL ORDER BY company_id, kind
"""
_LOAD: Final = """
SELECT
  count(*) FILTER (WHERE run_after <= $1 AND (leased_until IS NULL OR leased_until <= $1)) AS due,
  count(*) FILTER (WHERE leased_until > $1) AS running,
  min(run_after) FILTER (WHERE run_after <= $1 AND (leased_until IS NULL OR leased_until <= $1)) AS oldest,
  (SELECT count(*) FROM work_list WHERE parked_at IS NOT NULL) AS parked
FROM work_list WHERE run_after IS NOT NULL AND parked_at IS NULL
"""
_REPLAY: Final = """
UPDATE work_list SET run_after = $3, attempts = 0, parked_at = NULL
WHERE company_id = $1 AND kind = $2 AND parked_at IS NOT NULL
"""
_ONE_ROW: Final = "UPDATE 1"


class PostgresWorkRequests:
    """Keeps the promises of `ports.work_requests.WorkRequests` on the connection of a transaction."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def request(self, kind: WorkKind, company: CompanyId, *, at: datetime) -> None:
        """Asks for work, or moves forward what was asked for."""
        await self._connection.execute(_REQUEST, company, kind.value, at)

    async def finish(self, claimed: ClaimedWork, *, next_at: datetime | None = None) -> None:
        """Ends the work under its lease."""
        done = await self._connection.execute(_FINISH, claimed.company, claimed.kind.value, claimed.lease, next_at)
        if done != _ONE_ROW:
            raise LeaseLost(claimed)


class PostgresWorkList:
    """Keeps the promises of `ports.work_list.WorkList` and `WorkReplay`: each method is one statement."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def claim(
        self, worker: str, *, at: datetime, until: datetime, kinds: Collection[WorkKind] = tuple(WorkKind)
    ) -> ClaimedWork | None:
        """The work that has been due longest. Work whose attempts are used up is parked on the way."""
        while True:
            with translated("claiming work"):
                row = await self._pool.fetchrow(_CLAIM, at, until, worker, [kind.value for kind in kinds])
            if row is None:
                return None
            claimed = ClaimedWork(
                kind=WorkKind(row["kind"]),
                company=CompanyId(row["company_id"]),
                lease=row["lease"],
                attempt=row["attempts"],
                worker=worker,
            )
            if claimed.attempt <= ATTEMPTS_MAX:
                return claimed
            await self._park(
                claimed, at, row["reason"] or "no attempt ended: each time the worker died, or was too slow"
            )

    async def extend(self, claimed: ClaimedWork, *, until: datetime) -> bool:
        """Moves the end of the lease."""
        with translated("extending a lease"):
            done = await self._pool.execute(_EXTEND, claimed.company, claimed.kind.value, claimed.lease, until)
        return bool(done == _ONE_ROW)

    async def give_back(self, claimed: ClaimedWork, *, at: datetime, reason: str | None) -> None:
        """Due again, later if it failed; parked if that was its last attempt."""
        if reason is not None and claimed.attempt >= ATTEMPTS_MAX:
            await self._park(claimed, at, reason)
            return
        due, uncounted = (at, 1) if reason is None else (at + retry_after(claimed.attempt), 0)
        with translated("giving work back"):
            await self._pool.execute(
                _DUE_AGAIN, claimed.company, claimed.kind.value, claimed.lease, due, uncounted, reason
            )

    async def parked(self) -> Sequence[ParkedWork]:
        """All of it."""
        with translated("reading parked work"):
            rows = await self._pool.fetch(_PARKED)
        return [
            ParkedWork(
                kind=WorkKind(row["kind"]),
                company=CompanyId(row["company_id"]),
                since=row["parked_at"],
                reason=row["reason"] or "",
            )
            for row in rows
        ]

    async def load(self, *, at: datetime) -> WorkLoad:
        """Counts by way of the index of what is due: idle companies cost nothing."""
        with translated("reading the work list"):
            row = await self._pool.fetchrow(_LOAD, at)
        return WorkLoad(due=row["due"], running=row["running"], oldest_due=row["oldest"], parked=row["parked"])

    async def replay(self, kind: WorkKind, company: CompanyId, *, at: datetime) -> bool:
        """Sets parked work going again."""
        with translated("replaying work"):
            return bool(await self._pool.execute(_REPLAY, company, kind.value, at) == _ONE_ROW)

    async def _park(self, claimed: ClaimedWork, at: datetime, reason: str) -> None:
        with translated("parking work"):
            await self._pool.execute(_PARK, claimed.company, claimed.kind.value, claimed.lease, at, reason)
