"""Sums over all ways to choose hypotheses of which no two share a record: exactly, for one connected component.

Records stand in a row. Walking along it, the only thing to remember is which records further on are already taken, so
the work grows with how far hypotheses reach, not with the length of the row.
"""

import math
from collections import defaultdict
from typing import Final

import attrs

STATES_MAX: Final = 30_000
"""States at one place of the row beyond which the sum is given up, and said so."""


class TooWide(Exception):
    """The component is too entangled to be summed exactly within the bound."""


@attrs.frozen
class Hypothesis:
    """Records (places in the row, sorted) that may belong together, and the odds for it against each alone."""

    places: tuple[int, ...]
    odds: float

    @property
    def reach(self) -> int:
        """Its places as bits, counted from its first."""
        return sum(1 << (place - self.places[0]) for place in self.places)


@attrs.frozen
class Step:
    """One place of the row: forward sums of the states before it, and the factor by which they were scaled."""

    forward: dict[int, float]
    log_scale: float


def _by_start(hypotheses: list[Hypothesis]) -> dict[int, list[tuple[int, float, int]]]:
    result: dict[int, list[tuple[int, float, int]]] = defaultdict(list)
    for index, hypothesis in enumerate(hypotheses):
        result[hypothesis.places[0]].append((hypothesis.reach, hypothesis.odds, index))
    return result


def log_total(length: int, hypotheses: list[Hypothesis], *, never_alone: frozenset[int] = frozenset()) -> float:
    """Logarithm of the sum, with some places never left alone. Minus infinity if there is no way. Raises TooWide."""
    starts = _by_start(hypotheses)
    forward, scale = {0: 1.0}, 0.0
    for place in range(length):
        forward = _advance(forward, starts.get(place, ()), alone=place not in never_alone)
        largest = max(forward.values(), default=0.0)
        if not largest:
            return -math.inf
        scale += math.log(largest)
        forward = {mask: value / largest for mask, value in forward.items()}
    return math.log(forward.get(0, 0.0)) + scale if forward.get(0) else -math.inf


def _advance(
    forward: dict[int, float], starting: tuple[()] | list[tuple[int, float, int]], *, alone: bool
) -> dict[int, float]:
    result: dict[int, float] = defaultdict(float)
    for mask, value in forward.items():
        if mask & 1:
            result[mask >> 1] += value
            continue
        if alone:
            result[mask >> 1] += value
        for reach, odds, _ in starting:
            if not mask & reach:
                result[(mask | reach) >> 1] += value * odds
    if len(result) > STATES_MAX:
        raise TooWide
    return result


def marginals(length: int, hypotheses: list[Hypothesis]) -> list[float]:
    """Probability of each hypothesis. Raises TooWide."""
    starts = _by_start(hypotheses)
    steps: list[dict[int, float]] = []
    forward = {0: 1.0}
    for place in range(length):
        steps.append(forward)
        forward = _advance(forward, starts.get(place, ()), alone=True)
        largest = max(forward.values())
        forward = {mask: value / largest for mask, value in forward.items()}
    result = [0.0] * len(hypotheses)
    backward: dict[int, float] = {0: 1.0}
    for place in range(length - 1, -1, -1):
        starting = starts.get(place, ())
        before: dict[int, float] = {}
        total, shares = 0.0, defaultdict[int, float](float)
        for mask, value in steps[place].items():
            if mask & 1:
                onward = backward.get(mask >> 1, 0.0)
            else:
                onward = backward.get(mask >> 1, 0.0)
                for reach, odds, index in starting:
                    if not mask & reach:
                        part = odds * backward.get((mask | reach) >> 1, 0.0)
                        onward += part
                        shares[index] += value * part
            before[mask] = onward
            total += value * onward
        for index, share in shares.items():
            result[index] = share / total
        largest = max(before.values())
        backward = {mask: value / largest for mask, value in before.items()}
    return result
