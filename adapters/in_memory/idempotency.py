"""Idempotency keys in memory."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Final

import attrs

from adapters.in_memory.tables import InMemoryTables
from ports.idempotency import KEPT_FOR, UNDER_WAY_FOR_MAX, Fresh, KeptAnswer, KeyState, OtherRequest, UnderWay

_TABLE: Final = "idempotency_keys"


@attrs.frozen(kw_only=True)
class _Row:
    fingerprint: bytes
    begun: datetime
    answer: KeptAnswer | None = None


class InMemoryIdempotency:
    """Keeps the promises of `ports.idempotency.Idempotency` on an in-memory store's tables."""

    def __init__(self, tables: Callable[[], AbstractAsyncContextManager[InMemoryTables]]) -> None:
        self._tables = tables

    async def begin(self, owner: str, key: str, fingerprint: bytes, *, at: datetime) -> KeyState:
        """Takes the key if it is free, too old, or left by a process that died."""
        async with self._tables() as tables:
            rows = tables.table(_TABLE)
            row: _Row | None = rows.get((owner, key))
            forgotten = row is not None and row.begun <= at - KEPT_FOR
            died = row is not None and row.answer is None and row.begun <= at - UNDER_WAY_FOR_MAX
            if row is None or forgotten or died:
                rows[owner, key] = _Row(fingerprint=fingerprint, begun=at)
                return Fresh()
            if row.fingerprint != fingerprint:
                return OtherRequest()
            return row.answer or UnderWay()

    async def keep(self, owner: str, key: str, answer: KeptAnswer, *, begun: datetime) -> None:
        """The request has ended with this answer, if it still is the one that holds the key."""
        async with self._tables() as tables:
            rows = tables.table(_TABLE)
            row: _Row | None = rows.get((owner, key))
            if row is not None and row.answer is None and row.begun == begun:
                rows[owner, key] = attrs.evolve(row, answer=answer)

    async def drop(self, owner: str, key: str, *, begun: datetime) -> None:
        """The request has changed nothing, if it still is the one that holds the key."""
        async with self._tables() as tables:
            rows = tables.table(_TABLE)
            row: _Row | None = rows.get((owner, key))
            if row is not None and row.answer is None and row.begun == begun:
                del rows[owner, key]

    async def forget(self, *, at: datetime) -> int:
        """Deletes what is too old to be given again."""
        async with self._tables() as tables:
            rows = tables.table(_TABLE)
            old = [key for key, row in rows.items() if row.begun <= at - KEPT_FOR]
            for key in old:
                del rows[key]
            return len(old)
