"""Events and audit trails in PostgreSQL. What a transaction appends is written when it commits, in one go.

So each transaction makes one link, whatever its use case appended and when; and the company's head row, for which
others wait, is locked only from here to the commit, always after all other rows.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Final

import asyncpg

from adapters.postgres.audit_chains import COMPANY_CHAINS, record_link
from adapters.postgres.many_rows import RowsStatement, columns_of
from adapters.postgres.pieces import PIECE
from domain.audit_chain import chain_of
from domain.audit_entry import AuditEntry
from domain.company import CompanyId
from domain.company_event import CompanyEvent, EventType, NumberedEvent
from domain.json_value import canonical_text

EventWritten = tuple[str, str, datetime]
"""Type, data as JSON, and moment."""

_RECORD_EVENTS: Final = RowsStatement(
    "INSERT INTO outbox_events (company_id, sequence, type, data, at) SELECT $1, t.* FROM {rows}",
    "incoming_events",
    columns_of("sequence:bigint, type, data, at:timestamptz"),
    others=1,
)


class PostgresOutbox:
    """Keeps the promises of `ports.outbox.Outbox`."""

    def __init__(self) -> None:
        self.appended: list[EventWritten] = []

    async def append(self, events: Sequence[CompanyEvent]) -> None:
        """Kept until the commit, as they will be written: a million of them may come of one large load."""
        self.appended.extend([(event.type.value, canonical_text(event.data), event.at) for event in events])


class PostgresAuditTrail:
    """Keeps the promises of `ports.audit_trail.AuditTrail`."""

    def __init__(self) -> None:
        self.appended: list[AuditEntry] = []

    async def append(self, entries: Sequence[AuditEntry]) -> None:
        """Kept until the commit."""
        self.appended.extend(entries)


async def record_trail(
    connection: asyncpg.Connection,
    company: CompanyId,
    events: Sequence[EventWritten],
    entries: Sequence[AuditEntry],
) -> None:
    """Numbers and writes what one transaction appended; nothing is touched if that is nothing."""
    if not events and not entries:
        return
    head = await connection.fetchrow(
        """
        INSERT INTO trail_heads (company_id, events, links) VALUES ($1, $2, $3)
        ON CONFLICT (company_id) DO UPDATE
          SET events = trail_heads.events + excluded.events, links = trail_heads.links + excluded.links
        RETURNING events, links
        """,
        company,
        len(events),
        1 if entries else 0,
    )
    if events:
        await _record_events(connection, company, head["events"] - len(events) + 1, events)
    if entries:
        await record_link(connection, COMPANY_CHAINS, chain_of(company), head["links"] - 1, entries)
    # The head row keeps the order of those who write this one, too.
    await connection.execute(
        """
        INSERT INTO trail_tips (company_id, events, links) VALUES ($1, $2, $3)
        ON CONFLICT (company_id) DO UPDATE SET events = excluded.events, links = excluded.links
        """,
        company,
        head["events"],
        head["links"],
    )


async def _record_events(
    connection: asyncpg.Connection, company: CompanyId, first: int, events: Sequence[EventWritten]
) -> None:
    for start in range(0, len(events), PIECE):
        rows = [(number, *event) for number, event in enumerate(events[start : start + PIECE], first + start)]
        await _RECORD_EVENTS.run(connection, rows, company)


class PostgresEventLog:
    """Keeps the promises of `ports.event_log.EventLog`."""

    def __init__(self, connection: asyncpg.Connection, company: CompanyId) -> None:
        self._connection = connection
        self._company = company

    async def after(self, sequence: int, *, limit: int) -> Sequence[NumberedEvent]:
        """In order of numbers."""
        records = await self._connection.fetch(
            """
            SELECT sequence, type, data, at FROM outbox_events
            WHERE company_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3
            """,
            self._company,
            sequence,
            limit,
        )
        return tuple(self._event(record) for record in records)

    async def numbered(self, sequence: int) -> NumberedEvent | None:
        """The event of this number."""
        record = await self._connection.fetchrow(
            "SELECT sequence, type, data, at FROM outbox_events WHERE company_id = $1 AND sequence = $2",
            self._company,
            sequence,
        )
        return None if record is None else self._event(record)

    def _event(self, record: asyncpg.Record) -> NumberedEvent:
        return NumberedEvent(
            company=self._company,
            sequence=record["sequence"],
            event=CompanyEvent(type=EventType(record["type"]), data=json.loads(record["data"]), at=record["at"]),
        )
