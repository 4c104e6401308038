"""What was decided for a company, kept: matches, where every record stands, breaks, and on what basis.

Part of a company's transaction (`transaction.reconciliation`). Matches are appended: a change of a match, and its end,
is another version. Each recording is a run of the company's, numbered from 1 without a gap.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

import attrs

from domain.bank_deposit import BankAccountId, BankDepositId
from domain.identifiers import derived_id
from domain.matching.evidence import Records
from domain.matching.model import Horizon, ModelSnapshot
from domain.matching.neighbourhood import ReconciliationChanges
from domain.matching.outcomes import Sightings
from domain.matching.reach import OpenWithin, Waiting
from domain.matching.standing import DepositStanding, PayoutStanding
from domain.payout import PayoutId
from domain.reconciliation_break import ReconciliationBreak
from domain.reconciliation_match import MatchStatus, ReconciliationMatch
from domain.reconciliation_outcome import PayoutOutcomeKind


@attrs.frozen(kw_only=True)
class KeptBasis:
    """On what a run decided, so that the next one can go on from there."""

    run: int
    """The number of the run, from 1."""
    facts: datetime | None
    """The moment of the last recording of facts that it knew (`RecordedFacts.recorded_at`)."""
    decisions: int
    """The number of the last decision of a person's that it knew."""
    rules: int = 0
    """The number of the last change of a person's rules that it knew."""
    horizon: Horizon
    same_accounts: Mapping[BankAccountId, BankAccountId] = attrs.field(factory=dict)
    sightings: Sightings = attrs.field(factory=dict)
    repeated: int = 0
    """Lines counted under another account of a feed that brings the same ones."""
    model: int
    """The number of the model snapshot."""
    records: int
    """How many payouts and bank lines there are."""
    learned_from_records: int
    """How many there were when the model was learned."""
    accepted_up_to: int | None = None
    """Matches that stood after this run are the accepted ones, which stay unless clearly beaten; None: none are."""


@attrs.frozen(kw_only=True)
class DecidedAnew:
    """Everything, decided again from all facts."""

    matches: Sequence[ReconciliationMatch]
    payouts: Sequence[PayoutStanding]
    deposits: Sequence[DepositStanding]
    breaks: Sequence[ReconciliationBreak]
    new_model: ModelSnapshot | None
    """The model, if it was learned anew; it gets the number in the basis. What it was learned from is kept with it."""


@attrs.frozen(kw_only=True)
class MatchChange:
    """A match that is new, or not as it was."""

    match: ReconciliationMatch
    before: MatchStatus | None = None
    """Its status before; None: it is new, or held no longer."""


@attrs.frozen(kw_only=True)
class PayoutChange:
    """Where a payout stands now, and what its outcome was before; None: it is new."""

    standing: PayoutStanding
    before: PayoutOutcomeKind | None = None


@attrs.frozen(kw_only=True)
class RecordedChanges:
    """What a run made different from what was kept before, each in the order of ids."""

    matches: tuple[MatchChange, ...] = ()
    ended: tuple[ReconciliationMatch, ...] = ()
    """As they were: they hold no longer."""
    payouts: tuple[PayoutChange, ...] = ()
    deposits: tuple[DepositStanding, ...] = ()
    """New, or other than before."""
    opened: tuple[ReconciliationBreak, ...] = ()
    resolved: tuple[ReconciliationBreak, ...] = ()


@attrs.frozen(kw_only=True)
class StandingsWanted:
    """What a neighbourhood asks of how records stand."""

    open: tuple[OpenWithin, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    said_of: tuple[str, ...] = ()
    all_accepted: int | None = None
    """Every match that stood accepted after this run."""
    breaks_at: tuple[str, ...] = ()
    """Open breaks at these places."""


@attrs.frozen(kw_only=True)
class StandingsFound:
    """The answer: ids, of which the facts are to be read."""

    open_payouts: frozenset[PayoutId] = frozenset()
    open_deposits: frozenset[BankDepositId] = frozenset()
    waiting: frozenset[PayoutId] = frozenset()
    """Waiting, and in no match."""
    waiting_in_match: frozenset[PayoutId] = frozenset()
    accepted: frozenset[Records] = frozenset()
    """Of those asked for in `said_of`, or of all: the accepted matches that they are in."""
    learned: frozenset[BankDepositId] = frozenset()
    """Of those asked for in `said_of`: bank lines that the model was learned from."""
    breaks: frozenset[ReconciliationBreak] = frozenset()


def kept_id(match: ReconciliationMatch) -> str:
    """The id under which a match is kept: a match of the same records is the same match, whatever is said of it."""
    return derived_id("match", *sorted(match.payouts), "", *sorted(match.deposits))


def break_id(found: ReconciliationBreak) -> str:
    """What says the same of the same place is one break, however often it is found."""
    return derived_id("break", found.kind.value, found.where, found.reason)


def records_of(match: ReconciliationMatch) -> Records:
    """The records of a match, each kind in the order of ids."""
    return tuple(sorted(match.payouts)), tuple(sorted(match.deposits))


def without_lines(model: ModelSnapshot) -> ModelSnapshot:
    """The model without the lines that it was learned from, which are marked where lines are kept."""
    return attrs.evolve(model, learned_from=frozenset())


class RunOvertaken(Exception):
    """Another run ended since the basis was read: what was decided on it must not be kept. Begin again."""

    def __init__(self, run: int) -> None:
        super().__init__(f"run {run} was overtaken by another")
        self.run = run


class ReconciliationRecord(Protocol):
    """What was decided for the transaction's company."""

    async def basis(self) -> KeptBasis | None:
        """The basis of the last run; None: nothing was ever decided."""
        ...

    async def model(self, number: int) -> ModelSnapshot:
        """The model snapshot of this number; what it was learned from is asked for by `find`. Raises LookupError."""
        ...

    async def replace(self, decided: DecidedAnew, *, basis: KeptBasis, at: datetime) -> RecordedChanges:
        """Keeps everything as it was decided anew. What is the same as before is not written again.

        `basis` has the number of this run, one more than the last. Raises RunOvertaken.
        """
        ...

    async def change(self, changes: ReconciliationChanges, *, basis: KeptBasis, at: datetime) -> RecordedChanges:
        """Keeps what a change made different, and leaves the rest. Raises RunOvertaken."""
        ...

    async def find(self, wanted: StandingsWanted) -> StandingsFound:
        """How records stand. Costs what it finds."""
        ...
