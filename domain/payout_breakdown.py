"""What is inside every payout: its items add up to it, or the remainder is named.

The law: net of the items + remainder = the payout's amount, for every payout, to the minor unit. Stripe says which
transactions an automatic payout paid out; the payout's own transaction stands in that list too, and is left out of it
by its identity, never by its type alone: the list of a later payout may hold another payout's movement, and its
give-back (`payout_failure`, `payout_cancel`), as ordinary items. A fee on the payout's own transaction (an instant
payout bears one) counts among its fees. What manual and instant payouts paid out is inferred (`domain.manual_payouts`).
"""

from collections import defaultdict
from enum import StrEnum
from operator import attrgetter
from typing import Final

import attrs

from domain.balance_transaction import BalanceTransaction, BalanceTransactionId
from domain.company_facts import CompanyFacts
from domain.manual_payouts import InferredItems, PaidOutBalance, infer_items
from domain.money import Money
from domain.payout import Payout, PayoutId, PayoutStatus, ReconciliationStatus
from domain.payout_item import PayoutItem
from domain.reconciliation_break import BreakKind, ReconciliationBreak
from domain.remainder import Remainder, RemainderLabel, WithheldMoney


class TransactionOutcomeKind(StrEnum):
    """Where a balance transaction went; of several that hold, the last in this list is its outcome."""

    UNPAID = "unpaid"
    """Not paid out, or only in part: what is left is carried forward."""
    IN_PAYOUT = "in_payout"
    """Inside a payout among the records, or that payout's own movement."""
    SUSPENSE = "suspense"
    """Its type or category is not known. It counts in every sum, and waits to be mapped."""
    BREAK = "break"
    """It cannot be what it says: its payout is not among the records, or has another currency."""


@attrs.frozen(kw_only=True)
class TransactionOutcome:
    """One balance transaction's outcome."""

    transaction: BalanceTransactionId
    outcome: TransactionOutcomeKind


class BreakdownDoesNotAddUp(AssertionError):
    """Gross, fees, net and remainder contradict each other. A defect, never bad input."""

    def __init__(self, breakdown: "PayoutBreakdown") -> None:
        super().__init__(
            f"{breakdown.payout}: gross {breakdown.gross}, fees {breakdown.fees}, net {breakdown.net}, "
            f"remainder {breakdown.remainder.amount} do not add up to {breakdown.amount}"
        )
        self.breakdown = breakdown


@attrs.frozen(kw_only=True)
class PayoutBreakdown:
    """One payout and what is inside. gross − fees = net and net + remainder = amount, or it cannot be built."""

    payout: PayoutId
    amount: Money
    items: tuple[PayoutItem, ...]
    """In the order of the records' ids; for an inferred breakdown, in the order in which they were paid out."""
    gross: Money
    fees: Money
    """Of the items, and the fee on the payout's own transaction."""
    net: Money
    remainder: Remainder
    inferred: bool = False
    """True: the items are the convention's, not Stripe's."""

    def __attrs_post_init__(self) -> None:
        if self.gross - self.fees != self.net or self.net + self.remainder.amount != self.amount:
            raise BreakdownDoesNotAddUp(self)

    @property
    def adds_up(self) -> bool:
        """The items are the payout: nothing remains."""
        return not self.remainder.amount


@attrs.frozen(kw_only=True)
class Breakdowns:
    """All payouts of a company and one outcome for each balance transaction, by id; a pure function of the facts."""

    payouts: tuple[PayoutBreakdown, ...]
    transactions: tuple[TransactionOutcome, ...]
    balances: tuple[PaidOutBalance, ...]
    """The proofs of what was inferred."""
    breaks: tuple[ReconciliationBreak, ...]


