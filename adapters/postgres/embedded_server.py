"""A PostgreSQL of our own, for whoever has none: shared by all processes that use one data folder.

    folder/change.lock   held while somebody starts the server
    folder/users.lock    shared by all who use it
    folder/keeper.lock   held by the keeper (embedded_keeper.py), whose child the server is

Locks are the system's (flock): they end with their holder, however it ends. So the last one out stops the server even
if it is killed; a killed server is started again by its keeper, and a killed keeper by any of the users.
"""

import contextlib
import fcntl
import json
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final
from urllib.parse import quote

import asyncpg

from adapters.postgres import embedded_keeper
from adapters.postgres.binaries import NoUsablePostgres, find_binaries
from adapters.postgres.embedded_cluster import (
    PORT,
    Cluster,
    ServerRefused,
    environment,
    in_one_line,
    made_folder,
    prepared_cluster,
)
from adapters.postgres.errors import translated

DATABASE: Final = "tieout"
ADMINISTRATOR: Final = "postgres"
SERVICE_USER: Final = "tieout_service"
"""Owns nothing: it may only put on the roles of the run time."""
_IS_MEMBER: Final = (
    "SELECT count(*) FROM pg_auth_members WHERE roleid::regrole::text = $1 AND member::regrole::text = $2"
)
_PAUSE_SECONDS: Final = 0.02
_LOGGED: Final = re.compile(r".*?\[(\d+)\] (.*)")
_LOG_BYTES_MAX: Final = 10 * 1024 * 1024


