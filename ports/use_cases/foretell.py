"""What would be other, for one company, between two ways to decide it: as it is, and as it is supposed to be."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final, TypeVar

import attrs

from domain.bank_deposit import BankDepositId
from domain.payout import PayoutId
from domain.payout_totals import PayoutTotals
from domain.reconciliation_break import ReconciliationBreak
from domain.reconciliation_match import ReconciliationMatch
from domain.reconciliation_outcome import DepositOutcome, PayoutOutcome
from ports.pages import PAGE_MAX
from ports.reconciliation_lists import DepositOutcomesWanted, MatchesWanted, PayoutOutcomesWanted
from ports.reconciliation_record import DecidedAnew, KeptBasis, StandingsWanted, kept_id
from ports.transaction import CompanyTransaction
from ports.use_cases.reconcile_company import Decided

K = TypeVar("K", bound=str)
V = TypeVar("V")

NO_TOTALS: Final[PayoutTotals] = {}


@attrs.frozen(kw_only=True)
class Difference:
    """What is not the same: each id with how it would be without, and how with; None: it is not there."""

    matches: Mapping[str, tuple[ReconciliationMatch | None, ReconciliationMatch | None]]
    payouts: Mapping[PayoutId, tuple[PayoutOutcome | None, PayoutOutcome | None]]
    deposits: Mapping[BankDepositId, tuple[DepositOutcome | None, DepositOutcome | None]]
    opened: tuple[ReconciliationBreak, ...]
    resolved: tuple[ReconciliationBreak, ...]
    totals: tuple[PayoutTotals, PayoutTotals]


async def difference(
    snapshot: CompanyTransaction,
    without: Decided | None,
    with_: Decided | None,
) -> Difference:
    """From the one to the other. Each is all there is (both, or neither), or what changes of what is kept; None:
    nothing does. Reads what is kept of the records that either names, and no others.
    """
    kept_basis = await snapshot.reconciliation.basis()
    before, after = _world(without, kept_basis), _world(with_, kept_basis)
    if any(world.is_whole for world in (before, after)):
        kept = _World()
    else:
        kept = await _kept(snapshot, before, after)
    broken = [(kept.breaks | world.opened) - world.resolved for world in (before, after)]
    return Difference(
        matches=_differing(kept.matches, before.matches, after.matches),
        payouts=_differing(kept.payouts, before.payouts, after.payouts),
        deposits=_differing(kept.deposits, before.deposits, after.deposits),
        opened=tuple(sorted(broken[1] - broken[0])),
        resolved=tuple(sorted(broken[0] - broken[1])),
        totals=(before.totals, after.totals),
    )


@attrs.frozen(kw_only=True)
class _World:
    """How some records would stand; of the others, as they are kept."""

    matches: Mapping[str, ReconciliationMatch | None] = attrs.field(factory=dict)
    payouts: Mapping[PayoutId, PayoutOutcome] = attrs.field(factory=dict)
    deposits: Mapping[BankDepositId, DepositOutcome] = attrs.field(factory=dict)
    breaks: frozenset[ReconciliationBreak] = frozenset()
    opened: frozenset[ReconciliationBreak] = frozenset()
    resolved: frozenset[ReconciliationBreak] = frozenset()
    totals: PayoutTotals = NO_TOTALS
    is_whole: bool = False


def _world(decided: Decided | None, kept: KeptBasis | None) -> _World:
    if decided is None:
        return _World(totals=NO_TOTALS if kept is None else kept.totals or NO_TOTALS)
    decision, basis, _ = decided
    if isinstance(decision, DecidedAnew):
        ended: Sequence[ReconciliationMatch] = ()
        opened, resolved = frozenset(decision.breaks), frozenset[ReconciliationBreak]()
    else:
        ended = decision.withdrawn
        opened, resolved = frozenset(decision.opened), frozenset(decision.resolved)
    matches: dict[str, ReconciliationMatch | None] = {kept_id(each): None for each in ended}
    return _World(
        matches=matches | {kept_id(each): each for each in decision.matches},
        payouts={each.outcome.payout: each.outcome for each in decision.payouts},
        deposits={each.outcome.deposit: each.outcome for each in decision.deposits},
        opened=opened,
        resolved=resolved,
        totals=basis.totals or NO_TOTALS,
        is_whole=isinstance(decision, DecidedAnew),
    )


async def _kept(snapshot: CompanyTransaction, *worlds: _World) -> _World:
    """What is kept of the records that any of these worlds names."""
    lists = snapshot.reconciliation_lists
    matches: dict[str, ReconciliationMatch | None] = {}
    for ids in _pieces(id_ for world in worlds for id_ in world.matches):
        found = await lists.matches(MatchesWanted(ids=ids), limit=PAGE_MAX)
        matches |= {each.id: each.match for each in found.records}
    payouts: dict[PayoutId, PayoutOutcome] = {}
    for some in _pieces(id_ for world in worlds for id_ in world.payouts):
        stand = await lists.payout_outcomes(PayoutOutcomesWanted(ids=some), limit=PAGE_MAX)
        payouts |= {each.outcome.payout: each.outcome for each in stand.records}
    deposits: dict[BankDepositId, DepositOutcome] = {}
    for lines in _pieces(id_ for world in worlds for id_ in world.deposits):
        are = await lists.deposit_outcomes(DepositOutcomesWanted(ids=lines), limit=PAGE_MAX)
        deposits |= {each.outcome.deposit: each.outcome for each in are.records}
    places = {each.where for world in worlds for each in (*world.opened, *world.resolved)}
    broken = await snapshot.reconciliation.find(StandingsWanted(breaks_at=tuple(sorted(places))))
    return _World(matches=matches, payouts=payouts, deposits=deposits, breaks=broken.breaks)


def _differing(
    kept: Mapping[K, V | None], before: Mapping[K, V | None], after: Mapping[K, V | None]
) -> dict[K, tuple[V | None, V | None]]:
    found: dict[K, tuple[V | None, V | None]] = {}
    for id_ in sorted({*before, *after}):
        was = before[id_] if id_ in before else kept.get(id_)
        would = after[id_] if id_ in after else kept.get(id_)
        if was != would:
            found[id_] = was, would
    return found


def _pieces(ids: Iterable[K]) -> list[tuple[K, ...]]:
    every: Collection[K] = sorted({*ids})
    in_order = tuple(every)
    return [in_order[start : start + PAGE_MAX] for start in range(0, len(in_order), PAGE_MAX)]
