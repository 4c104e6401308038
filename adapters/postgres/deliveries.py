"""What is to be sent to webhook endpoints, in PostgreSQL."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import assert_never

import asyncpg

from domain.company import CompanyId
from domain.webhook_delivery import (
    Answer,
    DeliveryAttempt,
    Done,
    DueDelivery,
    FailureKind,
    Hold,
    NextStep,
    Park,
    TryAgain,
    Turn,
    attempt_id,
)
from domain.webhook_endpoint import WebhookEndpointId
from ports.pages import Page, PageKey, checked_limit


class PostgresDeliveries:
    """Keeps the promises of `ports.deliveries.Deliveries`."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def hand_out(self, *, at: datetime, limit: int) -> int:
        """Companies that another worker hands out, or whose events are being recorded, are left for the next time."""
        tips = await self._connection.fetch(
            """
            SELECT company_id, events, handed FROM trail_tips WHERE events > handed
            ORDER BY company_id LIMIT $1 FOR UPDATE SKIP LOCKED
            """,
            limit,
        )
        if not tips:
            return 0
        companies = [tip["company_id"] for tip in tips]
        await self._give_places(companies)
        await self._connection.execute(
            """
            INSERT INTO webhook_streams (endpoint_id, company_id, next_sequence, tip, due_at)
            SELECT e.id, t.company_id, t.handed + 1, t.events, CASE WHEN e.disabled IS NULL THEN $2::timestamptz END
            FROM trail_tips AS t
            JOIN companies AS c ON c.id = t.company_id
            JOIN webhook_endpoints AS e ON e.partner_id = c.partner_id AND e.mode = c.mode
            WHERE t.company_id = ANY($1::text[]) ORDER BY e.id, t.company_id
            ON CONFLICT (endpoint_id, company_id) DO UPDATE
              SET tip = excluded.tip, due_at = COALESCE(webhook_streams.due_at, excluded.due_at)
            """,
            companies,
            at,
        )
        await self._connection.execute(
            "UPDATE trail_tips SET handed = events WHERE company_id = ANY($1::text[])", companies
        )
        return len(tips)

    async def _give_places(self, companies: Sequence[str]) -> None:
        """Among all events of their partners. The partners' rows are held until the commit, in their order."""
        await self._connection.execute(
            """
            INSERT INTO partner_event_heads (partner_id, mode, ranges)
            SELECT partner_id, mode, count(*) FROM companies WHERE id = ANY($1::text[])
            GROUP BY partner_id, mode ORDER BY partner_id, mode
            ON CONFLICT (partner_id, mode) DO UPDATE SET ranges = partner_event_heads.ranges + excluded.ranges
            """,
            companies,
        )
        await self._connection.execute(
            """
            INSERT INTO partner_events (partner_id, mode, number, company_id, first, last)
            SELECT c.partner_id, c.mode,
              h.ranges + 1 - row_number() OVER (PARTITION BY c.partner_id, c.mode ORDER BY c.id DESC),
              c.id, t.handed + 1, t.events
            FROM companies AS c
            JOIN trail_tips AS t ON t.company_id = c.id
            JOIN partner_event_heads AS h ON h.partner_id = c.partner_id AND h.mode = c.mode
            WHERE c.id = ANY($1::text[])
            """,
            companies,
        )

    async def claim(
        self, *, at: datetime, until: datetime, limit: int, busy: Collection[WebhookEndpointId] = ()
    ) -> Sequence[DueDelivery]:
        """Up to a quarter of it parked ones, so that neither kind starves the other."""
        parked = await self._connection.fetch(
            """
            UPDATE webhook_parked AS p SET due_at = $2, lease = lease + 1, attempts = attempts + 1
            FROM (
              SELECT endpoint_id, company_id, sequence FROM webhook_parked
              WHERE due_at <= $1 AND endpoint_id <> ALL($4::text[])
              ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED
            ) AS due
            WHERE p.endpoint_id = due.endpoint_id AND p.company_id = due.company_id AND p.sequence = due.sequence
            RETURNING p.endpoint_id, p.company_id, p.sequence, p.attempts, p.lease
            """,
            at,
            until,
            max(1, limit // 4),
            list(busy),
        )
        in_turn = await self._connection.fetch(
            """
            UPDATE webhook_streams AS s SET due_at = $2, lease = lease + 1, attempts = attempts + 1
            FROM (
              SELECT endpoint_id, company_id FROM webhook_streams
              WHERE due_at <= $1 AND endpoint_id <> ALL($4::text[])
              ORDER BY due_at LIMIT $3 FOR UPDATE SKIP LOCKED
            ) AS due
            WHERE s.endpoint_id = due.endpoint_id AND s.company_id = due.company_id
            RETURNING s.endpoint_id, s.company_id, s.next_sequence AS sequence, s.attempts, s.lease
            """,
            at,
            until,
            limit - len(parked),
            list(busy),
        )
        return tuple(
            DueDelivery(
                endpoint=WebhookEndpointId(record["endpoint_id"]),
                company=CompanyId(record["company_id"]),
                turn=turn,
                sequence=record["sequence"],
                attempt=record["attempts"],
                lease=record["lease"],
            )
            for turn, records in ((Turn.IN_TURN, in_turn), (Turn.PARKED, parked))
            for record in records
        )

    async def settle(self, delivery: DueDelivery, step: NextStep, *, sequence: int, at: datetime) -> bool:
        """One statement each, with the fence in it."""
        if delivery.turn is Turn.PARKED:
            return await self._settle_parked(delivery, step)
        match step:
            case Done():
                return await self._move_on(delivery, sequence, at)
            case Park(due=due):
                if not await self._move_on(delivery, sequence, at):
                    return False
                await self._connection.execute(
                    """
                    INSERT INTO webhook_parked (endpoint_id, company_id, sequence, due_at) VALUES ($1, $2, $3, $4)
                    ON CONFLICT (endpoint_id, company_id, sequence) DO NOTHING
                    """,
                    delivery.endpoint,
                    delivery.company,
                    sequence,
                    due,
                )
                return True
            case TryAgain(due=due):
                return await self._stay(delivery, sequence, due, attempts=delivery.attempt)
            case Hold():
                return await self._stay(delivery, delivery.sequence, None, attempts=0)
            case _:
                assert_never(step)

    async def _move_on(self, delivery: DueDelivery, sequence: int, at: datetime) -> bool:
        # One statement with CASE: an event handed out a moment before is seen, whichever comes first.
        moved = await self._connection.execute(
            """
            UPDATE webhook_streams
            SET next_sequence = $4 + 1, attempts = 0, due_at = CASE WHEN tip > $4 THEN $5::timestamptz END
            WHERE endpoint_id = $1 AND company_id = $2 AND lease = $3
            """,
            delivery.endpoint,
            delivery.company,
            delivery.lease,
            sequence,
            at,
        )
        return bool(moved == "UPDATE 1")

    async def _stay(self, delivery: DueDelivery, sequence: int, due: datetime | None, *, attempts: int) -> bool:
        stayed = await self._connection.execute(
            """
            UPDATE webhook_streams SET next_sequence = $4, attempts = $5, due_at = $6
            WHERE endpoint_id = $1 AND company_id = $2 AND lease = $3
            """,
            delivery.endpoint,
            delivery.company,
            delivery.lease,
            sequence,
            attempts,
            due,
        )
        return bool(stayed == "UPDATE 1")

    async def _settle_parked(self, delivery: DueDelivery, step: NextStep) -> bool:
        key = (delivery.endpoint, delivery.company, delivery.sequence, delivery.lease)
        if isinstance(step, Done):
            done = await self._connection.execute(
                """
                DELETE FROM webhook_parked WHERE endpoint_id = $1 AND company_id = $2 AND sequence = $3 AND lease = $4
                """,
                *key,
            )
            return bool(done == "DELETE 1")
        stayed = await self._connection.execute(
            """
            UPDATE webhook_parked SET due_at = $5
            WHERE endpoint_id = $1 AND company_id = $2 AND sequence = $3 AND lease = $4
            """,
            *key,
            None if isinstance(step, Hold) else step.due,
        )
        return bool(stayed == "UPDATE 1")

    async def pause(self, endpoint: WebhookEndpointId) -> None:
        """Leases are left alone: who sends right now will find the endpoint disabled."""
        await self._lock_streams(endpoint)
        await self._connection.execute(
            "UPDATE webhook_streams SET due_at = NULL WHERE endpoint_id = $1 AND due_at IS NOT NULL", endpoint
        )
        await self._connection.execute(
            "UPDATE webhook_parked SET due_at = NULL WHERE endpoint_id = $1 AND due_at IS NOT NULL", endpoint
        )

    async def resume(self, endpoint: WebhookEndpointId, *, at: datetime) -> None:
        """Of streams those that have something to send."""
        await self._lock_streams(endpoint)
        await self._connection.execute(
            """
            UPDATE webhook_streams SET due_at = $2, attempts = 0
            WHERE endpoint_id = $1 AND due_at IS NULL AND tip >= next_sequence
            """,
            endpoint,
            at,
        )
        await self._connection.execute(
            "UPDATE webhook_parked SET due_at = $2, attempts = 0 WHERE endpoint_id = $1 AND due_at IS NULL",
            endpoint,
            at,
        )

    async def _lock_streams(self, endpoint: WebhookEndpointId) -> None:
        """In the order in which events are handed out: else the two would wait for each other."""
        await self._connection.execute(
            "SELECT FROM webhook_streams WHERE endpoint_id = $1 ORDER BY company_id FOR UPDATE", endpoint
        )


class PostgresDeliveryLog:
    """Keeps the promises of `ports.deliveries.DeliveryLog`."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def record(self, attempt: DeliveryAttempt) -> None:
        """The endpoint is locked by whoever records."""
        answer = attempt.answer
        await self._connection.execute(
            """
            INSERT INTO webhook_attempts (
              endpoint_id, at, id, company_id, sequence, turn, attempt, took, failure, status, beginning)
            SELECT e.id, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 FROM webhook_endpoints AS e WHERE e.id = $1
            ON CONFLICT (endpoint_id, at, id) DO NOTHING
            """,
            attempt.endpoint,
            attempt.at,
            attempt_id(attempt),
            attempt.company,
            attempt.sequence,
            attempt.turn.value,
            attempt.attempt,
            answer.took,
            None if answer.failure is None else answer.failure.value,
            answer.status,
            answer.beginning,
        )

    async def page(
        self, endpoint: WebhookEndpointId, *, after: PageKey | None = None, limit: int = 100
    ) -> Page[DeliveryAttempt]:
        """By the primary key, backwards."""
        records = await self._connection.fetch(
            """
            SELECT endpoint_id, at, id, company_id, sequence, turn, attempt, took, failure, status, beginning
            FROM webhook_attempts
            WHERE endpoint_id = $1 AND ($2::timestamptz IS NULL OR (at, id) < ($2, $3))
            ORDER BY at DESC, id DESC LIMIT $4
            """,
            endpoint,
            None if after is None else after.at,
            None if after is None else after.id,
            checked_limit(limit) + 1,
        )
        page = tuple(_attempt(record) for record in records[:limit])
        if len(records) <= limit:
            return Page(records=page)
        return Page(records=page, next=PageKey(at=page[-1].at, id=attempt_id(page[-1])))

    async def ask_again(self, endpoint: WebhookEndpointId, company: CompanyId, sequence: int, *, at: datetime) -> None:
        """Whoever sends it right now loses the lease, and it is sent once more: at least once."""
        await self._connection.execute(
            """
            INSERT INTO webhook_parked (endpoint_id, company_id, sequence, due_at) VALUES ($1, $2, $3, $4)
            ON CONFLICT (endpoint_id, company_id, sequence) DO UPDATE
              SET due_at = excluded.due_at, attempts = 0, lease = webhook_parked.lease + 1
            """,
            endpoint,
            company,
            sequence,
            at,
        )

    async def forget_before(self, at: datetime, *, limit: int) -> int:
        """By an index on the time."""
        dropped = await self._connection.execute(
            """
            DELETE FROM webhook_attempts AS a
            USING (SELECT endpoint_id, at, id FROM webhook_attempts WHERE at < $1 ORDER BY at LIMIT $2) AS old
            WHERE a.endpoint_id = old.endpoint_id AND a.at = old.at AND a.id = old.id
            """,
            at,
            limit,
        )
        return int(dropped.removeprefix("DELETE "))


def _attempt(record: asyncpg.Record) -> DeliveryAttempt:
    return DeliveryAttempt(
        endpoint=WebhookEndpointId(record["endpoint_id"]),
        company=CompanyId(record["company_id"]),
        sequence=record["sequence"],
        turn=Turn(record["turn"]),
        attempt=record["attempt"],
        at=record["at"],
        answer=Answer(
            failure=None if record["failure"] is None else FailureKind(record["failure"]),
            status=record["status"],
            beginning=record["beginning"],
            took=record["took"],
        ),
    )
