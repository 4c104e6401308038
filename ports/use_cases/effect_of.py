"""A difference as people are shown it: counted in full, listed up to a bound, with amounts."""

from typing import Final

from domain.money import Money
from domain.reconciliation_match import MatchStatus
from domain.reconciliation_outcome import DepositOutcome, DepositOutcomeKind, PayoutOutcome, PayoutOutcomeKind
from domain.what_if import (
    LISTED_MAX,
    Counted,
    ForetoldDeposit,
    ForetoldMatch,
    ForetoldPayout,
    WhatIfCounts,
    WhatIfEffect,
)
from ports.facts import WithIds
from ports.kept_values import match_bytes
from ports.transaction import CompanyTransaction
from ports.use_cases.foretell import Difference

LISTED_BYTES_MAX: Final = 512 * 1024
"""Matches are listed up to this size: one may have thousands of records."""


def counts_of(found: Difference) -> WhatIfCounts:
    """All of it, in figures."""
    statuses = list(_statuses(found).values())
    return WhatIfCounts(
        matches_new=sum(was is None for was, _ in statuses),
        matches_changed=sum(was is not None and would is not None and was is not would for was, would in statuses),
        matches_reversed=sum(would is None for _, would in statuses),
        matches_weighed_anew=sum(was is would for was, would in statuses),
        payouts=len(_payouts(found)),
        deposits=len(_deposits(found)),
        breaks_opened=len(found.opened),
        breaks_resolved=len(found.resolved),
    )


async def effect_of(found: Difference, snapshot: CompanyTransaction) -> WhatIfEffect:
    """What is shown of it. Reads the amounts of what is listed."""
    payouts, deposits = _payouts(found), _deposits(found)
    listed = *(each.payout for _, each in payouts[:LISTED_MAX]), *(each.deposit for _, each in deposits[:LISTED_MAX])
    facts = await snapshot.facts.load(WithIds(ids=listed))
    amounts: dict[str, Money] = {each.id: each.amount for each in facts.payouts}
    amounts |= {each.id: each.amount for each in facts.deposits}
    return WhatIfEffect(
        matches=_matches(found),
        payouts=Counted(
            count=len(payouts),
            listed=tuple(
                ForetoldPayout(amount=amounts[after.payout], before=before, after=after)
                for before, after in payouts[:LISTED_MAX]
            ),
        ),
        deposits=Counted(
            count=len(deposits),
            listed=tuple(
                ForetoldDeposit(amount=amounts[after.deposit], before=before, after=after)
                for before, after in deposits[:LISTED_MAX]
            ),
        ),
        opened=Counted.of(found.opened),
        resolved=Counted.of(found.resolved),
        totals_before=found.totals[0],
        totals_after=found.totals[1],
    )


def _statuses(found: Difference) -> dict[str, tuple[MatchStatus | None, MatchStatus | None]]:
    return {
        id_: (None if was is None else was.status, None if would is None else would.status)
        for id_, (was, would) in found.matches.items()
    }


def _matches(found: Difference) -> Counted[ForetoldMatch]:
    """Those of another status: that the same decision has other evidence is only counted."""
    statuses = {id_: each for id_, each in _statuses(found).items() if each[0] is not each[1]}
    listed: list[ForetoldMatch] = []
    size = 0
    for id_, (before, after) in statuses.items():
        was, would = found.matches[id_]
        match = would or was
        if match is None:
            continue
        size += len(match_bytes(match))
        if size > LISTED_BYTES_MAX or len(listed) == LISTED_MAX:
            break
        listed.append(ForetoldMatch(id=id_, before=before, after=after, match=match))
    return Counted(count=len(statuses), listed=tuple(listed))


def _payouts(found: Difference) -> list[tuple[PayoutOutcomeKind | None, PayoutOutcome]]:
    return [
        (None if was is None else was.outcome, would)
        for was, would in found.payouts.values()
        if would is not None and (was is None or was.outcome is not would.outcome)
    ]


def _deposits(found: Difference) -> list[tuple[DepositOutcomeKind | None, DepositOutcome]]:
    return [
        (None if was is None else was.outcome, would)
        for was, would in found.deposits.values()
        if would is not None and (was is None or was.outcome is not would.outcome)
    ]
