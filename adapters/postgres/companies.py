"""The companies in PostgreSQL: a control table."""

from typing import Final

import asyncpg

from domain.company import Company, CompanyId, CompanyStatus
from domain.money import Currency
from domain.partner import Mode, PartnerId, Tenant
from ports.companies import CompaniesWanted, CompanyChanged, ExternalIdTaken
from ports.pages import Page, PageKey, checked_limit

_COLUMNS: Final = "id, partner_id, mode, external_id, name, time_zone, currency, books_start, status, created, updated"
_ADD: Final = f"""
INSERT INTO companies ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (partner_id, mode, external_id) DO NOTHING
"""
_CHANGE: Final = """
UPDATE companies SET name = $5, time_zone = $6, currency = $7, books_start = $8, status = $9, updated = $11
WHERE id = $1 AND partner_id = $2 AND mode = $3 AND external_id = $4 AND created = $10
  AND name = $12 AND time_zone = $13 AND currency = $14 AND books_start IS NOT DISTINCT FROM $15
  AND status = $16 AND updated = $17
"""
_SELECT: Final = f"SELECT {_COLUMNS} FROM companies"


class PostgresCompanies:
    """Keeps the promises of `ports.companies.Companies` on the connection of a transaction."""

    def __init__(self, connection: asyncpg.Connection, *, hold: bool = False) -> None:
        """`hold`: a company that was found cannot be forgotten before the transaction ends. Whoever forgets it waits,
        and then erases what the transaction wrote as well."""
        self._connection = connection
        self._hold = " FOR KEY SHARE" if hold else ""

    async def add(self, company: Company) -> Company:
        """Inserts it; what is there already is compared."""
        if await self._connection.execute(_ADD, *_row(company)) == "INSERT 0 1":
            return company
        kept = _company(
            await self._connection.fetchrow(
                f"{_SELECT} WHERE partner_id = $1 AND mode = $2 AND external_id = $3",
                company.tenant.partner,
                company.tenant.mode.value,
                company.external_id,
            )
        )
        if _said(kept) != _said(company):
            raise ExternalIdTaken(company.external_id, kept.id)
        return kept

    async def find(self, tenant: Tenant, id: CompanyId) -> Company | None:
        """By id, within the tenant."""
        row = await self._connection.fetchrow(
            f"{_SELECT} WHERE id = $1 AND partner_id = $2 AND mode = $3{self._hold}",
            id,
            tenant.partner,
            tenant.mode.value,
        )
        return None if row is None else _company(row)

    async def of(self, id: CompanyId) -> Company | None:
        """By id alone."""
        row = await self._connection.fetchrow(f"{_SELECT} WHERE id = $1{self._hold}", id)
        return None if row is None else _company(row)

    async def page(
        self, tenant: Tenant, wanted: CompaniesWanted, *, after: PageKey | None = None, limit: int = 100
    ) -> Page[Company]:
        """By the index of the order asked for."""
        column, later, order = ("created", "<", "DESC") if wanted.updated_since is None else ("updated", ">", "ASC")
        rows = await self._connection.fetch(
            f"{_SELECT} WHERE partner_id = $1 AND mode = $2 "
            "AND ($3::text IS NULL OR external_id = $3) AND ($4::text IS NULL OR status = $4) "
            "AND ($5::timestamptz IS NULL OR updated >= $5) "
            f"AND ($6::timestamptz IS NULL OR ({column}, id) {later} ($6, $7)) "
            f"ORDER BY {column} {order}, id {order} LIMIT $8",
            tenant.partner,
            tenant.mode.value,
            wanted.external_id,
            None if wanted.status is None else wanted.status.value,
            wanted.updated_since,
            None if after is None else after.at,
            None if after is None else after.id,
            checked_limit(limit) + 1,
        )
        companies = tuple(map(_company, rows[:limit]))
        more = len(rows) > limit
        return Page(records=companies, next=PageKey(at=rows[limit - 1][column], id=companies[-1].id) if more else None)

    async def change(self, company: Company, *, was: Company) -> None:
        """One statement that compares and replaces."""
        *_, name, time_zone, currency, books_start, status, _, updated = _row(was)
        compared = (name, time_zone, currency, books_start, status, updated)
        if await self._connection.execute(_CHANGE, *_row(company), *compared) != "UPDATE 1":
            raise CompanyChanged(company.id)


def _said(company: Company) -> tuple[object, ...]:
    return company.name, company.time_zone, company.currency, company.books_start


def _row(company: Company) -> tuple[object, ...]:
    return (
        company.id,
        company.tenant.partner,
        company.tenant.mode.value,
        company.external_id,
        company.name,
        company.time_zone,
        company.currency.code,
        company.books_start,
        company.status.value,
        company.created,
        company.updated,
    )


def _company(row: asyncpg.Record) -> Company:
    return Company(
        id=CompanyId(row["id"]),
        tenant=Tenant(partner=PartnerId(row["partner_id"]), mode=Mode(row["mode"])),
        external_id=row["external_id"],
        name=row["name"],
        time_zone=row["time_zone"],
        currency=Currency.of(row["currency"]),
        books_start=row["books_start"],
        status=CompanyStatus(row["status"]),
        created=row["created"],
        updated=row["updated"],
    )
