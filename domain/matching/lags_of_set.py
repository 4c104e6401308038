"""How late the deposits of a set came, whichever pairs in it are true: each way to pair them counts as it is likely.

The likeliest pairs alone would tell too simple a story: they leave out the seldom lags, or let one far lag stand in for
many small shifts, and a law learned from them then finds the next set all the less likely. Walking along the lines in
order of days, what must be remembered is how many payouts of each day still have none. Whole numbers throughout.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from domain.matching.lag_law import LagLaw
from domain.matching.log_odds import PPM
from domain.matching.model import LAG_MAX, LAG_MIN, LAGS
from domain.matching.records import LineRecord, PayoutRecord

STEPS_MAX: Final = 60_000
"""A set that takes more steps from state to state is too entangled: its likeliest pairs must do."""
_NEGLIGIBLE_BITS: Final = 20
"""States less likely than 2 to the minus this are left out."""
_KEPT_BITS: Final = 64

_States = dict[int, int]
"""Payouts that have no line yet, so many bits a day, and how likely it is to come there."""


def lags_of_set(
    payouts: Sequence[PayoutRecord], lines: Sequence[LineRecord], law_of: Callable[[str], LagLaw]
) -> Mapping[str, Sequence[int]] | None:
    """Payout method → how many of these lines came with each lag from LAG_MIN on, in millionths; None if the bound is
    reached, or no way to pair them is within the window. There may be more payouts than lines: those wait."""
    days = sorted(Counter((payout.day, payout.method) for payout in payouts).items())
    width = max(count for _, count in days).bit_length()
    place = {day: width * number for number, (day, _) in enumerate(days)}
    mask = (1 << width) - 1
    laws = {method: law_of(method).ppm for _, method in place}
    states: _States = {sum(count << place[day] for day, count in days): 1 << _KEPT_BITS}
    steps: list[tuple[int, list[tuple[int, int, str]], _States]] = []  # closed bits, ways, states before the line
    left, closed, all_come = STEPS_MAX, 0, len(payouts) == len(lines)
    for line in sorted(lines, key=lambda line: line.day):
        gone = sum(mask << place[day] for day in place if day[0] < line.day - LAG_MAX)
        if gone != closed:
            states = _without(states, gone, all_come)
            closed = gone
        ways = [
            (place[day], lag - LAG_MIN, day[1]) for day in place if LAG_MIN <= (lag := line.day - day[0]) <= LAG_MAX
        ]
        left -= len(states) * len(ways)
        if left < 0:
            return None
        steps.append((closed, ways, states))
        states = _likely(_after(states, ways, mask, laws))
    return _shares(steps, states, mask, laws) if states else None


def _after(
    states: _States, ways: Sequence[tuple[int, int, str]], mask: int, laws: Mapping[str, Sequence[int]]
) -> _States:
    """The states after one line more, which is some payout's."""
    after: _States = {}
    for state, value in states.items():
        for shift, lag, method in ways:
            waiting = (state >> shift) & mask
            if waiting:
                then = state - (1 << shift)
                after[then] = after.get(then, 0) + value * waiting * laws[method][lag]
    return after


def _without(states: _States, gone: int, all_come: bool) -> _States:
    """The states once these payouts are too old for any further line; where all come, none may be left then."""
    after: _States = {}
    for state, value in states.items():
        if not (all_come and state & gone):
            after[state & ~gone] = after.get(state & ~gone, 0) + value
    return after


def _likely(states: _States) -> _States:
    """The states that matter, their likelihoods in so many bits."""
    total = sum(states.values())
    spare = max(0, total.bit_length() - _KEPT_BITS)
    least = total >> _NEGLIGIBLE_BITS
    return {state: value >> spare for state, value in states.items() if value > least}


def _shares(
    steps: Sequence[tuple[int, Sequence[tuple[int, int, str]], _States]],
    last: _States,
    mask: int,
    laws: Mapping[str, Sequence[int]],
) -> Mapping[str, Sequence[int]] | None:
    """Back from the last line to the first: how likely each line has each lag, all that follows being known."""
    counts = {method: [0] * LAGS for method in laws}
    onward: _States = dict.fromkeys(last, 1 << _KEPT_BITS)
    closed_after = 0
    for closed, ways, states in reversed(steps):
        before: _States = {}
        of_line: Counter[tuple[str, int]] = Counter()
        for state, value in states.items():
            for shift, lag, method in ways:
                waiting = (state >> shift) & mask
                ahead = onward.get((state - (1 << shift)) & ~closed_after, 0) if waiting else 0
                if ahead:
                    worth = waiting * laws[method][lag] * ahead
                    before[state] = before.get(state, 0) + worth
                    of_line[method, lag] += value * worth
        total = of_line.total()
        if not total:
            return None
        for (method, lag), worth in of_line.items():
            counts[method][lag] += worth * PPM // total
        spare = max(0, max(before.values()).bit_length() - _KEPT_BITS)
        onward = {state: value >> spare for state, value in before.items() if value >> spare}
        closed_after = closed
    return counts
