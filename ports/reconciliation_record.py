"""What was decided for a company, kept: matches, where every record stands, breaks, and on what basis.

Part of a company's transaction (`transaction.reconciliation`). Matches are appended: a change of a match, and its end,
is another version. Each recording is a run of the company's, numbered from 1 without a gap.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, Protocol

import attrs

from domain.bank_deposit import BankAccountId, BankDepositId
from domain.identifiers import derived_id
from domain.matching.evidence import Records
from domain.matching.model import Horizon, ModelSnapshot
from domain.matching.neighbourhood import ReconciliationChanges
from domain.matching.outcomes import Sightings
from domain.matching.reach import OpenRecord, Waiting
from domain.matching.standing import DepositStanding, PayoutStanding
from domain.payout import PayoutId
from domain.payout_totals import PayoutTotals
from domain.reconciliation_break import ReconciliationBreak
from domain.reconciliation_match import MatchKind, MatchStatus, ReconciliationMatch
from domain.reconciliation_outcome import PayoutOutcomeKind

STANDINGS: Final = 1
"""Grows when standings say something that they did not; then all are kept again, once."""


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
    standings: int = 0
    """What standings say (`STANDINGS`): those of another version were kept before there was this one."""
    accepted_up_to: int | None = None
    """Matches that stood after this run are the accepted ones, which stay unless clearly beaten; None: none are."""
    totals: PayoutTotals | None = None
    """What all payouts come to by currency and outcome; None: not known, for the run was of a version without them."""


@attrs.frozen(kw_only=True)
class DecidedAnew:
    """Everything, decided again from all facts."""

    matches: Sequence[ReconciliationMatch]
    """Read from its first to its last, a piece at a time: it may make them as they are asked for (`OneByOne`). In the
    order of `kept_id` they are kept fastest."""
    payouts: Sequence[PayoutStanding]
    deposits: Sequence[DepositStanding]
    breaks: Sequence[ReconciliationBreak]
    new_model: ModelSnapshot | None
    """The model, if it was learned anew; it gets the number in the basis. What it was learned from is kept with it."""
    rejected: Collection[Records] = ()
    """All that people have rejected, and not taken back. Their matches, if ever found, are kept as rejected."""


@attrs.frozen(kw_only=True)
class Rejections:
    """What people said of matches since the run before, for these to be kept as rejected, or as reversed again."""

    said: Collection[Records] = ()
    taken_back: Collection[Records] = ()


@attrs.frozen(kw_only=True)
class MatchSaid:
    """What is said of a match when it changes: that it holds, of which records, not why."""

    id: str
    """Under which it is kept (`kept_id`)."""
    status: MatchStatus
    kind: MatchKind
    payouts: tuple[PayoutId, ...]
    deposits: tuple[BankDepositId, ...]

    @classmethod
    def of(cls, match: ReconciliationMatch, id: str | None = None) -> "MatchSaid":
        """Of this match; `id`: its `kept_id`, where that is known."""
        return cls(
            id=id or kept_id(match),
            status=match.status,
            kind=match.kind,
            payouts=match.payouts,
            deposits=match.deposits,
        )


@attrs.frozen(kw_only=True)
class MatchChange:
    """A match that is new, or not as it was."""

    match: MatchSaid
    before: MatchStatus | None = None
    """Its status before; None: it is new, or held no longer."""


@attrs.frozen(kw_only=True)
class PayoutChange:
    """Where a payout stands now, and what its outcome was before; None: it is new."""

    standing: PayoutStanding
    before: PayoutOutcomeKind | None = None


@attrs.frozen(kw_only=True)
class RecordedChanges:
    """What a run made different from what was kept before, each in the order of the ids that it is kept under."""

    matches: tuple[MatchChange, ...] = ()
    ended: tuple[MatchSaid, ...] = ()
    """As they were: they hold no longer."""
    payouts: tuple[PayoutChange, ...] = ()
    deposits: tuple[DepositStanding, ...] = ()
    """New, or other than before."""
    opened: tuple[ReconciliationBreak, ...] = ()
    resolved: tuple[ReconciliationBreak, ...] = ()


@attrs.frozen(kw_only=True)
class StandingsWanted:
    """What a neighbourhood asks of how records stand."""

    open: tuple[OpenRecord, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    said_of: tuple[str, ...] = ()
    all_accepted: int | None = None
    """Every match that stood accepted after this run."""
    all_learned: bool = False
    """Every bank line that the model was learned from."""
    breaks_at: tuple[str, ...] = ()
    """Open breaks at these places."""


@attrs.frozen(kw_only=True)
class StandingsFound:
    """The answer: ids, of which the facts are to be read."""

    open_payouts: frozenset[PayoutId] = frozenset()
    open_deposits: frozenset[BankDepositId] = frozenset()
    coded_deposits: frozenset[BankDepositId] = frozenset()
    """Found by their codes (`OpenLines.only_coded`)."""
    waiting: frozenset[PayoutId] = frozenset()
    """Waiting, and in no match."""
    waiting_in_match: frozenset[PayoutId] = frozenset()
    accepted: frozenset[Records] = frozenset()
    """Of those asked for in `said_of`, or of all: the accepted matches that they are in."""
    learned: frozenset[BankDepositId] = frozenset()
    """Of those asked for in `said_of`, or of all: bank lines that the model was learned from."""
    breaks: frozenset[ReconciliationBreak] = frozenset()


def kept_id(match: ReconciliationMatch) -> str:
    """The id under which a match is kept: a match of the same records is the same match, whatever is said of it."""
    return id_of_records(match.payouts, match.deposits)


def id_of_records(payouts: Iterable[str], deposits: Iterable[str]) -> str:
    """The id under which a match of these records is kept."""
    return derived_id("match", *sorted(payouts), "", *sorted(deposits))


def break_id(found: ReconciliationBreak) -> str:
    """What says the same of the same place is one break, however often it is found."""
    return derived_id("break", found.kind.value, found.where, found.reason)


def records_of(match: ReconciliationMatch) -> Records:
    """The records of a match, each kind in the order of ids."""
    return tuple(sorted(match.payouts)), tuple(sorted(match.deposits))


def without_lines(model: ModelSnapshot) -> ModelSnapshot:
    """The model without the lines that it was learned from, which are marked where lines are kept."""
    return attrs.evolve(model, learned_from=frozenset())


def kept_ids(rejected: Collection[Records]) -> frozenset[str]:
    """The ids under which matches of these records are kept, if they ever were found."""
    return frozenset(id_of_records(*records) for records in rejected)


NO_REJECTIONS: Final = Rejections()


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

    async def change(
        self,
        changes: ReconciliationChanges,
        *,
        basis: KeptBasis,
        at: datetime,
        rejections: Rejections = NO_REJECTIONS,
    ) -> RecordedChanges:
        """Keeps what a change made different, and leaves the rest. Raises RunOvertaken."""
        ...

    async def find(self, wanted: StandingsWanted) -> StandingsFound:
        """How records stand. Costs what it finds."""
        ...
