"""Which company has which Stripe account, in PostgreSQL."""

from collections.abc import Mapping, Sequence, Set
from datetime import datetime

import asyncpg

from domain.company import CompanyId
from domain.partner import Mode, PartnerId, Tenant
from domain.stripe_account import ConnectionState, StripeAccountId, StripeConnection
from ports.stripe_accounts import AccountOfAnotherCompany


class PostgresStripeAccounts:
    """Keeps the promises of `ports.stripe_accounts.StripeAccounts`, `StripeAccountPages` and `StripeRouting`."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def connect(self, connection: StripeConnection) -> StripeConnection:
        """One statement decides between two companies at once: the second changes no row, and so gets none back."""
        record = await self._connection.fetchrow(
            """
            INSERT INTO stripe_accounts AS kept (partner_id, mode, account, company_id, state, connected, changed)
            VALUES ($1, $2, $3, $4, 'connected', $5, $6)
            ON CONFLICT (partner_id, mode, account) DO UPDATE SET
              state = excluded.state,
              changed = CASE WHEN kept.state = excluded.state THEN kept.changed ELSE excluded.changed END
            WHERE kept.company_id = excluded.company_id
            RETURNING *
            """,
            connection.tenant.partner,
            connection.tenant.mode.value,
            connection.account,
            connection.company,
            connection.connected,
            connection.changed,
        )
        if record is None:
            raise AccountOfAnotherCompany(connection.account)
        return _connection(record)

    async def end(
        self, tenant: Tenant, account: StripeAccountId, state: ConnectionState, *, at: datetime
    ) -> StripeConnection | None:
        """Only of one that is connected."""
        record = await self._connection.fetchrow(
            """
            UPDATE stripe_accounts SET state = $4, changed = $5
            WHERE partner_id = $1 AND mode = $2 AND account = $3 AND state = 'connected' RETURNING *
            """,
            tenant.partner,
            tenant.mode.value,
            account,
            state.value,
            at,
        )
        return None if record is None else _connection(record)

    async def of_company(self, company: CompanyId) -> Sequence[StripeConnection]:
        """By an index."""
        records = await self._connection.fetch(
            "SELECT * FROM stripe_accounts WHERE company_id = $1 ORDER BY account", company
        )
        return tuple(_connection(record) for record in records)

    async def find(self, tenant: Tenant, account: StripeAccountId) -> StripeConnection | None:
        """By its key."""
        record = await self._connection.fetchrow(
            "SELECT * FROM stripe_accounts WHERE partner_id = $1 AND mode = $2 AND account = $3",
            tenant.partner,
            tenant.mode.value,
            account,
        )
        return None if record is None else _connection(record)

    async def any_connected(self, tenant: Tenant) -> bool:
        """The first that is found."""
        return bool(
            await self._connection.fetchval(
                """
                SELECT EXISTS (
                  SELECT FROM stripe_accounts WHERE partner_id = $1 AND mode = $2 AND state = 'connected'
                )
                """,
                tenant.partner,
                tenant.mode.value,
            )
        )

    async def page(
        self, tenant: Tenant, *, after: StripeAccountId | None = None, limit: int
    ) -> Sequence[StripeConnection]:
        """By the key."""
        records = await self._connection.fetch(
            """
            SELECT * FROM stripe_accounts WHERE partner_id = $1 AND mode = $2 AND account > $3
            ORDER BY account LIMIT $4
            """,
            tenant.partner,
            tenant.mode.value,
            after or "",
            limit,
        )
        return tuple(_connection(record) for record in records)

    async def holding(
        self, keys: Set[tuple[Tenant, StripeAccountId]]
    ) -> Mapping[tuple[Tenant, StripeAccountId], StripeConnection]:
        """Locked in order of their keys; shared, so that takers do not wait for each other."""
        ordered = sorted((tenant.partner, tenant.mode.value, account) for tenant, account in keys)
        partners, modes, accounts = zip(*ordered, strict=True) if ordered else ((), (), ())
        records = await self._connection.fetch(
            """
            SELECT a.* FROM stripe_accounts AS a
            JOIN unnest($1::text[], $2::text[], $3::text[]) AS wanted (partner_id, mode, account)
              ON a.partner_id = wanted.partner_id AND a.mode = wanted.mode AND a.account = wanted.account
            ORDER BY a.partner_id, a.mode, a.account FOR SHARE OF a
            """,
            partners,
            modes,
            accounts,
        )
        held = [_connection(record) for record in records]
        return {(each.tenant, each.account): each for each in held}


def _connection(record: asyncpg.Record) -> StripeConnection:
    return StripeConnection(
        tenant=Tenant(partner=PartnerId(record["partner_id"]), mode=Mode(record["mode"])),
        account=StripeAccountId(record["account"]),
        company=CompanyId(record["company_id"]),
        state=ConnectionState(record["state"]),
        connected=record["connected"],
        changed=record["changed"],
    )