def break_down_payouts(facts: CompanyFacts) -> Breakdowns:
    """Breaks every payout down, names every remainder, and gives every balance transaction one outcome."""
    payouts = {payout.id: payout for payout in facts.payouts}
    own, listed, unlisted, astray = _sort_transactions(facts.balance_transactions, payouts)
    elsewhere = {payout for payout in own if _is_listed_elsewhere(own[payout], payout, payouts)}
    withheld = WithheldMoney(unlisted)
    breakdowns: dict[PayoutId, PayoutBreakdown] = {}
    asked_for = []
    for payout in sorted(payouts.values(), key=lambda payout: payout.id):
        is_open = payout.id not in listed and payout.id not in elsewhere and bool(payout.amount)
        if is_open and is_asked_for(payout, moved=payout.id in own):
            asked_for.append(payout)
            continue
        items = sorted(listed.get(payout.id, ()), key=lambda transaction: transaction.id)
        breakdowns[payout.id] = _listed_breakdown(payout, items, own.get(payout.id), withheld, payout.id in elsewhere)
    paid_out = tuple(payout for payout in asked_for if payout.amount.minor_units > 0)
    queue = tuple(
        transaction
        for transaction in (*unlisted, *_drawn_back(asked_for, own))
        if transaction.balance_type == "payments" and transaction.id not in withheld.used
    )
    inferred = infer_items(paid_out, queue, own)
    for payout in asked_for:
        breakdowns[payout.id] = _inferred_breakdown(payout, inferred, own.get(payout.id))
    ordered = tuple(breakdowns[payout] for payout in sorted(breakdowns))
    paid = inferred.paid_in_full | {movement.id for movement in own.values()}
    return Breakdowns(
        payouts=ordered,
        transactions=_transaction_outcomes(facts.balance_transactions, payouts, astray, paid),
        balances=inferred.balances,
        breaks=_breaks(ordered, facts.balance_transactions, astray),
    )


def is_asked_for(payout: Payout, *, moved: bool) -> bool:
    """A person asked for it, or it is instant: Stripe itemises it nowhere, and only the convention can.

    Where the source does not say, a payout without items counts as asked for if it is canceled (only such can be), or
    if the records hold its own movement (`moved`), and so the balance that it came out of, but list nothing inside it.
    """
    if payout.method == "instant" or payout.automatic is not None:
        return payout.method == "instant" or not payout.automatic
    match payout.reconciliation_status:
        case ReconciliationStatus.NOT_APPLICABLE:
            return True
        case ReconciliationStatus.UNKNOWN:
            return moved or payout.status is PayoutStatus.CANCELED
        case ReconciliationStatus.COMPLETED | ReconciliationStatus.IN_PROGRESS:
            return False


_Sorted = tuple[
    dict[PayoutId, BalanceTransaction],
    dict[PayoutId, list[BalanceTransaction]],
    list[BalanceTransaction],
    dict[BalanceTransactionId, ReconciliationBreak],
]


def _sort_transactions(transactions: tuple[BalanceTransaction, ...], payouts: dict[PayoutId, Payout]) -> _Sorted:
    """Payouts' own movements · what each payout lists · what no payout lists · what cannot be what it says, and why."""
    own: dict[PayoutId, BalanceTransaction] = {}
    listed: dict[PayoutId, list[BalanceTransaction]] = defaultdict(list)
    unlisted: list[BalanceTransaction] = []
    astray: dict[BalanceTransactionId, ReconciliationBreak] = {}
    by_movement = {payout.balance_transaction: payout.id for payout in payouts.values() if payout.balance_transaction}
    for transaction in sorted(transactions, key=lambda transaction: transaction.id):
        moves = _payout_moved(transaction, payouts, by_movement)
        if moves is not None and moves not in own and transaction.amount.currency == payouts[moves].amount.currency:
            own[moves] = transaction
            if transaction.payout in (None, moves):
                continue
        if transaction.payout is not None and transaction.payout not in payouts:
            astray[transaction.id] = _listed_in_unknown(transaction.payout)
        elif transaction.payout is None:
            if transaction.is_payout_itself:
                astray[transaction.id] = _unknown_movement(transaction, own)
            else:
                unlisted.append(transaction)
        elif transaction.amount.currency != payouts[transaction.payout].amount.currency:
            astray[transaction.id] = _other_currency(transaction, payouts[transaction.payout])
        else:
            listed[transaction.payout].append(transaction)
    return own, dict(listed), unlisted, astray


