"""The embedded PostgreSQL: a life cycle that no kill ends, shared by whoever uses the folder."""

import asyncio
import contextlib
import os
import pwd
import shutil
import stat
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import asyncpg
import pytest

from adapters.postgres import embedded_cluster
from adapters.postgres.embedded_cluster import ServerRefused
from adapters.postgres.migrations import migrate
from adapters.postgres.store import PostgresStore
from tests.adapters.postgres.embedded_user import UserProcess, answer, gone, keeper, kill, opened, postmaster, run

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
IS_ROOT = os.geteuid() == 0


def passable_folder() -> Path:
    """Others may pass through it: as root, the server runs as somebody else."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="tieout-embedded-", dir=memory if memory.is_dir() else None))
    folder.chmod(0o711)
    return folder


@pytest.fixture
def place() -> Iterator[Path]:
    """Where a test makes its data folder."""
    place = passable_folder()
    yield place
    shutil.rmtree(place)


@pytest.fixture(scope="module")
def made_before() -> Iterator[Path]:
    """A data folder that was used once."""
    place = passable_folder()
    with UserProcess(place / "data"):
        pass
    yield place / "data"
    shutil.rmtree(place)


@pytest.fixture
def folder(made_before: Path, place: Path) -> Path:
    """A data folder that was used before, of the test's own."""
    subprocess.run(["cp", "-a", made_before, place / "data"], check=True)
    return place / "data"


@pytest.mark.parametrize("name", ["a blank and 'quotes', too", "long " * 30], ids=["quotes", "long"])
async def test_what_was_written_is_there_the_next_time(place: Path, name: str) -> None:
    folder = place / name.strip() / "data"
    with UserProcess(folder) as user:
        await run(user.address, "CREATE TABLE kept AS SELECT 42 AS figure")
    assert await gone(folder)

    with UserProcess(folder) as user:
        assert await answer(user.address, "SELECT figure FROM kept") == 42


async def test_processes_on_one_folder_share_one_server_until_the_last_one_leaves(folder: Path) -> None:
    with UserProcess(folder) as first:
        with UserProcess(folder) as second:
            assert first.address == second.address
            shared = postmaster(folder)
        assert await answer(first.address) == 1
        assert postmaster(folder) == shared

    assert await gone(folder, seconds=0)


async def test_two_processes_that_start_at_once_on_a_new_folder_share_one_server(place: Path) -> None:
    users = await asyncio.gather(*(asyncio.to_thread(UserProcess, place / "data") for _ in range(2)))

    assert len({user.address for user in users}) == 1
    for user in users:
        user.leave()


async def test_the_server_of_a_killed_process_ends_by_itself_and_keeps_what_was_committed(folder: Path) -> None:
    user = UserProcess(folder)
    await run(user.address, "CREATE TABLE kept AS SELECT 42 AS figure")
    user.kill()

    assert await gone(folder)
    with UserProcess(folder) as user:
        assert await answer(user.address, "SELECT figure FROM kept") == 42


async def test_a_killed_server_and_a_killed_keeper_are_replaced_while_somebody_uses_them(folder: Path) -> None:
    with UserProcess(folder) as user:
        await run(user.address, "CREATE TABLE kept AS SELECT 42 AS figure")

        kill(postmaster(folder))
        assert await answer(user.address, "SELECT figure FROM kept") == 42

        killed = keeper(folder)
        kill(killed)
        while await answer(user.address, "SELECT figure FROM kept") == 42 and keeper(folder) == killed:
            await asyncio.sleep(0.05)
        assert await answer(user.address, "SELECT figure FROM kept") == 42

    assert await gone(folder, seconds=0)


async def test_everything_killed_at_once_starts_again(folder: Path) -> None:
    user = UserProcess(folder)
    await run(user.address, "CREATE TABLE kept AS SELECT 42 AS figure")
    kill(keeper(folder))
    kill(postmaster(folder))
    user.kill()

    with UserProcess(folder) as user:
        assert await answer(user.address, "SELECT figure FROM kept") == 42


async def test_a_stale_process_number_that_is_now_somebody_elses_harms_nobody(folder: Path) -> None:
    stale = folder / "postgres" / "data" / "postmaster.pid"
    stale.write_text(f"{os.getpid()}\n{stale.parent}\n1\n5432\n{folder / 'postgres'}\n\n1 1\nready   \n")

    with UserProcess(folder) as user:
        assert await answer(user.address) == 1


async def test_a_folder_whose_making_was_cut_off_is_made_anew(folder: Path) -> None:
    half = folder / "postgres" / "unfinished-1-00"
    (folder / "postgres" / "data").rename(half)
    (half / "PG_VERSION").unlink()

    server = opened(folder)

    assert await answer(server.dsn("postgres")) == 1
    assert not half.exists()
    server.close()


