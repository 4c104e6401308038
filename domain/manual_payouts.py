"""What manual and instant payouts paid out, by a stated convention, because nobody can say it.

Stripe does not itemise payouts that are asked for (`reconciliation_status` is `not_applicable`), and arithmetic cannot
tell either. The convention: per currency and source type, the balance is paid out first in, first out. Transactions
that Stripe lists in no payout queue by the day they become available, then by creation, then by id; payouts queue by
the day they were made, then by creation, then by id. Each payout takes what was available by its day until its amount
(and the fee on its own transaction, which an instant payout bears) is reached; the last item is split, and the rest is
carried forward. Opening + available − paid = closing is verified for every queue.
"""

from datetime import UTC, date, datetime
from typing import Final

import attrs

from domain.balance_transaction import BalanceTransaction, BalanceTransactionId
from domain.money import Currency, Money
from domain.payout import Payout, PayoutId
from domain.payout_item import PayoutItem

DEFAULT_SOURCE_TYPE: Final = "card"
"""The part of the balance that Stripe pays from unless told otherwise."""

_BEGINNING: Final = datetime.min.replace(tzinfo=UTC)


class BalanceDoesNotClose(AssertionError):
    """Opening + available − paid is not closing: money was lost or made in the itemising. A defect, never bad input."""

    def __init__(self, balance: "PaidOutBalance", expected: Money) -> None:
        super().__init__(f"{balance.source_type or 'all'}: closing is {balance.closing}, not {expected}")
        self.balance = balance


@attrs.frozen(kw_only=True)
class PaidOutBalance:
    """The proof for one queue: opening + available − paid = closing, or it cannot be built (BalanceDoesNotClose)."""

    currency: Currency
    source_type: str | None
    """None: no transaction of this currency says which part of the balance it belongs to; they form one queue."""
    opening: Money
    """What payouts drew that the records do not show: balance from before the records, or records not given."""
    available: Money
    """Net of all transactions in the queue."""
    paid: Money
    """What the payouts took, the fees on their own transactions included."""
    closing: Money
    """Net of what is left in the queue, parts carried forward included."""

    def __attrs_post_init__(self) -> None:
        expected = self.opening + self.available - self.paid
        if self.closing != expected:
            raise BalanceDoesNotClose(self, expected)


@attrs.frozen(kw_only=True)
class InferredItems:
    """The items of every payout that was asked for, as the convention has them."""

    items: dict[PayoutId, tuple[PayoutItem, ...]]
    paid_in_full: frozenset[BalanceTransactionId]
    """Transactions of which nothing is carried forward."""
    balances: tuple[PaidOutBalance, ...]


def infer_items(
    payouts: tuple[Payout, ...],
    transactions: tuple[BalanceTransaction, ...],
    own: dict[PayoutId, BalanceTransaction],
) -> InferredItems:
    """Itemises payouts that were asked for, first in, first out.

    `payouts` are those that pay out (positive amounts); `transactions` those that Stripe lists in no payout; `own` has
    the payouts' own transactions, where they are known. Failed payouts took their items like any other: the give-back
    is a transaction of its own, and queues with the rest.
    """
    typed = {transaction.amount.currency for transaction in transactions if transaction.source_type}
    queues: dict[tuple[str, str], list[BalanceTransaction]] = {}
    for transaction in transactions:
        if _available_on(transaction) is not None:
            queues.setdefault(_queue_key(transaction.amount.currency, transaction.source_type, typed), []).append(
                transaction
            )
    askers: dict[tuple[str, str], list[Payout]] = {}
    for payout in payouts:
        askers.setdefault(_queue_key(payout.amount.currency, payout.source_type, typed), []).append(payout)
    items: dict[PayoutId, tuple[PayoutItem, ...]] = {}
    finished: set[BalanceTransactionId] = set()
    balances = []
    for key in sorted(askers):
        queue = sorted(queues.get(key, ()), key=_queue_order)
        balance, paid_in_full = _pay_out(key[1] or None, askers[key], queue, own, items)
        balances.append(balance)
        finished |= paid_in_full
    return InferredItems(items=items, paid_in_full=frozenset(finished), balances=tuple(balances))


def _pay_out(
    source_type: str | None,
    payouts: list[Payout],
    queue: list[BalanceTransaction],
    own: dict[PayoutId, BalanceTransaction],
    items: dict[PayoutId, tuple[PayoutItem, ...]],
) -> tuple[PaidOutBalance, set[BalanceTransactionId]]:
    """Pays the payouts of one queue in their order; adds to `items`; returns the proof and what was paid in full."""
    zero = Money.zero(payouts[0].amount.currency)
    waiting = [(_available_on(transaction), PayoutItem.whole(transaction)) for transaction in reversed(queue)]
    opening = paid = zero
    for payout in sorted(payouts, key=lambda payout: _payout_order(payout, own)):
        day = paid_on(payout, own)
        due = payout.amount + (own[payout.id].fee if payout.id in own else zero)
        paid, taken = paid + due, []
        while due.minor_units > 0 and waiting:
            available_on, item = waiting[-1]
            if available_on is None or available_on > day:
                break
            waiting.pop()
            if item.net.minor_units > due.minor_units:
                item, rest = item.split(due)
                waiting.append((available_on, rest))
            taken.append(item)
            due = due - item.net
        opening = opening + due
        items[payout.id] = tuple(taken)
    balance = PaidOutBalance(
        currency=zero.currency,
        source_type=source_type,
        opening=opening,
        available=sum((transaction.net for transaction in queue), zero),
        paid=paid,
        closing=sum((item.net for _, item in waiting), zero),
    )
    left = {item.transaction for _, item in waiting}
    return balance, {transaction.id for transaction in queue if transaction.id not in left}


def paid_on(payout: Payout, own: dict[PayoutId, BalanceTransaction]) -> date:
    """The day on which the payout left the balance: its own transaction's, else its creation, else its arrival."""
    created = _created(payout, own)
    return created.date() if created else payout.arrival_date


def _created(payout: Payout, own: dict[PayoutId, BalanceTransaction]) -> datetime | None:
    transaction = own.get(payout.id)
    return (transaction.created if transaction else None) or payout.created


def _queue_key(currency: Currency, source_type: str | None, typed: set[Currency]) -> tuple[str, str]:
    return currency.code, (source_type or DEFAULT_SOURCE_TYPE) if currency in typed else ""


def _available_on(transaction: BalanceTransaction) -> date | None:
    """When its net could be paid out. None: nothing says, so that it waits for ever rather than by guess."""
    return transaction.available_on or (transaction.created.date() if transaction.created else None)


def _queue_order(transaction: BalanceTransaction) -> tuple[date, datetime, str]:
    return _available_on(transaction) or date.max, transaction.created or _BEGINNING, transaction.id


def _payout_order(payout: Payout, own: dict[PayoutId, BalanceTransaction]) -> tuple[date, datetime, str]:
    return paid_on(payout, own), _created(payout, own) or _BEGINNING, payout.id