class EmbeddedServer:
    """One process's share in the server: from `open` until `close`."""

    def __init__(self, cluster: Cluster, users: int, patience: timedelta) -> None:
        self.cluster = cluster
        self._users = users
        self._patience = patience
        self._closed = threading.Event()

    @classmethod
    def open(
        cls, folder: Path, *, pgbin: Path | None = None, patience: timedelta = timedelta(seconds=60)
    ) -> "EmbeddedServer":
        """Starts the server unless it runs; makes its folder unless it is there. Blocks. Raises ServerRefused."""
        folder = made_folder(folder)
        give_up = time.monotonic() + patience.total_seconds()
        try:
            with _locked(folder / "change.lock", fcntl.LOCK_EX, give_up):
                users = _lock(folder / "users.lock", fcntl.LOCK_SH, give_up)
                try:
                    cluster = prepared_cluster(folder, find_binaries(pgbin))
                    server = cls(cluster, users, patience)
                    server._have_it_kept(give_up)
                except BaseException:
                    os.close(users)
                    raise
        except (OSError, NoUsablePostgres) as error:
            raise ServerRefused(f"{folder}: {error}") from error
        threading.Thread(target=server._replace_dead_keepers, name="embedded server", daemon=True).start()
        return server

    def dsn(self, database: str = DATABASE, user: str = ADMINISTRATOR) -> str:
        """The address of a database on it. Everything is said, so that no PG… variable of the environment counts."""
        return f"postgresql://{user}@/{database}?host={quote(str(self.cluster.sockets))}&port={PORT}&sslmode=disable"

    async def make_database(self) -> None:
        """The database and the service's user, unless they are there."""
        async with self._administering() as connection:
            if not await connection.fetchval("SELECT count(*) FROM pg_roles WHERE rolname = $1", SERVICE_USER):
                with contextlib.suppress(asyncpg.DuplicateObjectError, asyncpg.UniqueViolationError):
                    await connection.execute(
                        f"CREATE ROLE {SERVICE_USER} LOGIN NOINHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS"
                    )
            if not await connection.fetchval("SELECT count(*) FROM pg_database WHERE datname = $1", DATABASE):
                with contextlib.suppress(asyncpg.DuplicateDatabaseError, asyncpg.UniqueViolationError):
                    await connection.execute(f"CREATE DATABASE {DATABASE}")

    async def admit_service(self) -> None:
        """Once the schema's roles are there: the service's user may put on those of the run time, and no other."""
        async with self._administering() as connection:
            for role in ("tieout_runtime", "tieout_eraser"):
                if not await connection.fetchval(_IS_MEMBER, role, SERVICE_USER):
                    with contextlib.suppress(asyncpg.UniqueViolationError):
                        await connection.execute(f"GRANT {role} TO {SERVICE_USER}")

    @contextlib.asynccontextmanager
    async def _administering(self) -> AsyncIterator[asyncpg.Connection]:
        with translated("preparing the embedded server"):
            connection = await asyncpg.connect(self.dsn("postgres"))
            try:
                yield connection
            finally:
                await connection.close()

    def close(self) -> None:
        """Gives the share back; whoever was the last waits until the server has stopped. Blocks."""
        if self._closed.is_set():
            return
        self._closed.set()
        os.close(self._users)
        give_up = time.monotonic() + self._patience.total_seconds()
        others_since: float | None = None
        while self._is_kept() and time.monotonic() < give_up:
            # The keeper takes the users' lock as soon as the last user has gone. If it is still free to share after a
            # while, others share it.
            if _is_free(self.cluster.folder / "users.lock", fcntl.LOCK_SH):
                others_since = others_since or time.monotonic()
                if time.monotonic() - others_since > 0.5:
                    return
            else:
                others_since = None
            time.sleep(_PAUSE_SECONDS)

    def _have_it_kept(self, give_up: float) -> None:
        """A keeper, and a server that answers. Whoever calls holds the lock on changes."""
        if not self._is_kept():
            self._start_keeper()
        while not self._answers():
            if not self._is_kept():
                raise ServerRefused(self._why_it_does_not_start())
            if time.monotonic() > give_up:
                raise ServerRefused(f"PostgreSQL in {self.cluster.data} does not answer: see {self.cluster.log}")
            time.sleep(_PAUSE_SECONDS)

    def _start_keeper(self) -> None:
        cluster = self.cluster
        with contextlib.suppress(OSError):
            if cluster.log.stat().st_size > _LOG_BYTES_MAX:
                cluster.log.replace(cluster.log.with_suffix(".log.1"))
        order = {
            "keeper_lock": str(cluster.folder / "keeper.lock"),
            "users_lock": str(cluster.folder / "users.lock"),
            "data": str(cluster.data),
            "log": str(cluster.log),
            "command": [str(cluster.binaries.folder / "postgres"), "-D", str(cluster.data)],
            "account": cluster.account.for_subprocess,
        }
        with cluster.log.open("ab") as log:
            cluster.log.chmod(0o600)
            started = subprocess.Popen(  # noqa: S603  # our own script
                [sys.executable, "-I", "-S", embedded_keeper.__file__, json.dumps(order)],
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                env=environment(),
                start_new_session=True,  # a Ctrl-C at our terminal is ours alone
            )
        said, _ = started.communicate()
        if said != embedded_keeper.READY:
            raise ServerRefused(self._why_it_does_not_start())

    def _is_kept(self) -> bool:
        return not _is_free(self.cluster.folder / "keeper.lock", fcntl.LOCK_SH)

    def _answers(self) -> bool:
        """The server says of itself that it is ready, and is there."""
        running = embedded_keeper.running_server(self.cluster.data)
        return running is not None and embedded_keeper.was_ready(self.cluster.data, running)

    def _why_it_does_not_start(self) -> str:
        said = ""
        with contextlib.suppress(OSError, IndexError):
            lines = self.cluster.log.read_text(encoding="utf-8", errors="replace").splitlines()
            told = [match.groups() for line in lines if (match := _LOGGED.match(line))]
            said = in_one_line("\n".join(words for process, words in told if process == told[-1][0]) or lines[-1])
        hint = " (the disk is full)" if "No space left" in said else ""
        return f"PostgreSQL in {self.cluster.data} does not start{hint}: {said or 'it said nothing'}"

    def _replace_dead_keepers(self) -> None:
        """Waits for the keeper's end. If that is not because we left, it was killed: whoever notices starts another."""
        while not self._closed.is_set():
            keeper = embedded_keeper.lock_file(self.cluster.folder / "keeper.lock")
            fcntl.flock(keeper, fcntl.LOCK_SH)
            os.close(keeper)
            if self._closed.is_set():
                return
            give_up = time.monotonic() + self._patience.total_seconds()
            try:
                with _locked(self.cluster.folder / "change.lock", fcntl.LOCK_EX, give_up):
                    if not self._closed.is_set():
                        self._have_it_kept(give_up)
            except (OSError, ServerRefused) as trouble:
                # The service goes on without a database, answers that it has none, and this is tried again.
                if not self._closed.wait(5):
                    print(f"tieout: {trouble}", file=sys.stderr)


def processes_of(folder: Path) -> tuple[int, ...]:
    """The server in this folder, and its keeper, while they run. For proofs that kill them; on Linux only."""
    server = embedded_keeper.running_server(folder / "postgres" / "data")
    if server is None:
        return ()
    with contextlib.suppress(OSError):
        fields = Path("/proc", str(server), "stat").read_text().rpartition(")")[2].split()
        return server, int(fields[1])
    return (server,)


@contextlib.contextmanager
def _locked(path: Path, kind: int, give_up: float) -> Iterator[None]:
    file = _lock(path, kind, give_up)
    try:
        yield
    finally:
        os.close(file)


def _lock(path: Path, kind: int, give_up: float) -> int:
    """The lock, held until the file is closed."""
    file = embedded_keeper.lock_file(path)
    while True:
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > give_up:
                os.close(file)
                raise ServerRefused(f"{path} has been held by another process for too long") from None
            time.sleep(_PAUSE_SECONDS)
        except OSError as error:
            os.close(file)
            raise ServerRefused(f"{path.parent} is on a file system without locks ({error.strerror})") from error
        else:
            return file


def _is_free(path: Path, kind: int) -> bool:
    file = embedded_keeper.lock_file(path)
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(file)
    return True
