"""Webhook endpoints, and what is to be sent to them, in memory."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import attrs

from adapters.in_memory.tables import InMemoryTables
from domain.company import Company, CompanyId
from domain.partner import Tenant
from domain.webhook_delivery import (
    DeliveryAttempt,
    Done,
    DueDelivery,
    Hold,
    NextStep,
    Park,
    TryAgain,
    Turn,
    attempt_id,
)
from domain.webhook_endpoint import ENDPOINTS_MAX, WebhookEndpoint, WebhookEndpointId
from ports.pages import Page, PageKey, checked_limit
from ports.partner_events import EventRange
from ports.webhook_endpoints import TooManyEndpoints


@attrs.frozen(kw_only=True)
class _Waiting:
    """A stream (in turn) or a parked event: what is next, and when."""

    sequence: int
    tip: int = 0
    attempts: int = 0
    due: datetime | None
    lease: int = 0


class InMemoryWebhookEndpoints:
    """Keeps the promises of `ports.webhook_endpoints.WebhookEndpoints`."""

    def __init__(self, tables: InMemoryTables) -> None:
        self._tables = tables
        self._endpoints = tables.table("webhook_endpoints")

    async def add(self, endpoint: WebhookEndpoint) -> None:
        """Unless it is there."""
        others = [one for one in await self.of_tenant(endpoint.tenant) if one.id != endpoint.id]
        if len(others) >= ENDPOINTS_MAX:
            raise TooManyEndpoints(endpoint.tenant, ENDPOINTS_MAX)
        self._endpoints.setdefault(endpoint.id, endpoint)

    async def of_tenant(self, tenant: Tenant) -> Sequence[WebhookEndpoint]:
        """The oldest first."""
        found = (one for one in self._endpoints.values() if one.tenant == tenant)
        return tuple(sorted(found, key=lambda one: (one.created, one.id)))

    async def find(self, tenant: Tenant | None, id: WebhookEndpointId) -> WebhookEndpoint | None:
        """By id, within the tenant."""
        found: WebhookEndpoint | None = self._endpoints.get(id)
        return found if found is not None and tenant in (None, found.tenant) else None

    async def change(self, endpoint: WebhookEndpoint) -> None:
        """All of it."""
        self._endpoints[endpoint.id] = endpoint

    async def delete(self, endpoint: WebhookEndpoint) -> None:
        """With everything that bears its id."""
        del self._endpoints[endpoint.id]
        for name in ("webhook_streams", "webhook_parked", "webhook_attempts"):
            table = self._tables.table(name)
            for key in [key for key in table if isinstance(key, tuple) and key[0] == endpoint.id]:
                del table[key]


class InMemoryDeliveries:
    """Keeps the promises of `ports.deliveries.Deliveries`."""

    def __init__(self, tables: InMemoryTables) -> None:
        self._tables = tables
        self._streams = tables.table("webhook_streams")
        self._parked = tables.table("webhook_parked")

    async def hand_out(self, *, at: datetime, limit: int) -> int:
        """In order of companies."""
        handed = self._tables.table("outbox_handed")
        tips = sorted(self._tables.table("outbox_tips").items(), key=lambda item: str(item[0]))
        new = [(company, tip) for company, tip in tips if tip > handed.get(company, 0)][:limit]
        for id, tip in new:
            company: Company | None = self._tables.table("companies").get(id)
            for endpoint in self._tables.table("webhook_endpoints").values():
                if company is not None and company.tenant == endpoint.tenant:
                    fresh = _Waiting(sequence=handed.get(id, 0) + 1, due=None)
                    stream = self._streams.get((endpoint.id, id), fresh)
                    due = stream.due or (at if endpoint.enabled else None)
                    self._streams[endpoint.id, id] = attrs.evolve(stream, tip=tip, due=due)
            if company is not None:
                first = handed.get(id, 0) + 1
                places = self._tables.table("partner_events")
                places[company.tenant, id, first] = EventRange(company=company.id, first=first, last=tip)
            handed[id] = tip
        return len(new)

    async def claim(
        self, *, at: datetime, until: datetime, limit: int, busy: Collection[WebhookEndpointId] = ()
    ) -> Sequence[DueDelivery]:
        """Those of each kind in the order in which they became due."""
        parked = _claimed(self._parked, Turn.PARKED, at, until, max(1, limit // 4), busy)
        return (*_claimed(self._streams, Turn.IN_TURN, at, until, limit - len(parked), busy), *parked)

    async def settle(self, delivery: DueDelivery, step: NextStep, *, sequence: int, at: datetime) -> bool:
        """Compares the lease first."""
        if delivery.turn is Turn.PARKED:
            return self._settle_parked(delivery, step)
        key = (delivery.endpoint, delivery.company)
        held: _Waiting | None = self._streams.get(key)
        if held is None or held.lease != delivery.lease:
            return False
        if isinstance(step, TryAgain):
            self._streams[key] = attrs.evolve(held, sequence=sequence, due=step.due)
        elif isinstance(step, Hold):
            self._streams[key] = attrs.evolve(held, attempts=0, due=None)
        else:
            due = at if held.tip > sequence else None
            self._streams[key] = attrs.evolve(held, sequence=sequence + 1, attempts=0, due=due)
            if isinstance(step, Park):
                self._parked.setdefault((*key, sequence), _Waiting(sequence=sequence, due=step.due))
        return True

    def _settle_parked(self, delivery: DueDelivery, step: NextStep) -> bool:
        key = (delivery.endpoint, delivery.company, delivery.sequence)
        held: _Waiting | None = self._parked.get(key)
        if held is None or held.lease != delivery.lease:
            return False
        if isinstance(step, Done):
            del self._parked[key]
        else:
            self._parked[key] = attrs.evolve(held, due=None if isinstance(step, Hold) else step.due)
        return True

    async def pause(self, endpoint: WebhookEndpointId) -> None:
        """Nothing is due."""
        for table in (self._streams, self._parked):
            for key in _of(endpoint, table):
                table[key] = attrs.evolve(table[key], due=None)

    async def resume(self, endpoint: WebhookEndpointId, *, at: datetime) -> None:
        """Of streams those that have something to send."""
        for table, everything in ((self._streams, False), (self._parked, True)):
            for key in _of(endpoint, table):
                waiting: _Waiting = table[key]
                if waiting.due is None and (everything or waiting.tip >= waiting.sequence):
                    table[key] = attrs.evolve(waiting, due=at, attempts=0)


def _of(endpoint: WebhookEndpointId, table: dict[Any, Any]) -> list[Any]:
    return [key for key in table if key[0] == endpoint]


def _claimed(
    table: dict[Any, Any],
    turn: Turn,
    at: datetime,
    until: datetime,
    limit: int,
    busy: Collection[WebhookEndpointId],
) -> tuple[DueDelivery, ...]:
    due = [key for key, waiting in table.items() if waiting.due and waiting.due <= at and key[0] not in busy]
    claimed = []
    for key in sorted(due, key=lambda key: (table[key].due, key))[:limit]:
        was: _Waiting = table[key]
        table[key] = held = attrs.evolve(was, due=until, attempts=was.attempts + 1, lease=was.lease + 1)
        claimed.append(
            DueDelivery(
                endpoint=key[0],
                company=key[1],
                turn=turn,
                sequence=held.sequence,
                attempt=held.attempts,
                lease=held.lease,
            )
        )
    return tuple(claimed)


class InMemoryDeliveryLog:
    """Keeps the promises of `ports.deliveries.DeliveryLog`."""

    def __init__(self, tables: InMemoryTables) -> None:
        self._tables = tables
        self._attempts = tables.table("webhook_attempts")

    async def record(self, attempt: DeliveryAttempt) -> None:
        """If its endpoint is there."""
        if attempt.endpoint in self._tables.table("webhook_endpoints"):
            self._attempts[attempt.endpoint, attempt.at, attempt_id(attempt)] = attempt

    async def page(
        self, endpoint: WebhookEndpointId, *, after: PageKey | None = None, limit: int = 100
    ) -> Page[DeliveryAttempt]:
        """Sorted anew for each page."""
        found: list[DeliveryAttempt] = [one for one in self._attempts.values() if one.endpoint == endpoint]
        found.sort(key=lambda one: (one.at, attempt_id(one)), reverse=True)
        if after is not None:
            found = [one for one in found if (one.at, attempt_id(one)) < (after.at, after.id)]
        page = tuple(found[: checked_limit(limit)])
        if len(found) <= limit:
            return Page(records=page)
        return Page(records=page, next=PageKey(at=page[-1].at, id=attempt_id(page[-1])))

    async def ask_again(self, endpoint: WebhookEndpointId, company: CompanyId, sequence: int, *, at: datetime) -> None:
        """Under a new lease."""
        parked = self._tables.table("webhook_parked")
        was = parked.get((endpoint, company, sequence), _Waiting(sequence=sequence, due=None))
        parked[endpoint, company, sequence] = attrs.evolve(was, due=at, attempts=0, lease=was.lease + 1)

    async def forget_before(self, at: datetime, *, limit: int) -> int:
        """The oldest first."""
        old = sorted(key for key, one in self._attempts.items() if one.at < at)[:limit]  # type: ignore[type-var]
        for key in old:
            del self._attempts[key]
        return len(old)
