"""Parts of a graph, against reachability by brute force."""

from hypothesis import given
from hypothesis import strategies as st

from domain.matching.components import connected, strongly_connected

SIZE = 7
ARCS = st.lists(st.tuples(st.integers(0, SIZE - 1), st.integers(0, SIZE - 1)), max_size=14)


def reachable(arcs: list[tuple[int, int]]) -> list[set[int]]:
    reached = [{node} for node in range(SIZE)]
    for _ in range(SIZE):
        for a, b in arcs:
            for each in reached:
                if a in each:
                    each.add(b)
    return reached


@given(ARCS)
def test_connected_nodes_are_those_that_reach_each_other_by_edges(edges: list[tuple[int, int]]) -> None:
    reached = reachable([*edges, *((b, a) for a, b in edges)])

    groups = connected(SIZE, edges)

    assert [tuple(group) for group in groups] == sorted({tuple(sorted(each)) for each in reached})


@given(ARCS)
def test_strongly_connected_nodes_are_those_that_reach_each_other_both_ways(arcs: list[tuple[int, int]]) -> None:
    reached = reachable(arcs)
    following = {node: [b for a, b in arcs if a == node] for node in range(SIZE)}

    number = strongly_connected(SIZE, following)

    together = [[number[a] == number[b] for b in range(SIZE)] for a in range(SIZE)]
    assert together == [[b in reached[a] and a in reached[b] for b in range(SIZE)] for a in range(SIZE)]
