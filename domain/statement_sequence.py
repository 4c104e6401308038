"""Whether the statements of an account follow one another: each opens with what the one before it closed with.

The numbers that the banks give are looked at as well. Some number by the day of the year: a jump as long as the days
between two statements is no gap.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise

import attrs

from domain.bank_deposit import BankAccountId
from domain.bank_statement import BankStatement, balance_break
from domain.covered_period import CoveredPeriod
from domain.money import Currency
from domain.reconciliation_break import BreakKind, ReconciliationBreak


def in_order(statements: Iterable[BankStatement]) -> list[BankStatement]:
    """Each once, as they follow one another: by the day they close, then by number and page.

    The same day, balances and number of lines are one statement, though two formats write its number in two ways.
    """
    kept: dict[object, BankStatement] = {}
    for each in statements:
        said = (each.account, each.currency, each.last_day, each.opens_with, each.closing, each.lines, each.interim)
        kept.setdefault(each if each.closing is None else said, each)
    return sorted(
        kept.values(),
        key=lambda each: (each.last_day, each.sequence or 0, each.page, each.first_day or each.last_day, each.where),
    )


def follows(later: BankStatement, earlier: BankStatement) -> bool:
    """The later one opens with what the earlier one closed with, so that no money lies between the two."""
    return earlier.closing is not None and later.opens_with == earlier.closing


@attrs.frozen(kw_only=True)
class SequenceBreak:
    """A gap or an overlap, and the two statements between which it is."""

    earlier: BankStatement
    later: BankStatement
    found: ReconciliationBreak


def sequence_breaks(statements: Iterable[BankStatement]) -> tuple[SequenceBreak, ...]:
    """Every gap and overlap between statements of one account and currency.

    Interim reports are left out: they come as often as one asks for them.
    """
    groups: dict[tuple[BankAccountId, Currency], list[BankStatement]] = defaultdict(list)
    for statement in statements:
        if not statement.interim:
            groups[statement.account, statement.currency].append(statement)
    found = []
    for group in groups.values():
        ordered = in_order(group)
        for earlier, later in pairwise(ordered):
            broken = _between(earlier, later)
            if broken is not None:
                found.append(SequenceBreak(earlier=earlier, later=later, found=broken))
    return tuple(found)


def not_put_right(statements: Iterable[BankStatement]) -> list[BankStatement]:
    """Without those that do not add up where another one of the same day and opening, or number, does."""
    ordered = in_order(statements)
    good = [each for each in ordered if balance_break(each) is None]
    openings = {(each.last_day, each.opens_with) for each in good}
    numbers = {(each.last_day, each.number) for each in good if each.number is not None}
    return [
        each
        for each in ordered
        if balance_break(each) is None
        or ((each.last_day, each.opening) not in openings and (each.last_day, each.number) not in numbers)
    ]


def standing_breaks(statements: Iterable[BankStatement]) -> tuple[ReconciliationBreak, ...]:
    """All that is wrong with the statements of an account, as far as no other statement has put it right."""
    left = [each for each in not_put_right(statements) if not each.interim]
    return (*filter(None, map(balance_break, left)), *(each.found for each in sequence_breaks(left)))


def closed_periods(statements: Iterable[BankStatement]) -> list[CoveredPeriod]:
    """The days that statements of one account close, interim reports left out: runs that follow one another, one each.

    Days between two statements are closed if the second opens with what the first closed with, as over a week-end.
    """
    runs: list[CoveredPeriod] = []
    last: BankStatement | None = None
    for each in in_order(each for each in statements if not each.interim):
        first_day = min(each.first_day or each.last_day, each.last_day)
        meets = last is not None and (follows(each, last) or first_day <= last.last_day + timedelta(days=1))
        if meets:
            runs[-1] = CoveredPeriod(first_day=min(runs[-1].first_day, first_day), last_day=each.last_day)
        else:
            runs.append(CoveredPeriod(first_day=first_day, last_day=each.last_day))
        last = each
    return runs


def is_within(day: date, periods: Iterable[CoveredPeriod]) -> bool:
    """The day is in one of the periods."""
    return any(period.first_day <= day <= period.last_day for period in periods)


def _between(earlier: BankStatement, later: BankStatement) -> ReconciliationBreak | None:
    """The gap or overlap between two statements that stand next to each other, if there is one."""
    jump = _jump(earlier, later)
    said = f"{_named(later)} opens with {later.opens_with}, but {_named(earlier)}, which is before it, closes with "
    if follows(later, earlier):
        if jump <= 1:
            return None
        return _broken(
            BreakKind.STATEMENT_GAP,
            later,
            f"{_named(later)} comes after {_named(earlier)}: numbers between are missing",
        )
    overlap = later.first_day is not None and later.first_day <= earlier.last_day
    known = later.opens_with is not None and earlier.closing is not None
    if overlap:
        days = f"both cover {later.first_day} to {earlier.last_day}"
        return _broken(BreakKind.STATEMENT_OVERLAP, later, f"{_named(later)} overlaps {_named(earlier)}: {days}")
    if known:
        reason = f"{said}{earlier.closing} on {earlier.last_day}: what lies between them is missing"
        return _broken(BreakKind.STATEMENT_GAP, later, reason)
    if jump > 1:
        reason = f"{_named(later)} comes after {_named(earlier)}: what lies between them is missing"
        return _broken(BreakKind.STATEMENT_GAP, later, reason)
    return None


def _jump(earlier: BankStatement, later: BankStatement) -> int:
    """By how much the number rises; 1 where numbers tell nothing: begun again, or counted by days."""
    if earlier.sequence is None or later.sequence is None or later.sequence <= earlier.sequence:
        return 1
    jump = later.sequence - earlier.sequence
    return 1 if jump == (later.last_day - earlier.last_day).days else jump


def _named(statement: BankStatement) -> str:
    number = f" {statement.number}" if statement.number else ""
    return f"statement{number} of {statement.last_day}"


def _broken(kind: BreakKind, statement: BankStatement, reason: str) -> ReconciliationBreak:
    return ReconciliationBreak(kind=kind, where=statement.where, reason=reason)
