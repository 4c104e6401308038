"""Exact assignment of payouts to lines, by classes of records that nothing tells apart.

A transport problem: rows are classes of payouts with a supply, columns classes of lines with a capacity, weights are
the
log odds of a pair, and every row may leave units unmatched at no gain. Solved by successive shortest augmenting paths
with prices; the prices that remain prove the optimum, and give every regret: how much is lost when a unit of flow must
go elsewhere. Integers throughout. One class a record is the usual assignment problem; equal records in one class keep
100,000 payouts of one amount as cheap as the number of different days they fall on.
"""

import heapq
from collections.abc import Mapping, Sequence
from typing import Final

NOWHERE: Final = 1 << 60
"""A distance that no path has."""

_FREE: Final = -1


class SearchBoundReached(Exception):
    """The search was stopped at its bound of nodes; nothing is known of the optimum."""

    def __init__(self, nodes: int) -> None:
        super().__init__(f"search bound of {nodes:,} nodes reached")
        self.nodes = nodes


class Transport:
    """The optimal flow, its prices, and regrets. `weights[row][column]` must be positive; other pairs are
    impossible."""

    def __init__(
        self,
        supply: Sequence[int],
        capacity: Sequence[int],
        weights: Sequence[Mapping[int, int]],
        *,
        nodes_max: int = 50_000_000,
    ) -> None:
        self.supply = supply
        self.capacity = capacity
        self.weights = weights
        self.flow: list[dict[int, int]] = [{} for _ in supply]
        self.into: list[dict[int, int]] = [{} for _ in capacity]
        self.row_price = [0] * len(supply)
        self.column_price = [0] * len(capacity)
        self.spare = list(capacity)
        self.unmatched = [0] * len(supply)
        self._nodes = 0
        self._nodes_max = nodes_max
        for row in range(len(supply)):
            self._insert(row)

    @property
    def total(self) -> int:
        """The weight of the optimum."""
        return sum(
            self.weights[row][column] * units for row, flows in enumerate(self.flow) for column, units in flows.items()
        )

    # -- solving -------------------------------------------------------------------------------------------------

    def _insert(self, row: int) -> None:
        price = self.column_price
        self.row_price[row] = min([0, *(-w - price[column] for column, w in self.weights[row].items())])
        left = self.supply[row]
        while left:
            left -= self._augment(row, left)

    def _augment(self, source: int, left: int) -> int:  # noqa: C901 - one search; its parts share five tables
        """Send units from the source along a shortest path to a spare column or into being unmatched."""
        row_distance = {source: 0}
        column_distance: dict[int, int] = {}
        came_from_row: dict[int, int] = {}
        came_from_column: dict[int, int] = {}
        done: set[int] = set()
        heap: list[tuple[int, int, int]] = []  # (distance, column or _FREE, row it was reached from)

        def reach(row: int, distance: int) -> None:
            u = self.row_price[row]
            heapq.heappush(heap, (distance - u, _FREE, row))
            for column, weight in self.weights[row].items():
                if column not in done:
                    length = distance - weight - u - self.column_price[column]
                    if length < column_distance.get(column, NOWHERE):
                        column_distance[column] = length
                        came_from_row[column] = row
                        heapq.heappush(heap, (length, column, row))

        reach(source, 0)
        while True:
            distance, column, row = heapq.heappop(heap)
            self._count(1)
            if column == _FREE:
                end_row, end_column = row, _FREE
                break
            if column in done or distance > column_distance[column]:
                continue
            done.add(column)
            if self.spare[column]:
                end_row, end_column = came_from_row[column], column
                break
            for each in self.into[column]:
                if each not in row_distance:
                    row_distance[each] = distance
                    came_from_column[each] = column
                    reach(each, distance)
        for each, length in row_distance.items():
            if length < distance:
                self.row_price[each] += distance - length
        for each in done:
            if column_distance[each] < distance:
                self.column_price[each] -= distance - column_distance[each]
        return self._send(source, left, end_row, end_column, came_from_row, came_from_column)

    def _send(
        self,
        source: int,
        left: int,
        end_row: int,
        end_column: int,
        came_from_row: Mapping[int, int],
        came_from_column: Mapping[int, int],
    ) -> int:
        steps = [(end_row, end_column)]
        while steps[-1][0] != source:
            column = came_from_column[steps[-1][0]]
            steps.append((came_from_row[column], column))
        units = left if end_column == _FREE else min(left, self.spare[end_column])
        for i in range(1, len(steps)):  # the row of the step before gives up this column
            units = min(units, self.flow[steps[i - 1][0]][steps[i][1]])
        for i, (row, column) in enumerate(steps):
            if column == _FREE:
                self.unmatched[row] += units
            else:
                self.flow[row][column] = self.flow[row].get(column, 0) + units
                self.into[column][row] = self.flow[row][column]
            if i:
                self._take_back(steps[i - 1][0], column, units)
        if end_column != _FREE:
            self.spare[end_column] -= units
        return units

    def _take_back(self, row: int, column: int, units: int) -> None:
        rest = self.flow[row][column] - units
        if rest:
            self.flow[row][column] = self.into[column][row] = rest
        else:
            del self.flow[row][column], self.into[column][row]

    def _count(self, nodes: int) -> None:
        self._nodes += nodes
        if self._nodes > self._nodes_max:
            raise SearchBoundReached(self._nodes_max)

    # -- regrets -------------------------------------------------------------------------------------------------

    def reduced(self, row: int, column: int) -> int:
        """What using this pair costs at the final prices; 0 for every pair in use, never negative."""
        return -self.weights[row][column] - self.row_price[row] - self.column_price[column]

    def loss_to_outside(self) -> list[int]:
        """For each row: the least that is lost by giving one unit more to the outside (left unmatched, a spare
        line)."""
        distances = [NOWHERE] * len(self.supply)
        columns = [NOWHERE] * len(self.capacity)
        heap: list[tuple[int, int, int]] = []  # (distance, 0 row or 1 column, which)
        rows_of: list[list[int]] = [[] for _ in self.capacity]
        for row, weights in enumerate(self.weights):
            heap.append((-self.row_price[row], 0, row))
            for column in weights:
                rows_of[column].append(row)
        heap += [(0, 1, column) for column, spare in enumerate(self.spare) if spare]
        heapq.heapify(heap)
        while heap:
            distance, kind, which = heapq.heappop(heap)
            if kind == 0:
                if distance >= distances[which]:
                    continue
                distances[which] = distance
                for column in self.flow[which]:  # the column can pass its unit back to this row
                    if distance < columns[column]:
                        heapq.heappush(heap, (distance, 1, column))
            else:
                if distance >= columns[which]:
                    continue
                columns[which] = distance
                for row in rows_of[which]:
                    length = distance + self.reduced(row, which)
                    if length < distances[row]:
                        heapq.heappush(heap, (length, 0, row))
            self._count(1)
        return distances

    def loss_from_outside(self, closed_rows: frozenset[int] = frozenset()) -> list[int]:
        """For each column: the least that is lost by serving one unit of it from the outside instead.

        `closed_rows`: rows whose unmatched units may not be used for it.
        """
        rows = [NOWHERE] * len(self.supply)
        distances = [NOWHERE] * len(self.capacity)
        heap: list[tuple[int, int, int]] = []
        heap += [(0, 0, row) for row, units in enumerate(self.unmatched) if units and row not in closed_rows]
        heap += [(-self.column_price[column], 1, column) for column, into in enumerate(self.into) if into]
        heapq.heapify(heap)
        while heap:
            distance, kind, which = heapq.heappop(heap)
            if kind == 0:
                if distance >= rows[which]:
                    continue
                rows[which] = distance
                for column in self.weights[which]:
                    length = distance + self.reduced(which, column)
                    if length < distances[column]:
                        heapq.heappush(heap, (length, 1, column))
            else:
                if distance >= distances[which]:
                    continue
                distances[which] = distance
                for row in self.into[which]:
                    if distance < rows[row]:
                        heapq.heappush(heap, (distance, 0, row))
            self._count(1)
        return distances

    def distances(self, row: int, limit: int) -> dict[int, int]:
        """The least that is lost on the way from this row to each column, others changing places; those below
        `limit`."""
        best: dict[int, int] = {}
        heap = [(self.reduced(row, each), each) for each in self.weights[row]]
        heapq.heapify(heap)
        while heap:
            length, which = heapq.heappop(heap)
            if length >= limit:
                break
            if which in best:
                continue
            best[which] = length
            self._count(1)
            for other in self.into[which]:
                for each in self.weights[other]:
                    if each not in best:
                        heapq.heappush(heap, (length + self.reduced(other, each), each))
        return best

    def open_instead(self, row: int, limit: int) -> tuple[set[int], int]:
        """Where a unit of this row is unmatched: the rows that could be so in its place, others changing places, at a
        loss below `limit`, with the rows on the way there; and the least that is lost by taking a spare line instead.
        """
        best: set[int] = set()
        came_from: dict[int, int] = {row: _FREE}
        heap = [(self.reduced(row, each), each, row) for each in self.weights[row]]
        heapq.heapify(heap)
        ends, spare = {row}, limit
        while heap:
            length, which, source = heapq.heappop(heap)
            if length >= limit:
                break
            if which in best:
                continue
            best.add(which)
            self._count(1)
            if self.spare[which]:
                spare = min(spare, length)
            for other in self.into[which]:
                if other in came_from:
                    continue
                came_from[other] = source
                if length - self.row_price[other] < limit:
                    ends.add(other)
                for each in self.weights[other]:
                    if each not in best:
                        heapq.heappush(heap, (length + self.reduced(other, each), each, other))
        for between in sorted(ends):
            while between != _FREE:
                ends.add(between)
                between = came_from[between]
        return ends, spare

    def loss_by_exchange(self, row: int, column: int, limit: int) -> int:
        """The least that is lost when this unit is exchanged against others inside, nobody else's fate changing.

        NOWHERE if it is not less than `limit`.
        """
        best: dict[int, int] = {}
        heap: list[tuple[int, int]] = []
        for each in self.weights[row]:
            if each != column:
                heapq.heappush(heap, (self.reduced(row, each), each))
        while heap:
            distance, which = heapq.heappop(heap)
            if distance >= limit:
                return NOWHERE
            if which == column:
                return distance
            if distance >= best.get(which, NOWHERE):
                continue
            best[which] = distance
            self._count(1)
            for other in self.into[which]:
                if other == row:
                    continue
                for each in self.weights[other]:
                    length = distance + self.reduced(other, each)
                    if length < limit and length < best.get(each, NOWHERE):
                        heapq.heappush(heap, (length, each))
        return NOWHERE
