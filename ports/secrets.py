"""Sealed secrets and the wrapped keys to them, as they lie in the store: useless to whoever reads only the store."""

from collections.abc import Sequence
from typing import Protocol

from domain.secret import KeyOwner, MasterKeyId, SealedSecret, SecretPlace, WrappedKey


class SealedSecrets(Protocol):
    """Part of a control transaction."""

    async def put(self, secret: SealedSecret) -> None:
        """Kept in its place, instead of what was there."""
        ...

    async def find(self, place: SecretPlace) -> SealedSecret | None:
        """What is kept there."""
        ...

    async def delete(self, place: SecretPlace) -> None:
        """Nothing is kept there any more; nothing happens if there was not."""
        ...

    async def under_older_keys(self, owner: KeyOwner, newest: int, *, limit: int) -> Sequence[SealedSecret]:
        """The owner's secrets sealed under a key before that number, in order of place, locked until the commit."""
        ...


class DataKeys(Protocol):
    """Part of a control transaction."""

    async def newest(self, owner: KeyOwner) -> WrappedKey | None:
        """The owner's key of the highest number."""
        ...

    async def numbered(self, owner: KeyOwner, number: int) -> WrappedKey | None:
        """The owner's key of that number."""
        ...

    async def add(self, key: WrappedKey) -> WrappedKey:
        """Kept, unless the owner has one of that number: the one that is kept."""
        ...

    async def replace(self, key: WrappedKey) -> None:
        """The same key, wrapped anew."""
        ...

    async def not_under(self, master_key: MasterKeyId, *, limit: int) -> Sequence[WrappedKey]:
        """Keys wrapped by another master key, in order of owner and number, locked until the commit."""
        ...
