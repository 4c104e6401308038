"""The service's adapters, opened in their order and closed in the other."""

import asyncio
import contextlib
import functools
import secrets
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

import attrs

from adapters.encryption.aes_secret_box import AesSecretBox
from adapters.encryption.checkpoint_signing import DerivedCheckpointSigner
from adapters.encryption.master_keys import LocalMasterKey, MasterKeyFile, MasterKeyText, UnusableMasterKey
from adapters.partner_webhooks.http_sender import HttpWebhookSender
from adapters.postgres.binaries import NoUsablePostgres, find_binaries
from adapters.postgres.examination import examine
from adapters.postgres.idempotency import PostgresIdempotency
from adapters.postgres.migrations import MigrationRefused, bring_up_to_date
from adapters.postgres.readiness import why_not_ready
from adapters.postgres.store import PostgresStore
from adapters.postgres.work_list import PostgresWorkList
from adapters.stripe_api.connect import StripeApiConnect
from adapters.stripe_api.event_reader import StripeEventEnvelopeReader
from adapters.stripe_api.feed_reader import StripeApiFeedReader
from adapters.stripe_api.invoice_reader import StripeApiInvoiceReader
from adapters.stripe_api.invoicing import StripeApiInvoicing
from adapters.stripe_api.platform import StripeApiPlatform
from adapters.stripe_api.stripe_requests import StripeRequests
from domain.secret import MasterKeyId
from entrypoints.composition import bank_readers
from entrypoints.composition.cannot_start import CannotStart
from entrypoints.http.services import Services
from entrypoints.settings import Settings
from entrypoints.stripe_intake import StripeIntake
from entrypoints.stripe_keys import StripeKeys
from ports.checkpoint_signer import CheckpointSigner
from ports.findings import Finding
from ports.master_key import MasterKey
from ports.secret_box import SecretBox
from ports.transaction import Store, StoreUnavailable
from ports.webhook_sender import WebhookSender
from ports.work_list import WorkList

if TYPE_CHECKING:
    from types import ModuleType

    from adapters.postgres.embedded_server import EmbeddedServer

DATABASE_PATIENCE: Final = timedelta(seconds=30)
"""A database that is starting at the same time as we are gets so long."""
_UNIX: Final = frozenset({"fcntl", "pwd"})
_ALPHABET: Final = "0123456789abcdefghijklmnopqrstuvwxyz"


@attrs.frozen(kw_only=True)
class Service:
    """Everything that the entrypoints drive."""

    services: Services
    """What the HTTP edge is given."""
    store: Store
    work_list: WorkList
    sender: WebhookSender
    master_key: MasterKey
    secret_box: SecretBox
    checkpoint_signer: CheckpointSigner
    embedded: bool
    is_new: bool
    """The embedded database was made by this very start."""

    @classmethod
    def of(cls, services: Services, *, sender: WebhookSender, embedded: bool, is_new: bool = False) -> "Service":
        """What the edge is given, and what works beside it."""
        return cls(
            services=services,
            store=services.store,
            work_list=services.work_list,
            sender=sender,
            master_key=services.master_key,
            secret_box=services.secret_box,
            checkpoint_signer=services.checkpoint_signer,
            embedded=embedded,
            is_new=is_new,
        )


@attrs.frozen(kw_only=True)
class Database:
    """Addresses of one database: of whoever makes the schema, and of whoever runs on it."""

    administrator: str = attrs.field(repr=False)
    runtime: str = attrs.field(repr=False)
    server: "EmbeddedServer | None" = None


@asynccontextmanager
async def opened_service(settings: Settings, *, public_url: str) -> AsyncIterator[Service]:
    """The service on its database, whose schema is brought up to date. Raises CannotStart."""
    async with contextlib.AsyncExitStack() as stack:
        with _in_words():
            is_new = not has_database(settings)
            database = await stack.enter_async_context(opened_database(settings))
            await up_to_date(database)
            store = await PostgresStore.open(database.runtime)
            stack.push_async_callback(store.close)
            may_make = not await _holds_keys(store)
            key_source = await asyncio.to_thread(master_key_source, settings, may_make=may_make)
            sender = await stack.enter_async_context(HttpWebhookSender(loopback_allowed=settings.webhooks_to_loopback))
            stripe = await stack.enter_async_context(
                StripeRequests(api_base=settings.stripe_api_base, connect_base=settings.stripe_connect_base)
            )
        services = attrs.evolve(
            _services(store, key_source, public_url, stripe, connect_base=settings.stripe_connect_base),
            webhooks_to_loopback=settings.webhooks_to_loopback,
            trusted_proxies=settings.trusted_proxies,
        )
        yield Service.of(services, sender=sender, embedded=database.server is not None, is_new=is_new)


@asynccontextmanager
async def opened_database(settings: Settings) -> AsyncIterator[Database]:
    """The given database, or the embedded one, which runs for as long as somebody has it open. Raises CannotStart."""
    if settings.database_url is not None:
        yield Database(administrator=settings.database_url, runtime=settings.database_url)
        return
    embedded = _embedded()
    async with embedded.running(settings) as server:
        yield Database(administrator=server.dsn(), runtime=server.dsn(user=embedded.RUNTIME_USER), server=server)


