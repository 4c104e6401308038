"""Questions of the form "what if": what was proposed, what would come of it, and whether it was applied.

Part of a company's transaction (`transaction.what_ifs`). A question is kept as it was asked and answered; that it was
applied is another record.
"""

from datetime import date, datetime
from typing import Protocol

import attrs

from domain.actor import Actor
from domain.what_if import ProposedChanges, WhatIfCounts, WhatIfEffect
from ports.pages import Page, PageKey


@attrs.frozen(kw_only=True)
class StandsOn:
    """What the answer was worked out from. Once one of these is another, the answer may be another."""

    as_of: date
    """The company's day."""
    facts: datetime | None
    """The moment of the last recording of facts."""
    decisions: int
    """The number of the last decision of a person's."""
    rules: int
    """The number of the last change of a person's rules."""
    run: int
    """The last run; 0: there was none."""
    is_up_to_date: bool
    """That run knew all of the above. If not, its next one is still to come, and with it other figures."""


@attrs.frozen(kw_only=True)
class WhatIfHead:
    """A question, and its answer in figures."""

    id: str
    asked_by: Actor
    asked_at: datetime
    expires_at: datetime
    stands_on: StandsOn
    counts: WhatIfCounts
    applied_by: Actor | None = None
    applied_at: datetime | None = None


@attrs.frozen(kw_only=True)
class WhatIf:
    """A question, and its answer."""

    head: WhatIfHead
    proposed: ProposedChanges
    effect: WhatIfEffect


class WhatIfs(Protocol):
    """The questions asked of the transaction's company."""

    async def add(self, what_if: WhatIf) -> None:
        """Keeps a question that was not applied. Its id must be new."""
        ...

    async def find(self, id: str) -> WhatIf | None:
        """The question of this id; None: there is none."""
        ...

    async def page(self, *, after: PageKey | None = None, limit: int = 100) -> Page[WhatIfHead]:
        """The newest first: by the moment asked, then by id, descending. Raises ValueError: limit out of bounds."""
        ...

    async def mark_applied(self, id: str, *, by: Actor, at: datetime) -> bool:
        """The question of this id, which there is, is applied from now on. False: it was before.

        Of two at once the second waits for the first to end.
        """
        ...
