"""What payouts come to, by currency and outcome, kept up to date by what changes instead of being added up again.

The figures of the proof follow from these sums. A sum of nothing is left out, so that equal totals are equal values.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

from domain.money import Money
from domain.reconciliation_outcome import PayoutOutcomeKind

PayoutTotals = Mapping[str, Mapping[PayoutOutcomeKind, int]]
"""Currency code → outcome → sum in minor units, signed as the payouts are."""


def totals_of(
    payouts: Iterable[tuple[Money, PayoutOutcomeKind]], *, less: Iterable[tuple[Money, PayoutOutcomeKind]] = ()
) -> PayoutTotals:
    """What these payouts come to. `less`: the difference to what these came to."""
    sums: Counter[tuple[str, PayoutOutcomeKind]] = Counter()
    for some, sign in ((payouts, 1), (less, -1)):
        for amount, outcome in some:
            sums[amount.currency.code, outcome] += sign * amount.minor_units
    return _in_order(sums)


def added(totals: PayoutTotals, difference: PayoutTotals) -> PayoutTotals:
    """The totals after what made this difference."""
    sums: Counter[tuple[str, PayoutOutcomeKind]] = Counter()
    for each in (totals, difference):
        for code, some in each.items():
            for kind, units in some.items():
                sums[code, kind] += units
    return _in_order(sums)


def _in_order(sums: Counter[tuple[str, PayoutOutcomeKind]]) -> PayoutTotals:
    totals: dict[str, dict[PayoutOutcomeKind, int]] = {}
    for code, kind in sorted(sums):
        if sums[code, kind]:
            totals.setdefault(code, {})[kind] = sums[code, kind]
    return totals
