"""Hash chains in PostgreSQL: those of companies and those of partners, in tables of the same form."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

import asyncpg
import attrs

from domain.audit_chain import AuditLink, ChainHead, ChainName, next_link, start_of
from domain.audit_entry import AuditEntry, AuditRow


@attrs.frozen(kw_only=True)
class ChainTables:
    """Where chains of one kind are."""

    heads: str
    links: str
    rows: str
    key: str
    """The column that names the chain."""


COMPANY_CHAINS: Final = ChainTables(heads="trail_heads", links="audit_links", rows="audit_rows", key="company_id")
PARTNER_CHAINS: Final = ChainTables(
    heads="partner_trail_heads", links="partner_audit_links", rows="partner_audit_rows", key="chain"
)


async def record_link(
    connection: asyncpg.Connection, of: ChainTables, chain: ChainName, last: int, entries: Sequence[AuditEntry]
) -> None:
    """Adds the link after number `last`. The caller holds the chain's head row."""
    # A statement of its own, after the head row was locked: what the transaction before committed is seen.
    hash_before = await connection.fetchval(
        f"SELECT hash FROM {of.links} WHERE {of.key} = $1 AND number = $2", chain, last
    )
    # A chain whose end was cut off goes on all the same, from a start that shows it: work must not stop for it.
    link = next_link(ChainHead(number=last, hash=hash_before or start_of(chain).hash), entries)
    await connection.execute(
        f"INSERT INTO {of.links} ({of.key}, number, previous, hash) VALUES ($1, $2, $3, $4)",
        chain,
        link.number,
        link.previous,
        link.hash,
    )
    await connection.execute(
        f"""
        INSERT INTO {of.rows} ({of.key}, number, position, who_kind, who_id, action, subject, note, at, detail)
        SELECT $1, $2, * FROM unnest(
          $3::integer[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::timestamptz[], $10::text[])
        """,
        chain,
        link.number,
        [row.position for row in link.rows],
        [row.who_kind for row in link.rows],
        [row.who_id for row in link.rows],
        [row.action for row in link.rows],
        [row.subject for row in link.rows],
        [row.note for row in link.rows],
        [row.at for row in link.rows],
        [row.detail for row in link.rows],
    )


_ROW = "number, position, who_kind, who_id, action, subject, note, at, detail"


class PostgresAuditLog:
    """Keeps the promises of `ports.audit_log.AuditLog` for one chain."""

    def __init__(self, connection: asyncpg.Connection, of: ChainTables, chain: ChainName) -> None:
        self._connection = connection
        self._of = of
        self._chain = chain
        self._links = f"SELECT number, previous, hash FROM {of.links} WHERE {of.key} = $1"
        self._rows = f"SELECT {_ROW} FROM {of.rows} WHERE {of.key} = $1"

    async def links(self, *, after: int, limit: int) -> Sequence[AuditLink]:
        """In order of numbers."""
        links = await self._connection.fetch(
            f"{self._links} AND number > $2 ORDER BY number LIMIT $3", self._chain, after, limit
        )
        rows = await self._connection.fetch(
            f"{self._rows} AND number = ANY($2::bigint[]) ORDER BY number, position",
            self._chain,
            [link["number"] for link in links],
        )
        return _joined(links, rows)

    async def recent(self, *, before: int | None, subject: str | None, limit: int) -> Sequence[AuditLink]:
        """The newest first."""
        numbers = await self._connection.fetch(
            f"""
            SELECT DISTINCT number FROM {self._of.rows}
            WHERE {self._of.key} = $1 AND ($2::bigint IS NULL OR number < $2) AND ($3::text IS NULL OR subject = $3)
            ORDER BY number DESC LIMIT $4
            """,
            self._chain,
            before,
            subject,
            limit,
        )
        wanted = [record["number"] for record in numbers]
        links = await self._connection.fetch(
            f"{self._links} AND number = ANY($2::bigint[]) ORDER BY number DESC", self._chain, wanted
        )
        rows = await self._connection.fetch(
            f"""{self._rows} AND number = ANY($2::bigint[]) AND ($3::text IS NULL OR subject = $3)
            ORDER BY number DESC, position""",
            self._chain,
            wanted,
            subject,
        )
        return _joined(links, rows)

    async def head(self) -> ChainHead:
        """The end of the chain, by the head row; its hash by the link of that number."""
        number = (
            await self._connection.fetchval(
                f"SELECT links FROM {self._of.heads} WHERE {self._of.key} = $1", self._chain
            )
            or 0
        )
        hash_there = await self._connection.fetchval(
            f"SELECT hash FROM {self._of.links} WHERE {self._of.key} = $1 AND number = $2", self._chain, number
        )
        return ChainHead(number=number, hash=hash_there or start_of(self._chain).hash)

    async def strays(self) -> Sequence[int]:
        """By one anti-join."""
        key = self._of.key
        records = await self._connection.fetch(
            f"""
            SELECT DISTINCT r.number FROM {self._of.rows} AS r
            LEFT JOIN {self._of.links} AS l ON l.{key} = r.{key} AND l.number = r.number AND l.{key} = $1
            WHERE r.{key} = $1 AND l.number IS NULL ORDER BY r.number
            """,
            self._chain,
        )
        return tuple(record["number"] for record in records)


def _joined(links: Iterable[asyncpg.Record], rows: Iterable[asyncpg.Record]) -> tuple[AuditLink, ...]:
    of_link = {
        number: tuple(
            AuditRow(**{name: value for name, value in record.items() if name != "number"}) for record in group
        )
        for number, group in groupby(rows, key=lambda record: record["number"])
    }
    return tuple(
        AuditLink(
            number=link["number"], previous=link["previous"], hash=link["hash"], rows=of_link.get(link["number"], ())
        )
        for link in links
    )