def _payout_moved(
    transaction: BalanceTransaction, payouts: dict[PayoutId, Payout], by_movement: dict[str, PayoutId]
) -> PayoutId | None:
    """The payout whose own movement this is: as named, or, if none is named, the payout that lists it."""
    if not transaction.is_payout_itself:
        return None
    named = by_movement.get(transaction.id) or (PayoutId(transaction.source) if transaction.source else None)
    if named is None and transaction.payout in payouts and not payouts[transaction.payout].balance_transaction:
        named = transaction.payout
    return named if named in payouts else None


def _listed_in_unknown(payout: PayoutId) -> ReconciliationBreak:
    return ReconciliationBreak(
        kind=BreakKind.PAYOUT_MISSING,
        where=payout,
        reason="transactions are listed in it, but it is not among the payouts that can be used",
    )


def _unknown_movement(transaction: BalanceTransaction, own: dict[PayoutId, BalanceTransaction]) -> ReconciliationBreak:
    if transaction.source is None:
        reason = "it moves a payout that it does not name"
    elif (movement := own.get(PayoutId(transaction.source))) is not None:
        reason = f"it moves {transaction.source}, whose movement is {movement.id}"
    else:
        reason = f"it moves {transaction.source}, which is not among the payouts that can be used"
    return ReconciliationBreak(kind=BreakKind.PAYOUT_MISSING, where=transaction.id, reason=reason)


def _other_currency(transaction: BalanceTransaction, payout: Payout) -> ReconciliationBreak:
    reason = (
        f"it is in {transaction.amount.currency}, but {payout.id} that lists it is in {payout.amount.currency}; "
        "left out of its sum"
    )
    return ReconciliationBreak(kind=BreakKind.OTHER, where=transaction.id, reason=reason)


def _is_listed_elsewhere(movement: BalanceTransaction, payout: PayoutId, payouts: dict[PayoutId, Payout]) -> bool:
    return movement.payout is not None and movement.payout != payout and movement.payout in payouts


def _drawn_back(asked_for: list[Payout], own: dict[PayoutId, BalanceTransaction]) -> list[BalanceTransaction]:
    """Movements of payouts drawn from the bank by hand: they add to the balance, for a later payout to pay out."""
    return [own[payout.id] for payout in asked_for if payout.amount.minor_units < 0 and payout.id in own]


def _listed_breakdown(
    payout: Payout,
    transactions: list[BalanceTransaction],
    own: BalanceTransaction | None,
    withheld: WithheldMoney,
    is_elsewhere: bool,
) -> PayoutBreakdown:
    items = tuple(PayoutItem.whole(transaction) for transaction in transactions)
    gross, fees = _sums(payout, items, own if items else None)
    remainder = payout.amount - (gross - fees)
    if not remainder:
        label = RemainderLabel.NONE
    elif not items:
        label = _label_without_items(payout, is_elsewhere)
    elif payout.reconciliation_status is ReconciliationStatus.IN_PROGRESS:
        label = RemainderLabel.NOT_ITEMISED_YET
    else:
        label = withheld.name(payout, remainder)
    return PayoutBreakdown(
        payout=payout.id,
        amount=payout.amount,
        items=items,
        gross=gross,
        fees=fees,
        net=gross - fees,
        remainder=Remainder(amount=remainder, label=label),
    )


def _label_without_items(payout: Payout, is_elsewhere: bool) -> RemainderLabel:
    if is_elsewhere:
        return RemainderLabel.IN_LATER_PAYOUT
    if payout.came_back:
        return RemainderLabel.CAME_BACK
    if payout.reconciliation_status is ReconciliationStatus.IN_PROGRESS:
        return RemainderLabel.NOT_ITEMISED_YET
    return RemainderLabel.ITEMS_MISSING


