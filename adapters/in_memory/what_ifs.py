"""What people asked before they changed anything, in memory."""

from datetime import datetime

import attrs

from adapters.in_memory.tables import InMemoryTables
from domain.actor import Actor
from domain.company import CompanyId
from ports.pages import Page, PageKey, checked_limit
from ports.what_ifs import WhatIf, WhatIfHead


class InMemoryWhatIfs:
    """Keeps the promises of `ports.what_ifs.WhatIfs`."""

    def __init__(self, tables: InMemoryTables, company: CompanyId) -> None:
        self._tables = tables
        self._company = company

    async def add(self, what_if: WhatIf) -> None:
        """Kept as it is."""
        self._tables.table("what_ifs")[self._company, what_if.head.id] = what_if

    async def find(self, id: str) -> WhatIf | None:
        """The question of this id."""
        what_if: WhatIf | None = self._tables.table("what_ifs").get((self._company, id))
        return what_if

    async def page(self, *, after: PageKey | None = None, limit: int = 100) -> Page[WhatIfHead]:
        """Looks at all of them."""
        checked_limit(limit)
        of_company = (
            each.head
            for key, each in self._tables.table("what_ifs").items()
            if isinstance(key, tuple) and key[0] == self._company
        )
        newest = sorted(of_company, key=_place, reverse=True)
        rest = [head for head in newest if after is None or _place(head) < (after.at, after.id)]
        shown = tuple(rest[:limit])
        more = len(rest) > limit
        return Page(records=shown, next=PageKey(at=shown[-1].asked_at, id=shown[-1].id) if more else None)

    async def mark_applied(self, id: str, *, by: Actor, at: datetime) -> bool:
        """Replaces the question by one that was applied."""
        what_if: WhatIf = self._tables.table("what_ifs")[self._company, id]
        if what_if.head.applied_at is not None:
            return False
        head = attrs.evolve(what_if.head, applied_by=by, applied_at=at)
        self._tables.table("what_ifs")[self._company, id] = attrs.evolve(what_if, head=head)
        return True


def _place(head: WhatIfHead) -> tuple[datetime, str]:
    return head.asked_at, head.id
