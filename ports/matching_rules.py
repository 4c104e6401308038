"""A person's own rules for a company: part of its transaction (`transaction.matching_rules`)."""

from datetime import datetime
from typing import Protocol

import attrs

from domain.matching_rule import MatchingRule


@attrs.frozen(kw_only=True)
class RulesInForce:
    """The rules that hold."""

    rules: tuple[MatchingRule, ...]
    """In the order of ids."""
    changes: int
    """How often rules of the company were added or removed so far."""


class MatchingRules(Protocol):
    """The rules of the transaction's company. Nothing is forgotten: a rule that is removed held until then."""

    async def add(self, rule: MatchingRule, *, at: datetime) -> bool:
        """From now on it holds. False: it holds already."""
        ...

    async def remove(self, id: str, *, at: datetime) -> bool:
        """From now on it holds no longer. False: it does not hold."""
        ...

    async def in_force(self) -> RulesInForce:
        """The rules that hold now."""
        ...
