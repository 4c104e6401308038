"""`tieout serve` as a process of its own, which can be killed."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from entrypoints.composition.service import database_processes

_PROGRAM: Final = "import sys; from entrypoints.command_line import main; sys.exit(main())"
_ADDRESS: Final = "Tieout answers at "
_KEY: Final = "tie_test_"
START_SECONDS_MAX: Final = 120


class ServedProcess:
    """A service with its embedded database in `folder`, started, killed and started again."""

    def __init__(self, folder: Path, *, environment: Mapping[str, str] | None = None) -> None:
        """`environment`: settings beside those of whoever starts it."""
        self._folder = folder
        self._environment = dict(environment or {})
        self._process: asyncio.subprocess.Process | None = None
        self.address = ""
        self.key = ""
        """The first partner's test key, which a service on a fresh folder tells once."""

    @property
    def runs(self) -> bool:
        """Whether the service's process is there."""
        return self._process is not None and self._process.returncode is None

    @property
    def process(self) -> int | None:
        """The service's process, while it runs."""
        return self._process.pid if self._process is not None and self.runs else None

    @property
    def database(self) -> int | None:
        """The process of the embedded PostgreSQL, while it runs."""
        return next(iter(database_processes(self._folder)), None)

    async def start(self) -> None:
        """Returns when it says where it answers."""
        with (self._folder.parent / "service.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-c", _PROGRAM, "serve", "--port", "0"),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                env={**os.environ, "TIEOUT_DATA_DIR": str(self._folder), "DATABASE_URL": "", **self._environment},
            )
        await asyncio.wait_for(self._read_address(self._process), START_SECONDS_MAX)

    async def _read_address(self, process: asyncio.subprocess.Process) -> None:
        output = process.stdout
        while output is not None and (line := (await output.readline()).decode().strip()):
            if _KEY in line:
                self.key = _KEY + line.partition(_KEY)[2]
            if line.startswith(_ADDRESS):
                self.address = line.removeprefix(_ADDRESS)
                return
        raise RuntimeError(f"the service ended before it answered: see {self._folder.parent / 'service.log'}")

    async def kill(self) -> None:
        """SIGKILL: no last words."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()
            await self._process.wait()

    async def stop(self) -> int:
        """SIGTERM: what is under way may end. The exit status."""
        if self._process is None:
            return 0
        with contextlib.suppress(ProcessLookupError):
            self._process.terminate()
        return await self._process.wait()

    def kill_database(self) -> bool:
        """Kills the embedded PostgreSQL. False if it was not there."""
        return _kill(database_processes(self._folder)[:1])

    def kill_keeper(self) -> bool:
        """Kills the process that keeps the embedded PostgreSQL. False if it was not there."""
        return _kill(database_processes(self._folder)[1:])


def _kill(processes: tuple[int, ...]) -> bool:
    killed = False
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
            killed = True
    return killed