def _inferred_breakdown(payout: Payout, inferred: InferredItems, own: BalanceTransaction | None) -> PayoutBreakdown:
    items = inferred.items.get(payout.id, ())
    gross, fees = _sums(payout, items, own if items else None)
    remainder = payout.amount - (gross - fees)
    if not remainder:
        label = RemainderLabel.NONE
    elif payout.amount.minor_units < 0:
        label = RemainderLabel.DRAWN_FROM_BANK
    else:
        label = RemainderLabel.NOT_IN_RECORDS
    return PayoutBreakdown(
        payout=payout.id,
        amount=payout.amount,
        items=items,
        gross=gross,
        fees=fees,
        net=gross - fees,
        remainder=Remainder(amount=remainder, label=label),
        inferred=True,
    )


def _sums(payout: Payout, items: tuple[PayoutItem, ...], own: BalanceTransaction | None) -> tuple[Money, Money]:
    """Gross and fees, the fee on the payout's own movement among them."""
    currency = payout.amount.currency
    fees = sum(item.fee.minor_units for item in items) + (own.fee.minor_units if own else 0)
    return Money(sum(item.amount.minor_units for item in items), currency), Money(fees, currency)


def _transaction_outcomes(
    transactions: tuple[BalanceTransaction, ...],
    payouts: dict[PayoutId, Payout],
    astray: dict[BalanceTransactionId, ReconciliationBreak],
    paid: frozenset[BalanceTransactionId] | set[BalanceTransactionId],
) -> tuple[TransactionOutcome, ...]:
    def outcome(transaction: BalanceTransaction) -> TransactionOutcomeKind:
        if transaction.id in astray:
            return TransactionOutcomeKind.BREAK
        if not transaction.is_understood:
            return TransactionOutcomeKind.SUSPENSE
        if transaction.payout in payouts or transaction.id in paid:
            return TransactionOutcomeKind.IN_PAYOUT
        return TransactionOutcomeKind.UNPAID

    ordered = sorted(transactions, key=lambda transaction: transaction.id)
    return tuple(
        TransactionOutcome(transaction=transaction.id, outcome=outcome(transaction)) for transaction in ordered
    )


_ORDER: Final = attrgetter("kind", "where", "reason")
"""Breaks in their own order, many times faster than they compare themselves."""
_NOT_A_BREAK: Final = frozenset({RemainderLabel.NONE, *RemainderLabel.settled()})


def _breaks(
    breakdowns: tuple[PayoutBreakdown, ...],
    transactions: tuple[BalanceTransaction, ...],
    astray: dict[BalanceTransactionId, ReconciliationBreak],
) -> tuple[ReconciliationBreak, ...]:
    found = [
        ReconciliationBreak(
            kind=BreakKind.ITEMS_DO_NOT_ADD_UP if breakdown.items else BreakKind.ITEMS_MISSING,
            where=breakdown.payout,
            reason=f"the net of its {len(breakdown.items)} items is {breakdown.net}, the payout is {breakdown.amount}; "
            f"{breakdown.remainder.amount} remains: {breakdown.remainder.label.in_words}",
        )
        for breakdown in breakdowns
        if breakdown.remainder.label not in _NOT_A_BREAK
    ]
    found += [
        ReconciliationBreak(
            kind=BreakKind.UNKNOWN_TYPE,
            where=transaction.id,
            reason=f"type {transaction.type or 'not given'}, category {transaction.reporting_category or 'not given'}: "
            "not known here; it counts in the sums and waits in suspense: look up what it is at Stripe "
            "(docs.stripe.com/reports/balance-transaction-types) and book it by hand, until a later version knows it",
        )
        for transaction in transactions
        if not transaction.is_understood
    ]
    return tuple(sorted({*found, *astray.values()}, key=_ORDER))
