"""Partners' secret keys, of which only hashes are kept."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from domain.access import ApiKey, KeyId
from domain.partner import Tenant


class ApiKeys(Protocol):
    """Part of a control transaction."""

    async def add(self, key: ApiKey) -> None:
        """A new key. Its id is new: the caller drew it at random."""
        ...

    async def find(self, id: KeyId) -> ApiKey | None:
        """The key of this id, whosever it is and whether it still works or not."""
        ...

    async def of_tenant(self, tenant: Tenant) -> Sequence[ApiKey]:
        """A tenant's keys, the newest first, also those that work no more."""
        ...

    async def end(self, tenant: Tenant, id: KeyId, *, expires: datetime | None, revoked: datetime | None) -> bool:
        """Sets when the key ends. An end once set never moves later. False: the tenant has no such key."""
        ...

    async def used(self, id: KeyId, at: datetime) -> None:
        """The key was used; kept to the nearest few minutes, so that reading does not become writing."""
        ...
