"""Bank lines of one account that come by more than one way: pushed, in a CSV, in an OFX file. The money is the same.

Equal lines that come together stay separate; across the ways that they come, the larger count holds.
"""

from collections import Counter
from collections.abc import Iterable
from typing import TypeAlias

from domain.bank_deposit import BankDeposit

_Money: TypeAlias = tuple[str, object, object]


def also_told_by(others: Iterable[BankDeposit], lines: Iterable[BankDeposit]) -> tuple[BankDeposit, ...]:
    """Of the lines of one account, day and signed amount, as many as there are of the others; the first by id."""
    left = Counter(map(_money, others))
    found = []
    for line in sorted(lines, key=lambda each: each.id):
        if left[_money(line)] > 0:
            left[_money(line)] -= 1
            found.append(line)
    return tuple(found)


def is_same_money(line: BankDeposit, other: BankDeposit) -> bool:
    """Whether two lines are of one account, day and signed amount."""
    return _money(line) == _money(other)


def _money(line: BankDeposit) -> _Money:
    return line.account, line.date, line.amount
