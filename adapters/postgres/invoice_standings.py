"""What partners were told of a company's invoices, in PostgreSQL."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import asyncpg

from adapters.postgres.fact_statements import possible_ids
from adapters.postgres.invoices import hold
from domain.company import CompanyId
from domain.invoice import InvoiceId, InvoiceStatus
from domain.stripe_account import StripeAccountId
from ports.invoice_standings import InvoiceStanding, InvoicesWanted, KeptInvoiceStanding, UnsettledInvoice
from ports.kept_invoices import open_payments_from, told_bytes, told_from
from ports.pages import Page, PageKey, checked_limit

_TICK: Final = timedelta(microseconds=1)


class PostgresInvoiceStandings:
    """Keeps the promises of `ports.invoice_standings.InvoiceStandings`."""

    def __init__(self, connection: asyncpg.Connection, company: CompanyId) -> None:
        self._connection, self._company = connection, company

    async def find(self, ids: Collection[InvoiceId]) -> Mapping[InvoiceId, KeptInvoiceStanding]:
        """By the key."""
        rows = await self._connection.fetch(
            "SELECT * FROM invoice_standings WHERE company_id = $1 AND invoice = ANY($2)",
            self._company,
            possible_ids(ids),
        )
        return {kept.standing.invoice: kept for kept in map(_kept, rows)}

    async def put(self, standings: Collection[InvoiceStanding], *, at: datetime) -> None:
        """All at one moment, in the order of the ids."""
        if not standings:
            return
        last = await hold(self._connection, self._company)
        moment = at if last is None else max(at, last + _TICK)
        rows = [
            (
                each.invoice,
                each.account,
                each.status.value,
                each.customer,
                each.created,
                each.is_settled,
                told_bytes(each.told, each.open_payments),
            )
            for each in sorted(standings, key=lambda standing: standing.invoice)
        ]
        await self._connection.execute(
            """
            INSERT INTO invoice_standings
              (company_id, updated, invoice, account, status, customer, created, settled, content)
            SELECT $1, $2, told.* FROM unnest(
              $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::boolean[], $9::bytea[]) AS told
            ON CONFLICT (company_id, invoice) DO UPDATE SET
              previous = invoice_standings.updated, updated = EXCLUDED.updated, account = EXCLUDED.account,
              status = EXCLUDED.status, customer = EXCLUDED.customer, created = EXCLUDED.created,
              settled = EXCLUDED.settled, content = EXCLUDED.content
            """,
            self._company,
            moment,
            *map(list, zip(*rows, strict=True)),
        )
        await self._connection.execute(
            "UPDATE invoice_heads SET moment = $2 WHERE company_id = $1", self._company, moment
        )

    async def unsettled(self, account: StripeAccountId) -> Sequence[UnsettledInvoice]:
        """By an index of those."""
        rows = await self._connection.fetch(
            """
            SELECT invoice, status, content FROM invoice_standings
            WHERE company_id = $1 AND account = $2 AND NOT settled ORDER BY invoice
            """,
            self._company,
            account,
        )
        return tuple(
            UnsettledInvoice(
                invoice=InvoiceId(row["invoice"]),
                status=InvoiceStatus(row["status"]),
                open_payments=open_payments_from(row["content"]),
            )
            for row in rows
        )

    async def any(self) -> bool:
        """The first in the key."""
        return bool(
            await self._connection.fetchval(
                "SELECT 1 FROM invoice_standings WHERE company_id = $1 LIMIT 1", self._company
            )
        )

    async def count(self, account: StripeAccountId, *, created_before: datetime) -> int:
        """Counted, not estimated."""
        counted: int = await self._connection.fetchval(
            """
            SELECT count(*) FROM invoice_standings
            WHERE company_id = $1 AND account = $2 AND created < $3 AND status <> 'deleted'
            """,
            self._company,
            account,
            created_before,
        )
        return counted

    async def page(
        self, wanted: InvoicesWanted, *, after: PageKey | None = None, limit: int = 100
    ) -> Page[KeptInvoiceStanding]:
        """By the index of its order."""
        arguments: list[object] = [self._company]
        where = "company_id = $1"

        def add(condition: str, *values: object) -> None:
            nonlocal where
            places = []
            for value in values:
                arguments.append(value)
                places.append(f"${len(arguments)}")
            where += f" AND {condition.format(*places)}"

        for column, value in (
            ("status", None if wanted.status is None else wanted.status.value),
            ("customer", wanted.customer),
            ("account", wanted.account),
        ):
            if value is not None:
                add(f"{column} = {{}}", value)
        order, direction, later = "created", "DESC", "<"
        if wanted.updated_since is not None:
            add("updated >= {}", wanted.updated_since)
            order, direction, later = "updated", "ASC", ">"
        if after is not None:
            add(f"({order}, invoice) {later} ({{}}, {{}})", after.at, after.id)
        rows = await self._connection.fetch(
            f"SELECT * FROM invoice_standings WHERE {where} "  # conditions of ours, values as parameters
            f"ORDER BY {order} {direction}, invoice {direction} LIMIT {checked_limit(limit) + 1}",
            *arguments,
        )
        records = tuple(map(_kept, rows[:limit]))
        if len(rows) <= limit:
            return Page(records=records)
        last = rows[limit - 1]
        return Page(records=records, next=PageKey(id=last["invoice"], at=last[order]))


def _kept(row: asyncpg.Record) -> KeptInvoiceStanding:
    told, open_payments = told_from(row["content"])
    return KeptInvoiceStanding(
        standing=InvoiceStanding(
            invoice=InvoiceId(row["invoice"]),
            account=StripeAccountId(row["account"]),
            status=InvoiceStatus(row["status"]),
            customer=row["customer"],
            created=row["created"],
            told=told,
            open_payments=open_payments,
        ),
        updated=row["updated"],
        previous=row["previous"],
    )
