"""Breaks inside payouts: items that do not add up, or whose type is not known.

Of payouts that Stripe itemises, or the partner; what is inside the others is a convention over all of the company's
money, and is looked at where a payout is shown.
"""

from typing import Final

import attrs

from domain.company_facts import CompanyFacts
from domain.payout import PayoutId
from domain.payout_breakdown import break_down_payouts
from domain.reconciliation_break import BreakKind, ReconciliationBreak
from ports.facts import ItemsOf, RecordedFacts, WithIds
from ports.reconciliation_record import StandingsWanted
from ports.transaction import CompanyTransaction

KINDS: Final = frozenset({BreakKind.ITEMS_DO_NOT_ADD_UP, BreakKind.UNKNOWN_TYPE, BreakKind.PAYOUT_MISSING})
"""A payout told without any items is none: its breakdown says that they were not given."""


def itemised_breaks(facts: CompanyFacts) -> frozenset[ReconciliationBreak]:
    """Those in these facts. Payouts of which no item is known, and which no item names, have none."""
    items = facts.balance_transactions
    if not items:
        return frozenset()
    named = {item.payout for item in items} | {item.source for item in items} | {item.id for item in items}
    with_items = [each for each in facts.payouts if each.id in named or each.balance_transaction in named]
    broken_down = break_down_payouts(attrs.evolve(facts, payouts=tuple(with_items)))
    inferred = {each.payout for each in broken_down.payouts if each.inferred}
    return frozenset(each for each in broken_down.breaks if each.kind in KINDS and each.where not in inferred)


async def changed_breaks(
    snapshot: CompanyTransaction, changed: RecordedFacts
) -> tuple[frozenset[ReconciliationBreak], frozenset[ReconciliationBreak]]:
    """Those that a change of facts opens, and those that it resolves; only the payouts it touches are read."""
    items = (
        *changed.new.balance_transactions,
        *changed.changed.balance_transactions,
        *changed.before.balance_transactions,
        *changed.retracted,
    )
    payouts = {payout.id for payout in (*changed.new.payouts, *changed.changed.payouts)}
    payouts |= {PayoutId(item.payout) for item in items if item.payout is not None}
    if not payouts and not items:
        return frozenset(), frozenset()
    ids = tuple(sorted(payouts))
    facts = await snapshot.facts.load(WithIds(ids=ids), ItemsOf(payouts=ids))
    places = {*payouts, *(item.id for item in items), *(item.id for item in facts.balance_transactions)}
    found = await snapshot.reconciliation.find(StandingsWanted(breaks_at=tuple(sorted(places))))
    before = frozenset(each for each in found.breaks if each.kind in KINDS)
    now = frozenset(each for each in itemised_breaks(facts) if each.where in places)
    return now - before, before - now
