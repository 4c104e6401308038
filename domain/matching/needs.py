"""The records of a neighbourhood, and what must be read so that each of them is decided as in the whole company.

A record in the neighbourhood brings its block: the equal amounts that it could be, and theirs in turn. An open record
that is touched by the change also brings the open records with which it could form a group.
"""

from collections import defaultdict
from datetime import date
from typing import Protocol

from domain.bank_deposit import BankDeposit, BankDepositId
from domain.company_facts import CompanyFacts
from domain.matching.evidence import Records
from domain.matching.open_records import is_plausible
from domain.matching.questions import Questions
from domain.matching.reach import Found, OfAmount, OpenLines, OpenPayouts, Span, Wanted
from domain.matching.records import LineRecord, PayoutRecord
from domain.matching.relations import Relations, sum_days
from domain.payout import Payout
from domain.reconciliation_decision import DecisionKind, ReconciliationDecision

Fact = Payout | BankDeposit
Record = PayoutRecord | LineRecord
_AmountKey = tuple[str, int]


class _Changes(Protocol):
    @property
    def before(self) -> CompanyFacts: ...
    @property
    def now(self) -> CompanyFacts: ...
    @property
    def decided(self) -> tuple[ReconciliationDecision, ...]: ...
    @property
    def undone(self) -> tuple[ReconciliationDecision, ...]: ...


class _Touched(Protocol):
    @property
    def newly_dirty(self) -> frozenset[str]: ...
    @property
    def open(self) -> set[str]: ...


