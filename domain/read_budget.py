"""How often an account may be asked for at Stripe: as much as Stripe grants for it, and no more.

Stripe grants 500 reads for each transaction over thirty days, and ten thousand even to who has none
(docs.stripe.com/rate-limits). Others read with the same key, the partner's own program first of all.
"""

from datetime import datetime, timedelta
from typing import Final

MONTH: Final = timedelta(days=30)
GRANTED_AT_LEAST: Final = 10_000
PER_TRANSACTION: Final = 100
"""Of the 500. What Stripe counts as a transaction makes several movements of a balance, which are what we count."""
LOOKING: Final = 0.65
"""The share that looking for what is new may take."""
CHECKING: Final = 0.3
"""The share for checks, whose cost grows with the history."""
BURST: Final = 200
"""Reads that may come together, so that what is told of is looked at now."""
CHECK_EVERY: Final = timedelta(days=1)
CHECK_AGAIN: Final = timedelta(hours=1)
"""After one that found it incomplete; twice as long after each more in a row."""


def granted(recent: int) -> int:
    """Reads in thirty days, for an account with so many movements in thirty days."""
    return max(GRANTED_AT_LEAST, PER_TRANSACTION * recent)


def read_every(recent: int) -> timedelta:
    """How far apart reads that look for what is new are, in the long run."""
    return MONTH / (LOOKING * granted(recent))


def paid_until(before: datetime | None, at: datetime, reads: int, recent: int) -> datetime:
    """Until when so many reads more, made now, use up what may be read."""
    return max(before or at, at) + reads * read_every(recent)


def may_read_from(paid: datetime | None, at: datetime, recent: int) -> datetime:
    """From when on it may be looked at again: now, or once less than a burst is used ahead of its time."""
    return at if paid is None else max(at, paid - BURST * read_every(recent))


def check_again_after(reads: int, recent: int, incomplete: int) -> timedelta:
    """How long to wait after a check of so many reads, the last `incomplete` of which in a row found it incomplete."""
    affordable = reads * (MONTH / (CHECKING * granted(recent)))
    if incomplete == 0:
        return max(CHECK_EVERY, affordable)
    sooner = CHECK_AGAIN * (1 << min(incomplete - 1, 10))
    return max(min(sooner, CHECK_EVERY), affordable)
