"""Keeps the embedded PostgreSQL: starts it, starts it again when it was killed, stops it when nobody is left.

It is a script of the standard library alone (`python -I -S embedded_keeper.py ORDER`), so that it starts at once and
holds little memory. Those who use the server hold a shared lock on one file, which the system takes from them however
they die; the keeper waits for that lock. It holds a lock on another file, by which they know that it lives.
"""

import contextlib
import ctypes
import fcntl
import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, Final

READY: Final = b"ready\n"
FAST, IMMEDIATE = signal.SIGINT, signal.SIGQUIT
_FAST_STOP_SECONDS_MAX: Final = 60
_PAUSE_SECONDS_MAX: Final = 2.0
_OUTPUT: Final = 1
_FAILURES_MAX: Final = 6
_PARENT_DEATH_SIGNAL: Final = 1
_PRCTL: Final = getattr(ctypes.CDLL(None), "prctl", None)


class Keeper:
    """Keeps one server."""

    def __init__(self, order: dict[str, Any]) -> None:
        self._order = order
        self._data = Path(order["data"])
        self._stopping = threading.Event()
        self._starting = threading.Lock()
        self._server: subprocess.Popen[bytes] | None = None

    def run(self) -> int:
        """Until nobody uses the server. The status is 1 if it cannot be started at all."""
        alive, users = lock_file(Path(self._order["keeper_lock"])), lock_file(Path(self._order["users_lock"]))
        fcntl.flock(alive, fcntl.LOCK_EX)
        os.write(_OUTPUT, READY)
        os.close(_OUTPUT)  # whoever started us reads to the end
        self._end_an_orphan()
        threading.Thread(target=self._stop_when_left, args=(users,), daemon=True).start()
        return self._keep()

    def _keep(self) -> int:
        failures = 0
        ever_ready = False
        while True:
            with self._starting:
                if self._stopping.is_set():
                    return 0
                server = self._start()
            server.wait()
            ready = was_ready(self._data, server.pid)
            ever_ready = ever_ready or ready
            failures = 0 if ready else failures + 1
            if failures == _FAILURES_MAX and not ever_ready:
                return 1
            # Killed, or crashed. What is left of it may hold its memory for a moment more: the next start finds out.
            self._stopping.wait(min(0.05 * 2**failures, _PAUSE_SECONDS_MAX))

    def _start(self) -> "subprocess.Popen[bytes]":
        with Path(self._order["log"]).open("ab") as log:
            self._server = subprocess.Popen(  # noqa: S603  # what the keeper was ordered to keep
                self._order["command"],
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                umask=0o077,
                preexec_fn=_stop_with_the_keeper,
                **self._order["account"],
            )
        return self._server

    def _stop_when_left(self, users: int) -> None:
        """Waits until the last user is gone: by then no new one can come, for the lock is now the keeper's."""
        fcntl.flock(users, fcntl.LOCK_EX)
        with self._starting:
            self._stopping.set()
        give_up = time.monotonic() + _FAST_STOP_SECONDS_MAX
        while self._server is not None and self._server.poll() is None:
            self._server.send_signal(FAST if time.monotonic() < give_up else IMMEDIATE)
            time.sleep(0.5)

    def _end_an_orphan(self) -> None:
        """The server of a keeper that was killed. Nobody keeps it, so it ends, and its successor takes over."""
        for attempt in range(2 * _FAST_STOP_SECONDS_MAX):
            orphan = running_server(self._data)
            if orphan is None:
                return
            with contextlib.suppress(ProcessLookupError):
                os.kill(orphan, FAST if attempt < _FAST_STOP_SECONDS_MAX else IMMEDIATE)
            time.sleep(0.1 if attempt < 10 else 1)


def lock_file(path: Path) -> int:
    """Opened for locking. Closed to others: whoever can open it can hold its lock for ever."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def running_server(data: Path) -> int | None:
    """The process that serves this folder, if it runs. A stale file's number may be another process's by now."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        process = int((data / "postmaster.pid").read_text().splitlines()[0])
        if _serves(process, data):
            return process
    return None


def _serves(process: int, data: Path) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{process}/cwd").readlink() == data.resolve()
    if Path("/proc/self").exists():
        return False
    listed = subprocess.run(["ps", "-o", "command=", "-p", str(process)], capture_output=True, text=True, check=False)  # noqa: S607, S603
    return str(data) in listed.stdout


def was_ready(data: Path, process: int) -> bool:
    """A server that was killed leaves its file behind, with the last thing that it said of itself."""
    with contextlib.suppress(OSError):
        lines = (data / "postmaster.pid").read_text().splitlines()
        return len(lines) >= 8 and lines[0].strip() == str(process) and lines[7].strip() == "ready"
    return False


def _stop_with_the_keeper() -> None:
    """Where the system can: a killed keeper's server ends in order, at once. Elsewhere the next keeper sees to it."""
    if _PRCTL is not None:
        _PRCTL(_PARENT_DEATH_SIGNAL, FAST)


if __name__ == "__main__":
    for _ignored in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(_ignored, signal.SIG_IGN)  # who uses the server decides when it stops, not who stops them
    if os.fork():
        os._exit(0)  # nobody's child: it may outlive whoever started it
    sys.exit(Keeper(json.loads(sys.argv[1])).run())
