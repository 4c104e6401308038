"""All small subsets with a given sum, by meeting in the middle."""

from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations
from typing import Final

SOLUTIONS_MAX: Final = 16
"""Two solutions already refuse each other; more than these are not listed."""


def subsets_with_sum(values: Sequence[int], target: int, size_max: int) -> list[tuple[int, ...]]:
    """Index tuples of 2 … size_max values that add up to the target, in a fixed order; at most SOLUTIONS_MAX."""
    half = len(values) // 2
    left: dict[int, list[tuple[int, ...]]] = defaultdict(list)
    for size in range(size_max + 1):
        for chosen in combinations(range(half), size):
            left[sum(values[i] for i in chosen)].append(chosen)
    found: list[tuple[int, ...]] = []
    for size in range(size_max + 1):
        for chosen in combinations(range(half, len(values)), size):
            rest = target - sum(values[i] for i in chosen)
            for other in left.get(rest, ()):
                if 2 <= len(other) + size <= size_max:
                    found.append(other + chosen)
    found.sort(key=lambda each: (len(each), each))
    return found[:SOLUTIONS_MAX]
