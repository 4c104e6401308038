"""Secrets planted everywhere a secret can be, and looked for everywhere else: in the whole service, on PostgreSQL."""

import base64
import hashlib
import logging
import subprocess
import traceback
from collections.abc import AsyncIterator, Iterable, Iterator
from io import StringIO
from typing import Any

import aiohttp
import asyncpg
import attrs
import pytest
import pytest_asyncio
import structlog
from aiohttp import web

from adapters.partner_webhooks.http_sender import HttpWebhookSender
from domain.company import CompanyId
from domain.company_event import CompanyEvent, EventType
from domain.partner import Mode, Tenant
from domain.secret import key_owner
from entrypoints.composition.service import Service, opened_service
from entrypoints.delivery_loop import DeliveryLoop
from entrypoints.doctor_stripe import stripe_findings
from entrypoints.http.application import build_application
from entrypoints.http.server import runner
from entrypoints.logging_setup import set_up_logging
from entrypoints.new_partner import NewPartner, make_partner
from entrypoints.settings import Settings
from ports.use_cases.rewrap_data_keys import rewrap_data_keys
from ports.use_cases.rotate_data_key import rotate_data_key
from tests.adapters.partner_webhooks.receiver import Received, listening
from tests.adapters.stripe_api.stripe_like import StripeLike, refusing, stripe_like
from tests.postgres_server import PostgresForTests
from tests.stripe_signing import event, signed

MASTER_KEY = hashlib.sha256(b"a canary among master keys").digest()


@pytest.fixture
def written() -> Iterator[StringIO]:
    """What is written to the log, down to the smallest word."""
    stream, root = StringIO(), logging.getLogger()
    before, handlers, level = structlog.get_config(), root.handlers, root.level
    set_up_logging(stream, level=logging.DEBUG)
    root.setLevel(logging.DEBUG)
    yield stream
    structlog.configure(**before)
    root.handlers = handlers
    root.setLevel(level)
    logging.captureWarnings(capture=False)


@attrs.define
class Client:
    """Asks, and keeps every answer but those whose purpose it is to show a secret once."""

    session: aiohttp.ClientSession
    url: str
    answers: list[str] = attrs.field(factory=list)

    async def ask(
        self, method: str, path: str, secret: str | None, body: Any = None, *, shows: bool = False, **options: Any
    ) -> Any:
        headers = {} if secret is None else {"Authorization": f"Bearer {secret}"}
        async with self.session.request(
            method, self.url + path, json=body, headers=headers | options.pop("headers", {}), **options
        ) as response:
            text = await response.text()
            if not shows:
                self.answers.append(f"{dict(response.headers)} {text}")
            return await response.json(content_type=None) if text and "json" in response.content_type else text


@pytest_asyncio.fixture
async def stripe() -> AsyncIterator[StripeLike]:
    async with stripe_like() as server:
        yield server


@pytest_asyncio.fixture
async def service(postgres_database: str, written: StringIO, stripe: StripeLike) -> AsyncIterator[Service]:
    settings = Settings(
        database_url=postgres_database,
        master_key=base64.b64encode(MASTER_KEY).decode(),
        stripe_api_base=stripe.url,
        stripe_connect_base=stripe.url,
    )
    assert base64.b64encode(MASTER_KEY).decode() not in repr(settings)
    async with opened_service(settings, public_url="http://localhost") as service:
        yield service


@pytest_asyncio.fixture
async def client(service: Service) -> AsyncIterator[Client]:
    application = build_application(attrs.evolve(service.services, webhooks_to_loopback=True))
    served = runner(application, shutdown_seconds=1)
    await served.setup()
    await web.TCPSite(served, "127.0.0.1", 0).start()
    host, port = served.addresses[0][:2]
    async with aiohttp.ClientSession() as session:
        yield Client(session=session, url=f"http://{host}:{port}")
    await served.cleanup()


