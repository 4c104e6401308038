"""A company's own rules, in memory."""

from datetime import datetime

import attrs

from adapters.in_memory.tables import InMemoryTables
from domain.company import CompanyId
from domain.matching_rule import MatchingRule
from ports.matching_rules import RulesInForce


@attrs.frozen(kw_only=True)
class RuleChange:
    """A rule that was added or removed."""

    rule: MatchingRule
    is_removed: bool
    at: datetime


class InMemoryMatchingRules:
    """Keeps the promises of `ports.matching_rules.MatchingRules`."""

    def __init__(self, tables: InMemoryTables, company: CompanyId) -> None:
        self._tables = tables
        self._company = company

    async def add(self, rule: MatchingRule, *, at: datetime) -> bool:
        """Appends, unless it holds."""
        if rule.id in self._held():
            return False
        self._append(RuleChange(rule=rule, is_removed=False, at=at))
        return True

    async def remove(self, id: str, *, at: datetime) -> bool:
        """Appends, if it holds."""
        rule = self._held().get(id)
        if rule is None:
            return False
        self._append(RuleChange(rule=rule, is_removed=True, at=at))
        return True

    async def in_force(self) -> RulesInForce:
        """In order."""
        held = self._held()
        return RulesInForce(rules=tuple(held[id_] for id_ in sorted(held)), changes=len(self._changes()))

    def _append(self, change: RuleChange) -> None:
        self._tables.table("matching_rules")[self._company] = (*self._changes(), change)

    def _changes(self) -> tuple[RuleChange, ...]:
        changes: tuple[RuleChange, ...] = self._tables.table("matching_rules").get(self._company, ())
        return changes

    def _held(self) -> dict[str, MatchingRule]:
        held: dict[str, MatchingRule] = {}
        for each in self._changes():
            if each.is_removed:
                held.pop(each.rule.id, None)
            else:
                held[each.rule.id] = each.rule
        return held
