"""A process of its own that uses the embedded server, so that it can be killed. Run as a script by `UserProcess`."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import asyncpg

from adapters.postgres.embedded_keeper import running_server
from adapters.postgres.embedded_server import EmbeddedServer, processes_of
from adapters.postgres.errors import LOST

ROOT = Path(__file__).parents[3]


class UserProcess:
    """Opens the server in `folder`, and holds it until `leave` or `kill`."""

    def __init__(self, folder: Path, python: str = sys.executable, **options: Any) -> None:
        self._process = subprocess.Popen(
            [python, "-m", "tests.adapters.postgres.embedded_user", str(folder)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            **options,
        )
        assert self._process.stdout is not None
        self.address = self._process.stdout.readline().strip()
        assert self.address, "the server was not opened"

    def __enter__(self) -> "UserProcess":
        return self

    def __exit__(self, *_: object) -> None:
        self.leave()

    def leave(self) -> None:
        """Closes its share, and waits until that is done."""
        self._process.communicate("leave\n", timeout=60)

    def kill(self) -> None:
        """As the system does when memory is short: at once, with no last words."""
        self._process.kill()
        self._process.communicate()


def opened(folder: Path) -> EmbeddedServer:
    """The server in this folder, by the programs that PGBIN names."""
    pgbin = os.environ.get("PGBIN")
    return EmbeddedServer.open(folder, pgbin=Path(pgbin) if pgbin else None)


async def answer(address: str, query: str = "SELECT 1", seconds: float = 20) -> object:
    """What the server says, once it says something; it may be starting again."""
    for _ in range(int(seconds / 0.05)):
        try:
            connection = await asyncpg.connect(address)
            try:
                return await connection.fetchval(query)
            finally:
                await connection.close()
        except LOST:
            await asyncio.sleep(0.05)
    raise AssertionError("the server does not answer")


async def run(address: str, *statements: str) -> None:
    """Each is committed when this returns."""
    connection = await asyncpg.connect(address)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def gone(folder: Path, seconds: float = 30) -> bool:
    """Whether the server ends by itself."""
    for _ in range(1 + int(seconds / 0.05)):
        if running_server(folder / "postgres" / "data") is None:
            return True
        await asyncio.sleep(0.05)
    return False


def postmaster(folder: Path) -> int:
    """The running server's process."""
    found = running_server(folder / "postgres" / "data")
    assert found is not None
    return found


def keeper(folder: Path) -> int:
    """Its keeper's process: the server's parent."""
    return processes_of(folder)[1]


def kill(process: int) -> None:
    """SIGKILL."""
    os.kill(process, signal.SIGKILL)


def main() -> None:
    server = opened(Path(sys.argv[1]))
    asyncio.run(server.make_database())
    print(server.dsn(), flush=True)
    sys.stdin.readline()
    server.close()


if __name__ == "__main__":
    main()
