"""Stripe's events in memory."""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime

import attrs

from adapters.in_memory.tables import InMemoryTables
from domain.partner import Tenant
from domain.stripe_event import ParkReason, StripeEvent
from ports.stripe_events import InboxLoad, WaitingEvent


@attrs.frozen(kw_only=True)
class _Row:
    event: StripeEvent
    parked: ParkReason | None
    settled: datetime | None

    @property
    def waits(self) -> bool:
        return self.settled is None


class InMemoryStripeInbox:
    """Keeps the promises of `ports.stripe_events.StripeInbox`. Difference: nothing outlives the process."""

    def __init__(self, tables: Callable[[], AbstractAsyncContextManager[InMemoryTables]]) -> None:
        self._tables = tables

    async def keep(self, events: Sequence[StripeEvent]) -> Sequence[bool]:
        """All at once."""
        async with self._tables() as tables:
            rows, new = tables.table("stripe_events"), []
            for event in events:
                key = (event.tenant, event.id)
                new.append(key not in rows)
                settled = None if event.parked is None else event.received
                rows.setdefault(key, _Row(event=event, parked=event.parked, settled=settled))
        return new

    async def load(self) -> InboxLoad:
        """Counts over all rows."""
        async with self._tables() as tables:
            rows: list[_Row] = list(tables.table("stripe_events").values())
        waiting = [row.event.received for row in rows if row.waits]
        parked = Counter((row.event.tenant, row.parked) for row in rows if row.parked is not None)
        return InboxLoad(
            waiting=len(waiting),
            oldest_waiting=min(waiting, default=None),
            parked={(tenant, reason): count for (tenant, reason), count in parked.items() if reason is not None},
        )

    async def latest(self, tenant: Tenant) -> datetime | None:
        """Looks at all rows."""
        async with self._tables() as tables:
            rows: list[_Row] = list(tables.table("stripe_events").values())
        return max((row.event.received for row in rows if row.event.tenant == tenant), default=None)


class InMemoryStripeEvents:
    """Keeps the promises of `ports.stripe_events.StripeEvents`."""

    def __init__(self, tables: InMemoryTables) -> None:
        self._tables = tables
        self._rows = tables.table("stripe_events")

    async def take(self, *, limit: int, since: datetime | None = None) -> Sequence[WaitingEvent]:
        """The oldest first."""
        waiting: list[StripeEvent] = [row.event for row in self._rows.values() if row.waits]
        waiting.sort(key=lambda event: (event.received, event.id))
        return tuple(
            WaitingEvent(tenant=event.tenant, id=event.id, account=event.account)
            for event in waiting
            if since is None or event.received >= since
        )[:limit]

    async def handled(self, events: Sequence[WaitingEvent], *, at: datetime) -> None:
        """Those that are there."""
        self._settle(events, None, at)

    async def park(self, events: Sequence[WaitingEvent], reason: ParkReason, *, at: datetime) -> None:
        """Those that are there."""
        self._settle(events, reason, at)

    async def unpark_known(self, *, since: datetime) -> int:
        """Looks at every parked one."""
        accounts = self._tables.table("stripe_accounts")
        known = {key for key, connection in accounts.items() if connection.changed >= since}
        again = {
            key: row
            for key, row in self._rows.items()
            if row.parked is ParkReason.UNKNOWN_ACCOUNT and (row.event.tenant, row.event.account) in known
        }
        for key, row in again.items():
            self._rows[key] = attrs.evolve(row, parked=None, settled=None)
        return len(again)

    async def forget_before(self, *, handled: datetime, parked: datetime, limit: int) -> int:
        """The oldest first."""
        forgotten = 0
        for is_parked, before in ((False, handled), (True, parked)):
            old = [
                (row.settled, key)
                for key, row in self._rows.items()
                if row.settled is not None and row.settled < before and (row.parked is not None) is is_parked
            ]
            for _, key in sorted(old, key=lambda each: each[0])[:limit]:
                del self._rows[key]
                forgotten += 1
        return forgotten

    def _settle(self, events: Sequence[WaitingEvent], reason: ParkReason | None, at: datetime) -> None:
        for event in events:
            row = self._rows.get((event.tenant, event.id))
            if row is not None:
                self._rows[event.tenant, event.id] = attrs.evolve(row, parked=reason, settled=at)
