"""Reads findings off an optimal flow: certain pairs, certain sets, and what is neither."""

from collections.abc import Mapping, Sequence
from typing import Final

from domain.matching.assignment import Transport
from domain.matching.components import connected, strongly_connected
from domain.matching.evidence import Evidence
from domain.matching.finding import (
    GATE_MILLINATS,
    RIVALS_MAX,
    Finding,
    Pair,
    Rival,
    in_order,
    lines_in_order,
    searched_words,
)
from domain.matching.record_classes import Columns, Rows
from domain.matching.records import LineRecord, PayoutRecord
from domain.reconciliation_match import EvidenceItem, MatchKind, ResidualClass

EXCHANGE_LIMIT: Final = 2 * GATE_MILLINATS
"""Exchanges that cost more than this are not told apart; the margin is then at least this."""
OPEN_LIMIT: Final = 11_500
"""Payouts that could be the open one instead of another at a loss below this (100,000 to 1) are one set with it: there
may be several ways to each."""


class FlowReader:
    """Reads findings off an optimal flow."""

    def __init__(self, rows: Rows, columns: Columns, transport: Transport, evidence: Evidence) -> None:
        self.rows = rows
        self.columns = columns
        self.transport = transport
        self.evidence = evidence
        self.out = transport.loss_to_outside()
        self.back = transport.loss_from_outside()
        self.rows_of: list[list[int]] = [[] for _ in columns]
        for i, each in enumerate(transport.weights):
            for j in each:
                self.rows_of[j].append(i)

    def findings(self) -> list[Finding]:
        """One finding for each certain pair, and one for each set inside which pairs are not certain."""
        sure: dict[tuple[int, int], int] = {}
        together: set[tuple[int, int]] = set()
        for i, flows in enumerate(self.transport.flow):
            for j in flows:
                exchange = 0
                if len(self.rows[i]) == 1 and len(self.columns[j]) == 1:
                    exchange = self.transport.loss_by_exchange(i, j, EXCHANGE_LIMIT)
                if exchange >= GATE_MILLINATS:
                    sure[i, j] = min(exchange, self.out[i] + self.back[j])
                else:
                    together.add((i, j))
        sets = self._sets(together)
        with_open = self._around_open(sure, sets)
        inside = {edge for edges, _ in with_open for edge in edges}
        found = [self._pair(i, j, margin) for (i, j), margin in sure.items() if (i, j) not in inside]
        candidates = [self._set(edges) for edges in sets if edges[0] not in inside]
        for finding in (*candidates, *(finding for _, finding in with_open)):
            records = tuple(sorted(p.id for p in finding.payouts)), tuple(sorted(line.id for line in finding.lines))
            if self.evidence.allows(records):
                found.append(finding)
        return found

    def _around_open(
        self, sure: Mapping[tuple[int, int], int], sets: Sequence[list[tuple[int, int]]]
    ) -> list[tuple[list[tuple[int, int]], Finding]]:
        """Sets of which one payout is open, each with its pairs in use: all payouts that could be the open one.

        That a payout in a chain of equal ones is missing leaves it unknown which, but not that the others came.
        """
        transport = self.transport
        opens = [i for i, units in enumerate(transport.unmatched) if units == 1]
        if not opens:
            return []
        links = [(edges[0][0], i) for edges in sets for i, _ in edges]
        spare_of: dict[int, int] = {}
        for i in opens:
            rows, spare_of[i] = transport.open_instead(i, OPEN_LIMIT)
            links += [(i, row) for row in sorted(rows)]
        found: list[tuple[list[tuple[int, int]], Finding]] = []
        for rows_of_set in connected(len(self.rows), links):
            edges = [(i, j) for i in rows_of_set for j in transport.flow[i]]
            if not edges or sum(transport.unmatched[i] for i in rows_of_set) != 1:
                continue
            if all(sure.get(edge, 0) >= GATE_MILLINATS for edge in edges):
                continue  # sure without the open one
            if len(rows_of_set) > 1 and sum(transport.flow[i][j] for i, j in edges) == 1:
                continue  # one deposit that payouts of different days fit: whose it is, is the whole question
            margin = self._margin_with_open(edges, rows_of_set, min(spare_of.get(i, OPEN_LIMIT) for i in rows_of_set))
            finding = self._finding(edges, rows_of_set, margin)
            if finding.automatic:
                found.append((edges, finding))
        return found

    def _sets(self, together: set[tuple[int, int]]) -> list[list[tuple[int, int]]]:
        """Pairs in use that an exchange below the gate connects."""
        if not together:
            return []
        split = len(self.rows)
        rows, columns = {i for i, _ in together}, {j for _, j in together}
        arcs: dict[int, list[int]] = {}
        for i in rows:
            arcs[i] = [
                split + j
                for j in self.transport.weights[i]
                if j in columns and self.transport.reduced(i, j) < GATE_MILLINATS
            ]
        for i, j in together:
            arcs.setdefault(split + j, []).append(i)
        number = strongly_connected(split + len(self.columns), arcs)
        sets: dict[int, list[tuple[int, int]]] = {}
        for i, j in sorted(together):
            sets.setdefault(number[i], []).append((i, j))
        return list(sets.values())

    def _pair(self, i: int, j: int, margin: int) -> Finding:
        payout, line = self.rows[i][0], self.columns[j][0]
        weight = self.transport.weights[i][j]
        return Finding(
            MatchKind.ONE_TO_ONE,
            (payout,),
            (line,),
            weight,
            min(weight, margin),
            self.evidence,
            rivals=self._rivals(i, j, weight - min(weight, margin)),
            review=self.evidence.review_reason(payout, line),
            searched=self._searched(),
        )

    def _rivals(self, i: int, j: int, best: int) -> tuple[Rival, ...]:
        """Other pairs of these two records, and what the best solution with each instead is worth in this one's place.

        The nearest is worth what the best solution without this pair is worth.
        """
        transport, weights = self.transport, self.transport.weights
        worth: list[tuple[int, int, int]] = []
        for other in weights[i]:
            if other != j:
                passed_on = (
                    0 if transport.spare[other] else min((self.out[r] for r in transport.into[other]), default=0)
                )
                worth.append((weights[i][j] - transport.reduced(i, other) - passed_on - self.back[j], i, other))
        for row in self.rows_of[j]:
            if row != i:
                left = min((self.back[c] for c in transport.flow[row]), default=0)
                left = 0 if transport.unmatched[row] else left
                worth.append((weights[i][j] - transport.reduced(row, j) - self.out[i] - left, row, j))
        worth.sort(key=lambda each: (-each[0], self.rows[each[1]][0].id, self.columns[each[2]][0].id))
        rivals: list[Rival] = []
        for value, row, column in worth[:RIVALS_MAX]:
            payout, line = self.rows[row][0], self.columns[column][0]
            value = best if not rivals and best > 0 else min(value, best)
            rivals.append(Rival(MatchKind.ONE_TO_ONE, (payout,), (line,), value, evidence=self.evidence))
        return tuple(rivals)

    def _set(self, edges: list[tuple[int, int]]) -> Finding:
        transport = self.transport
        rows, columns = sorted({i for i, _ in edges}), sorted({j for _, j in edges})
        if len(edges) == 1 and len(self.rows[rows[0]]) == 1 and len(self.columns[columns[0]]) == 1:
            i, j = edges[0]
            exchange = transport.loss_by_exchange(i, j, EXCHANGE_LIMIT)
            return self._pair(i, j, min(exchange, self.out[i] + self.back[j]))
        return self._finding(edges, rows, self._set_margin(edges, rows, columns))

    def _finding(self, edges: list[tuple[int, int]], rows: Sequence[int], margin: int) -> Finding:
        transport = self.transport
        columns = sorted({j for _, j in edges})
        payouts = [payout for i in rows for payout in self.rows[i]]
        lines = [line for j in columns for line in self.columns[j]]
        pairs = self._paired(edges)
        weight = sum(transport.weights[i][j] * transport.flow[i][j] for i, j in edges)
        open_payouts = sum(transport.unmatched[i] for i in rows)
        leaving = any(i2 not in rows for j in columns for i2 in transport.into[j])
        review = None
        if leaving or any(j2 not in columns for i in rows for j2 in transport.flow[i]):
            margin = min(margin, 0)
        if len({(p.origin, p.payout.stripe_account, p.payout.destination) for p in payouts}) > 1:
            review = "equal payouts of different Stripe accounts, and nothing tells which deposit is whose"
        elif len({line.account for line in lines}) > 1:
            review = "equal deposits in different bank accounts, and nothing tells which is whose"
        else:
            review = next(filter(None, (self.evidence.review_reason(*pair) for pair in pairs)), None)
        margin = max(0, min(margin, weight))
        rivals: list[Rival] = []
        if margin < weight:
            rivals.append(exchange_rival(pairs, payouts, lines, weight - margin))
        amount = payouts[0].minor
        return Finding(
            MatchKind.INTERCHANGEABLE if len(payouts) > 1 or len(lines) > 1 else MatchKind.ONE_TO_ONE,
            in_order(payouts),
            lines_in_order(lines),
            weight,
            margin,
            self.evidence,
            pairs=pairs,
            rivals=tuple(rivals),
            review=review,
            residual=amount * open_payouts,
            residual_class=ResidualClass.OPEN_PAYOUT if open_payouts else ResidualClass.NONE,
            open_payouts=open_payouts,
            searched=self._searched(),
        )

    def _set_margin(self, edges: list[tuple[int, int]], rows: list[int], columns: list[int]) -> int:
        """The least that is lost by any solution in which other records than these are explained by each other."""
        if any(self.transport.spare[j] for j in columns):
            return 0  # more equal lines than payouts: which line is the stranger cannot be known
        if any(self.transport.unmatched[i] for i in rows):
            return 0  # one open payout was looked at before; two are too many to be chance
        return min(self.out[i] + self.back[j] for i, j in edges)

    def _margin_with_open(self, edges: list[tuple[int, int]], rows: Sequence[int], spare_loss: int) -> int:
        """The same where one payout of the set is open: which one it is, makes no difference to the set.

        The set has all payouts that could be the open one below the limit, so that others cost at least that.
        """
        if any(self.transport.spare[j] for _, j in edges):
            return 0
        closed = self.transport.loss_from_outside(frozenset(rows))
        return min(spare_loss, OPEN_LIMIT, *(self.out[i] + closed[j] for i, j in edges))

    def _paired(self, edges: list[tuple[int, int]]) -> tuple[Pair, ...]:
        """The units of the flow as pairs, by order of days and ids; inside a set they have no meaning of their own."""
        taken_rows: dict[int, int] = {}
        taken_columns: dict[int, int] = {}
        pairs: list[Pair] = []
        for i, j in edges:
            for _ in range(self.transport.flow[i][j]):
                a, b = taken_rows.get(i, 0), taken_columns.get(j, 0)
                pairs.append((self.rows[i][a], self.columns[j][b]))
                taken_rows[i], taken_columns[j] = a + 1, b + 1
        return tuple(pairs)

    def _searched(self) -> str:
        payouts = sum(len(row) for row in self.rows)
        lines = sum(len(column) for column in self.columns)
        return searched_words(payouts, lines)


def exchange_rival(
    pairs: Sequence[Pair], payouts: Sequence[PayoutRecord], lines: Sequence[LineRecord], worth: int
) -> Rival:
    """The nearest solution that breaks a set."""
    fewer = tuple(pairs[:-1]) or ((payouts[-1], lines[-1]),)
    return Rival(
        MatchKind.INTERCHANGEABLE if len(fewer) > 1 else MatchKind.ONE_TO_ONE,
        in_order([p for p, _ in fewer]),
        lines_in_order([line for _, line in fewer]),
        worth,
        items=(EvidenceItem(feature="exchange", level="another choice among these equal records", millinats=0),),
    )
