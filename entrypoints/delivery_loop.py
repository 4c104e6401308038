"""The loop that sends events to partners: any number of them, in any number of processes, share the work.

One worker sends many events at a time, but only a few to one endpoint: one that hangs holds up no other.
"""

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog

from domain.webhook_delivery import DueDelivery, TryAgain
from domain.webhook_endpoint import WebhookEndpointId
from ports.master_key import MasterKey
from ports.secret_box import SecretBox
from ports.transaction import Store, StoreUnavailable
from ports.use_cases.deliver_event import deliver_event
from ports.webhook_sender import WebhookSender

LEASE: Final = timedelta(seconds=60)
"""Longer than a sender waits for an answer: a delivery is not claimed again while it runs."""
POLL: Final = timedelta(milliseconds=500)
POLL_WITHOUT_STORE: Final = timedelta(seconds=2)
COMPANIES_AT_ONCE: Final = 500
"""Handed out in one transaction, during which they record no events."""
CLAIMS_AT_ONCE: Final = 8
ONE_ENDPOINT_MAX: Final = 8
KEEP_LOG: Final = timedelta(days=30)
_CLEANING: Final = timedelta(hours=1)
_CLEANED_AT_ONCE: Final = 5_000

_log = structlog.get_logger("tieout.deliveries")


class DeliveryLoop:
    """Hands out new events, claims what is due, and sends it."""

    def __init__(
        self,
        *,
        store: Store,
        sender: WebhookSender,
        master_key: MasterKey,
        secret_box: SecretBox,
        clock: Callable[[], datetime],
        at_once_max: int = 32,
    ) -> None:
        self._store = store
        self._sender = sender
        self._master_key = master_key
        self._secret_box = secret_box
        self._clock = clock
        self._at_once_max = at_once_max
        self._under_way: dict[asyncio.Task[None], WebhookEndpointId] = {}
        self._clean_next = clock()

    async def run(self, stop: asyncio.Event, *, grace: timedelta) -> None:
        """Sends until `stop` is set, then waits at most `grace` for what is under way. Outlives a lost store."""
        stopping = asyncio.create_task(stop.wait())
        try:
            while not stop.is_set():
                try:
                    pause = timedelta(0) if await self.take_on() else POLL
                except StoreUnavailable as trouble:
                    _log.warning("store_unavailable", reason=str(trouble))
                    pause = POLL_WITHOUT_STORE
                await self._wait(stopping, pause)
        finally:
            stopping.cancel()
            await self._end(grace)

    async def run_until_idle(self) -> int:
        """Sends everything that is due now. How many attempts were made. Raises StoreUnavailable."""
        taken = 0
        while True:
            were_under_way = bool(self._under_way)  # what ends while we look may have made more due
            more = await self.take_on()
            if not more and not were_under_way:
                return taken
            taken += more
            if self._under_way:
                await asyncio.wait(self._under_way, return_when=asyncio.FIRST_COMPLETED)

    async def take_on(self) -> int:
        """Begins to send what is due, as far as there is room. How much. Raises StoreUnavailable."""
        now = self._clock()
        room = min(CLAIMS_AT_ONCE, self._at_once_max - len(self._under_way))
        async with self._store.control() as transaction:
            await transaction.deliveries.hand_out(at=now, limit=COMPANIES_AT_ONCE)
            if now >= self._clean_next:
                await transaction.delivery_log.forget_before(now - KEEP_LOG, limit=_CLEANED_AT_ONCE)
                self._clean_next = now + _CLEANING
        if room <= 0:
            return 0
        async with self._store.control() as transaction:
            due = await transaction.deliveries.claim(at=now, until=now + LEASE, limit=room, busy=self._busy())
        for delivery in due:
            sending = asyncio.create_task(self._send(delivery))
            self._under_way[sending] = delivery.endpoint
            sending.add_done_callback(self._under_way.pop)
        return len(due)

    def _busy(self) -> tuple[WebhookEndpointId, ...]:
        return tuple(id for id, count in Counter(self._under_way.values()).items() if count >= ONE_ENDPOINT_MAX)

    async def _send(self, delivery: DueDelivery) -> None:
        bound = structlog.contextvars.bound_contextvars(company=delivery.company, endpoint=delivery.endpoint)
        with bound:
            try:
                attempt = await deliver_event(
                    delivery,
                    store=self._store,
                    sender=self._sender,
                    master_key=self._master_key,
                    secret_box=self._secret_box,
                    at=self._clock(),
                )
            except StoreUnavailable as trouble:
                _log.warning("store_unavailable", reason=str(trouble))
            except asyncio.CancelledError:
                await self._give_back(delivery)
                raise
            except Exception:  # noqa: BLE001  # its own trouble, recorded; the lease runs out, and it is due again
                _log.exception("delivery_not_made", sequence=delivery.sequence)
            else:
                if attempt is not None:
                    failure = attempt.answer.failure
                    _log.info(
                        "delivered" if failure is None else "delivery_failed",
                        sequence=attempt.sequence,
                        attempt=attempt.attempt,
                        turn=attempt.turn.value,
                        status=attempt.answer.status,
                        failure=None if failure is None else failure.value,
                    )

    async def _give_back(self, delivery: DueDelivery) -> None:
        """Another worker goes on at once."""
        now = self._clock()
        with contextlib.suppress(StoreUnavailable):
            async with self._store.control() as transaction:
                again = TryAgain(due=now)
                await transaction.deliveries.settle(delivery, again, sequence=delivery.sequence, at=now)

    async def _wait(self, stopping: "asyncio.Task[bool]", pause: timedelta) -> None:
        """Until there may be more to do: room, or something new."""
        full = len(self._under_way) >= self._at_once_max
        if not full and not pause:
            return
        await asyncio.wait(
            {stopping, *self._under_way}, timeout=pause.total_seconds() or None, return_when=asyncio.FIRST_COMPLETED
        )

    async def _end(self, grace: timedelta) -> None:
        under_way = set(self._under_way)
        if under_way:
            _, late = await asyncio.wait(under_way, timeout=grace.total_seconds())
            for task in late:
                task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.gather(*late, return_exceptions=True)
