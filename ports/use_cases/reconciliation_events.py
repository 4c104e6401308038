"""What a partner is told of a run: each thing once, when it happens."""

from collections.abc import Iterator
from datetime import date, datetime

from domain.company_event import CompanyEvent, EventType
from domain.json_value import JsonObject
from domain.matching.model import Horizon
from domain.reconciliation_break import ReconciliationBreak
from domain.reconciliation_match import MatchStatus
from domain.reconciliation_outcome import PayoutOutcomeKind
from ports.reconciliation_record import MatchChange, MatchSaid, PayoutChange, RecordedChanges, break_id

_HELD = frozenset({MatchStatus.MATCHED, MatchStatus.CONFIRMED})
_LATE = frozenset({PayoutOutcomeKind.LATE, PayoutOutcomeKind.MISSING, PayoutOutcomeKind.OTHER_ACCOUNT})
_TYPE_OF = {
    MatchStatus.MATCHED: EventType.DEPOSIT_MATCHED,
    MatchStatus.CONFIRMED: EventType.DEPOSIT_MATCHED,
    MatchStatus.NEEDS_REVIEW: EventType.MATCH_NEEDS_REVIEW,
}


def events_of(changes: RecordedChanges, *, was: Horizon | None, now: Horizon, at: datetime) -> Iterator[CompanyEvent]:
    """One by one, in a fixed order: what is reversed first, so that whoever follows never sees a record in two matches.

    A payout is said to be late once the bank's lines are known beyond the day it was due: before, nobody can know.
    `was` and `now` say up to when they were and are known.
    """
    known = _known_to(was), _known_to(now)
    return (CompanyEvent(type=type_, data=data, at=at) for type_, data in _told(changes, known))


def _known_to(horizon: Horizon | None) -> date:
    covered = () if horizon is None else horizon.covered.values()
    return max((last for _, last in covered), default=date.min)


def _told(changes: RecordedChanges, known: tuple[date, date]) -> Iterator[tuple[EventType, JsonObject]]:
    for match in changes.ended:
        if match.status in _HELD:
            yield EventType.MATCH_REVERSED, _match(match)
    for each in changes.matches:
        if each.before in _HELD and each.match.status not in _HELD:
            yield EventType.MATCH_REVERSED, _match(each.match)
    for each in changes.matches:
        if _is_news(each):
            yield _TYPE_OF[each.match.status], _match(each.match)
    for payout in changes.payouts:
        yield from _payout(payout, known)
    for found in changes.opened:
        yield EventType.BREAK_OPENED, _break(found)
    for found in changes.resolved:
        yield EventType.BREAK_RESOLVED, _break(found)


def _is_news(change: MatchChange) -> bool:
    """Other words for the same decision are none."""
    held_before, held_now = change.before in _HELD, change.match.status in _HELD
    return change.match.status in _TYPE_OF and (change.before is None or held_before != held_now)


def _payout(change: PayoutChange, known: tuple[date, date]) -> Iterator[tuple[EventType, JsonObject]]:
    outcome = change.standing.outcome
    data: JsonObject = {"payout": outcome.payout, "outcome": outcome.outcome.value, "reason": outcome.reason}
    due = change.standing.arrival_date
    told_before = change.before in _LATE and due < known[0]
    if outcome.outcome in _LATE and due < known[1] and not told_before:
        yield EventType.PAYOUT_LATE, data
    if outcome.outcome is PayoutOutcomeKind.FAILED and change.before is not PayoutOutcomeKind.FAILED:
        yield EventType.PAYOUT_FAILED, data


def _match(match: MatchSaid) -> JsonObject:
    return {
        "match": match.id,
        "status": match.status.value,
        "kind": match.kind.value,
        "payouts": match.payouts,
        "deposits": match.deposits,
    }


def _break(found: ReconciliationBreak) -> JsonObject:
    return {"break": break_id(found), "kind": found.kind.value, "where": found.where, "reason": found.reason}
