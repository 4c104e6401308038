"""The keys of cases in memory.

Differences from PostgreSQL: every page looks at every fact of the company.
"""

from adapters.in_memory.facts import InMemoryFacts
from adapters.in_memory.tables import InMemoryTables
from domain.company import CompanyId
from domain.payment_case import HOLDS, CaseKind, key_of, may_be
from ports.facts import Everything


class InMemoryCaseKeys:
    """Keeps the promises of `ports.case_keys.CaseKeys`."""

    def __init__(self, tables: InMemoryTables, company: CompanyId) -> None:
        self._facts = InMemoryFacts(tables, company)

    async def after(self, kind: CaseKind, key: str | None, *, limit: int) -> tuple[str, ...]:
        """Sorted."""
        if kind in HOLDS:
            raise ValueError(f"{kind} has no keys")
        facts = await self._facts.load(Everything())
        found = {key_of(each) for each in facts.balance_transactions if may_be(each, kind)}
        if kind is CaseKind.PAYOUT_RETURNED:
            found |= {payout.id for payout in facts.payouts if payout.came_back}
        if kind is CaseKind.PAYOUT_REVERSED:
            found |= {payout.id for payout in facts.payouts if payout.reversed_by is not None}
            found |= {payout.original_payout for payout in facts.payouts if payout.original_payout is not None}
        return tuple(sorted(each for each in found if key is None or each > key)[:limit])
