"""People's decisions in memory."""

from collections.abc import Collection, Sequence
from datetime import datetime

import attrs

from adapters.in_memory.tables import InMemoryTables
from domain.company import CompanyId
from domain.reconciliation_decision import ReconciliationDecision
from ports.decisions import DecisionChanges, NumberedDecision


@attrs.frozen
class _Undo:
    number: int
    undoes: int
    by: str
    note: str
    at: datetime


class InMemoryDecisions:
    """Keeps the promises of `ports.decisions.Decisions`."""

    def __init__(self, tables: InMemoryTables, company: CompanyId) -> None:
        self._tables = tables
        self._company = company

    async def append(self, decision: ReconciliationDecision, *, at: datetime) -> int:
        """The next number."""
        payouts, deposits = decision.records
        kept = attrs.evolve(decision, payouts=payouts, deposits=deposits)
        return self._append(NumberedDecision(number=len(self._all()) + 1, decision=kept, at=at))

    async def undo(self, number: int, *, by: str, note: str, at: datetime) -> int | None:
        """The next number, if that decision is in force."""
        if number not in {each.number for each in await self.in_force()}:
            return None
        return self._append(_Undo(len(self._all()) + 1, number, by, note, at))

    async def in_force(self, records: Collection[str] | None = None) -> Sequence[NumberedDecision]:
        """In order of numbers."""
        return [
            each
            for each in self._in_force_after(len(self._all()))
            if records is None or {*each.decision.payouts, *each.decision.deposits} & {*records}
        ]

    async def since(self, number: int) -> DecisionChanges:
        """What was decided and undone in between is in neither."""
        last = max(number, len(self._all()))
        before, now = self._in_force_after(number), self._in_force_after(last)
        return DecisionChanges(
            decided=tuple(each.decision for each in now if each not in before),
            undone=tuple(each.decision for each in before if each not in now),
            last=last,
        )

    async def hold(self) -> None:
        """Nothing to do: transactions follow one another."""

    def _all(self) -> tuple[NumberedDecision | _Undo, ...]:
        found: tuple[NumberedDecision | _Undo, ...] = self._tables.table("decisions").get(self._company, ())
        return found

    def _append(self, each: NumberedDecision | _Undo) -> int:
        self._tables.table("decisions")[self._company] = (*self._all(), each)
        return each.number

    def _in_force_after(self, number: int) -> list[NumberedDecision]:
        some = self._all()[:number]
        undone = {each.undoes for each in some if isinstance(each, _Undo)}
        return [each for each in some if isinstance(each, NumberedDecision) and each.number not in undone]
