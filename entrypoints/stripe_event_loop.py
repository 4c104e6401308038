"""The loop that takes Stripe's events from the inbox and asks for the work that they hint at.

Any number of processes share it: what one holds, the others pass over.
"""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog

from entrypoints.http.metrics import Metrics
from ports.stripe_events import KEEP_HANDLED, KEEP_PARKED
from ports.transaction import Store, StoreUnavailable
from ports.use_cases.take_stripe_events import TakenEvents, take_stripe_events

POLL: Final = timedelta(milliseconds=250)
POLL_WITHOUT_STORE: Final = timedelta(seconds=2)
AT_ONCE: Final = 500
"""In one transaction."""
UNPARK_EVERY: Final = timedelta(seconds=5)
LOOK_BACK: Final = timedelta(minutes=5)
"""An event may be there later than one that arrived after it, by no more than this; else it waits for a whole look."""
WHOLE_LOOK_EVERY: Final = timedelta(minutes=1)
"""Between them only what is recent is looked through: a long snapshot elsewhere keeps all that was taken in the way."""
CLEAN_EVERY: Final = timedelta(hours=1)
CLEANED_AT_ONCE: Final = 5_000
_NAMED: Final = 5

_log = structlog.get_logger("tieout.stripe")


class StripeEventLoop:
    """Takes events, un-parks those whose account has become known, forgets what is old."""

    def __init__(self, *, store: Store, metrics: Metrics, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._metrics = metrics
        self._clock = clock
        self._unpark_next = self._clean_next = self._whole_look_next = clock()

    async def run(self, stop: asyncio.Event) -> None:
        """Until `stop` is set. Outlives a lost store."""
        while not stop.is_set():
            try:
                pause = timedelta(0) if await self.run_once() else POLL
            except StoreUnavailable as trouble:
                _log.warning("store_unavailable", reason=str(trouble))
                pause = POLL_WITHOUT_STORE
            except Exception:  # noqa: BLE001  # recorded; what waits still waits, and the next round may do better
                _log.exception("stripe_events_not_taken")
                pause = POLL_WITHOUT_STORE
            if pause:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), pause.total_seconds())

    async def run_once(self) -> int:
        """One round. How many were taken. Raises StoreUnavailable."""
        now = self._clock()
        await self._keep_house(now)
        since = None if now >= self._whole_look_next else now - LOOK_BACK
        taken = await take_stripe_events(store=self._store, at=now, limit=AT_ONCE, since=since)
        if since is None and not taken.count:
            self._whole_look_next = now + WHOLE_LOOK_EVERY
        if taken.count:
            self._tell(taken)
        return taken.count

    async def _keep_house(self, now: datetime) -> None:
        if now >= self._unpark_next:
            async with self._store.control() as transaction:
                unparked = await transaction.stripe_events.unpark_known(since=now - KEEP_PARKED)
            if unparked:
                _log.info("stripe_events_unparked", count=unparked)
                self._whole_look_next = now
            self._unpark_next = now + UNPARK_EVERY
        if now >= self._clean_next:
            async with self._store.control() as transaction:
                forgotten = await transaction.stripe_events.forget_before(
                    handled=now - KEEP_HANDLED, parked=now - KEEP_PARKED, limit=CLEANED_AT_ONCE
                )
            if forgotten < CLEANED_AT_ONCE:  # else there is more
                self._clean_next = now + CLEAN_EVERY

    def _tell(self, taken: TakenEvents) -> None:
        self._metrics.stripe.taken(hints=taken.hints, ignored=taken.ignored, unknown=len(taken.unknown))
        if taken.unknown:
            accounts = sorted({event.account or "(none named)" for event in taken.unknown})
            _log.warning(
                "stripe_events_parked", reason="unknown_account", count=len(taken.unknown), accounts=accounts[:_NAMED]
            )