class Needs:
    """The neighbourhood while it grows."""

    def __init__(self, changes: _Changes, relations: Relations, days: tuple[date, date]) -> None:
        """`days`: the day asked about, before and now."""
        self.dirty: set[str] = set()
        """Records that are other than before, or are weighed otherwise."""
        self.waiting: dict[str, Payout] = {}
        """Payouts of which only the age may say something else."""
        self.accepted: set[Records] = set()
        self.learned: set[BankDepositId] = set()
        self._changes = changes
        self._relations = relations
        self._questions = Questions()
        self._day_first, self._day_last = min(days), max(days)
        self._was: dict[str, Fact] = {}
        self._now: dict[str, Fact] = {}
        self._records: dict[str, list[Record]] = {}
        self._by_amount: dict[_AmountKey, set[str]] = defaultdict(set)
        self._pool: dict[str, Record] = {}
        self._pool_by_amount: dict[_AmountKey, set[str]] = defaultdict(set)
        self._pool_by_code: dict[str, set[str]] = defaultdict(set)
        self._wide: set[str] = set()
        self._far: set[str] = set()
        self._decisions: dict[ReconciliationDecision, None] = dict.fromkeys(changes.decided)
        changed, before = _by_id(changes.now), _by_id(changes.before)
        for id in sorted({*changed, *before}):
            self.dirty.add(id)
            self._admit(id, before.get(id), changed.get(id))
        for decision in (*changes.decided, *changes.undone):
            for id in (*decision.payouts, *decision.deposits):
                self.dirty.add(id)
                self._want(id)

    @property
    def size(self) -> int:
        """How many records it has."""
        return len(self._records)

    def payouts(self, before: bool) -> tuple[Payout, ...]:
        """Its payouts, as they were or as they are."""
        return tuple(each for each in (self._was if before else self._now).values() if isinstance(each, Payout))

    def deposits(self, before: bool) -> tuple[BankDeposit, ...]:
        """Its bank lines, as they were or as they are."""
        return tuple(each for each in (self._was if before else self._now).values() if isinstance(each, BankDeposit))

    def decisions(self, before: bool) -> tuple[ReconciliationDecision, ...]:
        """What people had said of its records, or have."""
        if not before:
            return tuple(self._decisions)
        said_since = frozenset(self._changes.decided)
        return (*(each for each in self._decisions if each not in said_since), *self._changes.undone)

    def is_known(self, record: Record) -> bool:
        """All open records that could form a sum with this one are in the neighbourhood."""
        others = OpenLines if isinstance(record, PayoutRecord) else OpenPayouts
        return self._questions.knows_open(others, sum_days(record))

    def wanted(self) -> Wanted:
        """What must be read next."""
        return self._questions.next()

    def add(self, found: Found, edges: Wanted | None) -> None:
        """Takes in what was read. `edges`: it was read because the horizon moved, and is weighed otherwise now."""
        self.accepted |= found.accepted
        self.learned |= found.learned
        for decision in found.decisions:
            if decision not in self._decisions:
                self._decisions[decision] = None
                if decision.kind is DecisionKind.CONFIRM:
                    for id in (*decision.payouts, *decision.deposits):
                        self._want(id)
        for payout in found.payouts:
            self._take(payout, found, edges)
        for line in found.deposits:
            self._take(line, found, edges)

    def extend(self, touched: _Touched) -> bool:
        """Reach out from what is touched and open. False: all that it could be part of is here already."""
        size = self.size, len(self.dirty)
        self.dirty |= touched.newly_dirty
        for id in sorted(touched.open - self._wide):
            self._wide.add(id)
            for record in self._records[id]:
                self._ask_widely(record)
                self._draw(record, wide=True)
        self._reach_far()
        return size != (self.size, len(self.dirty)) or self._questions.any

    def _reach_far(self) -> None:
        """A line that came late is a rival where any payout that could take it has no other: ask for those payouts."""
        for id in sorted(self._wide):
            for payout in self._records[id]:
                for name in sorted(self._by_amount[_amount(payout)] - self._far):
                    for line in self._records[name]:
                        if self._relations.late(payout, line):
                            self._far.add(name)
                            self._questions.ask(self._relations.payouts_that_could_take(line))
                            self._draw(line, wide=True)

    # -- growing -------------------------------------------------------------------------------------------------------

    def _take(self, fact: Fact, found: Found, edges: Wanted | None) -> None:
        id = fact.id
        if id in found.waiting and isinstance(fact, Payout):
            self.waiting[id] = fact
        if id in self._records:
            if edges is not None and self._at_edge(fact, edges):
                self.dirty.add(id)
            return
        if (edges is not None and self._at_edge(fact, edges)) or id in found.waiting_in_match:
            self.dirty.add(id)
            self._admit(id, fact, fact)
        elif id in found.open_ids or self._questions.asked_for(id):
            self._admit(id, fact, fact)
        elif not (edges is not None or id in found.waiting):
            self._offer(fact)

    def _at_edge(self, fact: Fact, edges: Wanted) -> bool:
        if isinstance(fact, Payout):
            return any(_within(fact.arrival_date, days) for days in edges.arriving)
        if self._day_first < fact.date <= self._day_last:
            return True
        return self._relations.recurs(fact) and (
            any(_within(fact.date, days) for days in edges.dated)
            or any(_within(fact.date, each) for each in edges.lines)
        )

    def _want(self, id: str) -> None:
        if id not in self._records:
            self._questions.ask_id(id)

    def _admit(self, id: str, was: Fact | None, now: Fact | None) -> None:
        """It belongs to the neighbourhood: ask for its block, and draw in what is read already and belongs to it."""
        if was is not None:
            self._was[id] = was
        if now is not None:
            self._now[id] = now
        self._questions.ask_said_of(id)
        pooled = self._pool.pop(id, None)
        versions = [was] if was == now else [was, now]
        records = (
            [pooled] if pooled is not None else [self._relations.record(fact) for fact in versions if fact is not None]
        )
        self._records[id] = records
        for record in records:
            self._by_amount[_amount(record)].add(id)
            self._ask_for_block(record)
        for record in records:
            self._draw(record, wide=False)

    def _offer(self, fact: Fact) -> None:
        """It was read, and belongs to the neighbourhood only if it is related to one of its records."""
        record = self._relations.record(fact)
        related = any(
            self._relations.related(each, record, wide=id in self._wide or id in self._far)
            for id in self._by_amount[_amount(record)]
            for each in self._records[id]
        )
        if not related and isinstance(record, LineRecord) and record.codes:
            related = any(
                isinstance(each, PayoutRecord) and self._relations.named(each, record)
                for id in self._wide
                for each in self._records[id]
            )
        if related:
            self._admit(record.id, fact, fact)
        elif record.id not in self._pool:
            self._pool[record.id] = record
            self._pool_by_amount[_amount(record)].add(record.id)
            for code in record.codes if isinstance(record, LineRecord) else ():
                self._pool_by_code[code].add(record.id)

    def _draw(self, record: Record, *, wide: bool) -> None:
        """Admit what was read and is related to this record."""
        for id in sorted(self._pool_by_amount[_amount(record)]):
            other = self._pool.get(id)
            if other is not None and self._relations.related(record, other, wide=wide):
                self._admit(id, _fact(other), _fact(other))
        if wide and isinstance(record, PayoutRecord) and record.trace is not None:
            for id in sorted(self._pool_by_code.get(record.trace, ())):
                other = self._pool.get(id)
                if isinstance(other, LineRecord) and self._relations.named(record, other):
                    self._admit(id, other.line, other.line)

    def _ask_for_block(self, record: Record) -> None:
        for question in self._relations.of_block(record):
            self._questions.ask(question)

    def _ask_widely(self, record: Record) -> None:
        plausible = isinstance(record, LineRecord) and is_plausible(record, self._relations.model)
        for question in self._relations.of_groups(record, plausible=plausible):
            self._questions.ask(question)


def _by_id(facts: CompanyFacts) -> dict[str, Fact]:
    known: dict[str, Fact] = {payout.id: payout for payout in facts.payouts}
    known.update({line.id: line for line in facts.deposits})
    return known


def _fact(record: Record) -> Fact:
    return record.payout if isinstance(record, PayoutRecord) else record.line


def _amount(record: Record) -> _AmountKey:
    return record.currency, abs(record.minor)


def _within(day: date, days: Span | OfAmount) -> bool:
    return days.first <= day <= days.last
