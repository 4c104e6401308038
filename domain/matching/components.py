"""Parts of a graph that cannot influence each other."""

from collections.abc import Iterable, Mapping, Sequence


def connected(size: int, edges: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Connected components of nodes 0 … size − 1, each in order, the components by their first node."""
    leader = list(range(size))

    def find(node: int) -> int:
        while leader[node] != node:
            leader[node] = leader[leader[node]]
            node = leader[node]
        return node

    for a, b in edges:
        a, b = find(a), find(b)
        if a != b:
            leader[max(a, b)] = min(a, b)
    groups: dict[int, list[int]] = {}
    for node in range(size):
        groups.setdefault(find(node), []).append(node)
    return list(groups.values())


def strongly_connected(size: int, arcs: Mapping[int, Sequence[int]]) -> list[int]:
    """The number of each node's strongly connected component (Tarjan, without recursion)."""
    index = [-1] * size
    low = [0] * size
    component = [-1] * size
    stack: list[int] = []
    counter = components = 0
    for root in range(size):
        if index[root] >= 0:
            continue
        index[root] = low[root] = counter
        counter += 1
        stack.append(root)
        work = [(root, iter(arcs.get(root, ())))]
        while work:
            node, following = work[-1]
            child = next(following, None)
            if child is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    while True:
                        member = stack.pop()
                        component[member] = components
                        if member == node:
                            break
                    components += 1
            elif index[child] < 0:
                index[child] = low[child] = counter
                counter += 1
                stack.append(child)
                work.append((child, iter(arcs.get(child, ()))))
            elif component[child] < 0:
                low[node] = min(low[node], index[child])
    return component
