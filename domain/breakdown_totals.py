"""What a payout's breakdown comes to, by reporting category and by kind of fee: the few lines that a bookkeeper books.

Both tables add up to the breakdown, to the minor unit. The fee on the payout's own movement (an instant payout bears
one) is a line of its own, `payout`. What is not understood is counted in its line, and counted apart as in suspense.
"""

from collections.abc import Callable, Mapping
from typing import Final

import attrs

from domain.balance_transaction import BalanceTransaction, BalanceTransactionId
from domain.fee_part import NOT_DETAILED, fees_by_kind
from domain.money import Money
from domain.payout_breakdown import PayoutBreakdown
from domain.payout_item import PayoutItem

OWN_MOVEMENT: Final = "payout"
UNNAMED: Final = "unnamed"
"""The category of what has neither category nor type."""


class TotalsDoNotAddUp(AssertionError):
    """The tables and their breakdown contradict each other. A defect, never bad input."""

    def __init__(self, breakdown: PayoutBreakdown) -> None:
        super().__init__(
            f"{breakdown.payout}: its totals do not come to gross {breakdown.gross}, fees {breakdown.fees}"
        )
        self.breakdown = breakdown


@attrs.frozen(kw_only=True)
class CategoryTotal:
    """The items of one reporting category; net = gross − fees."""

    category: str
    """Stripe's; where a source does not say it, its type."""
    count: int
    gross: Money
    fees: Money
    net: Money
    suspense: int
    """How many of them are of a type or category that is not known here."""


@attrs.frozen(kw_only=True)
class FeeTotal:
    """The fees of one kind, taxes among them."""

    kind: str
    count: int
    """Items that bear such a fee."""
    amount: Money


@attrs.frozen(kw_only=True)
class BreakdownTotals:
    """Both tables, each in the order of its names."""

    categories: tuple[CategoryTotal, ...]
    fees: tuple[FeeTotal, ...]

    @property
    def suspense(self) -> int:
        """How many items wait to be mapped."""
        return sum(total.suspense for total in self.categories)


def totals_of(
    breakdown: PayoutBreakdown,
    transaction_of: Callable[[BalanceTransactionId], BalanceTransaction],
    own: BalanceTransaction | None = None,
) -> BreakdownTotals:
    """The breakdown's totals. `own`: the payout's own movement, if it is known. Raises TotalsDoNotAddUp."""
    categories: dict[str, list[int]] = {}
    fees: dict[str, list[int]] = {}
    for item in breakdown.items:
        transaction = transaction_of(item.transaction)
        line = categories.setdefault(_category(transaction), [0, 0, 0, 0])
        line[0] += 1
        line[1] += item.amount.minor_units
        line[2] += item.fee.minor_units
        line[3] += not transaction.is_understood
        _add_fees(fees, _fees_of(item, transaction))
    if own is not None and breakdown.items and own.fee:
        line = categories.setdefault(OWN_MOVEMENT, [0, 0, 0, 0])
        line[0] += 1
        line[2] += own.fee.minor_units
        _add_fees(fees, fees_by_kind(own.fee, own.fee_parts))
    totals = _in_order(breakdown, categories, fees)
    zero = Money.zero(breakdown.amount.currency)
    gross = sum((total.gross for total in totals.categories), zero)
    charged = sum((total.fees for total in totals.categories), zero)
    if (gross, charged, sum((fee.amount for fee in totals.fees), zero)) != (
        breakdown.gross,
        breakdown.fees,
        breakdown.fees,
    ):
        raise TotalsDoNotAddUp(breakdown)
    return totals


def _category(transaction: BalanceTransaction) -> str:
    return transaction.reporting_category or transaction.type or UNNAMED


def _fees_of(item: PayoutItem, transaction: BalanceTransaction) -> Mapping[str, Money]:
    """Of a part of a transaction, each kind in proportion, if all are on one side; else the kinds cannot be told."""
    whole = fees_by_kind(transaction.fee, transaction.fee_parts)
    if not item.is_part:
        return whole
    sign = 1 if transaction.fee.minor_units > 0 else -1
    weights = tuple(sign * amount.minor_units for amount in whole.values())
    if not weights or any(weight < 0 for weight in weights):
        return {NOT_DETAILED: item.fee} if item.fee else {}
    return dict(zip(whole, item.fee.split(weights), strict=True))


def _add_fees(fees: dict[str, list[int]], some: Mapping[str, Money]) -> None:
    for kind, amount in some.items():
        line = fees.setdefault(kind, [0, 0])
        line[0] += 1
        line[1] += amount.minor_units


def _in_order(
    breakdown: PayoutBreakdown, categories: Mapping[str, list[int]], fees: Mapping[str, list[int]]
) -> BreakdownTotals:
    currency = breakdown.amount.currency
    return BreakdownTotals(
        categories=tuple(
            CategoryTotal(
                category=category,
                count=count,
                gross=Money(gross, currency),
                fees=Money(fee, currency),
                net=Money(gross - fee, currency),
                suspense=suspense,
            )
            for category, (count, gross, fee, suspense) in sorted(categories.items())
        ),
        fees=tuple(
            FeeTotal(kind=kind, count=count, amount=Money(amount, currency))
            for kind, (count, amount) in sorted(fees.items())
        ),
    )