async def up_to_date(database: Database) -> tuple[str, ...]:
    """Migrates, if need be; what was applied. Raises CannotStart."""
    give_up = asyncio.get_running_loop().time() + DATABASE_PATIENCE.total_seconds()
    while True:
        try:
            with _in_words():
                applied = await bring_up_to_date(database.administrator)
                if database.server is not None:
                    await database.server.admit_service()
                return applied
        except CannotStart as refusal:
            gone = isinstance(refusal.__cause__, StoreUnavailable)
            if not gone or asyncio.get_running_loop().time() > give_up:
                raise
            await asyncio.sleep(0.5)


async def examine_database(database: Database) -> Sequence[Finding]:
    """Its schema, roles and walls. Raises CannotStart."""
    with _in_words():
        return await examine(database.runtime, at=now())


def postgres_programs(settings: Settings) -> str:
    """Which ones the embedded database would run. Raises CannotStart."""
    with _in_words():
        found = find_binaries(settings.pgbin)
    return f"PostgreSQL {found.version} in {found.folder}"


def database_processes(folder: Path) -> tuple[int, ...]:
    """The embedded database in this folder and the process that keeps it, for proofs that kill them."""
    found: tuple[int, ...] = _embedded().processes(folder)
    return found


def data_folder(settings: Settings) -> Path:
    """Where the embedded database and its master key are. Raises CannotStart where there can be none."""
    folder: Path = _embedded().folder_of(settings)
    return folder


async def _holds_keys(store: PostgresStore) -> bool:
    """Some data key is wrapped by a master key already, whichever it is."""
    async with store.control() as transaction:
        return bool(await transaction.data_keys.not_under(MasterKeyId(""), limit=1))


def has_database(settings: Settings) -> bool:
    """There is one: the given one, or an embedded one that was made before. Raises CannotStart."""
    return settings.database_url is not None or _embedded().was_made(settings)


def _embedded() -> "ModuleType":
    """What runs the embedded database. Raises CannotStart: it is asked for only where no other is given."""
    try:
        from entrypoints.composition import embedded_database
    except ModuleNotFoundError as missing:
        if missing.name not in _UNIX:
            raise
        raise CannotStart(
            f"the embedded PostgreSQL needs Linux or macOS (there is no {missing.name} here): give a server's "
            "DATABASE_URL"
        ) from missing
    return embedded_database


def master_key_source(settings: Settings, *, may_make: bool = False) -> MasterKeyText | MasterKeyFile:
    """From the environment, a file, or the file beside the embedded database, made unless it is needed (`may_make`).

    Raises CannotStart, also where that file is gone: another key would open nothing that was sealed under it.
    """
    with _in_words():
        if settings.master_key is not None:
            return MasterKeyText(settings.master_key)
        if settings.master_key_file is not None:
            return MasterKeyFile(settings.master_key_file)
        if settings.database_url is None:
            file = data_folder(settings) / "master.key"
            if not may_make and not file.exists():
                raise CannotStart(
                    f"{file} is missing: secrets in the database cannot be read without the key that it held. "
                    "Put it back, or set TIEOUT_MASTER_KEY"
                )
            return MasterKeyFile.made_if_missing(file)
    raise CannotStart(
        "with DATABASE_URL, TIEOUT_MASTER_KEY or TIEOUT_MASTER_KEY_FILE is needed, the same for every process: "
        "make one by `openssl rand -base64 32`, and keep it where the database's backups are not"
    )


def now() -> datetime:
    """The clock."""
    return datetime.now(UTC)


def random_id(length: int) -> str:
    """Letters and digits that nobody can guess."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def random_secret() -> str:
    """256 bits, as 43 URL-safe characters."""
    return secrets.token_urlsafe(32)


def _services(
    store: PostgresStore,
    key_source: MasterKeyText | MasterKeyFile,
    public_url: str,
    stripe: StripeRequests,
    *,
    connect_base: str,
) -> Services:
    master_key, secret_box, inbox = LocalMasterKey(key_source), AesSecretBox(), store.stripe_inbox()
    connect = StripeApiConnect(stripe, connect_base=connect_base)
    return Services(
        store=store,
        idempotency=PostgresIdempotency(store.pool),
        work_list=PostgresWorkList(store.pool),
        clock=now,
        random_id=random_id,
        random_secret=random_secret,
        not_ready=functools.partial(why_not_ready, store.pool),
        bank_readers=bank_readers,
        public_url=public_url,
        master_key=master_key,
        secret_box=secret_box,
        checkpoint_signer=DerivedCheckpointSigner(key_source),
        erasure=store.erasure(),
        stripe=StripeApiPlatform(stripe),
        stripe_connect=connect,
        stripe_feed=StripeApiFeedReader(stripe),
        stripe_invoices=StripeApiInvoiceReader(stripe),
        stripe_invoicing=StripeApiInvoicing(stripe),
        stripe_onboarding=connect,
        stripe_event_reader=StripeEventEnvelopeReader(),
        stripe_inbox=inbox,
        stripe_intake=StripeIntake(inbox),
        stripe_keys=StripeKeys(store=store, master_key=master_key, secret_box=secret_box, seconds=time.monotonic),
    )


@contextlib.contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except StoreUnavailable as error:
        raise CannotStart(f"the database cannot be reached: {error.__cause__ or error}") from error
    except (NoUsablePostgres, MigrationRefused, UnusableMasterKey) as error:
        raise CannotStart(str(error)) from error
