"""Where there is no fcntl and no pwd, as on Windows: files are reconciled, and a server's database can be used."""

import os
import subprocess
import sys
from base64 import b64encode
from pathlib import Path

from tests.entrypoints.small_files import ROOT

WITHOUT = "import sys; sys.modules.update(dict.fromkeys(('fcntl', 'pwd', 'grp', 'resource', 'uvloop')))\n"
COMMAND = WITHOUT + "from entrypoints.command_line import main; sys.exit(main())"
COMPOSE = (
    WITHOUT
    + """
import asyncio, os
from entrypoints.composition.service import opened_service
from entrypoints.settings import Settings

async def compose():
    async with opened_service(Settings.from_environment(os.environ), public_url="http://localhost") as service:
        async with service.store.control() as transaction:
            print("partners:", len(await transaction.partners.all()))
        print("not ready:", await service.services.not_ready())

asyncio.run(compose())
"""
)


def without_unix(code: str, *arguments: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "TIEOUT_DATA_DIR")}
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=folder,
        env={**kept, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_the_example_is_reconciled(tmp_path: Path) -> None:
    done = without_unix(COMMAND, "reconcile", "--example", "--out", "report.json", folder=tmp_path)

    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "report.json").exists()


async def test_the_service_is_composed_on_a_servers_database(postgres_database: str, tmp_path: Path) -> None:
    key = b64encode(bytes(32)).decode()

    done = without_unix(COMPOSE, folder=tmp_path, DATABASE_URL=postgres_database, TIEOUT_MASTER_KEY=key)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == ["partners: 0", "not ready: None"]


def test_without_a_servers_database_it_says_what_is_needed(tmp_path: Path) -> None:
    for command in (("serve",), ("worker",), ("migrate",), ("partner", "add", "Platform")):
        done = without_unix(COMMAND, *command, folder=tmp_path)

        assert done.returncode == 2
        assert done.stderr == (
            "tieout: the embedded PostgreSQL needs Linux or macOS (there is no pwd here): "
            "give a server's DATABASE_URL\n"
        )
