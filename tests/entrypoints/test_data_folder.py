"""A TIEOUT_DATA_DIR that cannot be used: one clear line and exit status 2, and a word of the doctor's."""

import os
import pwd
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.entrypoints.small_files import ROOT, RUN

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the embedded database needs Unix")
COMMANDS = (("serve", "--port", "0"), ("worker",), ("migrate",), ("partner", "add", "Platform"), ("partner", "list"))
OURS = ("DATABASE_URL", "TIEOUT_MASTER_KEY", "TIEOUT_MASTER_KEY_FILE", "TIEOUT_DATA_DIR")


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder through which everybody may pass."""
    folder = Path(tempfile.mkdtemp(prefix="tieout-place-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


def run(command: tuple[str, ...], data: str, *, run_by: list[str] = RUN, **options: Any) -> tuple[int, str, str]:
    """Exit status, and both outputs."""
    kept = {name: value for name, value in os.environ.items() if name not in OURS}
    done = subprocess.run(
        [*run_by, *command],
        env={**kept, "PYTHONPATH": f"{ROOT}:{sysconfig.get_path('purelib')}", "TIEOUT_DATA_DIR": data},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        **options,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_file_in_the_folders_place_is_one_clear_line(command: tuple[str, ...], place: Path) -> None:
    file = place / "hosts"
    file.write_text("127.0.0.1 localhost\n")

    for data in (file, file / "below"):
        status, _, said = run(command, str(data))

        assert status == 2
        assert said == f"tieout: the data folder {data} cannot be used: {file} is not a folder\n"
    assert file.read_text() == "127.0.0.1 localhost\n"


def test_a_relative_path_is_refused_for_it_would_be_another_folder_elsewhere(place: Path) -> None:
    status, _, said = run(("migrate",), "data", cwd=place)

    assert status == 2
    assert said == (
        f"tieout: TIEOUT_DATA_DIR: it must begin with / (such as {place}/data): or it is another folder wherever "
        "Tieout is started\n"
    )
    assert list(place.iterdir()) == []


@pytest.mark.parametrize("data", ["hosts", "hosts/below"])
def test_the_doctor_says_what_is_wrong_with_the_folder(data: str, place: Path) -> None:
    (place / "hosts").write_text("")

    status, said, trouble = run(("doctor",), str(place / data))

    assert (status, trouble) == (1, "")
    assert f"WRONG the data folder {place / data} cannot be used: {place}/hosts is not a folder" in said


class TestSomebodyWhoIsNotRoot:
    """Runs the commands as nobody, on folders of others."""

    pytestmark = pytest.mark.skipif(
        sys.platform != "linux" or os.geteuid() != 0, reason="only root can become somebody else"
    )

    @pytest.fixture
    def as_nobody(self) -> dict[str, Any]:
        """Options of `run`; skips where nobody may run our Python, or one of the same version."""
        account = pwd.getpwnam("nobody")
        ids = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": ()}
        for python in (sys.executable, f"/usr/bin/python3.{sys.version_info.minor}"):
            try:
                done = subprocess.run([python, "-c", "pass"], cwd="/", check=False, **ids)  # type: ignore[call-overload]
            except OSError:
                continue
            if done.returncode == 0:
                return {"run_by": [python, "-B", *RUN[1:]], "cwd": "/", **ids}
        pytest.skip("no Python that somebody else may run")

    @pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
    def test_a_folder_that_cannot_be_written_is_one_clear_line(
        self, command: tuple[str, ...], place: Path, as_nobody: dict[str, Any]
    ) -> None:
        for data, why in ((place, ""), (place / "data", f": nothing can be made in {place}")):
            status, _, said = run(command, str(data), **as_nobody)

            assert status == 2
            assert said == f"tieout: the data folder {data} cannot be written by the user nobody{why}\n"

    def test_a_folder_of_somebody_elses_is_not_used_even_if_it_can_be_written(
        self, place: Path, as_nobody: dict[str, Any]
    ) -> None:
        theirs = place / "theirs"
        theirs.mkdir()
        theirs.chmod(0o777)
        os.chown(theirs, pwd.getpwnam("daemon").pw_uid, -1)

        status, _, said = run(("migrate",), str(theirs), **as_nobody)

        assert status == 2
        assert said == (
            f"tieout: the data folder {theirs} belongs to daemon: run Tieout as that user, or name another folder by "
            "TIEOUT_DATA_DIR\n"
        )
        assert list(theirs.iterdir()) == []

    @pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
    def test_a_folder_behind_a_closed_one_is_one_clear_line(
        self, command: tuple[str, ...], place: Path, as_nobody: dict[str, Any]
    ) -> None:
        closed = place / "closed"
        closed.mkdir(mode=0o700)

        status, _, said = run(command, str(closed / "data"), **as_nobody)

        assert status == 2
        assert said == (
            f"tieout: the data folder {closed / 'data'} cannot be used: Permission denied ({closed / 'data'})\n"
        )