async def test_no_secret_is_found_anywhere_but_where_it_was_shown_once(
    service: Service,
    client: Client,
    written: StringIO,
    stripe: StripeLike,
    postgres_database: str,
    postgres_server: PostgresForTests,
) -> None:
    partner = await make_partner("Canary Bird", service.services)
    planted = [MASTER_KEY, partner.test_key.encode(), partner.live_key.encode()]
    planted += await everything_is_done(service, client, partner)
    planted += await stripe_is_asked_and_tells(service, client, partner, stripe)
    planted += await data_keys_of(service, partner)

    places = {
        "answers": "\n".join(client.answers).encode(),
        "log": written.getvalue().encode(),
        "dump": dumped(postgres_server, postgres_database),
        "columns": await all_columns(postgres_database),
        "files": await files_of(postgres_server, postgres_database),
    }

    assert len(planted) == 15
    assert b"Canary Bird" in places["dump"], "what is looked through is the right database"
    assert b"Canary Bird" in places["files"]
    assert b"answered" in places["log"]
    assert [
        (place, number) for place, content in places.items() for number, secret in enumerate(planted)
        if any(form in content for form in forms(secret))
    ] == []  # fmt: skip


async def everything_is_done(service: Service, client: Client, partner: NewPartner) -> list[bytes]:
    """Every route that takes or makes a secret, rightly and wrongly. The secrets that were shown."""
    key = partner.test_key
    made = await client.ask("POST", "/v1/api_keys", key, {"name": "second"}, shows=True)
    company = (
        await client.ask(
            "POST",
            "/v1/companies",
            key,
            {"external_id": "acme", "name": "Acme", "time_zone": "UTC", "currency": "usd"},
        )
    )["id"]
    sessions = f"/v1/companies/{company}/sessions"
    token = (await client.ask("POST", sessions, key, {"role": "owner", "person": "ana"}, shows=True))["token"]
    session = (await client.ask("POST", "/v1/sessions", None, {"token": token}, shows=True))["secret"]
    once = {"Idempotency-Key": "once"}
    shown = []

    async def refuse(received: Received) -> web.StreamResponse:
        return web.Response(status=500, text=received.headers["webhook-signature"])

    async with listening(refuse) as receiver, HttpWebhookSender(loopback_allowed=True) as sender:
        body = {"url": receiver.url}
        endpoint = await client.ask("POST", "/v1/webhook_endpoints", key, body, headers=once, shows=True)
        shown.append(endpoint["secret"])
        await client.ask("POST", "/v1/webhook_endpoints", key, body, headers=once)
        path = f"/v1/webhook_endpoints/{endpoint['endpoint']['id']}"
        shown.append((await client.ask("POST", f"{path}/rotate", key, {}, shows=True))["secret"])
        await happen(service, CompanyId(company))
        await DeliveryLoop(
            store=service.store,
            sender=sender,
            master_key=service.master_key,
            secret_box=service.secret_box,
            clock=service.services.clock,
        ).run_until_idle()
        await client.ask("GET", f"{path}/deliveries", key)
    for secret in (key, made["secret"], session, token, shown[0], "tie_test_wrong"):
        # Presented rightly, and where it does not belong: in addresses, bodies, keys of objects, headers.
        await client.ask("GET", "/v1/companies", secret)
        await client.ask("GET", f"/v1/companies/{secret}", key)
        await client.ask("GET", f"/v1/events?starting_after={secret}", key)
        await client.ask("POST", "/v1/companies", key, {"external_id": secret, "name": 7})
        await client.ask("POST", "/v1/webhook_endpoints", key, {"url": f"https://user:{secret}@hooks.example/"})
        await client.ask("POST", "/v1/sessions", None, {"token": secret})
        await client.ask("PUT", f"/nothing/{secret}", key, headers={"X-Secret": secret})
    for path in ("/metrics", "/readyz", "/openapi.json", "/docs", f"/v1/companies/{company}/audit", "/v1/events"):
        await client.ask("GET", path, key)
    raw = [base64.b64decode(secret.removeprefix("whsec_")) for secret in shown]
    texts = [made["secret"], token, session, *shown]
    return [*(text.encode() for text in texts), *raw]


