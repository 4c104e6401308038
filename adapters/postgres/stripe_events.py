"""Stripe's events in PostgreSQL: kept many at a time by one insertion, taken with SKIP LOCKED."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import asyncpg

from adapters.postgres.errors import translated
from domain.partner import Mode, PartnerId, Tenant
from domain.stripe_account import StripeAccountId
from domain.stripe_event import ParkReason, StripeEvent, StripeEventId
from ports.stripe_events import InboxLoad, WaitingEvent

KEEP_SECONDS_MAX: Final = 8
"""Stripe waits about so long for an answer; then it had better be told that there is none."""

_KEEP: Final = """
INSERT INTO stripe_events (partner_id, mode, event_id, account, type, state, reason, received, settled, body)
SELECT partner_id, mode, event_id, account, type,
  CASE WHEN reason IS NULL THEN 'waiting' ELSE 'parked' END, reason,
  received, CASE WHEN reason IS NOT NULL THEN received END, body
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::bytea[])
  AS arrived (partner_id, mode, event_id, account, type, reason, received, body)
ON CONFLICT (partner_id, mode, event_id) DO NOTHING
RETURNING partner_id, mode, event_id
"""
TAKE: Final = """
SELECT partner_id, mode, event_id, account FROM stripe_events
WHERE state = 'waiting' AND received >= $2 ORDER BY received, event_id LIMIT $1 FOR UPDATE SKIP LOCKED
"""
_SETTLE: Final = """
UPDATE stripe_events AS e SET state = $4, reason = $5, settled = $6
FROM unnest($1::text[], $2::text[], $3::text[]) AS taken (partner_id, mode, event_id)
WHERE e.partner_id = taken.partner_id AND e.mode = taken.mode AND e.event_id = taken.event_id
"""
_UNPARK: Final = """
UPDATE stripe_events AS e SET state = 'waiting', reason = NULL, settled = NULL
FROM stripe_accounts AS a
WHERE a.changed >= $1 AND e.partner_id = a.partner_id AND e.mode = a.mode AND e.account = a.account
  AND e.state = 'parked' AND e.reason = $2
"""
_FORGET: Final = """
DELETE FROM stripe_events WHERE ctid = ANY (ARRAY(
  SELECT ctid FROM stripe_events WHERE state = $1 AND settled < $2 ORDER BY settled LIMIT $3 FOR UPDATE SKIP LOCKED
))
"""
_WAITING: Final = "SELECT count(*) AS waiting, min(received) AS oldest FROM stripe_events WHERE state = 'waiting'"
_PARKED: Final = """
SELECT partner_id, mode, reason, count(*) AS parked FROM stripe_events WHERE state = 'parked'
GROUP BY partner_id, mode, reason
"""
_LATEST: Final = "SELECT max(received) FROM stripe_events WHERE partner_id = $1 AND mode = $2"
_LONG_AGO: Final = datetime.fromisoformat("2000-01-01T00:00:00Z")


class PostgresStripeInbox:
    """Keeps the promises of `ports.stripe_events.StripeInbox`: each method is a statement, or two."""

    def __init__(self, pool: asyncpg.Pool, *, writing: asyncpg.Pool | None = None) -> None:
        self._pool = pool
        self._writing = writing or pool

    async def keep(self, events: Sequence[StripeEvent]) -> Sequence[bool]:
        """One insertion. In order of their keys, so that two processes wait for each other in one direction only."""
        ordered = sorted(events, key=_key)
        columns = [
            [event.tenant.partner for event in ordered],
            [event.tenant.mode.value for event in ordered],
            [event.id for event in ordered],
            [event.account for event in ordered],
            [event.type for event in ordered],
            [None if event.parked is None else event.parked.value for event in ordered],
            [event.received for event in ordered],
            [event.body for event in ordered],
        ]
        with translated("keeping events"):
            async with asyncio.timeout(KEEP_SECONDS_MAX):  # also of waiting for a connection
                records = await self._writing.fetch(_KEEP, *columns)
        new = {tuple(record) for record in records}
        told: list[bool] = []
        for event in events:  # of one that is there twice, the first is new
            told.append(_key(event) in new)
            new.discard(_key(event))
        return told

    async def load(self) -> InboxLoad:
        """By the indexes of what waits and what is parked: what is done with costs nothing."""
        with translated("counting events"):
            waiting = await self._pool.fetchrow(_WAITING)
            parked = await self._pool.fetch(_PARKED)
        return InboxLoad(
            waiting=waiting["waiting"],
            oldest_waiting=waiting["oldest"],
            parked={(_tenant(record), ParkReason(record["reason"])): record["parked"] for record in parked},
        )

    async def latest(self, tenant: Tenant) -> datetime | None:
        """No index says so: each would cost every event that is kept."""
        with translated("looking for the last event"):
            found: datetime | None = await self._pool.fetchval(_LATEST, tenant.partner, tenant.mode.value)
        return found


class PostgresStripeEvents:
    """Keeps the promises of `ports.stripe_events.StripeEvents`."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def take(self, *, limit: int, since: datetime | None = None) -> Sequence[WaitingEvent]:
        """Nobody waits for what another taker holds."""
        records = await self._connection.fetch(TAKE, limit, since or _LONG_AGO)
        return tuple(
            WaitingEvent(
                tenant=_tenant(record),
                id=StripeEventId(record["event_id"]),
                account=None if record["account"] is None else StripeAccountId(record["account"]),
            )
            for record in records
        )

    async def handled(self, events: Sequence[WaitingEvent], *, at: datetime) -> None:
        """One statement for all."""
        await self._settle(events, "handled", None, at)

    async def park(self, events: Sequence[WaitingEvent], reason: ParkReason, *, at: datetime) -> None:
        """One statement for all."""
        await self._settle(events, "parked", reason.value, at)

    async def unpark_known(self, *, since: datetime) -> int:
        """By way of the accounts that have changed: parked events of others cost nothing."""
        return _count(await self._connection.execute(_UNPARK, since, ParkReason.UNKNOWN_ACCOUNT.value))

    async def forget_before(self, *, handled: datetime, parked: datetime, limit: int) -> int:
        """The oldest first."""
        forgotten = 0
        for state, before in (("handled", handled), ("parked", parked)):
            forgotten += _count(await self._connection.execute(_FORGET, state, before, limit))
        return forgotten

    async def _settle(self, events: Sequence[WaitingEvent], state: str, reason: str | None, at: datetime) -> None:
        keys: defaultdict[int, list[str]] = defaultdict(list)
        for event in events:
            for column, value in enumerate(_key(event)):
                keys[column].append(value)
        if events:
            await self._connection.execute(_SETTLE, keys[0], keys[1], keys[2], state, reason, at)


def _key(event: StripeEvent | WaitingEvent) -> tuple[str, str, str]:
    return event.tenant.partner, event.tenant.mode.value, event.id


def _tenant(record: asyncpg.Record) -> Tenant:
    return Tenant(partner=PartnerId(record["partner_id"]), mode=Mode(record["mode"]))


def _count(status: str) -> int:
    return int(status.rpartition(" ")[2])
