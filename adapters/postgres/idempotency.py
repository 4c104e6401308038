"""Idempotency keys in PostgreSQL."""

from datetime import datetime
from typing import Final

import asyncpg

from adapters.postgres.errors import translated
from ports.idempotency import KEPT_FOR, UNDER_WAY_FOR_MAX, Fresh, KeptAnswer, KeyState, OtherRequest, UnderWay

_BEGIN: Final = """
INSERT INTO idempotency_keys AS known (owner, key, fingerprint, begun) VALUES ($1, $2, $3, $4)
ON CONFLICT (owner, key) DO UPDATE SET
  fingerprint = excluded.fingerprint, begun = excluded.begun, status = NULL, content_type = NULL, body = NULL
WHERE known.begun <= $5 OR (known.status IS NULL AND known.begun <= $6)
RETURNING true
"""


class PostgresIdempotency:
    """Keeps the promises of `ports.idempotency.Idempotency`: each method is a statement, or two."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self._pool = pool

    async def begin(self, owner: str, key: str, fingerprint: bytes, *, at: datetime) -> KeyState:
        """Takes the key if it is free, too old, or left by a process that died."""
        with translated("looking an idempotency key up"):
            if await self._pool.fetchval(_BEGIN, owner, key, fingerprint, at, at - KEPT_FOR, at - UNDER_WAY_FOR_MAX):
                return Fresh()
            row = await self._pool.fetchrow(
                "SELECT fingerprint, status, content_type, body FROM idempotency_keys WHERE owner = $1 AND key = $2",
                owner,
                key,
            )
        if row is None:  # dropped between the two statements: the other one changed nothing
            return UnderWay()
        if row["fingerprint"] != fingerprint:
            return OtherRequest()
        if row["status"] is None:
            return UnderWay()
        return KeptAnswer(status=row["status"], content_type=row["content_type"], body=row["body"])

    async def keep(self, owner: str, key: str, answer: KeptAnswer, *, begun: datetime) -> None:
        """The request has ended with this answer, if it still is the one that holds the key."""
        with translated("keeping an answer"):
            await self._pool.execute(
                "UPDATE idempotency_keys SET status = $3, content_type = $4, body = $5 "
                "WHERE owner = $1 AND key = $2 AND status IS NULL AND begun = $6",
                owner,
                key,
                answer.status,
                answer.content_type,
                answer.body,
                begun,
            )

    async def drop(self, owner: str, key: str, *, begun: datetime) -> None:
        """The request has changed nothing, if it still is the one that holds the key."""
        with translated("dropping an idempotency key"):
            await self._pool.execute(
                "DELETE FROM idempotency_keys WHERE owner = $1 AND key = $2 AND status IS NULL AND begun = $3",
                owner,
                key,
                begun,
            )

    async def forget(self, *, at: datetime) -> int:
        """Deletes what is too old to be given again."""
        with translated("forgetting idempotency keys"):
            done = await self._pool.execute("DELETE FROM idempotency_keys WHERE begun <= $1", at - KEPT_FOR)
        return int(done.rpartition(" ")[2])
