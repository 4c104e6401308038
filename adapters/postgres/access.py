"""Partners, keys and sessions in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import asyncpg

from domain.access import ApiKey, KeyId, Role, Session, SessionId
from domain.company import CompanyId
from domain.partner import Mode, Partner, PartnerId, Tenant

USED_WITHIN: Final = timedelta(minutes=5)
"""`last_used` is kept this roughly."""

_KEY: Final = "key_id, partner_id, mode, name, shown, digest, created, expires, revoked, last_used"
_SESSION: Final = (
    "session_id, partner_id, mode, company_id, role, person, token_digest, token_expires, session_digest, expires, "
    "revoked"
)


class PostgresPartners:
    """Keeps the promises of `ports.partners.Partners`."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def add(self, partner: Partner) -> None:
        """A new partner."""
        await self._connection.execute(
            "INSERT INTO partners (partner_id, name) VALUES ($1, $2) ON CONFLICT DO NOTHING", partner.id, partner.name
        )
        if await self.find(partner.id) != partner:
            raise ValueError(f"{partner.id} is another partner")

    async def rename(self, id: PartnerId, name: str) -> bool:
        """Another name."""
        done = await self._connection.execute("UPDATE partners SET name = $2 WHERE partner_id = $1", id, name)
        return str(done) == "UPDATE 1"

    async def find(self, id: PartnerId) -> Partner | None:
        """The partner of this id."""
        row = await self._connection.fetchrow("SELECT partner_id, name FROM partners WHERE partner_id = $1", id)
        return None if row is None else Partner(id=PartnerId(row["partner_id"]), name=row["name"])

    async def all(self) -> Sequence[Partner]:
        """Every partner, by id."""
        rows = await self._connection.fetch("SELECT partner_id, name FROM partners ORDER BY partner_id")
        return [Partner(id=PartnerId(row["partner_id"]), name=row["name"]) for row in rows]


class PostgresApiKeys:
    """Keeps the promises of `ports.api_keys.ApiKeys`."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def add(self, key: ApiKey) -> None:
        """A new key."""
        await self._connection.execute(
            f"INSERT INTO api_keys ({_KEY}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",  # columns
            key.id,
            key.tenant.partner,
            key.tenant.mode.value,
            key.name,
            key.shown,
            key.digest,
            key.created,
            key.expires,
            key.revoked,
            key.last_used,
        )

    async def find(self, id: KeyId) -> ApiKey | None:
        """The key of this id."""
        row = await self._connection.fetchrow(f"SELECT {_KEY} FROM api_keys WHERE key_id = $1", id)
        return None if row is None else _key(row)

    async def of_tenant(self, tenant: Tenant) -> Sequence[ApiKey]:
        """A tenant's keys, the newest first."""
        rows = await self._connection.fetch(
            f"SELECT {_KEY} FROM api_keys WHERE partner_id = $1 AND mode = $2 ORDER BY created DESC, key_id",
            tenant.partner,
            tenant.mode.value,
        )
        return [_key(row) for row in rows]

    async def end(self, tenant: Tenant, id: KeyId, *, expires: datetime | None, revoked: datetime | None) -> bool:
        """Sets when the key ends."""
        done = await self._connection.execute(
            "UPDATE api_keys SET expires = LEAST(expires, $4), revoked = LEAST(revoked, $5) "
            "WHERE partner_id = $1 AND mode = $2 AND key_id = $3",
            tenant.partner,
            tenant.mode.value,
            id,
            expires,
            revoked,
        )
        return bool(done == "UPDATE 1")

    async def used(self, id: KeyId, at: datetime) -> None:
        """Writes at most every few minutes."""
        await self._connection.execute(
            "UPDATE api_keys SET last_used = $2 WHERE key_id = $1 AND (last_used IS NULL OR last_used < $3)",
            id,
            at,
            at - USED_WITHIN,
        )


class PostgresSessions:
    """Keeps the promises of `ports.sessions.Sessions`."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def add(self, session: Session) -> None:
        """A session whose token waits to be exchanged."""
        await self._connection.execute(
            f"INSERT INTO sessions ({_SESSION}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
            session.id,
            session.tenant.partner,
            session.tenant.mode.value,
            session.company,
            session.role.value,
            session.person,
            session.token_digest,
            session.token_expires,
            session.session_digest,
            session.expires,
            session.revoked,
        )

    async def find(self, id: SessionId) -> Session | None:
        """The session of this id."""
        row = await self._connection.fetchrow(f"SELECT {_SESSION} FROM sessions WHERE session_id = $1", id)
        return None if row is None else _session(row)

    async def exchange(self, id: SessionId, *, digest: bytes, expires: datetime, at: datetime) -> Session | None:
        """One statement: the row's lock lets exactly one caller through."""
        row = await self._connection.fetchrow(
            "UPDATE sessions SET session_digest = $2, expires = $3 WHERE session_id = $1 AND session_digest IS NULL "
            f"AND revoked IS NULL AND token_expires > $4 RETURNING {_SESSION}",
            id,
            digest,
            expires,
            at,
        )
        return None if row is None else _session(row)

    async def end_all(self, company: CompanyId, *, at: datetime) -> int:
        """Revokes every session and token of a company."""
        done = await self._connection.execute(
            "UPDATE sessions SET revoked = $2 WHERE company_id = $1 AND revoked IS NULL", company, at
        )
        return int(done.rpartition(" ")[2])

    async def forget_before(self, at: datetime) -> int:
        """Deletes what ended before this moment."""
        done = await self._connection.execute("DELETE FROM sessions WHERE COALESCE(expires, token_expires) < $1", at)
        return int(done.rpartition(" ")[2])


def _key(row: asyncpg.Record) -> ApiKey:
    return ApiKey(
        id=KeyId(row["key_id"]),
        tenant=_tenant(row),
        name=row["name"],
        shown=row["shown"],
        digest=row["digest"],
        created=row["created"],
        expires=row["expires"],
        revoked=row["revoked"],
        last_used=row["last_used"],
    )


def _session(row: asyncpg.Record) -> Session:
    return Session(
        id=SessionId(row["session_id"]),
        tenant=_tenant(row),
        company=CompanyId(row["company_id"]),
        role=Role(row["role"]),
        person=row["person"],
        token_digest=row["token_digest"],
        token_expires=row["token_expires"],
        session_digest=row["session_digest"],
        expires=row["expires"],
        revoked=row["revoked"],
    )


def _tenant(row: asyncpg.Record) -> Tenant:
    return Tenant(partner=PartnerId(row["partner_id"]), mode=Mode(row["mode"]))
