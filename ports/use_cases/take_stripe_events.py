"""Turns events that Stripe told into work for the companies that have their accounts."""

from datetime import datetime

import attrs

from domain.company import CompanyId
from domain.stripe_account import ConnectionState
from domain.stripe_event import ParkReason
from domain.work import WorkKind
from ports.stripe_events import WaitingEvent
from ports.transaction import Store


@attrs.frozen(kw_only=True)
class TakenEvents:
    """What became of them."""

    hints: int = 0
    """To companies that have something to look at now."""
    ignored: int = 0
    """Of accounts that are no longer read."""
    unknown: tuple[WaitingEvent, ...] = ()
    """Parked."""

    @property
    def count(self) -> int:
        """All of them."""
        return self.hints + self.ignored + len(self.unknown)


async def take_stripe_events(*, store: Store, at: datetime, limit: int, since: datetime | None = None) -> TakenEvents:
    """At most `limit` of those that wait. The work is asked for, and the events are done with, or neither.

    Raises StoreUnavailable: then they still wait, or all of this has happened.
    """
    async with store.control() as transaction:
        events = await transaction.stripe_events.take(limit=limit, since=since)
        if not events:
            return TakenEvents()
        keys = {(event.tenant, event.account) for event in events if event.account is not None}
        holding = await transaction.stripe_routing.holding(keys)
        companies: set[CompanyId] = set()
        handled, unknown, hints = [], [], 0
        for event in events:
            connection = None if event.account is None else holding.get((event.tenant, event.account))
            if connection is None:
                unknown.append(event)
                continue
            handled.append(event)
            if connection.state is ConnectionState.CONNECTED:
                hints += 1
                companies.add(connection.company)
        await transaction.stripe_events.handled(handled, at=at)
        await transaction.stripe_events.park(unknown, ParkReason.UNKNOWN_ACCOUNT, at=at)
        for company in sorted(companies):  # in one order, so that two who take do not wait for each other
            await transaction.work.request(WorkKind.SYNC_STRIPE, company, at=at)
    return TakenEvents(hints=hints, ignored=len(handled) - hints, unknown=tuple(unknown))
