"""The work list in memory: the same promises, one worker's process long."""

from collections.abc import Callable, Collection, Hashable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any, Final

import attrs

from adapters.in_memory.tables import InMemoryTables
from domain.company import CompanyId
from domain.work import ATTEMPTS_MAX, ClaimedWork, ParkedWork, WorkKind, WorkLoad, retry_after
from ports.work_requests import LeaseLost

_TABLE: Final = "work_list"


@attrs.frozen(kw_only=True)
class _Row:
    kind: WorkKind
    company: CompanyId
    run_after: datetime | None
    again_after: datetime | None = None
    lease: int = 0
    leased_until: datetime | None = None
    worker: str = ""
    attempts: int = 0
    parked_at: datetime | None = None
    reason: str | None = None

    def due_at(self, at: datetime) -> bool:
        free = self.leased_until is None or self.leased_until <= at
        return self.parked_at is None and self.run_after is not None and self.run_after <= at and free


class InMemoryWorkRequests:
    """Keeps the promises of `ports.work_requests.WorkRequests`."""

    def __init__(self, tables: InMemoryTables) -> None:
        self._tables = tables

    async def request(self, kind: WorkKind, company: CompanyId, *, at: datetime) -> None:
        """Asks for work, or moves forward what was asked for."""
        rows = self._tables.table(_TABLE)
        row: _Row = rows.get((company, kind)) or _Row(kind=kind, company=company, run_after=None)
        if row.parked_at is not None:
            row = attrs.evolve(row, parked_at=None, attempts=0)
        if row.leased_until is None:
            row = attrs.evolve(row, run_after=_earlier(row.run_after, at))
        else:
            row = attrs.evolve(row, again_after=_earlier(row.again_after, at))
        rows[company, kind] = row

    async def finish(self, claimed: ClaimedWork, *, next_at: datetime | None = None) -> None:
        """Ends the work under its lease."""
        rows = self._tables.table(_TABLE)
        row = _held(rows, claimed)
        if row is None:
            raise LeaseLost(claimed)
        due = _earlier(row.again_after, next_at)
        rows[claimed.company, claimed.kind] = _Row(kind=row.kind, company=row.company, run_after=due, lease=row.lease)


class InMemoryWorkList:
    """Keeps the promises of `ports.work_list.WorkList` and `WorkReplay` on an in-memory store's tables."""

    def __init__(self, tables: Callable[[], AbstractAsyncContextManager[InMemoryTables]]) -> None:
        self._tables = tables

    async def claim(
        self, worker: str, *, at: datetime, until: datetime, kinds: Collection[WorkKind] = tuple(WorkKind)
    ) -> ClaimedWork | None:
        """The work that has been due longest."""
        async with self._tables() as tables:
            rows = tables.table(_TABLE)
            while True:
                due = [row for row in rows.values() if row.due_at(at) and row.kind in kinds]
                if not due:
                    return None
                row = min(due, key=lambda each: (each.run_after, each.company, each.kind))
                claimed = attrs.evolve(
                    row, lease=row.lease + 1, leased_until=until, worker=worker, attempts=row.attempts + 1
                )
                rows[row.company, row.kind] = claimed
                if claimed.attempts <= ATTEMPTS_MAX:
                    return ClaimedWork(
                        kind=row.kind,
                        company=row.company,
                        lease=claimed.lease,
                        attempt=claimed.attempts,
                        worker=worker,
                    )
                reason = row.reason or "no attempt ended: each time the worker died, or was too slow"
                rows[row.company, row.kind] = _parked(claimed, at, reason)

    async def extend(self, claimed: ClaimedWork, *, until: datetime) -> bool:
        """Moves the end of the lease."""
        async with self._tables() as tables:
            rows = tables.table(_TABLE)
            row = _held(rows, claimed)
            if row is not None:
                rows[claimed.company, claimed.kind] = attrs.evolve(row, leased_until=until)
            return row is not None

    async def give_back(self, claimed: ClaimedWork, *, at: datetime, reason: str | None) -> None:
        """Due again, later if it failed; parked if that was its last attempt."""
        async with self._tables() as tables:
            rows = tables.table(_TABLE)
            row = _held(rows, claimed)
            if row is None:
                return
            if reason is not None and claimed.attempt >= ATTEMPTS_MAX:
                rows[claimed.company, claimed.kind] = _parked(row, at, reason)
                return
            due = at if reason is None else at + retry_after(claimed.attempt)
            rows[claimed.company, claimed.kind] = attrs.evolve(
                row,
                run_after=due,
                again_after=None,
                leased_until=None,
                worker="",
                attempts=row.attempts - (1 if reason is None else 0),
                reason=reason,
            )

    async def parked(self) -> Sequence[ParkedWork]:
        """All of it."""
        async with self._tables() as tables:
            rows = [row for row in tables.table(_TABLE).values() if row.parked_at is not None]
        rows.sort(key=lambda row: (row.company, row.kind))
        return [
            ParkedWork(kind=row.kind, company=row.company, since=row.parked_at, reason=row.reason or "") for row in rows
        ]

    async def load(self, *, at: datetime) -> WorkLoad:
        """Counts over all rows."""
        async with self._tables() as tables:
            rows: list[_Row] = list(tables.table(_TABLE).values())
        due = [row.run_after for row in rows if row.due_at(at) and row.run_after is not None]
        running = sum(1 for row in rows if row.leased_until is not None and row.leased_until > at)
        parked = sum(1 for row in rows if row.parked_at is not None)
        return WorkLoad(due=len(due), running=running, oldest_due=min(due, default=None), parked=parked)

    async def replay(self, kind: WorkKind, company: CompanyId, *, at: datetime) -> bool:
        """Sets parked work going again."""
        async with self._tables() as tables:
            rows = tables.table(_TABLE)
            row = rows.get((company, kind))
            if row is None or row.parked_at is None:
                return False
            rows[company, kind] = attrs.evolve(row, run_after=at, attempts=0, parked_at=None)
            return True


def _held(rows: dict[Hashable, Any], claimed: ClaimedWork) -> _Row | None:
    row: _Row | None = rows.get((claimed.company, claimed.kind))
    if row is None or row.leased_until is None or row.lease != claimed.lease:
        return None
    return row


def _parked(row: _Row, at: datetime, reason: str) -> _Row:
    """Parked, unless something new was asked for during the run: that is a new chance."""
    again = row.again_after
    return attrs.evolve(
        row,
        run_after=again or row.run_after,
        again_after=None,
        leased_until=None,
        worker="",
        attempts=row.attempts if again is None else 0,
        parked_at=at if again is None else None,
        reason=reason,
    )


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    if one is None or other is None:
        return one or other
    return min(one, other)
