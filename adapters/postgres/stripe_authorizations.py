"""States of visits to Stripe in PostgreSQL."""

from datetime import datetime

import asyncpg

from domain.company import CompanyId
from domain.partner import Mode, PartnerId, Tenant
from domain.stripe_account import StripeAccountId
from domain.stripe_authorization import ConnectMethod, ConnectScope, StripeAuthorization
from ports.stripe_authorizations import StateUnknown, StateUsed


class PostgresStripeAuthorizations:
    """Keeps the promises of `ports.stripe_authorizations.StripeAuthorizations`."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def add(self, authorization: StripeAuthorization) -> None:
        """By its digest."""
        await self._connection.execute(
            """
            INSERT INTO stripe_authorizations (
              digest, partner_id, mode, company_id, method, return_url, state, scope, account, expires, used)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            """,
            authorization.digest,
            authorization.tenant.partner,
            authorization.tenant.mode.value,
            authorization.company,
            authorization.method.value,
            authorization.return_url,
            authorization.state,
            authorization.scope.value,
            authorization.account,
            authorization.expires,
            authorization.used,
        )

    async def find(self, digest: bytes) -> StripeAuthorization:
        """By its digest."""
        record = await self._connection.fetchrow("SELECT * FROM stripe_authorizations WHERE digest = $1", digest)
        if record is None:
            raise StateUnknown("no visit has this state")
        return _authorization(record)

    async def use(self, digest: bytes, *, at: datetime) -> StripeAuthorization:
        """One statement decides between two requests at once: the second waits, and then changes no row."""
        record = await self._connection.fetchrow(
            "UPDATE stripe_authorizations SET used = $2 WHERE digest = $1 AND used IS NULL RETURNING *", digest, at
        )
        if record is None:
            raise StateUsed(await self.find(digest))
        return _authorization(record)

    async def forget_before(self, moment: datetime, *, limit: int) -> int:
        """The oldest first."""
        done: str = await self._connection.execute(
            """
            DELETE FROM stripe_authorizations WHERE digest = ANY (ARRAY(
              SELECT digest FROM stripe_authorizations WHERE expires < $1 ORDER BY expires LIMIT $2
              FOR UPDATE SKIP LOCKED
            ))
            """,
            moment,
            limit,
        )
        return int(done.rpartition(" ")[2])


def _authorization(record: asyncpg.Record) -> StripeAuthorization:
    return StripeAuthorization(
        digest=record["digest"],
        tenant=Tenant(partner=PartnerId(record["partner_id"]), mode=Mode(record["mode"])),
        company=CompanyId(record["company_id"]),
        method=ConnectMethod(record["method"]),
        return_url=record["return_url"],
        state=record["state"],
        scope=ConnectScope(record["scope"]),
        account=None if record["account"] is None else StripeAccountId(record["account"]),
        expires=record["expires"],
        used=record["used"],
    )
