"""What people decided on a company's records, kept for good: taking a decision back is another record.

Part of a company's transaction (`transaction.decisions`).
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

import attrs

from domain.reconciliation_decision import ReconciliationDecision


@attrs.frozen(kw_only=True)
class NumberedDecision:
    """A decision, with its number among the company's and when it was made."""

    number: int
    decision: ReconciliationDecision
    at: datetime


@attrs.frozen(kw_only=True)
class DecisionChanges:
    """What people decided, and took back, since a number."""

    decided: tuple[ReconciliationDecision, ...]
    """In force now, and not at that number."""
    undone: tuple[ReconciliationDecision, ...]
    """In force at that number, and not now."""
    last: int
    """The last number now; 0: nobody ever decided anything."""


class Decisions(Protocol):
    """The decisions on the transaction's company, numbered from 1 without a gap, also those taken back."""

    async def append(self, decision: ReconciliationDecision, *, at: datetime) -> int:
        """A decision, in force from now on; its number."""
        ...

    async def undo(self, number: int, *, by: str, note: str, at: datetime) -> int | None:
        """Takes a decision back; the number of that. None: it is not in force."""
        ...

    async def in_force(self, records: Collection[str] | None = None) -> Sequence[NumberedDecision]:
        """Decisions in force on any of these payouts and bank lines, or on all, in order of numbers."""
        ...

    async def since(self, number: int) -> DecisionChanges:
        """What is different from how it was after this number."""
        ...

    async def hold(self) -> None:
        """Waits for other transactions that decide, and keeps them waiting until this one ends."""
        ...
