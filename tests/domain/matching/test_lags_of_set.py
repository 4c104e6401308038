"""How late equal deposits came, when nobody can say which is whose: all pairings, each as likely as it is."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.matching import lags_of_set, learning
from domain.matching.lag_law import LagLaw, shifted_prior
from domain.matching.log_odds import PPM
from domain.matching.model import LAG_MAX, LAG_MIN
from domain.matching.records import line_record, payout_record
from domain.matching.survey import AccountCounts
from tests.domain.matching.written_facts import history, line, outcomes_of, payout, reconcile, weekday

LAW = shifted_prior(0, early=True)


def expected_lags(payout_days: Sequence[int], line_days: Sequence[int], law: LagLaw) -> list[Fraction] | None:
    """Every pairing, one by one."""
    counts, total = [Fraction(0)] * len(law.ppm), Fraction(0)
    for chosen in permutations(payout_days, len(line_days)):
        lags = [day - due for day, due in zip(line_days, chosen, strict=True)]
        if all(LAG_MIN <= lag <= LAG_MAX for lag in lags):
            worth = Fraction(1)
            for lag in lags:
                worth *= Fraction(law.ppm[lag - LAG_MIN], PPM)
            total += worth
            for lag in lags:
                counts[lag - LAG_MIN] += worth
    return [count / total for count in counts] if total else None


def shares_of(payout_days: Sequence[int], line_days: Sequence[int]) -> Sequence[int] | None:
    payouts = [payout_record(payout(f"po_{i}", 50_000, weekday(day))) for i, day in enumerate(payout_days)]
    lines = [line_record(line(f"line_{i}", 50_000, weekday(day)), learned=False) for i, day in enumerate(line_days)]
    found = lags_of_set.lags_of_set(payouts, lines, lambda _: LAW)
    return None if found is None else found["standard"]


@given(st.lists(st.integers(0, 9), min_size=1, max_size=5), st.lists(st.integers(0, 11), min_size=1, max_size=5))
def test_every_pairing_counts_as_it_is_likely(payout_days: list[int], line_days: list[int]) -> None:
    line_days = line_days[: len(payout_days)]

    shares = shares_of(payout_days, line_days)

    expected = expected_lags(payout_days, line_days, LAW)
    assert (shares is None) == (expected is None)
    if shares is not None and expected is not None:
        assert all(abs(Fraction(a, PPM) - b) < Fraction(1, 10_000) for a, b in zip(shares, expected, strict=True))


def test_deposits_that_no_payout_can_be_teach_nothing() -> None:
    assert shares_of([0], [15]) is None


def test_a_set_too_entangled_is_left_to_its_likeliest_pairs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lags_of_set, "STEPS_MAX", 10)

    assert shares_of([0, 1, 2, 3, 4], [1, 1, 2, 4, 5]) is None


@pytest.mark.parametrize(
    ("certain", "of_sets", "learned"),
    [
        ((30, 9, 0, 0, 0), (10, 4, 0, 1, 0), (40, 13, 0, 0, 0)),  # one far lag may be a loss and a stranger's line …
        ((30, 9, 0, 0, 0), (10, 4, 1, 1, 1), (40, 13, 1, 1, 0)),  # … three are not
        ((30, 9, 0, 0, 0), (10, 4, 0, 2, 0), (40, 13, 0, 1, 0)),
        ((30, 9, 0, 1, 0), (10, 4, 0, 1, 0), (40, 13, 0, 2, 0)),
    ],
)
def test_of_lags_that_sets_alone_show_the_longest_counts_one_less(
    certain: tuple[int, ...], of_sets: tuple[int, ...], learned: tuple[int, ...]
) -> None:
    early, late = [0] * -LAG_MIN, [0] * (LAG_MAX - 4)
    counts = AccountCounts()
    counts.lags["standard"] = [*early, *certain, *late]

    counts.see_lag_shares({"standard": [*early, *(PPM * each for each in of_sets), *late]})

    assert counts.all_lags() == {"standard": (*early, *learned, *late)}


LAGS_OF_CHAIN = (1, 1, 1, 2, 1, 2, 0, 0, 2, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 0, 1, 0, 1, 0, 0, 2, 0, 0, 3, 2, 0, 3)


def matched_of_chain() -> int:
    """How many are matched where a payout of 1,000.00 is due each banking day, at a bank that is often a little late
    but was on time with the few that could be told apart."""
    payouts, lines = history(8)
    payouts += [payout(f"po_{i:02}", 100_000, weekday(i)) for i in range(len(LAGS_OF_CHAIN))]
    lines += [line(f"line_{i:02}", 100_000, weekday(i + lag)) for i, lag in enumerate(LAGS_OF_CHAIN)]
    return outcomes_of(reconcile(payouts, lines), [f"line_{i:02}" for i in range(len(LAGS_OF_CHAIN))]).count("matched")


def test_lags_are_learned_from_equal_payouts_of_which_no_pair_is_certain(monkeypatch: pytest.MonkeyPatch) -> None:
    matched = matched_of_chain()
    monkeypatch.setattr(learning, "lags_of_set", lambda *_: None)
    matched_by_likeliest_pairs = matched_of_chain()

    assert matched > matched_by_likeliest_pairs
