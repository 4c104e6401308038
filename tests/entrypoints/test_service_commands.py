"""The service as a process: started, asked, stopped; and what it says when it cannot start."""

import asyncio
import os
import shutil
import signal
import socket
import sys
import tempfile
from base64 import b64encode
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import aiohttp
import asyncpg
import pytest

from domain.actor import ENGINE
from domain.audit_entry import AuditEntry
from entrypoints.command_line import main
from entrypoints.composition.cannot_start import CannotStart
from entrypoints.composition.service import opened_service
from entrypoints.doctor_command import _audit_trails, run_doctor
from entrypoints.proofs.acknowledged_writes import ask, make_company
from entrypoints.proofs.served_process import ServedProcess
from entrypoints.serve_command import work
from entrypoints.settings import Settings
from ports.findings import Finding
from tests.entrypoints.http.callers import ACME, NOON, introduce_everybody

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the embedded database needs Unix")
MASTER_KEY = b64encode(bytes(32)).decode()


@pytest.fixture
def folder() -> Iterator[Path]:
    memory = Path("/dev/shm")
    place = Path(tempfile.mkdtemp(prefix="tieout-served-", dir=memory if memory.is_dir() else None))
    place.chmod(0o711)
    yield place / "data"
    shutil.rmtree(place)


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Without the settings of whoever runs the tests."""
    for name in ("DATABASE_URL", "TIEOUT_MASTER_KEY", "TIEOUT_MASTER_KEY_FILE", "TIEOUT_DATA_DIR"):
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


async def test_it_answers_on_a_fresh_folder_and_a_polite_stop_ends_what_was_asked(folder: Path) -> None:
    served = ServedProcess(folder)
    await served.start()
    company = await make_company(served, "acme")
    async with aiohttp.ClientSession() as client:
        body = {
            "data": [
                {
                    "external_id": f"po-{number}",
                    "amount": {"minor_units": number, "currency": "usd"},
                    "arrival_date": "2026-06-30",
                }
                for number in range(1, 200)
            ]
        }
        asked = asyncio.create_task(ask(client, served, "POST", f"/v1/companies/{company}/payouts", body))
        await asyncio.sleep(0.05)
        status = await served.stop()
        answered, _ = await asked

    assert (status, answered) == (0, 200)
    assert served.database is None


async def test_with_its_master_key_lost_it_does_not_start_beside_what_was_sealed(folder: Path) -> None:
    served = ServedProcess(folder)
    await served.start()
    async with aiohttp.ClientSession() as client:
        added = await ask(
            client, served, "POST", "/v1/webhook_endpoints", {"url": "https://hooks.partner.example/tieout"}
        )
    await served.stop()
    (folder / "master.key").unlink()

    with pytest.raises(RuntimeError):
        await served.start()

    assert added[0] == 201
    assert "master.key is missing" in (folder.parent / "service.log").read_text()
    assert not (folder / "master.key").exists()


async def test_a_port_that_is_taken_is_said(
    folder: Path, environment: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    environment.setenv("TIEOUT_DATA_DIR", str(folder))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status = await asyncio.to_thread(main, ["migrate"])
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", "from entrypoints.command_line import main; raise SystemExit(main())"),
            *("serve", "--port", str(port)),
            stderr=asyncio.subprocess.PIPE,
        )
        _, said = await process.communicate()

    assert (status, process.returncode) == (0, 2)
    assert f"127.0.0.1:{port} cannot be listened on" in said.decode()


async def test_workers_alone_answer_probes_that_tell_the_truth(
    postgres_database: str, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("DATABASE_URL", postgres_database)
    environment.setenv("TIEOUT_MASTER_KEY", MASTER_KEY)
    settings = Settings.from_environment(os.environ)
    said: asyncio.Queue[str] = asyncio.Queue()
    working = asyncio.create_task(work(settings, probes=("127.0.0.1", 0), say=said.put_nowait))
    address = (await asyncio.wait_for(said.get(), 30)).removeprefix("Its figures are at ").removesuffix("/metrics")

    async def asked(path: str) -> tuple[int, str]:
        async with aiohttp.ClientSession() as client, client.get(f"{address}{path}") as answer:
            return answer.status, await answer.text()

    alive, ready, figures = [await asked(path) for path in ("/healthz", "/readyz", "/metrics")]
    nothing_else = [(await asked(path))[0] for path in ("/", "/docs", "/v1/companies", "/openapi.json")]
    administrator = await asyncpg.connect(postgres_database)
    await administrator.execute("INSERT INTO tieout.schema_migrations (name, sha256) VALUES ('999_newer', 'x')")
    behind = await asked("/readyz")
    await administrator.execute("DELETE FROM tieout.schema_migrations WHERE name = '999_newer'")
    await administrator.close()
    os.kill(os.getpid(), signal.SIGTERM)

    assert await asyncio.wait_for(working, 30) == 0
    assert (alive[0], ready[0], figures[0]) == (200, 200, 200)
    assert "tieout_store_up 1.0" in figures[1]
    assert "tieout_work_lag_seconds" in figures[1]
    assert nothing_else == [404] * 4
    assert behind[0] == 503
    with pytest.raises(aiohttp.ClientConnectionError):
        await asked("/healthz")


async def test_without_a_port_for_them_workers_answer_nothing(
    postgres_database: str, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("DATABASE_URL", postgres_database)
    environment.setenv("TIEOUT_MASTER_KEY", MASTER_KEY)
    said: asyncio.Queue[str] = asyncio.Queue()
    working = asyncio.create_task(work(Settings.from_environment(os.environ), say=said.put_nowait))

    assert await asyncio.wait_for(said.get(), 30) == "Tieout works."
    os.kill(os.getpid(), signal.SIGTERM)
    assert await asyncio.wait_for(working, 30) == 0


async def test_a_port_for_figures_that_is_taken_is_said(
    postgres_database: str, environment: pytest.MonkeyPatch
) -> None:
    settings = Settings(database_url=postgres_database, master_key=MASTER_KEY)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        with pytest.raises(CannotStart, match=f"127.0.0.1:{port} cannot be listened on.*; try another --metrics-port"):
            await work(settings, probes=("127.0.0.1", port), say=print)


async def test_partners_are_listed_and_renamed(
    postgres_database: str, environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    environment.setenv("DATABASE_URL", postgres_database)
    environment.setenv("TIEOUT_MASTER_KEY", MASTER_KEY)

    async def said(*command: str) -> tuple[int, str, str]:
        status = await asyncio.to_thread(main, ["partner", *command])
        return status, *capsys.readouterr()

    added = (await said("add", " Platform "))[1]
    id = added.split()[0]

    assert added.splitlines()[0] == f"{id}  Platform"
    assert await said("list") == (0, f"{id}  Platform\n", "")
    assert await said("rename", id, "Platform, Inc.") == (0, f"{id}  Platform, Inc.\n", "")
    assert await said("list") == (0, f"{id}  Platform, Inc.\n", "")
    assert await said("rename", "partner_nobody", "X") == (2, "", "tieout: there is no partner partner_nobody\n")
    assert await said("rename", id, " ") == (2, "", "tieout: a partner's name must not be blank\n")
    assert await said("add", "a\nb") == (
        2, "", "tieout: a partner's name has at most 200 characters, all of them printable\n",
    )  # fmt: skip


def test_looking_for_partners_makes_no_database(
    folder: Path, environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    environment.setenv("TIEOUT_DATA_DIR", str(folder))

    status = main(["partner", "list"])

    assert status == 2
    assert capsys.readouterr().err == (
        f"tieout: there is no database in {folder}: is TIEOUT_DATA_DIR that of your service?\n"
    )
    assert not folder.exists()


async def test_the_doctor_finds_what_is_right_and_the_one_thing_that_is_wrong_with_a_database_for_tests(
    postgres_database: str, environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = {"DATABASE_URL": postgres_database, "TIEOUT_MASTER_KEY": MASTER_KEY}

    status = await asyncio.to_thread(run_doctor, settings)

    said = capsys.readouterr().out
    assert "schema: up to date" in said
    assert "row-level security: forced on all" in said
    assert "WRONG database: fsync is off" in said
    assert MASTER_KEY not in said
    assert status == 1


async def test_the_doctor_names_a_table_whose_wall_was_torn_down(
    postgres_database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    connection = await asyncpg.connect(postgres_database)
    await connection.execute("ALTER TABLE tieout.payouts NO FORCE ROW LEVEL SECURITY")
    await connection.close()

    status = await asyncio.to_thread(run_doctor, {"DATABASE_URL": postgres_database, "TIEOUT_MASTER_KEY": MASTER_KEY})

    assert "WRONG row-level security: not forced on payouts" in capsys.readouterr().out
    assert status == 1


async def test_the_doctor_finds_a_row_of_the_audit_trail_that_was_changed(postgres_database: str) -> None:
    settings = Settings(database_url=postgres_database, master_key=MASTER_KEY)
    connection = await asyncpg.connect(postgres_database)
    async with opened_service(settings, public_url="http://localhost") as service:
        await introduce_everybody(service.store)
        async with service.store.company(ACME) as transaction:
            entry = AuditEntry(who=ENGINE, action="match.made", subject="match_1", at=NOON, detail={"cents": 100})
            await transaction.audit.append([entry])

        untouched = await _audit_trails(service)
        await connection.execute("UPDATE tieout.audit_rows SET detail = replace(detail, '100', '999')")
        changed = await _audit_trails(service)
    await connection.close()

    assert untouched.words == "audit trail: 1 links of 9 trails hold"
    assert changed == Finding.wrong(f"audit trail: not as it was recorded: {ACME}")


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"DATABASE_URL": "mysql://x"}, "WRONG DATABASE_URL: it does not begin with postgresql://"),
        ({"DATABASE_URL": "postgresql:///x"}, "WRONG with DATABASE_URL, TIEOUT_MASTER_KEY or"),
        ({"TIEOUT_DATA_DIR": "/tmp/nowhere/at/all"}, "note  data folder: /tmp/nowhere/at/all holds no database yet"),
        ({"PGBIN": "/nowhere", "TIEOUT_DATA_DIR": "/tmp/nowhere"}, "WRONG embedded database: /nowhere holds no initdb"),
        ({"TIEOUT_DATADIR": "x"}, "note  TIEOUT_DATADIR is no setting; is TIEOUT_DATA_DIR meant?"),
    ],
)
def test_the_doctor_says_in_words_what_is_missing(
    settings: dict[str, str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run_doctor({"TIEOUT_DATA_DIR": "/tmp/nowhere", **settings})

    assert words in capsys.readouterr().out


def test_a_database_that_cannot_be_reached_is_one_clear_line(
    environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    environment.setenv("DATABASE_URL", "postgresql://canary:canary@/tieout?host=/nowhere")
    environment.setattr("entrypoints.composition.service.DATABASE_PATIENCE", timedelta(0))

    status = main(["migrate"])

    said = capsys.readouterr().err
    assert status == 2
    assert "the database cannot be reached" in said
    assert "canary" not in said
