"""Partners' audit trails and the checkpoints of all trails, in memory."""

from collections import defaultdict
from collections.abc import Sequence

from adapters.in_memory.tables import InMemoryTables
from adapters.in_memory.trail import InMemoryAuditLog, record_audit
from domain.audit_chain import ChainName, chain_of
from domain.audit_checkpoint import SignedCheckpoint
from domain.audit_entry import AuditEntry
from domain.company import CompanyId
from domain.partner import Tenant
from ports.audit_log import AuditLog
from ports.partner_events import EventRange


class InMemoryPartnerTrail:
    """Keeps the promises of `ports.partner_trail.PartnerTrail`."""

    def __init__(self, tables: InMemoryTables) -> None:
        self._tables = tables
        self._appended: defaultdict[ChainName, list[AuditEntry]] = defaultdict(list)

    async def append(self, tenant: Tenant, entries: Sequence[AuditEntry]) -> None:
        """Kept until the commit."""
        self._appended[chain_of(tenant)].extend(entries)

    def log(self, tenant: Tenant) -> AuditLog:
        """The tenant's chain."""
        return InMemoryAuditLog(self._tables, chain_of(tenant))

    async def record(self) -> None:
        """One link for each chain."""
        for chain, entries in self._appended.items():
            await record_audit(self._tables, chain, entries)


class InMemoryCheckpoints:
    """Keeps the promises of `ports.checkpoints.Checkpoints`."""

    def __init__(self, tables: InMemoryTables) -> None:
        self._tables = tables
        self._checkpoints = tables.table("audit_checkpoints")

    async def add(self, signed: SignedCheckpoint) -> None:
        """By everything that tells one from another."""
        checkpoint = signed.checkpoint
        self._checkpoints.setdefault((checkpoint.chain, checkpoint.head.number, checkpoint.at, signed.key), signed)

    async def of(self, chain: ChainName) -> Sequence[SignedCheckpoint]:
        """By number and time."""
        found: list[SignedCheckpoint] = [
            signed for signed in self._checkpoints.values() if signed.checkpoint.chain == chain
        ]
        return tuple(sorted(found, key=lambda one: (one.checkpoint.head.number, one.checkpoint.at, one.key)))

    async def companies_without(self, *, limit: int) -> Sequence[CompanyId]:
        """By comparing every chain's last link with its last checkpoint."""
        signed: defaultdict[ChainName, int] = defaultdict(int)
        for one in self._checkpoints.values():
            chain = one.checkpoint.chain
            signed[chain] = max(signed[chain], one.checkpoint.head.number)
        grown = {
            CompanyId(link_key[0])
            for link_key in self._tables.table("audit_links")
            if isinstance(link_key, tuple) and link_key[0].startswith("co_") and link_key[1] > signed[link_key[0]]
        }
        return tuple(sorted(grown)[:limit])


class InMemoryPartnerEvents:
    """Keeps the promises of `ports.partner_events.PartnerEvents`."""

    def __init__(self, tables: InMemoryTables) -> None:
        self._tables = tables

    async def after(self, tenant: Tenant, place: tuple[CompanyId, int] | None, *, limit: int) -> Sequence[EventRange]:
        """From the range that the place is in."""
        ranges: list[EventRange] = [
            each
            for key, each in self._tables.table("partner_events").items()
            if isinstance(key, tuple) and key[0] == tenant
        ]
        if place is not None:
            for number, each in enumerate(ranges):
                if each.company == place[0] and each.first <= place[1] <= each.last:
                    rest = EventRange(company=each.company, first=place[1] + 1, last=each.last)
                    ranges = [rest, *ranges[number + 1 :]] if rest.first <= rest.last else ranges[number + 1 :]
                    break
        return tuple(ranges[:limit])
