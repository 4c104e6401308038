"""A change, and what it touches: which records must be read, and what is different for them.

What decides a record is its neighbourhood: the equal amounts within reach of it (its block), and, where pairs leave it
open, the groups that it could be part of. The neighbourhood of a change is solved twice, as the facts were and as they
are, and grows until nothing that differs touches its border. What then differs is exactly what a full recompute under
the same model, horizon and decisions would find different: the rest of the company has no way to know of the change.

Pure, and driven from outside: `wanted` says what must be read, `add` takes it in, `changes` is the result.
"""

from collections.abc import Mapping
from typing import Final

import attrs

from domain.bank_deposit import BankAccount, BankAccountId
from domain.company_facts import CompanyFacts
from domain.matching.decided import Decided
from domain.matching.deposit_matching import decide_deposits
from domain.matching.edges import edge_reads
from domain.matching.evidence import Records
from domain.matching.explanation import match_of
from domain.matching.finding import Finding
from domain.matching.model import Horizon, ModelSnapshot
from domain.matching.needs import Needs
from domain.matching.outcomes import Outcomes, Sightings, elsewhere
from domain.matching.reach import Days, Found, Waiting, Wanted
from domain.matching.records import payout_record
from domain.matching.relations import Relations
from domain.matching.standing import DepositStanding, PayoutStanding, still_waiting
from domain.matching.touched import LocalView, Touched
from domain.money import Money
from domain.payout import Payout, PayoutId
from domain.payout_totals import PayoutTotals, totals_of
from domain.reconciliation_break import ReconciliationBreak
from domain.reconciliation_decision import ReconciliationDecision
from domain.reconciliation_match import ReconciliationMatch
from domain.reconciliation_outcome import PayoutOutcomeKind

RECORDS_MAX: Final = 20_000
"""A neighbourhood larger than this is not worth its trouble: everything is decided at once instead."""


_NOTHING: Final = CompanyFacts()


class NeighbourhoodTooLarge(Exception):
    """The change touches so much that all should be decided again under the same model."""

    def __init__(self, records: int) -> None:
        super().__init__(f"{records} records are touched")
        self.records = records


@attrs.frozen(kw_only=True)
class MatchingBasis:
    """All that decides the outcome beside facts and people's decisions; each part a stated, explicit value."""

    model: ModelSnapshot
    """What it was learned from need not be in it: that is asked of the records read."""
    horizon: Horizon
    accounts: tuple[BankAccount, ...]
    same_accounts: Mapping[BankAccountId, BankAccountId] = attrs.field(factory=dict)
    """Accounts that are one: account → the one that stands for it."""
    sightings: Sightings = attrs.field(factory=dict)
    """Of all payouts."""


@attrs.frozen(kw_only=True)
class FactChanges:
    """Payouts and bank lines that are new or other than before; `before` holds those that were there, as they were."""

    before: CompanyFacts = _NOTHING
    now: CompanyFacts = _NOTHING
    decided: tuple[ReconciliationDecision, ...] = ()
    """What people said since."""
    undone: tuple[ReconciliationDecision, ...] = ()
    """What they took back."""


@attrs.frozen(kw_only=True)
class ReconciliationChanges:
    """What is different now."""

    matches: tuple[ReconciliationMatch, ...]
    """New, or not as they were."""
    withdrawn: tuple[ReconciliationMatch, ...]
    """As they were: they no longer hold."""
    payouts: tuple[PayoutStanding, ...]
    """New or different."""
    deposits: tuple[DepositStanding, ...]
    opened: tuple[ReconciliationBreak, ...]
    resolved: tuple[ReconciliationBreak, ...]
    sightings: Sightings
    """Of all payouts, as they are now."""
    repeated: int
    """How many more lines than before are counted under another account of a feed that brings the same ones."""
    totals: PayoutTotals = attrs.field(factory=dict)
    """How much more, or less, payouts come to by currency and outcome."""


