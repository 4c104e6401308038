"""What is inside one payout: its breakdown, of which only the facts are read that can be in it."""

from typing import Final

import attrs

from domain.balance_transaction import BalanceTransaction
from domain.breakdown_totals import BreakdownTotals, totals_of
from domain.company_facts import CompanyFacts
from domain.payout import Payout, PayoutId
from domain.payout_breakdown import PayoutBreakdown, break_down_payouts, is_asked_for
from domain.remainder import Remainder, RemainderLabel
from ports.facts import AskedFor, Facts, HeldMoney, ItemsOf, Unlisted, WithIds

QUEUE_MAX: Final = 100_000
"""Transactions in no payout's list. Of more, what a payout that was asked for paid out is not worked out here."""


@attrs.frozen(kw_only=True)
class PayoutContents:
    """One payout, its breakdown, and the transactions that it speaks of."""

    payout: Payout
    breakdown: PayoutBreakdown
    totals: BreakdownTotals
    transactions: dict[str, BalanceTransaction]


async def payout_contents(id: PayoutId, facts: Facts) -> PayoutContents | None:
    """None: there is no such payout."""
    around = await _around(id, facts)
    payout = next((each for each in around.payouts if each.id == id), None)
    if payout is None:
        return None
    own = next((each for each in around.balance_transactions if _moves(each, payout)), None)
    breakdown = _of(id, around)
    if not breakdown.items and payout.amount.minor_units > 0 and is_asked_for(payout, moved=own is not None):
        queued = await _with_its_queue(around, payout, facts)
        if queued is None:
            unknown = Remainder(amount=breakdown.remainder.amount, label=RemainderLabel.NOT_WORKED_OUT)
            breakdown = attrs.evolve(breakdown, remainder=unknown)
        else:
            around = queued
            breakdown = _of(id, around)
    elif breakdown.remainder.label is RemainderLabel.UNEXPLAINED:
        around = _together(around, await facts.load(HeldMoney()))
        breakdown = _of(id, around)
    transactions: dict[str, BalanceTransaction] = {each.id: each for each in around.balance_transactions}
    return PayoutContents(
        payout=payout,
        breakdown=breakdown,
        totals=totals_of(breakdown, transactions.__getitem__, own),
        transactions=transactions,
    )


def _moves(transaction: BalanceTransaction, payout: Payout) -> bool:
    """It is this payout's own movement."""
    if not transaction.is_payout_itself or transaction.amount.currency != payout.amount.currency:
        return False
    if payout.balance_transaction is not None or transaction.source is not None:
        return transaction.id == payout.balance_transaction or transaction.source == payout.id
    return transaction.payout == payout.id


def _of(id: PayoutId, facts: CompanyFacts) -> PayoutBreakdown:
    return next(each for each in break_down_payouts(facts).payouts if each.payout == id)


async def _around(id: PayoutId, facts: Facts) -> CompanyFacts:
    """Its items, its own movement, and the payout that this may be listed in."""
    payouts = (await facts.load(WithIds(ids=(id,)))).payouts
    movements = tuple(payout.balance_transaction for payout in payouts if payout.balance_transaction)
    found = await facts.load(WithIds(ids=(id, *movements)), ItemsOf(payouts=(id,)))
    elsewhere = {each.payout for each in found.balance_transactions if each.payout} - {id}
    if not elsewhere:
        return found
    others = await facts.load(WithIds(ids=tuple(sorted(elsewhere))))
    return attrs.evolve(found, payouts=(*found.payouts, *others.payouts))


async def _with_its_queue(around: CompanyFacts, payout: Payout, facts: Facts) -> CompanyFacts | None:
    """All payouts that were asked for as well, and all that they can have paid out: the convention takes turns.

    None: that is too much.
    """
    currency = payout.amount.currency
    asked = await facts.load(AskedFor(currency=currency), Unlisted(currency=currency, most=QUEUE_MAX + 1))
    if len(asked.balance_transactions) > QUEUE_MAX:
        return None
    movements = {each.balance_transaction for each in asked.payouts if each.balance_transaction is not None}
    known = {each.id for each in asked.payouts}
    listed = await facts.load(WithIds(ids=tuple(sorted(movements))), ItemsOf(payouts=tuple(sorted(known))))
    elsewhere = {each.payout for each in listed.balance_transactions if each.payout is not None} - known
    lists = await facts.load(WithIds(ids=tuple(sorted(elsewhere)))) if elsewhere else CompanyFacts()
    return _together(_together(_together(around, asked), listed), lists)


def _together(some: CompanyFacts, others: CompanyFacts) -> CompanyFacts:
    payouts = {each.id: each for each in (*some.payouts, *others.payouts)}
    transactions = {each.id: each for each in (*some.balance_transactions, *others.balance_transactions)}
    return attrs.evolve(some, payouts=tuple(payouts.values()), balance_transactions=tuple(transactions.values()))
