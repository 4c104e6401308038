"""Partners, keys and sessions in memory."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import attrs

from adapters.in_memory.tables import InMemoryTables
from domain.access import ApiKey, KeyId, Session, SessionId
from domain.company import CompanyId
from domain.partner import Partner, PartnerId, Tenant

USED_WITHIN: Final = timedelta(minutes=5)


class InMemoryPartners:
    """Keeps the promises of `ports.partners.Partners`."""

    def __init__(self, tables: InMemoryTables) -> None:
        self._tables = tables

    async def add(self, partner: Partner) -> None:
        """A new partner."""
        if self._tables.table("partners").setdefault(partner.id, partner) != partner:
            raise ValueError(f"{partner.id} is another partner")

    async def rename(self, id: PartnerId, name: str) -> bool:
        """Another name."""
        table = self._tables.table("partners")
        if id not in table:
            return False
        table[id] = attrs.evolve(table[id], name=name)
        return True

    async def find(self, id: PartnerId) -> Partner | None:
        """The partner of this id."""
        return self._tables.table("partners").get(id)

    async def all(self) -> Sequence[Partner]:
        """Every partner, by id."""
        return sorted(self._tables.table("partners").values(), key=lambda partner: partner.id)


class InMemoryApiKeys:
    """Keeps the promises of `ports.api_keys.ApiKeys`."""

    def __init__(self, tables: InMemoryTables) -> None:
        self._tables = tables

    async def add(self, key: ApiKey) -> None:
        """A new key."""
        self._tables.table("api_keys")[key.id] = key

    async def find(self, id: KeyId) -> ApiKey | None:
        """The key of this id."""
        return self._tables.table("api_keys").get(id)

    async def of_tenant(self, tenant: Tenant) -> Sequence[ApiKey]:
        """A tenant's keys, the newest first."""
        keys: list[ApiKey] = [key for key in self._tables.table("api_keys").values() if key.tenant == tenant]
        keys.sort(key=lambda key: key.id)
        return sorted(keys, key=lambda key: key.created, reverse=True)

    async def end(self, tenant: Tenant, id: KeyId, *, expires: datetime | None, revoked: datetime | None) -> bool:
        """Sets when the key ends."""
        keys = self._tables.table("api_keys")
        key: ApiKey | None = keys.get(id)
        if key is None or key.tenant != tenant:
            return False
        keys[id] = attrs.evolve(key, expires=_earlier(key.expires, expires), revoked=_earlier(key.revoked, revoked))
        return True

    async def used(self, id: KeyId, at: datetime) -> None:
        """Kept to the nearest few minutes."""
        keys = self._tables.table("api_keys")
        key: ApiKey | None = keys.get(id)
        if key is not None and (key.last_used is None or key.last_used < at - USED_WITHIN):
            keys[id] = attrs.evolve(key, last_used=at)


class InMemorySessions:
    """Keeps the promises of `ports.sessions.Sessions`."""

    def __init__(self, tables: InMemoryTables) -> None:
        self._tables = tables

    async def add(self, session: Session) -> None:
        """A session whose token waits to be exchanged."""
        self._tables.table("sessions")[session.id] = session

    async def find(self, id: SessionId) -> Session | None:
        """The session of this id."""
        return self._tables.table("sessions").get(id)

    async def exchange(self, id: SessionId, *, digest: bytes, expires: datetime, at: datetime) -> Session | None:
        """Transactions run one after the other: exactly one caller finds the token unspent."""
        sessions = self._tables.table("sessions")
        session: Session | None = sessions.get(id)
        if session is None or session.session_digest is not None or session.revoked or session.token_expires <= at:
            return None
        begun = attrs.evolve(session, session_digest=digest, expires=expires)
        sessions[id] = begun
        return begun

    async def end_all(self, company: CompanyId, *, at: datetime) -> int:
        """Revokes every session and token of a company."""
        sessions = self._tables.table("sessions")
        ended = [each for each in sessions.values() if each.company == company and each.revoked is None]
        for each in ended:
            sessions[each.id] = attrs.evolve(each, revoked=at)
        return len(ended)

    async def forget_before(self, at: datetime) -> int:
        """Deletes what ended before this moment."""
        sessions = self._tables.table("sessions")
        ended = [each.id for each in sessions.values() if (each.expires or each.token_expires) < at]
        for id in ended:
            del sessions[id]
        return len(ended)


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    if one is None or other is None:
        return one or other
    return min(one, other)
