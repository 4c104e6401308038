"""What follows whenever facts of a company were told: it is written down who told them, and the work is asked for."""

from datetime import datetime
from typing import Final

from domain.actor import Actor
from domain.audit_entry import AuditEntry
from domain.company_facts import CompanyFacts
from domain.json_value import JsonObject
from domain.work import WorkKind
from ports.facts import RecordedFacts
from ports.transaction import CompanyTransaction

IDS_MAX: Final = 1_000
"""More are only counted in the audit trail; the facts themselves say when they were recorded."""


async def follow_up(
    recorded: RecordedFacts,
    action: str,
    *,
    transaction: CompanyTransaction,
    who: Actor,
    at: datetime,
    detail: JsonObject | None = None,
) -> None:
    """An audit entry, and a request to reconcile; nothing if nothing is other than before. Last in a transaction."""
    if recorded.is_empty:
        return
    said = {**_detail(recorded), **(detail or {})}
    entry = AuditEntry(who=who, action=action, subject=transaction.company, at=at, detail=said)
    await transaction.audit.append([entry])
    await transaction.work.request(WorkKind.RECONCILE, transaction.company, at=at)


def _detail(recorded: RecordedFacts) -> JsonObject:
    parts = {
        "new": _ids(recorded.new),
        "changed": _ids(recorded.changed),
        "retracted": tuple(sorted(transaction.id for transaction in recorded.retracted)),
    }
    return {name: ids if len(ids) <= IDS_MAX else {"count": len(ids)} for name, ids in parts.items() if ids}


def _ids(facts: CompanyFacts) -> tuple[str, ...]:
    """Items are not named: they are the payouts' own."""
    kinds = facts.payouts, facts.accounts, facts.deposits
    return tuple(sorted(fact.id for kind in kinds for fact in kind))
