"""Events and audit trails in memory: what a transaction appends gets its number when the transaction commits."""

from collections.abc import Sequence

import attrs

from adapters.in_memory.tables import InMemoryTables
from domain.audit_chain import AuditLink, ChainHead, ChainName, head_after, next_link, start_of
from domain.audit_entry import AuditEntry
from domain.company import CompanyId
from domain.company_event import CompanyEvent, NumberedEvent


class InMemoryOutbox:
    """Keeps the promises of `ports.outbox.Outbox`."""

    def __init__(self) -> None:
        self.appended: list[CompanyEvent] = []

    async def append(self, events: Sequence[CompanyEvent]) -> None:
        """Kept until the commit."""
        self.appended.extend(events)


class InMemoryAuditTrail:
    """Keeps the promises of `ports.audit_trail.AuditTrail`."""

    def __init__(self) -> None:
        self.appended: list[AuditEntry] = []

    async def append(self, entries: Sequence[AuditEntry]) -> None:
        """Kept until the commit."""
        self.appended.extend(entries)


class InMemoryEventLog:
    """Keeps the promises of `ports.event_log.EventLog`."""

    def __init__(self, tables: InMemoryTables, company: CompanyId) -> None:
        self._events = tables.table("outbox_events")
        self._company = company

    async def after(self, sequence: int, *, limit: int) -> Sequence[NumberedEvent]:
        """In order of numbers."""
        found: list[NumberedEvent] = []
        while len(found) < limit and (event := self._events.get((self._company, sequence + len(found) + 1))):
            found.append(event)
        return tuple(found)

    async def numbered(self, sequence: int) -> NumberedEvent | None:
        """The event of this number."""
        event: NumberedEvent | None = self._events.get((self._company, sequence))
        return event


class InMemoryAuditLog:
    """Keeps the promises of `ports.audit_log.AuditLog` for one chain."""

    def __init__(self, tables: InMemoryTables, chain: ChainName) -> None:
        self._links = tables.table("audit_links")
        self._chain = chain

    async def links(self, *, after: int, limit: int) -> Sequence[AuditLink]:
        """In order of numbers."""
        return tuple(link for link in self._all() if link.number > after)[:limit]

    async def recent(self, *, before: int | None, subject: str | None, limit: int) -> Sequence[AuditLink]:
        """The newest first."""
        found = []
        for link in reversed(self._all()):
            rows = tuple(row for row in link.rows if subject in (None, row.subject))
            if rows and (before is None or link.number < before):
                found.append(attrs.evolve(link, rows=rows))
        return tuple(found[:limit])

    async def head(self) -> ChainHead:
        """The end of the chain."""
        links = self._all()
        return head_after(links[-1]) if links else start_of(self._chain)

    async def strays(self) -> Sequence[int]:
        """None: rows live in their links here."""
        return ()

    def _all(self) -> list[AuditLink]:
        links: list[AuditLink] = [
            link for key, link in self._links.items() if isinstance(key, tuple) and key[0] == self._chain
        ]
        return sorted(links, key=lambda link: link.number)


def record_events(tables: InMemoryTables, company: CompanyId, events: Sequence[CompanyEvent]) -> None:
    """Gives the events their numbers."""
    recorded = tables.table("outbox_events")
    tips = tables.table("outbox_tips")
    for event in events:
        sequence = tips.get(company, 0) + 1
        tips[company] = sequence
        recorded[company, sequence] = NumberedEvent(company=company, sequence=sequence, event=event)


async def record_audit(tables: InMemoryTables, chain: ChainName, entries: Sequence[AuditEntry]) -> None:
    """Makes one link of the entries."""
    if entries:
        link = next_link(await InMemoryAuditLog(tables, chain).head(), entries)
        tables.table("audit_links")[chain, link.number] = link