async def stripe_is_asked_and_tells(
    service: Service, client: Client, partner: NewPartner, stripe: StripeLike
) -> list[bytes]:
    """Keys given rightly and wrongly, refused by a Stripe that says them again, and webhooks proved and not."""
    key, path = partner.test_key, "/v1/integrations/stripe"
    stripe_key, wrong_key, secret = (f"{kind}_{'Canary' * 5}" for kind in ("sk_test", "rk_test", "whsec"))
    given = {"secret_key": stripe_key, "webhook_secrets": [secret], "client_id": "ca_12345678"}
    kept = await client.ask("PUT", path, key, given, headers={"Idempotency-Key": "stripe"})
    assert kept["key"]["capabilities"]
    again = f"Invalid API Key provided: {wrong_key}"
    for status in (401, 403, 400, 500):
        stripe.answers[:] = [refusing(status, "invalid_request_error", None, again)] * 9
        await client.ask("PUT", path, key, {**given, "secret_key": wrong_key})
    stripe.answers.clear()
    await client.ask("PUT", path, key, {**given, "client_id": stripe_key, "webhook_secrets": [stripe_key, 7]})
    await client.ask("PUT", path, partner.live_key, given)
    hook = f"/webhooks/stripe/{partner.partner.id}/test"
    for body, header in (
        (event("evt_1"), signed(event("evt_1"), service.services.clock(), secret)),
        (event("evt_2"), secret),
        (secret.encode(), secret),
    ):
        await client.ask("POST", hook, None, headers={"Stripe-Signature": header}, data=body)
    await client.ask("GET", path, key)
    assert [finding.words async for finding in stripe_findings(service)]
    assert (await service.services.stripe_inbox.load()).waiting == 1
    await client.ask("DELETE", path, key)
    return [secret.encode() for secret in (stripe_key, wrong_key, secret)]


async def happen(service: Service, company: CompanyId) -> None:
    async with service.store.company(company) as transaction:
        event = CompanyEvent(type=EventType.PAYOUT_LATE, data={"payout": "po_1"}, at=service.services.clock())
        await transaction.outbox.append([event])


async def data_keys_of(service: Service, partner: NewPartner) -> list[bytes]:
    """The unwrapped data keys, after both kinds of rotation."""
    owner = key_owner(Tenant(partner=partner.partner.id, mode=Mode.TEST))
    await rotate_data_key(owner, store=service.store, master_key=service.master_key, secret_box=service.secret_box)
    await rewrap_data_keys(store=service.store, master_key=service.master_key)
    async with service.store.control() as transaction:
        keys = [await transaction.data_keys.numbered(owner, number) for number in (1, 2)]
    unwrapped = [service.master_key.unwrap(key) for key in keys if key is not None]
    assert len(unwrapped) == 2
    assert all(key.reveal().hex() not in traceback_of(key) for key in unwrapped)
    return [key.reveal() for key in unwrapped]


def traceback_of(held: object) -> str:
    """What a traceback with all local variables shows of something that was held when it happened."""
    try:
        kept = [held]
        raise RuntimeError(str(kept))
    except RuntimeError as error:
        return "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())


def forms(secret: bytes) -> Iterable[bytes]:
    """As it is, in hexadecimal, and in base64, however it is aligned."""
    yield secret
    yield secret.hex().encode()
    for shift in range(3):
        encoded = base64.b64encode(b"\0" * shift + secret)
        whole = encoded[4 * (shift > 0) : -4]
        yield whole
        yield whole.replace(b"+", b"-").replace(b"/", b"_")


def dumped(server: PostgresForTests, address: str) -> bytes:
    """What pg_dump writes."""
    program = server.binaries.folder / "pg_dump"
    return subprocess.run([program, "--dbname", address], capture_output=True, check=True).stdout


async def all_columns(address: str) -> bytes:
    """Every column of every row of every table, as text and, for bytes, as they are."""
    connection = await asyncpg.connect(address)
    tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'tieout'")
    found = []
    for (table,) in tables:
        for row in await connection.fetch(f"SELECT * FROM tieout.{table}"):
            found += [value if isinstance(value, bytes) else str(value).encode() for value in row]
    await connection.close()
    return b"\n".join(found)


async def files_of(server: PostgresForTests, address: str) -> bytes:
    """The database's files and the log of writes, as they lie on the disk."""
    connection = await asyncpg.connect(address)
    await connection.execute("CHECKPOINT")
    folder = await connection.fetchval("SELECT 'base/' || oid FROM pg_database WHERE datname = current_database()")
    await connection.close()
    data = server.folder / "data"
    paths = [path for part in (folder, "pg_wal") for path in sorted((data / part).rglob("*")) if path.is_file()]
    return b"\n".join(path.read_bytes() for path in paths)