class Neighbourhood:
    """One change under way."""

    def __init__(self, changes: FactChanges, was: MatchingBasis, horizon: Horizon) -> None:
        """`was`: the basis of the last reconciliation; `horizon`: up to when things are known now."""
        if was.horizon.covered.keys() != horizon.covered.keys():
            raise NeighbourhoodTooLarge(0)  # the accounts that there are decide everywhere
        self._changes = changes
        self._was = was
        self._horizon = horizon
        relations = Relations(was.model, was.same_accounts)
        self._needs = Needs(changes, relations, (was.horizon.as_of, horizon.as_of))
        self._edges: Wanted | None = edge_reads(was.horizon, horizon, was.model)
        self._asked_origins: set[str] = set()
        self._touched: Touched | None = None

    def wanted(self) -> Wanted | None:
        """What must be read next; None: all that is touched is known. Raises NeighbourhoodTooLarge."""
        while True:
            if self._edges is not None and not self._edges.is_empty:
                return self._edges
            self._edges = None
            wanted = self._needs.wanted()
            if not wanted.is_empty:
                return wanted
            if self._needs.size > RECORDS_MAX:
                raise NeighbourhoodTooLarge(self._needs.size)
            self._touched = Touched(self._view(before=True), self._view(before=False), self._needs)
            if self._needs.extend(self._touched):
                continue
            flipped = self._flipped_origins() - self._asked_origins
            if not flipped:
                return None
            self._asked_origins |= flipped
            return Wanted(waiting=(Waiting(Days(None, None), tuple(sorted(flipped))),))

    def add(self, found: Found) -> None:
        """Takes in what was read in answer to `wanted`."""
        edges, self._edges = self._edges, None
        self._needs.add(found, edges)

    def changes(self) -> ReconciliationChanges:
        """What is different; once nothing is wanted any more."""
        touched = self._known
        was, now = touched.was.decided, touched.now.decided
        was.elsewhere, now.elsewhere = elsewhere(self._was.sightings), elsewhere(self._sightings())
        before, after = _by_records(was, touched.ids), _by_records(now, touched.ids)
        matches = {records: match_of(finding) for records, finding in after.items()}
        old = {records: match_of(finding) for records, finding in before.items()}
        payouts, deposits = touched.now.standings(touched.ids)
        old_payouts, old_deposits = touched.was.standings(touched.ids)
        payouts.update(self._aged(now, self._sightings()))
        stood = old_payouts | self._aged(was, self._was.sightings)
        breaks, old_breaks = set(now.breaks()), set(was.breaks())
        return ReconciliationChanges(
            matches=tuple(match for records, match in sorted(matches.items()) if old.get(records) != match),
            withdrawn=tuple(match for records, match in sorted(old.items()) if records not in matches),
            payouts=tuple(each for id, each in sorted(payouts.items()) if old_payouts.get(id) != each),
            deposits=tuple(each for id, each in sorted(deposits.items()) if old_deposits.get(id) != each),
            opened=tuple(sorted(breaks - old_breaks)),
            resolved=tuple(sorted(old_breaks - breaks)),
            sightings=self._sightings(),
            repeated=len(now.placed.duplicates.repeats) - len(was.placed.duplicates.repeats),
            totals=totals_of(
                self._amounts(payouts, self._needs.payouts(before=False)),
                less=self._amounts(stood, self._needs.payouts(before=True)),
            ),
        )

    def _amounts(
        self, standings: Mapping[PayoutId, PayoutStanding], payouts: tuple[Payout, ...]
    ) -> list[tuple[Money, PayoutOutcomeKind]]:
        known = {payout.id: payout for payout in (*self._needs.waiting.values(), *payouts)}
        return [(known[id].amount, each.outcome.outcome) for id, each in standings.items()]

    def _view(self, *, before: bool) -> LocalView:
        """The neighbourhood decided as it was, or as it is."""
        needs, was = self._needs, self._was
        horizon = was.horizon if before else self._horizon
        decided = decide_deposits(
            CompanyFacts(accounts=was.accounts, payouts=needs.payouts(before), deposits=needs.deposits(before)),
            as_of=horizon.as_of,
            model=attrs.evolve(was.model, learned_from=frozenset(needs.learned)),
            horizon=horizon,
            decisions=needs.decisions(before),
            accepted=frozenset(needs.accepted),
            same_accounts=was.same_accounts,
            is_known=needs.is_known,
        )
        return LocalView(decided)

    def _aged(self, decided: Decided, sightings: Sightings) -> dict[PayoutId, PayoutStanding]:
        """Payouts that only their age, or what the statements cover, says something else of."""
        touched = self._known
        outcomes = Outcomes((), decided.evidence)
        outcomes.origins_elsewhere = elsewhere(sightings)
        return {
            payout.id: still_waiting(payout_record(payout), outcomes)
            for payout in self._needs.waiting.values()
            if payout.id not in touched.ids
        }

    @property
    def _known(self) -> Touched:
        if self._touched is None:
            raise ValueError("ask what is wanted, until nothing is, and then for the changes")
        return self._touched

    def _sightings(self) -> Sightings:
        """Sightings of all payouts as they are now: what they were, and the difference that the touched ones make."""
        touched = self._known
        counts = dict(self._was.sightings)

        def count(sightings: Sightings, sign: int) -> None:
            for origin, (seen, unseen) in sightings.items():
                before = counts.get(origin, (0, 0))
                counts[origin] = before[0] + sign * seen, before[1] + sign * unseen

        waiting = [payout_record(payout) for id, payout in self._needs.waiting.items() if id not in touched.ids]
        for view, sign in ((touched.was, -1), (touched.now, 1)):
            of = [payout for payout in view.decided.all_payouts if payout.id in touched.ids]
            count(Outcomes(view.decided.findings, view.decided.evidence).sightings(of), sign)
            count(Outcomes((), view.decided.evidence).sightings(waiting), sign)
        return {origin: each for origin, each in sorted(counts.items()) if each != (0, 0)}

    def _flipped_origins(self) -> set[str]:
        """Origins that go, newly or no longer, to an account that is not given."""
        return set(elsewhere(self._was.sightings) ^ elsewhere(self._sightings()))


def _by_records(decided: Decided, ids: frozenset[str]) -> Mapping[Records, Finding]:
    """The findings that are of these records."""
    found: dict[Records, Finding] = {}
    for finding in decided.findings:
        names = {payout.id for payout in finding.payouts} | {line.id for line in finding.lines}
        if names & ids:
            records = tuple(sorted(p.id for p in finding.payouts)), tuple(sorted(line.id for line in finding.lines))
            found[records] = finding
    return found
