"""Work that a company needs done: a level, not an edge. However often it is asked for, it is one piece of work."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import attrs

from domain.company import CompanyId

ATTEMPTS_MAX: Final = 6
"""Work that was begun so often and never finished is parked, with its last reason, until a person replays it or the
company has something new."""
BACK_OFF: Final = timedelta(seconds=2)
BACK_OFF_MAX: Final = timedelta(minutes=10)


class WorkKind(StrEnum):
    """What can be asked for."""

    RECONCILE = "reconcile"
    """Bring a company's matches and outcomes up to date with its facts, decisions and the day."""
    SYNC_STRIPE = "sync_stripe"
    """Look at the company's Stripe accounts for what is new."""


@attrs.frozen(kw_only=True)
class ClaimedWork:
    """One piece of work, held under a lease. `lease` is the fence: a later claim has a larger one."""

    kind: WorkKind
    company: CompanyId
    lease: int
    attempt: int
    """1 for the first attempt since the work was last finished."""
    worker: str


@attrs.frozen(kw_only=True)
class ParkedWork:
    """Work that failed too often."""

    kind: WorkKind
    company: CompanyId
    since: datetime
    reason: str


@attrs.frozen(kw_only=True)
class WorkLoad:
    """How much is waiting."""

    due: int
    """Pieces of work that could begin now."""
    running: int
    oldest_due: datetime | None
    """When the oldest of those that are due became so."""
    parked: int


def retry_after(attempt: int) -> timedelta:
    """How long to wait after this failed attempt: two seconds, doubled each time, ten minutes at most."""
    doublings: int = min(attempt - 1, 20)
    return min(BACK_OFF_MAX, BACK_OFF * (1 << doublings))
