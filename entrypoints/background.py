"""What every process of the service does beside answering requests: companies' work, telling partners, housekeeping."""

import asyncio
import os
import random
import socket
import time
from collections.abc import Coroutine, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from domain.work import ClaimedWork, WorkKind
from entrypoints.composition.service import Service
from entrypoints.delivery_loop import DeliveryLoop
from entrypoints.housekeeping import Housekeeping
from entrypoints.http.metrics import Metrics
from entrypoints.http.services import Services
from entrypoints.stripe_event_loop import StripeEventLoop
from entrypoints.stripe_visits import platform_keys
from entrypoints.tracing import traced
from entrypoints.worker import Handler, Worker
from ports.use_cases.read_stripe_account import StripeReading
from ports.use_cases.reconcile_company import reconcile_company
from ports.use_cases.sync_stripe import sync_stripe

READERS: Final = 4
"""Companies whose accounts are read at the same time by one process."""
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
        *(reader_of(service, number).run(stop, grace=GRACE) for number in range(READERS)),
        deliveries_of(service).run(stop, grace=GRACE),
        stripe_events_of(service).run(stop),
        housekeeping.run(stop),
    )


def worker_of(service: Service) -> Worker:
    """Who does the work that companies ask for."""
    return Worker(service.work_list, _handlers(service), clock=service.services.clock)


def reader_of(service: Service, number: int = 0) -> Worker:
    """Who reads accounts at Stripe: it mostly waits for answers, and nobody else should."""
    name = f"{socket.gethostname()}:{os.getpid()}:stripe-{number}"
    return Worker(service.work_list, _reading(service), clock=service.services.clock, name=name)


def stripe_reading(services: Services) -> StripeReading:
    """What reading accounts needs."""
    return StripeReading(
        store=services.store,
        reader=services.stripe_feed,
        invoices=services.stripe_invoices,
        connect=services.stripe_connect,
        keys=platform_keys(services),
        jitter=random.random,
    )


def deliveries_of(service: Service) -> DeliveryLoop:
    """What tells partners."""
    return DeliveryLoop(
        store=service.store,
        sender=service.sender,
        master_key=service.master_key,
        secret_box=service.secret_box,
        clock=service.services.clock,
    )


def stripe_events_of(service: Service) -> StripeEventLoop:
    """What turns Stripe's events into work."""
    services = service.services
    return StripeEventLoop(store=service.store, metrics=services.metrics, clock=services.clock)


def _handlers(service: Service) -> Mapping[WorkKind, Handler]:
    """Who does which kind of work."""
    metrics = service.services.metrics

    async def reconcile(claimed: ClaimedWork, at: datetime) -> None:
        metrics.reconciled(await reconcile_company(claimed, at=at, store=service.store))

    return {WorkKind.RECONCILE: _seen(reconcile, metrics)}


def _reading(service: Service) -> Mapping[WorkKind, Handler]:
    reading = stripe_reading(service.services)

    async def sync(claimed: ClaimedWork, at: datetime) -> None:
        await sync_stripe(claimed, at=at, reading=reading)

    return {WorkKind.SYNC_STRIPE: _seen(sync, service.services.metrics)}


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
