"""Exact assignment: against a library's solver, against solving again without a pair, and by its own prices."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from domain.matching.assignment import NOWHERE, SearchBoundReached, Transport

Weights = list[dict[int, int]]
Classes = tuple[list[int], list[int], Weights]


@st.composite
def classes(draw: st.DrawFn, units_max: int = 3) -> Classes:
    """Few rows and columns, with weights that often tie."""
    rows, columns = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    weight = draw(st.sampled_from([st.integers(1, 4), st.integers(1, 20_000), st.sampled_from([9_000, 9_500, 14_000])]))
    supply = draw(st.lists(st.integers(1, units_max), min_size=rows, max_size=rows))
    capacity = draw(st.lists(st.integers(1, units_max), min_size=columns, max_size=columns))
    weights = [draw(st.dictionaries(st.integers(0, columns - 1), weight, max_size=columns)) for _ in range(rows)]
    return supply, capacity, weights


def greatest_total(supply: Sequence[int], capacity: Sequence[int], weights: Sequence[dict[int, int]]) -> int:
    """By a library: every unit a row or column of its own, and a private place at no gain for every row."""
    rows = [i for i, units in enumerate(supply) for _ in range(units)]
    columns = [j for j, units in enumerate(capacity) for _ in range(units)]
    impossible = -(10**9)
    gains = [
        [weights[i].get(j, impossible) for j in columns]
        + [0 if other == n else impossible for other in range(len(rows))]
        for n, i in enumerate(rows)
    ]
    if not rows:
        return 0
    chosen = linear_sum_assignment(gains, maximize=True)
    return sum(gains[n][m] for n, m in zip(*chosen, strict=True))


def with_units(units: Sequence[int], which: int, change: int) -> list[int]:
    return [each + change if i == which else each for i, each in enumerate(units)]


@given(classes())
@settings(max_examples=200)
def test_the_total_is_the_greatest(of: Classes) -> None:
    assert Transport(*of).total == greatest_total(*of)


@given(classes())
@settings(max_examples=200)
def test_the_flow_uses_every_unit_once_and_the_prices_prove_the_optimum(of: Classes) -> None:
    supply, capacity, weights = of

    found = Transport(*of)

    for i, flows in enumerate(found.flow):
        assert sum(flows.values()) + found.unmatched[i] == supply[i]
        assert all(units > 0 and weights[i][j] > 0 and found.into[j][i] == units for j, units in flows.items())
        assert all(found.reduced(i, j) == 0 for j in flows)
        assert all(found.reduced(i, j) >= 0 for j in weights[i])
        assert found.row_price[i] <= 0
        assert not found.unmatched[i] or found.row_price[i] == 0
    for j, into in enumerate(found.into):
        assert sum(into.values()) + found.spare[j] == capacity[j]
        assert found.column_price[j] <= 0
        assert not found.spare[j] or found.column_price[j] == 0
    bound = -sum(n * price for n, price in zip(supply, found.row_price, strict=True))
    bound -= sum(n * price for n, price in zip(capacity, found.column_price, strict=True))
    assert found.total == bound


@given(classes(units_max=1))
@settings(max_examples=200)
def test_a_pairs_regret_is_what_is_lost_by_solving_again_without_it(of: Classes) -> None:
    supply, capacity, weights = of
    found = Transport(*of)
    out, back = found.loss_to_outside(), found.loss_from_outside()

    for i, flows in enumerate(found.flow):
        for j in flows:
            regret = min(found.loss_by_exchange(i, j, NOWHERE), out[i] + back[j])
            without = [{c: w for c, w in each.items() if (r, c) != (i, j)} for r, each in enumerate(weights)]
            assert regret == found.total - greatest_total(supply, capacity, without)


@given(classes())
@settings(max_examples=200)
def test_losses_to_and_from_the_outside_are_what_one_unit_more_or_less_changes(of: Classes) -> None:
    supply, capacity, weights = of
    found = Transport(*of)
    out, back = found.loss_to_outside(), found.loss_from_outside()

    for i, flows in enumerate(found.flow):
        more = greatest_total(with_units(supply, i, +1), capacity, weights)
        assert more == found.total - out[i] - found.row_price[i]
        fewer = greatest_total(with_units(supply, i, -1), capacity, weights)
        given_up = 0 if found.unmatched[i] else min(back[j] for j in flows) - found.row_price[i]
        assert fewer == found.total - given_up


@given(classes(), st.integers(1, 20_000))
def test_an_exchange_beyond_the_limit_is_not_told(of: Classes, limit: int) -> None:
    found = Transport(*of)

    for i, flows in enumerate(found.flow):
        for j in flows:
            whole, limited = (found.loss_by_exchange(i, j, each) for each in (NOWHERE, limit))
            assert limited == (whole if whole < limit else NOWHERE)


def test_a_search_beyond_its_bound_says_so() -> None:
    weights: Weights = [{j: 1_000 + (7 * i + 11 * j) % 13 for j in range(30)} for i in range(30)]

    with pytest.raises(SearchBoundReached) as bound:
        Transport([1] * 30, [1] * 30, weights, nodes_max=50)

    assert bound.value.nodes == 50


def test_rows_that_could_be_open_instead_are_those_within_the_limit_and_on_the_way() -> None:
    chain = [{0: 10, 1: 7}, {1: 10, 2: 7}, {2: 10}, {0: 8}]  # the last row is open; the others could move on

    transport = Transport([1, 1, 1, 1], [1, 1, 1], chain)

    assert transport.unmatched == [0, 0, 0, 1]
    assert transport.open_instead(3, 2) == ({3}, 2)
    assert transport.open_instead(3, 3) == ({0, 3}, 3)
    assert transport.open_instead(3, 6) == ({0, 1, 3}, 6)
    assert transport.open_instead(3, 9) == ({0, 1, 2, 3}, 9)


def test_a_spare_line_that_would_serve_the_open_row_at_a_loss_is_seen() -> None:
    transport = Transport([1, 1], [1, 1], [{0: 10, 1: 1}, {0: 4}])

    open_row = transport.unmatched.index(1)

    assert transport.open_instead(open_row, 9_210) == ({0, 1}, 5)
