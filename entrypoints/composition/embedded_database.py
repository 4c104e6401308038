"""The embedded database: the one part of the service that needs a Unix, and is imported only where it is used."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Final

from adapters.postgres.binaries import NoUsablePostgres
from adapters.postgres.embedded_cluster import ServerRefused, default_folder, has_cluster
from adapters.postgres.embedded_server import SERVICE_USER, EmbeddedServer, processes_of
from entrypoints.composition.cannot_start import CannotStart
from entrypoints.settings import Settings
from ports.transaction import StoreUnavailable

RUNTIME_USER: Final = SERVICE_USER
"""As whom the service runs on it."""


def folder_of(settings: Settings) -> Path:
    """Where it and its master key are."""
    return settings.data_dir or default_folder()


def was_made(settings: Settings) -> bool:
    """Some start made it before. Raises CannotStart where that cannot be seen."""
    with _in_words():
        return has_cluster(folder_of(settings))


@contextlib.asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[EmbeddedServer]:
    """A share in it, with its database. Raises CannotStart."""
    with _in_words():
        server = await asyncio.to_thread(EmbeddedServer.open, folder_of(settings), pgbin=settings.pgbin)
    try:
        with _in_words():
            await server.make_database()
        yield server
    finally:
        await asyncio.to_thread(server.close)


def processes(folder: Path) -> tuple[int, ...]:
    """It and the process that keeps it, for proofs that kill them."""
    return processes_of(folder)


@contextlib.contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except StoreUnavailable as error:
        raise CannotStart(f"the database cannot be reached: {error.__cause__ or error}") from error
    except (ServerRefused, NoUsablePostgres) as error:
        raise CannotStart(str(error)) from error
