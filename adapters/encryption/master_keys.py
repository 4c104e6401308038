"""Master keys from the environment or a file: the first listed is current, the others still open what they wrapped.

Each is 32 random bytes in base64, one a line, or several with commas between. Its id is a hash of it, so that nobody
has to name keys, and a wrong key is told from a damaged one.
"""

import base64
import binascii
import hashlib
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import attrs

from adapters.encryption.sealed_bytes import NotOpened, opened, sealed
from domain.secret import KEY_BYTES, KeyOwner, MasterKeyId, Secret, WrappedKey
from ports.master_key import KeyDamaged, MasterKeyUnknown

_USE: Final = "tieout data key 1"
_FILE_MODE: Final = 0o600


class UnusableMasterKey(ValueError):
    """What was given as master key is none. The message says why, and never what."""


@attrs.frozen
class MasterKeyRing:
    """The keys by id; the current one first. Nothing prints them."""

    keys: Mapping[MasterKeyId, Secret]

    @classmethod
    def parse(cls, text: str) -> "MasterKeyRing":
        """Raises UnusableMasterKey."""
        keys: dict[MasterKeyId, Secret] = {}
        for place, part in enumerate(filter(None, re.split(r"[\s,]+", text)), start=1):
            try:
                key = base64.b64decode(part, validate=True)
            except (binascii.Error, ValueError):
                raise UnusableMasterKey(f"master key {place} is not base64") from None
            if len(key) != KEY_BYTES:
                raise UnusableMasterKey(f"master key {place} has {len(key)} bytes, not {KEY_BYTES}")
            keys[_id_of(key)] = Secret(key)
        if not keys:
            raise UnusableMasterKey("no master key is given")
        return cls(keys)

    @property
    def current(self) -> MasterKeyId:
        """The first one."""
        return next(iter(self.keys))


def _id_of(key: bytes) -> MasterKeyId:
    return MasterKeyId("mk_" + hashlib.sha256(b"tieout master key id 1" + key).hexdigest()[:16])


class MasterKeyText:
    """Keys given once, as text: by the environment."""

    def __init__(self, text: str) -> None:
        self._ring = MasterKeyRing.parse(text)

    def ring(self) -> MasterKeyRing:
        """Always the same."""
        return self._ring


class MasterKeyFile:
    """Keys in a file, read again when it changes: they rotate while the service runs."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int, int] | None = None
        self._ring: MasterKeyRing | None = None
        self.ring()

    @classmethod
    def made_if_missing(cls, path: Path) -> "MasterKeyFile":
        """With a fresh key, readable by its owner alone, if there is no such file. Two processes agree on one."""
        if not path.exists():
            fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _FILE_MODE)
            with os.fdopen(descriptor, "wb") as file:
                file.write(base64.b64encode(os.urandom(KEY_BYTES)) + b"\n")
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(fresh, path)  # fails if another process was first; never shows half a file
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        return cls(path)

    def ring(self) -> MasterKeyRing:
        """As the file says now. Raises UnusableMasterKey, also for a file that others may read."""
        try:
            status = self._path.stat()
            seen = (status.st_mtime_ns, status.st_ino, status.st_size)
            if self._ring is None or seen != self._seen:
                if os.name == "posix" and status.st_mode & 0o077:
                    raise UnusableMasterKey(f"{self._path}: others than its owner may read it; make its mode 0600")
                self._ring, self._seen = MasterKeyRing.parse(self._path.read_text(encoding="ascii")), seen
        except (OSError, UnicodeDecodeError) as error:
            raise UnusableMasterKey(f"{self._path}: {type(error).__name__}") from None
        return self._ring


class LocalMasterKey:
    """Keeps the promises of `ports.master_key.MasterKey` with keys that this process holds."""

    def __init__(self, source: MasterKeyText | MasterKeyFile) -> None:
        self._source = source

    @property
    def current(self) -> MasterKeyId:
        """The first one of the ring."""
        return self._source.ring().current

    def make_data_key(self, owner: KeyOwner, number: int) -> WrappedKey:
        """From the system's randomness."""
        return self._wrap(os.urandom(KEY_BYTES), owner, number)

    def unwrap(self, wrapped: WrappedKey) -> Secret:
        """By the key that wrapped it."""
        master_key = self._source.ring().keys.get(wrapped.master_key)
        if master_key is None:
            raise MasterKeyUnknown(wrapped.master_key)
        bound_to = (_USE, wrapped.owner, str(wrapped.number))
        try:
            return Secret(opened(wrapped.wrapped, key=master_key.reveal(), bound_to=bound_to))
        except NotOpened:
            raise KeyDamaged(wrapped.owner, wrapped.number) from None

    def rewrap(self, wrapped: WrappedKey) -> WrappedKey:
        """Unwrapped and wrapped."""
        return self._wrap(self.unwrap(wrapped).reveal(), wrapped.owner, wrapped.number)

    def _wrap(self, key: bytes, owner: KeyOwner, number: int) -> WrappedKey:
        ring = self._source.ring()
        content = sealed(key, key=ring.keys[ring.current].reveal(), bound_to=(_USE, owner, str(number)))
        return WrappedKey(owner=owner, number=number, master_key=ring.current, wrapped=content)
