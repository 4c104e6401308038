"""Stripe's events between their arrival and the work that they are a hint to."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, Protocol

import attrs

from domain.partner import Tenant
from domain.stripe_account import StripeAccountId
from domain.stripe_event import ParkReason, StripeEvent, StripeEventId

KEEP_HANDLED: Final = timedelta(days=7)
"""Longer than Stripe repeats an event that it did not see answered: three days."""
KEEP_PARKED: Final = timedelta(days=30)
"""As long as Stripe itself has the event."""


@attrs.frozen(kw_only=True)
class WaitingEvent:
    """One that is to be taken, without its body, which says nothing that may be relied on."""

    tenant: Tenant
    id: StripeEventId
    account: StripeAccountId | None


@attrs.frozen(kw_only=True)
class InboxLoad:
    """How many wait, and how many are parked."""

    waiting: int
    oldest_waiting: datetime | None
    """When the oldest of them arrived."""
    parked: Mapping[tuple[Tenant, ParkReason], int] = attrs.field(factory=dict)


class StripeInbox(Protocol):
    """Where events are kept as they arrive. A transaction of its own."""

    async def keep(self, events: Sequence[StripeEvent]) -> Sequence[bool]:
        """All of them are there for good once this returns, whatever dies next. For each: whether it is new.

        One that is there already, by tenant and id, stays as it is. Raises StoreUnavailable: then some may be there.
        """
        ...

    async def load(self) -> InboxLoad:
        """How many there are. Raises StoreUnavailable."""
        ...

    async def latest(self, tenant: Tenant) -> datetime | None:
        """When the tenant's last one of those that are kept arrived. It looks at all of them: not for every minute."""
        ...


class StripeEvents(Protocol):
    """Part of a control transaction."""

    async def take(self, *, limit: int, since: datetime | None = None) -> Sequence[WaitingEvent]:
        """At most `limit` of those that wait, the oldest first, held until the commit: no two takers hold one.

        With `since` only of those that arrived no earlier, which costs the same however many were there before.
        """
        ...

    async def handled(self, events: Sequence[WaitingEvent], *, at: datetime) -> None:
        """They are done with, if this transaction commits."""
        ...

    async def park(self, events: Sequence[WaitingEvent], reason: ParkReason, *, at: datetime) -> None:
        """They are of no use as things stand."""
        ...

    async def unpark_known(self, *, since: datetime) -> int:
        """Those parked for an account that was unknown and came to a company since then wait again. How many."""
        ...

    async def forget_before(self, *, handled: datetime, parked: datetime, limit: int) -> int:
        """Drops at most `limit` that were handled, and as many that were parked, before these. How many there were."""
        ...
