"""The worker: claims work, does it under a lease that is kept alive, and gives back what it could not do.

Any number of workers, in any number of processes and machines, share one work list. A worker that is told to stop
claims nothing more, lets what runs end, and gives back what does not end in time, so that another goes on at once.
"""

import asyncio
import contextlib
import os
import socket
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

import structlog

from domain.work import ClaimedWork, WorkKind
from ports.transaction import StoreUnavailable
from ports.work_list import WorkList
from ports.work_requests import LeaseLost

LEASE: Final = timedelta(seconds=20)
"""How long a dead worker's work waits for another. It is renewed after each third, so that two renewals may fail before
somebody else begins the same work, which would be in vain and no more: what is written is fenced by the lease's number.
Clocks of machines may differ by two thirds of it."""
POLL: Final = timedelta(milliseconds=250)
"""How often to look for work when there was none: an index look-up that finds nothing."""
POLL_WITHOUT_STORE: Final = timedelta(seconds=2)
REASON_MAX: Final = 500

Handler = Callable[[ClaimedWork, datetime], Awaitable[None]]
"""Does the work and finishes it, in one transaction. Raising means that it is not done."""

_log = structlog.get_logger("tieout.worker")


class Worker:
    """One worker, which does one piece of work at a time."""

    def __init__(
        self,
        work_list: WorkList,
        handlers: Mapping[WorkKind, Handler],
        *,
        clock: Callable[[], datetime],
        name: str | None = None,
        lease: timedelta = LEASE,
    ) -> None:
        self._list = work_list
        self._handlers = handlers
        self._clock = clock
        self._name = name or f"{socket.gethostname()}:{os.getpid()}"
        self._lease = lease

    async def run(self, stop: asyncio.Event, *, grace: timedelta) -> None:
        """Works until `stop` is set, then at most `grace` longer on what it holds. Outlives a lost store."""
        while not stop.is_set():
            try:
                busy = await self.run_once(stop, grace=grace)
                pause = timedelta(0) if busy else POLL
            except StoreUnavailable as trouble:
                _log.warning("store_unavailable", reason=str(trouble))
                pause = POLL_WITHOUT_STORE
            if pause:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), pause.total_seconds())

    async def run_once(self, stop: asyncio.Event, *, grace: timedelta) -> bool:
        """Does one piece of work, if there is any. False: there was none. Raises StoreUnavailable."""
        now = self._clock()
        kinds = tuple(self._handlers)  # another version's worker may know others
        claimed = await self._list.claim(self._name, at=now, until=now + self._lease, kinds=kinds)
        if claimed is None:
            return False
        with structlog.contextvars.bound_contextvars(company=claimed.company, work=claimed.kind.value):
            await self._do(claimed, stop, grace)
        return True

    async def _do(self, claimed: ClaimedWork, stop: asyncio.Event, grace: timedelta) -> None:
        doing = asyncio.ensure_future(self._handlers[claimed.kind](claimed, self._clock()))
        keeping = asyncio.create_task(self._keep(claimed, doing))
        stopping = asyncio.create_task(_cancel_after(stop, grace, doing))
        try:
            await doing
        except asyncio.CancelledError:
            await self._list.give_back(claimed, at=self._clock(), reason=None)
            current = asyncio.current_task()
            if current is not None and current.cancelling():
                raise
        except LeaseLost:
            _log.warning("lease_lost")
        except StoreUnavailable:
            # Whether it was committed or not, doing it again changes nothing. The lease runs out if the store is gone.
            await self._list.give_back(claimed, at=self._clock(), reason=None)
            raise
        except Exception as error:  # noqa: BLE001  # whatever it is, it is that work's own trouble: recorded, tried again
            _log.exception("work_failed", attempt=claimed.attempt)
            reason = f"{type(error).__name__}: {error}"[:REASON_MAX]
            await self._list.give_back(claimed, at=self._clock(), reason=reason)
        else:
            _log.info("work_done", attempt=claimed.attempt)
        finally:
            keeping.cancel()
            stopping.cancel()

    async def _keep(self, claimed: ClaimedWork, doing: "asyncio.Future[None]") -> None:
        """Extends the lease while the work is done; ends work whose lease was lost."""
        while True:
            await asyncio.sleep(self._lease.total_seconds() / 3)
            with contextlib.suppress(StoreUnavailable):
                if not await self._list.extend(claimed, until=self._clock() + self._lease):
                    doing.cancel()
                    return


async def _cancel_after(stop: asyncio.Event, grace: timedelta, doing: "asyncio.Future[None]") -> None:
    await stop.wait()
    await asyncio.sleep(grace.total_seconds())
    doing.cancel()
