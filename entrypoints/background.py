"""What every process of the service does beside answering requests: companies' work, telling partners, housekeeping."""

import asyncio
import time
from collections.abc import Coroutine, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from domain.work import ClaimedWork, WorkKind
from entrypoints.composition.service import Service
from entrypoints.delivery_loop import DeliveryLoop
from entrypoints.housekeeping import Housekeeping
from entrypoints.http.metrics import Metrics
from entrypoints.tracing import traced
from entrypoints.worker import Handler, Worker
from ports.use_cases.reconcile_company import reconcile_company

GRACE: Final = timedelta(seconds=20)
"""So long may work that is under way take to end when we are told to stop; then another goes on with it."""


def background(service: Service, stop: asyncio.Event) -> tuple[Coroutine[Any, Any, None], ...]:
    """Loops that end when `stop` is set. Each outlives a lost database."""
    clock = service.services.clock
    housekeeping = Housekeeping(
        store=service.store,
        idempotency=service.services.idempotency,
        signer=service.checkpoint_signer,
        master_key=service.master_key,
        clock=clock,
    )
    return (
        worker_of(service).run(stop, grace=GRACE),
        deliveries_of(service).run(stop, grace=GRACE),
        housekeeping.run(stop),
    )


def worker_of(service: Service) -> Worker:
    """Who does the work that companies ask for."""
    return Worker(service.work_list, _handlers(service), clock=service.services.clock)


def deliveries_of(service: Service) -> DeliveryLoop:
    """What tells partners."""
    return DeliveryLoop(
        store=service.store,
        sender=service.sender,
        master_key=service.master_key,
        secret_box=service.secret_box,
        clock=service.services.clock,
    )


def _handlers(service: Service) -> Mapping[WorkKind, Handler]:
    """Who does which kind of work."""
    metrics = service.services.metrics

    async def reconcile(claimed: ClaimedWork, at: datetime) -> None:
        metrics.reconciled(await reconcile_company(claimed, at=at, store=service.store))

    return {WorkKind.RECONCILE: _seen(reconcile, metrics)}


def _seen(handler: Handler, metrics: Metrics) -> Handler:
    """The handler, with its figures and its traces."""

    async def seen(claimed: ClaimedWork, at: datetime) -> None:
        work, begun, end = claimed.kind, time.perf_counter(), "failed"
        said: dict[str, str | int] = {
            "tieout.work": work.value,
            "tieout.company": claimed.company,
            "tieout.attempt": claimed.attempt,
        }
        try:
            with traced(f"work {work.value}", said):
                await handler(claimed, at)
            end = "done"
        finally:
            metrics.worked(work, end, time.perf_counter() - begun)

    return seen
