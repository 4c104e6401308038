"""Group commit: everything that arrives while one write is under way goes into the next. No timer, nothing waits alone.

One connection at a time writes, so a lone event is as fast as a commit, and many at once share one. What waits is
bounded: more is turned away before it costs memory, and nothing that was acknowledged depends on this process.
"""

import asyncio
from collections.abc import Sequence
from typing import Final

import structlog

from domain.stripe_event import StripeEvent
from ports.stripe_events import StripeInbox
from ports.transaction import StoreUnavailable

WAITING_MAX: Final = 1_000
"""Events. The edge lets fewer in at once; more would be a fault of ours."""
WAITING_BYTES_MAX: Final = 64 * 1024 * 1024
TOGETHER_MAX: Final = 256
"""In one write: about what a write takes as long for as for its commit."""
TOGETHER_BYTES_MAX: Final = 8 * 1024 * 1024

_log = structlog.get_logger("tieout.stripe")


class IntakeFull(Exception):
    """More waits to be kept than there is room for. Nothing was kept of this one."""


class StripeIntake:
    """One for a process."""

    def __init__(
        self, inbox: StripeInbox, *, waiting_max: int = WAITING_MAX, waiting_bytes_max: int = WAITING_BYTES_MAX
    ) -> None:
        self._inbox = inbox
        self._waiting_max = waiting_max
        self._waiting_bytes_max = waiting_bytes_max
        self._waiting: list[tuple[StripeEvent, asyncio.Future[bool]]] = []
        self._waiting_bytes = 0
        self._writing: asyncio.Task[None] | None = None

    async def keep(self, event: StripeEvent) -> bool:
        """Returns once the event is there for good: whether it is new. Raises IntakeFull, StoreUnavailable."""
        size = len(event.body)
        if len(self._waiting) >= self._waiting_max or self._waiting_bytes + size > self._waiting_bytes_max:
            raise IntakeFull("Too many events wait to be kept")
        kept: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append((event, kept))
        self._waiting_bytes += size
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_all())
        return await kept

    async def _write_all(self) -> None:
        try:
            while self._waiting:
                await self._write(self._next())
        finally:
            self._writing = None

    def _next(self) -> list[tuple[StripeEvent, "asyncio.Future[bool]"]]:
        """The oldest, as many as go together."""
        count = size = 0
        for event, _ in self._waiting[:TOGETHER_MAX]:
            size += len(event.body)
            if count and size > TOGETHER_BYTES_MAX:
                break
            count += 1
        together, self._waiting = self._waiting[:count], self._waiting[count:]
        self._waiting_bytes -= sum(len(event.body) for event, _ in together)
        return together

    async def _write(self, together: Sequence[tuple[StripeEvent, "asyncio.Future[bool]"]]) -> None:
        try:
            new = await self._inbox.keep([event for event, _ in together])
        except StoreUnavailable as trouble:
            for _, kept in together:
                _fail(kept, StoreUnavailable(str(trouble)))
        except Exception as error:  # noqa: BLE001  # told to whoever waits for it; the others are kept all the same
            if len(together) > 1:
                _log.exception("stripe_events_not_kept_together", count=len(together))
                for one in together:
                    await self._write([one])
            else:
                _fail(together[0][1], error)
        else:
            for (_, kept), is_new in zip(together, new, strict=True):
                if not kept.done():  # whoever asked may have gone meanwhile
                    kept.set_result(is_new)


def _fail(kept: "asyncio.Future[bool]", error: Exception) -> None:
    if not kept.done():
        kept.set_exception(error)
