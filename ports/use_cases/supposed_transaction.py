"""A snapshot of a company as if some rules and decisions were other than they are. Nothing of it is ever written.

What use cases change of rules and decisions in it is remembered beside the snapshot, and seen by all that reads it
afterwards: so the very code that would change them, and decide what follows, can be tried.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from domain.audit_entry import AuditEntry
from domain.matching_rule import MatchingRule
from domain.reconciliation_decision import ReconciliationDecision
from ports.audit_trail import AuditTrail
from ports.decisions import DecisionChanges, Decisions, NumberedDecision
from ports.matching_rules import MatchingRules, RulesInForce
from ports.transaction import CompanyTransaction


class SupposedTransaction:
    """A `CompanyTransaction` over a snapshot, of which only rules, decisions and the audit trail take changes."""

    def __init__(self, snapshot: CompanyTransaction, *, decisions: int) -> None:
        """`decisions`: the number of the last one."""
        self.company = snapshot.company
        self.companies = snapshot.companies
        self.facts = snapshot.facts
        self.fact_lists = snapshot.fact_lists
        self.case_keys = snapshot.case_keys
        self.statements = snapshot.statements
        self.statement_history = snapshot.statement_history
        self.decisions: Decisions = SupposedDecisions(snapshot.decisions, last=decisions)
        self.matching_rules: MatchingRules = SupposedRules(snapshot.matching_rules)
        self.what_ifs = snapshot.what_ifs
        self.reconciliation = snapshot.reconciliation
        self.reconciliation_lists = snapshot.reconciliation_lists
        self.stripe_feeds = snapshot.stripe_feeds
        self.stripe_itemisations = snapshot.stripe_itemisations
        self.feed_checks = snapshot.feed_checks
        self.invoices = snapshot.invoices
        self.invoice_requests = snapshot.invoice_requests
        self.invoice_standings = snapshot.invoice_standings
        self.stripe_accounts = snapshot.stripe_accounts
        self.work = snapshot.work
        self.outbox = snapshot.outbox
        self.events = snapshot.events
        self.audit: AuditTrail = NothingWrittenDown()
        self.audit_log = snapshot.audit_log


class NothingWrittenDown:
    """An audit trail of what was never done."""

    async def append(self, entries: Sequence[AuditEntry]) -> None:
        """Forgotten at once."""


class SupposedDecisions:
    """Decisions in force, and those that are supposed to be made or taken back after them."""

    def __init__(self, decisions: Decisions, *, last: int) -> None:
        self._decisions = decisions
        self._last = last
        self._made: dict[int, NumberedDecision] = {}
        self._undone: dict[int, NumberedDecision] = {}

    async def append(self, decision: ReconciliationDecision, *, at: datetime) -> int:
        """Under the number that it would get."""
        self._last += 1
        payouts, deposits = decision.records
        kept = ReconciliationDecision(
            kind=decision.kind, payouts=payouts, deposits=deposits, by=decision.by, note=decision.note
        )
        self._made[self._last] = NumberedDecision(number=self._last, decision=kept, at=at)
        return self._last

    async def undo(self, number: int, *, by: str, note: str, at: datetime) -> int | None:  # noqa: ARG002  # unread
        """Of one that is in force, or supposed to be."""
        known = next((each for each in await self.in_force() if each.number == number), None)
        if known is None:
            return None
        if self._made.pop(number, None) is None:
            self._undone[number] = known
        self._last += 1
        return self._last

    async def in_force(self, records: Collection[str] | None = None) -> Sequence[NumberedDecision]:
        """In order of numbers."""
        before = [each for each in await self._decisions.in_force(records) if each.number not in self._undone]
        wanted = None if records is None else {*records}
        return [
            *before,
            *(
                each
                for each in self._made.values()
                if wanted is None or wanted & {*each.decision.payouts, *each.decision.deposits}
            ),
        ]

    async def since(self, number: int) -> DecisionChanges:
        """Since one that was made indeed."""
        changes = await self._decisions.since(number)
        decided, undone = list(changes.decided), list(changes.undone)
        for each in self._undone.values():
            if each.number > number:
                decided.remove(each.decision)
            else:
                undone.append(each.decision)
        decided += [each.decision for each in self._made.values()]
        return DecisionChanges(decided=tuple(decided), undone=tuple(undone), last=self._last)

    async def hold(self) -> None:
        """Nobody else sees it."""


class SupposedRules:
    """Rules in force, and those that are supposed to be added or removed."""

    def __init__(self, rules: MatchingRules) -> None:
        self._rules = rules
        self._added: dict[str, MatchingRule] = {}
        self._removed: set[str] = set()
        self._changes = 0

    async def add(self, rule: MatchingRule, *, at: datetime) -> bool:  # noqa: ARG002  # nobody reads when
        """From now on it is supposed to hold."""
        if rule.id in await self._held():
            return False
        self._removed.discard(rule.id)
        self._added[rule.id] = rule
        self._changes += 1
        return True

    async def remove(self, id: str, *, at: datetime) -> bool:  # noqa: ARG002
        """From now on it is supposed to hold no longer."""
        if id not in await self._held():
            return False
        self._added.pop(id, None)
        self._removed.add(id)
        self._changes += 1
        return True

    async def in_force(self) -> RulesInForce:
        """In the order of ids."""
        held = await self._held()
        changes = (await self._rules.in_force()).changes + self._changes
        return RulesInForce(rules=tuple(held[id_] for id_ in sorted(held)), changes=changes)

    async def _held(self) -> dict[str, MatchingRule]:
        held = {rule.id: rule for rule in (await self._rules.in_force()).rules if rule.id not in self._removed}
        return held | self._added
