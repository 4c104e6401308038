"""Weights in whole thousandths of a nat, and the probability that they make."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.matching.log_odds import log_ratio, probability_of

POSITIVE = st.integers(1, 10**12)


@given(POSITIVE, POSITIVE)
def test_a_log_ratio_is_a_thousand_times_the_logarithm_to_the_nearest_whole(a: int, b: int) -> None:
    assert abs(log_ratio(a, b) - 1_000 * math.log(a / b)) <= 0.5 + 1e-6
    assert log_ratio(a, b) == -log_ratio(b, a)


@pytest.mark.parametrize(
    ("gaps", "probability"),
    [
        ([], 1.0),
        ([0], 0.5),
        ([0, 0], 0.333333),
        ([9_210], 0.9999),
        ([9_211, 30_000], 0.9999),
        ([50_000], 1.0),
        ([-50_000], 0.0),
    ],
)
def test_a_probability_follows_from_how_far_the_rivals_are_behind(gaps: list[int], probability: float) -> None:
    assert probability_of(gaps) == probability


@given(st.lists(st.integers(-60_000, 60_000), max_size=6), st.integers(-60_000, 60_000))
def test_another_rival_never_makes_it_surer(gaps: list[int], another: int) -> None:
    assert probability_of([*gaps, another]) <= probability_of(gaps)
