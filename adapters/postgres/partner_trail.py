"""Partners' audit trails and the checkpoints of all trails, in PostgreSQL."""

from collections import defaultdict
from collections.abc import Sequence

import asyncpg

from adapters.postgres.audit_chains import PARTNER_CHAINS, PostgresAuditLog, record_link
from domain.audit_chain import ChainHead, ChainName, chain_of
from domain.audit_checkpoint import AuditCheckpoint, SignedCheckpoint, SigningKeyId
from domain.audit_entry import AuditEntry
from domain.company import CompanyId
from domain.partner import Tenant
from ports.audit_log import AuditLog
from ports.partner_events import EventRange


class PostgresPartnerTrail:
    """Keeps the promises of `ports.partner_trail.PartnerTrail`."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection
        self._appended: defaultdict[ChainName, list[AuditEntry]] = defaultdict(list)

    async def append(self, tenant: Tenant, entries: Sequence[AuditEntry]) -> None:
        """Kept until the commit."""
        self._appended[chain_of(tenant)].extend(entries)

    def log(self, tenant: Tenant) -> AuditLog:
        """The tenant's chain."""
        return PostgresAuditLog(self._connection, PARTNER_CHAINS, chain_of(tenant))

    async def record(self) -> None:
        """One link for each chain, in order of their names: the last thing before the commit."""
        for chain, entries in sorted(self._appended.items()):
            if entries:
                number = await self._connection.fetchval(
                    """
                    INSERT INTO partner_trail_heads (chain, links) VALUES ($1, 1)
                    ON CONFLICT (chain) DO UPDATE SET links = partner_trail_heads.links + excluded.links
                    RETURNING links
                    """,
                    chain,
                )
                await record_link(self._connection, PARTNER_CHAINS, chain, number - 1, entries)


class PostgresCheckpoints:
    """Keeps the promises of `ports.checkpoints.Checkpoints`."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def add(self, signed: SignedCheckpoint) -> None:
        """And notes at the company how far it is signed."""
        checkpoint = signed.checkpoint
        await self._connection.execute(
            """
            INSERT INTO audit_checkpoints (chain, number, hash, at, key, signature) VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (chain, number, at, key) DO NOTHING
            """,
            checkpoint.chain,
            checkpoint.head.number,
            checkpoint.head.hash,
            checkpoint.at,
            signed.key,
            signed.signature,
        )
        await self._connection.execute(
            "UPDATE trail_tips SET signed = $2 WHERE company_id = $1 AND signed < $2",
            checkpoint.chain,
            checkpoint.head.number,
        )

    async def of(self, chain: ChainName) -> Sequence[SignedCheckpoint]:
        """By number and time."""
        records = await self._connection.fetch(
            """
            SELECT number, hash, at, key, signature FROM audit_checkpoints
            WHERE chain = $1 ORDER BY number, at, key
            """,
            chain,
        )
        return tuple(
            SignedCheckpoint(
                checkpoint=AuditCheckpoint(
                    chain=chain, head=ChainHead(number=record["number"], hash=record["hash"]), at=record["at"]
                ),
                key=SigningKeyId(record["key"]),
                signature=record["signature"],
            )
            for record in records
        )

    async def companies_without(self, *, limit: int) -> Sequence[CompanyId]:
        """By a partial index: signed companies cost nothing."""
        records = await self._connection.fetch(
            "SELECT company_id FROM trail_tips WHERE links > signed ORDER BY company_id LIMIT $1", limit
        )
        return tuple(CompanyId(record["company_id"]) for record in records)


class PostgresPartnerEvents:
    """Keeps the promises of `ports.partner_events.PartnerEvents`."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def after(self, tenant: Tenant, place: tuple[CompanyId, int] | None, *, limit: int) -> Sequence[EventRange]:
        """By the number of the range that the place is in."""
        company, sequence = place or ("", 0)
        records = await self._connection.fetch(
            """
            WITH seen AS (
              SELECT number FROM partner_events
              WHERE company_id = $3 AND first <= $4 AND last >= $4 AND partner_id = $1 AND mode = $2
            )
            SELECT e.company_id, e.last, CASE WHEN e.number = s.number THEN $4 + 1 ELSE e.first END AS first
            FROM partner_events AS e LEFT JOIN seen AS s ON true
            WHERE e.partner_id = $1 AND e.mode = $2
              AND (s.number IS NULL OR e.number > s.number OR (e.number = s.number AND e.last > $4))
            ORDER BY e.number LIMIT $5
            """,
            tenant.partner,
            tenant.mode.value,
            company,
            sequence,
            limit,
        )
        return tuple(
            EventRange(company=CompanyId(record["company_id"]), first=record["first"], last=record["last"])
            for record in records
        )
