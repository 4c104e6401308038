"""The service over the in-memory adapters, for tests that speak HTTP."""

import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import attrs
from aiohttp.test_utils import TestClient, TestServer

from adapters.postgres.store import PostgresStore
from domain.access import ID_LENGTH, ApiKey, KeyId, digest_of, key_kind, secret_text
from domain.partner import Mode, Partner, PartnerId, Tenant
from entrypoints.composition.in_memory import MovableClock, in_memory_adapters
from entrypoints.composition.service import random_id
from entrypoints.http.application import build_application
from entrypoints.http.services import Services
from entrypoints.stripe_intake import StripeIntake
from entrypoints.stripe_keys import StripeKeys
from ports.transaction import Store
from ports.use_cases.add_partner import add_partner
from ports.use_cases.reconcile_company import reconcile_company

NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)


class Clock(MovableClock):
    """Stands still at noon until it is moved."""

    def __init__(self) -> None:
        super().__init__(now=NOON)


def in_memory_services(clock: Clock, *, requests_per_second: int = 100_000) -> Services:
    """Everything that the edge needs, out of fakes."""
    adapters = in_memory_adapters(now=clock.now, requests_per_second=requests_per_second)
    services = adapters.service.services
    keys = StripeKeys(
        store=services.store,
        master_key=services.master_key,
        secret_box=services.secret_box,
        seconds=lambda: clock.now.timestamp(),
    )
    return attrs.evolve(services, clock=clock, stripe_keys=keys)


def postgres_services(clock: Clock, store: PostgresStore) -> Services:
    """The same over PostgreSQL."""
    services, inbox = in_memory_services(clock), store.stripe_inbox()
    return attrs.evolve(
        services,
        store=store,
        idempotency=store.idempotency(),
        work_list=store.work_list(),
        erasure=store.erasure(),
        stripe_inbox=inbox,
        stripe_intake=StripeIntake(inbox),
        stripe_keys=StripeKeys(
            store=store, master_key=services.master_key, secret_box=services.secret_box, seconds=time.monotonic
        ),
    )


async def work_done(services: Services) -> None:
    """Does all the work that is due, as a worker would."""
    at = services.clock()
    while (claimed := await services.work_list.claim("tests", at=at, until=at + timedelta(minutes=1))) is not None:
        await reconcile_company(claimed, at=at, store=services.store)


@asynccontextmanager
async def served(services: Services) -> AsyncIterator[TestClient]:  # type: ignore[type-arg]  # of web.Application
    """A client of the service, over a real socket."""
    async with TestClient(TestServer(build_application(services))) as client:
        yield client


async def a_partners_key(store: Store, name: str = "platform", mode: Mode = Mode.TEST) -> str:
    """The secret key of a partner, which is made if it is not there yet."""
    tenant = Tenant(partner=PartnerId(f"partner_{name}0000"), mode=mode)
    id = KeyId(random_id(ID_LENGTH))
    secret = secret_text(key_kind(mode), id, secrets.token_urlsafe(32))
    key = ApiKey(id=id, tenant=tenant, name="server", shown=secret[:16], digest=digest_of(secret), created=NOON)
    await add_partner(Partner(id=tenant.partner, name=name), [key], store=store)
    return secret


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}
