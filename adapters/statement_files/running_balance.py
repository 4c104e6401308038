"""Whether the balances beside the lines of a file lead from line to line: where they jump, lines are missing.

A bank may sort the lines of a day otherwise than it counted them, and may print another balance than the account's. So
only a jump that is never made good again counts, in a column that otherwise fits.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import attrs

from domain.money import Money

LINES_MIN: Final = 6
"""With fewer lines a column that is no running balance cannot be told from one that jumps."""
STEADY_LINES_MIN: Final = 3
"""So many lines must agree on each side of a jump: at the edge of a file one cannot see whether it is made good."""
STEADY_PERCENT_MIN: Final = 80
"""So many of the lines must agree with their neighbours; else the column is something else."""


@attrs.frozen(kw_only=True)
class BalancedLine:
    """One posted line and the balance printed beside it."""

    place: int
    amount: Money
    balance: Money


@attrs.frozen(kw_only=True)
class BalanceJump:
    """Between the line before and this one, in the order of the file, something is missing."""

    place: int
    missing: Money
    """By how much the account changed between the two, apart from their own amounts."""


def balance_jumps(lines: Sequence[BalancedLine]) -> tuple[BalanceJump, ...]:
    """The jumps of one account's lines in the order of the file, whether the oldest or the newest comes first."""
    if len(lines) < LINES_MIN:
        return ()
    orders = lines, lines[::-1]
    runs = [_steady_runs(order) for order in orders]
    steady = [sum(len(run) for run in each) for each in runs]
    best = max((0, 1), key=lambda order: (steady[order], -len(runs[order])))
    if steady[best] * 100 < STEADY_PERCENT_MIN * len(lines):
        return ()
    return tuple(
        BalanceJump(
            place=orders[best][later.start].place,
            missing=Money(later.before - earlier.before, lines[0].amount.currency),
        )
        for earlier, later in pairwise(runs[best])
    )


@attrs.frozen
class _Run:
    """Lines next to one another that agree on what the balance was before all lines."""

    start: int
    end: int
    before: int

    def __len__(self) -> int:
        return self.end - self.start


def _steady_runs(lines: Sequence[BalancedLine]) -> list[_Run]:
    """The runs between which the balance changes for good: nothing that one of them says comes again after it."""
    before, moved = list[int](), 0
    for line in lines:
        moved += line.amount.minor_units
        before.append(line.balance.minor_units - moved)
    last = {value: index for index, value in enumerate(before)}
    runs, start, reach = list[_Run](), 0, 0
    for index, value in enumerate(before):
        if index > reach:
            runs.append(_run(before, start, index))
            start = index
        reach = max(reach, last[value])
    runs.append(_run(before, start, len(before)))
    return [run for run in runs if len(run) >= STEADY_LINES_MIN]


def _run(before: Sequence[int], start: int, end: int) -> _Run:
    return _Run(start, end, Counter(before[start:end]).most_common(1)[0][0])
