"""What a group costs beside the best assignment of pairs: a lower bound, from the prices that prove the assignment."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from domain.bank_deposit import BankDepositId
from domain.matching.assignment import Transport
from domain.matching.finding import Hypothesis
from domain.payout import PayoutId

HOPELESS_MILLINATS: Final = 12_500
"""A group that is proved to cost more than this changes neither an outcome nor a margin that matters."""


class GroupLosses:
    """Bounds of how much less than the best pairs alone a solution with these groups is worth.

    The records of the groups give up what they are worth as pairs; payouts whose line is taken must go elsewhere, and
    lines whose payout is taken must be served by others. The shortest ways of doing so bound the loss from below, since
    ways may clash.
    """

    def __init__(self, flow: Transport, rows: Mapping[PayoutId, int], columns: Mapping[BankDepositId, int]) -> None:
        self._flow = flow
        self._rows = rows
        self._columns = columns
        self._out = flow.loss_to_outside()
        self._back = flow.loss_from_outside()
        self._ways: dict[int, dict[int, int]] = {}

    def of(self, *groups: Hypothesis) -> int:
        """The loss of a solution with all of these groups, at least; they share no record."""
        flow = self._flow
        rows = {self._rows[payout.id] for group in groups for payout in group.payouts}
        columns = {self._columns[line.id] for group in groups for line in group.lines}
        given_up = -sum(flow.row_price[i] for i in rows) - sum(flow.column_price[j] for j in columns)
        loss = given_up - sum(group.weight for group in groups)
        if loss >= 2 * HOPELESS_MILLINATS:
            return loss  # without what rerouting costs
        evicted = sorted({i for j in columns for i in flow.into[j]} - rows)
        vacated = sorted({j for i in rows for j in flow.flow[i]} - columns)
        return loss + self._rerouted(evicted, vacated)

    def together(self, groups: Sequence[Hypothesis], most: int) -> Iterator[tuple[Hypothesis, Hypothesis, int]]:
        """Groups of which each would use what the other leaves without a partner, and their loss together.

        One by one they may seem to lose. At most so many pairs are compared, in the order of the groups.
        """
        sides = [self._sides(group) for group in groups]
        for i, (names, freed) in enumerate(sides):
            for j in range(i + 1, len(sides)):
                other_names, other_freed = sides[j]
                if freed & other_names and other_freed & names and not names & other_names:
                    most -= 1
                    if most < 0:
                        return
                    yield groups[i], groups[j], self.of(groups[i], groups[j])

    def _sides(self, group: Hypothesis) -> tuple[frozenset[tuple[str, int]], frozenset[tuple[str, int]]]:
        """The records of a group, and those that lose their partner to it."""
        rows = {self._rows[payout.id] for payout in group.payouts}
        columns = {self._columns[line.id] for line in group.lines}
        evicted = {i for j in columns for i in self._flow.into[j]} - rows
        vacated = {j for i in rows for j in self._flow.flow[i]} - columns
        names = frozenset([("row", i) for i in rows] + [("column", j) for j in columns])
        return names, frozenset([("row", i) for i in evicted] + [("column", j) for j in vacated])

    def _rerouted(self, evicted: Sequence[int], vacated: Sequence[int]) -> int:
        """The least loss of giving evicted rows another column or none, and vacated columns another row or none."""
        if not evicted:
            return sum(self._back[j] for j in vacated)
        row, *rest = evicted
        best = self._out[row] + self._rerouted(rest, vacated)
        if vacated and row not in self._ways:
            self._ways[row] = self._flow.distances(row, HOPELESS_MILLINATS)
        for j in vacated:
            way = self._ways[row].get(j)
            if way is not None:
                others = [each for each in vacated if each != j]
                best = min(best, way + self._rerouted(rest, others))
        return best
