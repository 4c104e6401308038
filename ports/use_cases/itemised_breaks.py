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
from domain.remainder import may_name
from ports.facts import Facts, HeldMoney, ItemsOf, RecordedFacts, WithIds
from ports.pages import PAGE_MAX
from ports.reconciliation_lists import BreaksWanted
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
    """Those that a change of facts opens, and those that it resolves; only the payouts it touches are read.

    But what names a remainder names one only: where a remainder is in question, all payouts that have one are.
    """
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
    unknown = tuple(item.id for item in items if item.payout is None and not item.is_understood)
    told = frozenset(item.id for item in items)
    facts = await _touched(payouts, unknown, snapshot.facts)
    now, before = itemised_breaks(facts), await _kept_at({*payouts, *told, *_ids(facts)}, snapshot)
    has_remainder = any(each.kind is BreakKind.ITEMS_DO_NOT_ADD_UP for each in (*now, *before))
    if has_remainder or any(may_name(item) for item in items):
        payouts |= await _with_remainders(snapshot)
        facts = await _touched(payouts, unknown, snapshot.facts)
        held = (await snapshot.facts.load(HeldMoney())).balance_transactions
        unlisted = {each.id: each for each in held if each.payout is None}
        together = {**unlisted, **{each.id: each for each in facts.balance_transactions}}
        now = itemised_breaks(attrs.evolve(facts, balance_transactions=tuple(together.values())))
        before = await _kept_at({*payouts, *told, *_ids(facts)}, snapshot)
    places = {*payouts, *told, *_ids(facts)}
    now = frozenset(each for each in now if each.where in places)
    return now - before, before - now


def _ids(facts: CompanyFacts) -> set[str]:
    return {item.id for item in facts.balance_transactions}


async def _kept_at(places: set[str], snapshot: CompanyTransaction) -> frozenset[ReconciliationBreak]:
    found = await snapshot.reconciliation.find(StandingsWanted(breaks_at=tuple(sorted(places))))
    return frozenset(each for each in found.breaks if each.kind in KINDS)


async def _touched(payouts: set[PayoutId], unknown: tuple[str, ...], facts: Facts) -> CompanyFacts:
    ids = tuple(sorted(payouts))
    return await facts.load(WithIds(ids=(*ids, *unknown)), ItemsOf(payouts=ids))


async def _with_remainders(snapshot: CompanyTransaction) -> set[PayoutId]:
    """Payouts whose items do not add up to them, as it is kept."""
    wanted = BreaksWanted(kind=BreakKind.ITEMS_DO_NOT_ADD_UP)
    found, after = set[PayoutId](), None
    while True:
        page = await snapshot.reconciliation_lists.breaks(wanted, after=after, limit=PAGE_MAX)
        found |= {PayoutId(each.found.where) for each in page.records}
        if page.next is None:
            return found
        after = page.next
