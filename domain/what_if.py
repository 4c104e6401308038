"""What if? Changes of rules and decisions that nobody has made yet, and what would come of them."""

from collections.abc import Iterator
from typing import Final, Generic, TypeVar

import attrs

from domain.bank_deposit import BankDepositId
from domain.identifiers import derived_id
from domain.matching_rule import MatchingRule
from domain.money import Money
from domain.payout import PayoutId
from domain.payout_totals import PayoutTotals
from domain.reconciliation_break import ReconciliationBreak
from domain.reconciliation_decision import VerdictOnMatch
from domain.reconciliation_match import MatchStatus, ReconciliationMatch
from domain.reconciliation_outcome import DepositOutcome, DepositOutcomeKind, PayoutOutcome, PayoutOutcomeKind
from domain.refused_field import RefusedField

T = TypeVar("T")

LISTED_MAX: Final = 250
"""So many of each kind of change are listed; all of them are counted."""


@attrs.frozen(kw_only=True)
class RuleToAdd:
    """A rule that would hold."""

    rule: MatchingRule
    note: str


@attrs.frozen(kw_only=True)
class RuleToRemove:
    """A rule that would no longer hold."""

    rule: str
    note: str


@attrs.frozen(kw_only=True)
class NotStripeToSay:
    """A bank line that would be said to have nothing to do with Stripe; or, if not `is_so`, no longer."""

    deposit: BankDepositId
    is_so: bool
    note: str


@attrs.frozen(kw_only=True)
class MatchToMake:
    """Payouts and bank lines that would be matched by hand."""

    payouts: tuple[PayoutId, ...]
    deposits: tuple[BankDepositId, ...]
    note: str


@attrs.frozen(kw_only=True)
class ProposedChanges:
    """All that is proposed together. What frees a record is done before what binds one, whatever stands first."""

    remove_rules: tuple[RuleToRemove, ...] = ()
    add_rules: tuple[RuleToAdd, ...] = ()
    verdicts: tuple[VerdictOnMatch, ...] = ()
    not_stripe: tuple[NotStripeToSay, ...] = ()
    matches: tuple[MatchToMake, ...] = ()


@attrs.frozen(kw_only=True)
class ForetoldMatch:
    """A match that would appear, stand otherwise, or hold no longer, rejected or not."""

    id: str
    before: MatchStatus | None
    """None: it would be new."""
    after: MatchStatus | None
    """None: it would hold no longer."""
    match: ReconciliationMatch
    """As it would be; as it is, if it would hold no longer."""


@attrs.frozen(kw_only=True)
class ForetoldPayout:
    """A payout of which something else would be said."""

    amount: Money
    before: PayoutOutcomeKind | None
    """None: nothing was said of it yet."""
    after: PayoutOutcome


@attrs.frozen(kw_only=True)
class ForetoldDeposit:
    """A bank line of which something else would be said."""

    amount: Money
    before: DepositOutcomeKind | None
    after: DepositOutcome


@attrs.frozen(kw_only=True)
class Counted(Generic[T]):
    """How many there are, and the first of them in the order of ids."""

    count: int
    listed: tuple[T, ...]

    @classmethod
    def of(cls, all_: tuple[T, ...]) -> "Counted[T]":
        """All of them counted; those that the bound allows listed."""
        return cls(count=len(all_), listed=all_[:LISTED_MAX])


@attrs.frozen(kw_only=True)
class WhatIfCounts:
    """The effect in figures; each counts all there is."""

    matches_new: int
    matches_changed: int
    """Their status would be another."""
    matches_reversed: int
    matches_weighed_anew: int
    """The decision would be the same, its evidence or words others."""
    payouts: int
    deposits: int
    breaks_opened: int
    breaks_resolved: int


@attrs.frozen(kw_only=True)
class WhatIfEffect:
    """What would be other than without the changes."""

    matches: Counted[ForetoldMatch]
    payouts: Counted[ForetoldPayout]
    deposits: Counted[ForetoldDeposit]
    opened: Counted[ReconciliationBreak]
    resolved: Counted[ReconciliationBreak]
    totals_before: PayoutTotals
    totals_after: PayoutTotals


def what_if_id(random: str) -> str:
    """The id of a question; the text is random."""
    return f"whatif_{random}"


def refused_in_changes(proposed: ProposedChanges) -> list[RefusedField]:
    """A proposal must change something, and say one thing of each rule, match and bank line."""
    if proposed == ProposedChanges():
        return [RefusedField(pointer="", reason="proposes nothing: name at least one rule, match or bank line")]
    return [*_repeated(proposed), *_both_added_and_removed(proposed)]


def _repeated(proposed: ProposedChanges) -> Iterator[RefusedField]:
    lists = (
        ("/remove_rules", "/rule", [each.rule for each in proposed.remove_rules]),
        ("/add_rules", "", [each.rule.id for each in proposed.add_rules]),
        ("/verdicts", "/match", [each.match for each in proposed.verdicts]),
        ("/not_stripe", "/deposit", [each.deposit for each in proposed.not_stripe]),
        ("/matches", "", [_records(each) for each in proposed.matches]),
    )
    for pointer, field, ids in lists:
        first: dict[str, int] = {}
        for place, id_ in enumerate(ids):
            if first.setdefault(id_, place) != place:
                reason = f"says again what {pointer}/{first[id_]} is about"
                yield RefusedField(pointer=f"{pointer}/{place}{field}", reason=reason)


def _both_added_and_removed(proposed: ProposedChanges) -> Iterator[RefusedField]:
    added = {each.rule.id: place for place, each in enumerate(proposed.add_rules)}
    for place, each in enumerate(proposed.remove_rules):
        if each.rule in added:
            reason = f"is the rule that /add_rules/{added[each.rule]} adds"
            yield RefusedField(pointer=f"/remove_rules/{place}/rule", reason=reason)


def _records(match: MatchToMake) -> str:
    return derived_id("match", *sorted(match.payouts), "", *sorted(match.deposits))
