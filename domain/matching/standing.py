"""Where each record stands after it was decided: its outcome, and what later changes need to know of it.

Kept with the outcome, so that a change finds what it could touch without looking at what is settled.
"""

from collections.abc import Sequence
from datetime import date

import attrs

from domain.bank_deposit import BankDepositId
from domain.matching.decided import Decided
from domain.matching.open_records import is_plausible
from domain.matching.outcomes import Outcomes
from domain.matching.records import LineRecord, PayoutRecord
from domain.payout import PayoutId
from domain.reconciliation_outcome import DepositOutcome, PayoutOutcome, PayoutOutcomeKind

_SAID_FROM_AGE = (
    PayoutOutcomeKind.IN_TRANSIT,
    PayoutOutcomeKind.LATE,
    PayoutOutcomeKind.MISSING,
    PayoutOutcomeKind.OTHER_ACCOUNT,
)


@attrs.frozen(kw_only=True)
class PayoutStanding:
    """A payout's outcome, and what later changes need to know."""

    outcome: PayoutOutcome
    arrival_date: date
    origin: str
    is_open: bool
    """No pair explains it for certain: a group may."""
    is_traced: bool
    is_waiting: bool
    """Its outcome is said from its age."""
    in_match: bool


@attrs.frozen(kw_only=True)
class DepositStanding:
    """A bank line's outcome, and what later changes need to know."""

    outcome: DepositOutcome
    date: date
    is_open: bool
    """No pair explains it for certain, and its text lets it be part of a group."""
    is_coded: bool
    """No pair explains it for certain, and its text bears codes, one of which may be a payout's trace id."""


@attrs.frozen(kw_only=True)
class OpenIds:
    """What pairs leave open."""

    payouts: frozenset[str]
    lines: frozenset[str]
    plausible: frozenset[str]
    """Of the lines, those that could be part of a group by their text."""
    coded: frozenset[str]
    """Of the lines, those whose text bears codes."""


def open_ids(decided: Decided) -> OpenIds:
    """The open records of what was decided."""
    searched = decided.searched
    if searched is None:  # no payout is open, so that every finding of pairs is certain
        paired = {line.id for finding in decided.findings for line in finding.lines}
        lines: Sequence[LineRecord] = [line for line in decided.placed.lines if line.id not in paired]
        payouts: frozenset[str] = frozenset()
    else:
        lines = searched.lines
        payouts = frozenset(p.id for p in (*searched.payouts, *searched.came_back))
    return OpenIds(
        payouts=payouts,
        lines=frozenset(line.id for line in lines),
        plausible=frozenset(line.id for line in lines if is_plausible(line, decided.model)),
        coded=frozenset(line.id for line in lines if line.has_codes),
    )


def standings(
    decided: Decided, of: frozenset[str] | None = None
) -> tuple[dict[PayoutId, PayoutStanding], dict[BankDepositId, DepositStanding]]:
    """Where each payout and each bank line stands; only those of these ids, if ids are given."""
    opened = open_ids(decided)
    in_match = {payout.id for finding in decided.findings for payout in finding.payouts}
    payouts: dict[PayoutId, PayoutStanding] = {}
    for payout in sorted(decided.all_payouts, key=lambda p: p.id):
        if of is None or payout.id in of:
            kind, reason = decided.outcomes.of_payout(payout)
            payouts[payout.payout.id] = PayoutStanding(
                outcome=PayoutOutcome(payout=payout.payout.id, outcome=kind, reason=reason),
                arrival_date=payout.payout.arrival_date,
                origin=payout.origin,
                is_open=payout.id in opened.payouts,
                is_traced=payout.trace is not None,
                is_waiting=kind in _SAID_FROM_AGE,
                in_match=payout.id in in_match,
            )
    dates = {line.id: line.date for line in decided.placed.facts.deposits}
    deposits = {
        outcome.deposit: DepositStanding(
            outcome=outcome,
            date=dates[outcome.deposit],
            is_open=outcome.deposit in opened.plausible,
            is_coded=outcome.deposit in opened.coded,
        )
        for outcome in decided.deposit_outcomes()
        if of is None or outcome.deposit in of
    }
    return payouts, deposits


def still_waiting(payout: PayoutRecord, outcomes: Outcomes) -> PayoutStanding:
    """Where a payout stands that nothing explains: its outcome is said from its age."""
    kind, reason = outcomes.of_payout(payout)
    return PayoutStanding(
        outcome=PayoutOutcome(payout=payout.payout.id, outcome=kind, reason=reason),
        arrival_date=payout.payout.arrival_date,
        origin=payout.origin,
        is_open=True,
        is_traced=payout.trace is not None,
        is_waiting=True,
        in_match=False,
    )
