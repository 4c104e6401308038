"""Lag laws: probabilities that add up, move towards what was seen, and forget one deposit when it is judged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.matching.lag_law import OUT_OF_WINDOW, learned_law, shifted_prior, without_one
from domain.matching.log_odds import PPM
from domain.matching.model import LAG_MAX, LAG_MIN, LAGS, SHIFT_PRIOR_PPM
from tests.domain.matching.written_facts import history, line, outcomes_of, payout, reconcile, weekday

COUNTS = st.lists(st.integers(0, 40), min_size=LAGS, max_size=LAGS).map(tuple)
LAG_NUMBERS = st.integers(LAG_MIN, LAG_MAX)


def seen(lag: int, times: int) -> tuple[int, ...]:
    return tuple(times if i + LAG_MIN == lag else 0 for i in range(LAGS))


@pytest.mark.parametrize("early", [False, True])
@pytest.mark.parametrize("shift", SHIFT_PRIOR_PPM)
def test_the_law_of_a_bank_so_many_days_slower_adds_up_to_nearly_all(shift: int, early: bool) -> None:
    law = shifted_prior(shift, early)

    assert 0.9 * PPM <= sum(law.ppm) <= 1.005 * PPM
    assert max(range(LAGS), key=lambda i: law.ppm[i]) + LAG_MIN == shift
    assert min(law.ppm) > 0


@given(COUNTS)
def test_a_learned_law_adds_up_to_about_one_and_rules_nothing_out(counts: tuple[int, ...]) -> None:
    law = learned_law(counts)

    assert 0.98 * PPM <= sum(law.ppm) <= 1.01 * PPM
    assert min(law.ppm) > 0
    assert all(law.weight(lag) <= 0 for lag in range(LAG_MIN, LAG_MAX + 1))


@given(COUNTS)
def test_beyond_the_window_a_lag_is_no_likelier_than_the_last_one_inside(counts: tuple[int, ...]) -> None:
    law = learned_law(counts)

    assert law.weight_outside == min(OUT_OF_WINDOW, law.weight(LAG_MAX))


@given(LAG_NUMBERS, st.integers(1, 50))
def test_a_law_moves_towards_what_is_seen(lag: int, times: int) -> None:
    less, more = learned_law(seen(lag, times)), learned_law(seen(lag, times + 50))

    assert learned_law(seen(lag, 0)).weight(lag) <= less.weight(lag) <= more.weight(lag)
    assert more.ppm[lag - LAG_MIN] > 0.9 * PPM


def test_a_bank_seen_to_be_slow_is_expected_to_stay_slow() -> None:
    slow, usual = learned_law(seen(3, 5)), learned_law(seen(0, 5))

    assert slow.weight(4) > usual.weight(4)
    assert slow.weight(0) < usual.weight(0)


@given(COUNTS, LAG_NUMBERS)
def test_a_deposit_that_is_judged_does_not_testify_for_itself(counts: tuple[int, ...], lag: int) -> None:
    left = without_one(counts, lag)

    assert sum(left) == sum(counts) - (1 if counts[lag - LAG_MIN] else 0)
    assert all(
        0 <= before - after <= (i + LAG_MIN == lag) for i, (before, after) in enumerate(zip(counts, left, strict=True))
    )
    if left != counts:
        assert learned_law(left).weight(lag) <= learned_law(counts).weight(lag)


@given(COUNTS, st.integers(-20, 20), st.integers(-20, 20))
def test_what_is_seen_between_two_lags_is_a_probability_that_grows_with_the_span(
    counts: tuple[int, ...], first: int, last: int
) -> None:
    law = learned_law(counts)

    assert 0 <= law.seen_ppm(first, last) <= law.seen_ppm(first, last + 1) <= PPM
    assert law.seen_ppm(first, last) <= law.seen_ppm(first - 1, last)
    assert law.seen_ppm(first, last) == 0 or (first <= last and first <= LAG_MAX and last >= LAG_MIN)


def test_a_lag_that_nobody_expects_is_learned_from_likely_pairs_too() -> None:
    payouts, lines = history(30)
    early_payouts = [payout(f"po_{i}", 100_000 * i, weekday(4 * i)) for i in range(1, 10)]
    early_lines = [line(f"line_{i}", 100_000 * i, weekday(4 * i - 2)) for i in range(1, 10)]

    found = reconcile([*payouts, *early_payouts], [*lines, *early_lines])

    assert outcomes_of(found, [each.id for each in early_payouts]).count("matched") == 8  # no other claims them