async def test_the_services_user_may_put_on_the_roles_of_the_run_time_and_nothing_else(folder: Path) -> None:
    server = opened(folder)
    for _ in range(2):
        await server.make_database()
        await migrate(server.dsn())
        await server.admit_service()

    address = server.dsn(user="tieout_service")
    store = await PostgresStore.open(address)
    async with store.control() as transaction:
        assert await transaction.partners.all() == []
    await store.close()
    for forbidden in ("SET ROLE tieout_owner", "SELECT name FROM tieout.partners", "CREATE ROLE friend"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await run(address, forbidden)
    server.close()


async def test_our_environment_is_not_the_servers(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIEOUT_MASTER_KEY", "canary")
    server = opened(folder)

    for process in (postmaster(folder), keeper(folder)):
        assert b"canary" not in Path("/proc", str(process), "environ").read_bytes()
    server.close()


def test_data_of_another_major_version_is_refused(folder: Path) -> None:
    (folder / "postgres" / "data" / "PG_VERSION").write_text("14\n")

    with pytest.raises(ServerRefused, match=r"was made by PostgreSQL 14, .* by PGBIN, or move the data by pg_dump"):
        opened(folder)


def test_a_full_disk_is_named(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1024 * 1024))

    with pytest.raises(ServerRefused, match="has 1 MB left on its disk: a database needs 300 MB"):
        opened(place / "data")


def test_a_server_that_cannot_start_says_why(folder: Path) -> None:
    (folder / "postgres" / "data" / "local.conf").write_text("nonsense = on\n")

    with pytest.raises(ServerRefused, match=r"does not start: .*unrecognized configuration parameter"):
        opened(folder)


def test_a_file_in_the_folders_place_is_named(place: Path) -> None:
    (place / "data").write_text("mine")

    for folder in (place / "data", place / "data" / "inner"):
        with pytest.raises(ServerRefused, match=rf"{folder} cannot be used: {place}/data is not a folder"):
            opened(folder)


@pytest.mark.skipif(not IS_ROOT, reason="only root runs its server as somebody else")
def test_root_opens_no_folder_to_the_servers_user(place: Path) -> None:
    closed = place / "closed"
    closed.mkdir(mode=0o700)

    with pytest.raises(ServerRefused, match=rf"to whom {closed} is closed: name another folder by TIEOUT_DATA_DIR"):
        opened(closed / "data")

    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@pytest.mark.skipif(not IS_ROOT, reason="only root can become somebody else")
async def test_somebody_who_is_not_root_runs_it_alone_and_root_may_join(place: Path) -> None:
    somebody = pwd.getpwnam("nobody")
    python = python_for(somebody)
    theirs = place / "theirs"
    theirs.mkdir()
    os.chown(theirs, somebody.pw_uid, somebody.pw_gid)

    packages = {"PYTHONPATH": sysconfig.get_path("purelib"), "PYTHONDONTWRITEBYTECODE": "1"}
    packages |= {name: os.environ[name] for name in ("PGBIN",) if name in os.environ}
    ids = {"user": somebody.pw_uid, "group": somebody.pw_gid, "extra_groups": []}
    with UserProcess(theirs / "data", python=python, env=packages, **ids):
        joined = opened(theirs / "data")

        assert await answer(joined.dsn()) == 1
        assert {path.owner() for path in theirs.rglob("*")} == {"nobody"}
        joined.close()


def python_for(account: pwd.struct_passwd) -> str:
    """Ours if that user may run it, or the system's if it is of the same version."""
    for python in (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"):
        tried = [python, "-c", "pass"]
        ids = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": ()}
        with contextlib.suppress(OSError):
            if subprocess.run(tried, cwd="/", check=False, **ids).returncode == 0:  # type: ignore[call-overload]
                return python
    pytest.skip("no Python that somebody else may run")


@pytest.mark.skipif("PGBIN" in os.environ, reason="only the wheel's programs are copied")
@pytest.mark.skipif(not IS_ROOT, reason="only root's programs can be closed to the server's user")
async def test_programs_in_roots_own_home_are_copied_for_the_servers_user(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed_on_the_way_to = embedded_cluster._closed_on_the_way_to

    def as_if_in_roots_home(path: Path, account: embedded_cluster.Account) -> Path | None:
        return Path("/root") if "site-packages" in path.parts else closed_on_the_way_to(path, account)

    monkeypatch.setattr(embedded_cluster, "_closed_on_the_way_to", as_if_in_roots_home)
    server = opened(place / "data")

    assert Path("/proc", str(postmaster(place / "data")), "exe").readlink().is_relative_to(place / "data")
    server.close()
