"""Subset sums: every small solution, against trying them all."""

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.matching.subset_sums import SOLUTIONS_MAX, subsets_with_sum


@given(st.lists(st.integers(-6, 30), max_size=9), st.integers(-10, 60), st.integers(2, 5))
@settings(max_examples=300)
def test_every_subset_with_the_sum_is_found(values: list[int], target: int, size_max: int) -> None:
    solutions = [
        chosen
        for size in range(2, size_max + 1)
        for chosen in combinations(range(len(values)), size)
        if sum(values[i] for i in chosen) == target
    ]

    found = subsets_with_sum(values, target, size_max)

    assert found == sorted(solutions, key=lambda each: (len(each), each))[:SOLUTIONS_MAX]


def test_more_than_one_solution_is_always_told_even_where_not_all_are_listed() -> None:
    found = subsets_with_sum([100] * 12, 300, 5)

    assert len(found) == SOLUTIONS_MAX
    assert len(set(found)) == SOLUTIONS_MAX
