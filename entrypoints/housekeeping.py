"""What has to be done now and then, by any process: what has ended forgotten, audit trails signed, keys moved."""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

import structlog

from domain.stripe_authorization import KEPT_FOR
from entrypoints.trail_keeping import TrailKeeper
from ports.checkpoint_signer import CheckpointSigner
from ports.idempotency import Idempotency
from ports.master_key import MasterKey
from ports.transaction import Store, StoreUnavailable

EVERY: Final = timedelta(minutes=10)
KEEP_ENDED_SESSIONS: Final = timedelta(days=7)
FORGOTTEN_AT_ONCE: Final = 5_000

_log = structlog.get_logger("tieout.housekeeping")


class Housekeeping:
    """Several may do it at the same time: each step is one that is repeated without harm."""

    def __init__(
        self,
        *,
        store: Store,
        idempotency: Idempotency,
        signer: CheckpointSigner,
        master_key: MasterKey,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._idempotency = idempotency
        self._clock = clock
        self._trails = TrailKeeper(store=store, signer=signer, master_key=master_key, clock=clock)

    async def run(self, stop: asyncio.Event) -> None:
        """Now and then, until `stop` is set. Outlives a lost store."""
        while not stop.is_set():
            try:
                await self.run_once(stop)
            except StoreUnavailable as trouble:
                _log.warning("store_unavailable", reason=str(trouble))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), EVERY.total_seconds())

    async def run_once(self, stop: asyncio.Event) -> None:
        """All of it, once. Raises StoreUnavailable."""
        now = self._clock()
        await self._idempotency.forget(at=now)
        async with self._store.control() as transaction:
            await transaction.sessions.forget_before(now - KEEP_ENDED_SESSIONS)
            await transaction.stripe_authorizations.forget_before(now - KEPT_FOR, limit=FORGOTTEN_AT_ONCE)
        await self._trails.keep(stop)
