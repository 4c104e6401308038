"""The exact sum over choices of hypotheses, against trying them all."""

import math
from itertools import combinations
from random import Random

import pytest

from adapters.simulator.exact_sum import Hypothesis, log_total, marginals


def _all_choices(hypotheses: list[Hypothesis]) -> list[tuple[set[int], set[int], float]]:
    """Every choice of hypotheses without a shared place: which, the places covered, and the product of their odds."""
    result = []
    for count in range(len(hypotheses) + 1):
        for chosen in combinations(range(len(hypotheses)), count):
            places = [place for index in chosen for place in hypotheses[index].places]
            if len(set(places)) == len(places):
                weight = math.prod(hypotheses[index].odds for index in chosen)
                result.append((set(chosen), set(places), weight))
    return result


def _row(rng: Random) -> tuple[int, list[Hypothesis]]:
    length = rng.randint(2, 7)
    shapes = {
        tuple(sorted(rng.sample(range(length), rng.randint(1, min(3, length))))) for _ in range(rng.randint(1, 8))
    }
    return length, [Hypothesis(places, 10 ** rng.uniform(-3, 6)) for places in sorted(shapes)]


@pytest.mark.parametrize("seed", range(60))
def test_marginals_equal_those_found_by_trying_every_choice(seed: int) -> None:
    length, hypotheses = _row(Random(seed))
    choices = _all_choices(hypotheses)
    total = sum(weight for _, _, weight in choices)
    expected = [
        sum(weight for chosen, _, weight in choices if index in chosen) / total for index in range(len(hypotheses))
    ]

    found = marginals(length, hypotheses)

    assert found == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("seed", range(60))
def test_a_total_with_places_that_must_be_covered_equals_the_one_found_by_trying_every_choice(seed: int) -> None:
    rng = Random(f"covered {seed}")
    length, hypotheses = _row(rng)
    must = frozenset(rng.sample(range(length), rng.randint(0, 2)))
    expected = sum(weight for _, places, weight in _all_choices(hypotheses) if must <= places)

    found = log_total(length, hypotheses, never_alone=must)

    assert math.exp(found) == pytest.approx(expected, rel=1e-9)
