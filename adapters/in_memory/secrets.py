"""Sealed secrets and wrapped data keys in memory."""

from collections.abc import Sequence

from adapters.in_memory.tables import InMemoryTables
from domain.secret import KeyOwner, MasterKeyId, SealedSecret, SecretPlace, WrappedKey


class InMemorySealedSecrets:
    """Keeps the promises of `ports.secrets.SealedSecrets`."""

    def __init__(self, tables: InMemoryTables) -> None:
        self._secrets = tables.table("sealed_secrets")

    async def put(self, secret: SealedSecret) -> None:
        """By its place."""
        self._secrets[secret.place.bound()] = secret

    async def find(self, place: SecretPlace) -> SealedSecret | None:
        """By its place."""
        found: SealedSecret | None = self._secrets.get(place.bound())
        return found

    async def delete(self, place: SecretPlace) -> None:
        """By its place."""
        self._secrets.pop(place.bound(), None)

    async def under_older_keys(self, owner: KeyOwner, newest: int, *, limit: int) -> Sequence[SealedSecret]:
        """In order of place."""
        found = (one for one in self._secrets.values() if one.place.owner == owner and one.key_number < newest)
        return tuple(sorted(found, key=lambda one: one.place.bound()))[:limit]


class InMemoryDataKeys:
    """Keeps the promises of `ports.secrets.DataKeys`."""

    def __init__(self, tables: InMemoryTables) -> None:
        self._keys = tables.table("data_keys")

    async def newest(self, owner: KeyOwner) -> WrappedKey | None:
        """The highest number."""
        return max((key for key in self._keys.values() if key.owner == owner), key=lambda key: key.number, default=None)

    async def numbered(self, owner: KeyOwner, number: int) -> WrappedKey | None:
        """That number."""
        found: WrappedKey | None = self._keys.get((owner, number))
        return found

    async def add(self, key: WrappedKey) -> WrappedKey:
        """The first one is kept."""
        kept: WrappedKey = self._keys.setdefault((key.owner, key.number), key)
        return kept

    async def replace(self, key: WrappedKey) -> None:
        """Only if it is there."""
        if (key.owner, key.number) in self._keys:
            self._keys[key.owner, key.number] = key

    async def not_under(self, master_key: MasterKeyId, *, limit: int) -> Sequence[WrappedKey]:
        """In order of owner and number."""
        found = (key for key in self._keys.values() if key.master_key != master_key)
        return tuple(sorted(found, key=lambda key: (key.owner, key.number)))[:limit]
