"""One exact search chooses among pairs and groups of one component at once.

Weighted set packing: no record is used twice, the total weight is greatest. Groups are few, so every compatible set of
them is considered (bounded by a count of nodes); for each, the pairs among the records that remain are an assignment
problem. The margin of each chosen hypothesis is the exact loss of the best solution without it.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from domain.matching.assignment import SearchBoundReached, Transport
from domain.matching.bounds import Bounds
from domain.matching.components import connected
from domain.matching.evidence import Evidence
from domain.matching.finding import (
    RIVALS_MAX,
    Finding,
    Hypothesis,
    Rival,
    counted,
    in_order,
    lines_in_order,
)
from domain.matching.flow_reading import FlowReader
from domain.matching.group_losses import HOPELESS_MILLINATS, GroupLosses
from domain.matching.record_classes import banks_of
from domain.matching.records import LineRecord, PayoutRecord
from domain.reconciliation_match import MatchKind

TOGETHER_MAX: Final = 400
"""So many pairs of groups that could help each other are compared."""
NODES_MAX: Final = 1_000
"""Sets of groups tried in one component, all its searches together."""

_Edge = tuple[str, str]


class _Component:
    """Pairs and groups that compete for the same records."""

    def __init__(self, pairs: Sequence[Hypothesis], groups: Sequence[Hypothesis]) -> None:
        self.pairs = sorted(pairs, key=lambda h: h.sort_key)
        self.groups = sorted(groups, key=lambda h: (-h.weight, h.sort_key))
        self.payouts = sorted({p.id for h in (*pairs, *groups) for p in h.payouts})
        self.lines = sorted({line.id for h in (*pairs, *groups) for line in h.lines})
        self._row = {id: i for i, id in enumerate(self.payouts)}
        self._column = {id: j for j, id in enumerate(self.lines)}
        self._nodes = 0
        self._relaxed: dict[int | None, int] = {}

    def best(self, without: Hypothesis | None = None) -> tuple[int, tuple[Hypothesis, ...]]:
        """The greatest total and the hypotheses chosen, this one being forbidden. Raises SearchBoundReached."""
        pairs = [p for p in self.pairs if p is not without]
        plain, prices = self.prices(pairs)
        priced = [(_gain(g, prices), g) for g in self.groups if g is not without]
        priced.sort(key=lambda each: (-each[0], each[1].sort_key))
        return _Packing(self, pairs, plain, priced).best

    def count_node(self) -> None:
        """One more set of groups is tried. Raises SearchBoundReached."""
        self._nodes += 1
        if self._nodes > NODES_MAX:
            raise SearchBoundReached(NODES_MAX)

    def prices(self, pairs: Sequence[Hypothesis]) -> tuple[tuple[Hypothesis, ...], dict[str, int]]:
        """The best assignment of pairs alone, and what each record is worth in it (0 if it is not named)."""
        if not pairs:
            return (), {}
        weights, by_edge = self._edges(pairs, frozenset())
        flow = Transport([1] * len(weights), [1] * len(self.lines), weights)
        prices = {f"p:{id}": -flow.row_price[i] for i, id in enumerate(self.payouts)}
        prices |= {f"l:{id}": -flow.column_price[j] for j, id in enumerate(self.lines)}
        return tuple(by_edge[i, j] for i, flows in enumerate(flow.flow) for j in flows), prices

    def losses(self) -> GroupLosses:
        """What each group costs beside the best assignment of pairs."""
        weights, _ = self._edges(self.pairs, frozenset())
        flow = Transport([1] * len(weights), [1] * len(self.lines), weights)
        return GroupLosses(flow, self._row, self._column)

    def losses_of_pairs(self) -> dict[int, int]:
        """What is lost without each pair of the best assignment, exactly; by the pair's identity. Only where there are
        no groups."""
        weights, by_edge = self._edges(self.pairs, frozenset())
        flow = Transport([1] * len(weights), [1] * len(self.lines), weights)
        out, back = flow.loss_to_outside(), flow.loss_from_outside()
        return {
            id(by_edge[i, j]): min(flow.loss_by_exchange(i, j, h_most), h_most)
            for i, flows in enumerate(flow.flow)
            for j in flows
            for h_most in (out[i] + back[j],)
        }

    def assign(self, pairs: Sequence[Hypothesis], used: frozenset[str]) -> tuple[int, tuple[Hypothesis, ...]]:
        weights, by_edge = self._edges(pairs, used)
        if not by_edge:
            return 0, ()
        flow = Transport([1] * len(weights), [1] * len(self.lines), weights)
        chosen = tuple(by_edge[i, j] for i, flows in enumerate(flow.flow) for j in flows)
        return sum(h.weight for h in chosen), chosen

    def as_rows(self) -> tuple[list[list[PayoutRecord]], list[list[LineRecord]], list[dict[int, int]]]:
        """Payouts and lines as classes of one record each, and what each pair is worth."""
        payouts = {h.payouts[0].id: h.payouts[0] for h in self.pairs}
        lines = {h.lines[0].id: h.lines[0] for h in self.pairs}
        weights, _ = self._edges(self.pairs, frozenset())
        return [[payouts[id]] for id in self.payouts], [[lines[id]] for id in self.lines], weights

    def _edges(
        self, pairs: Sequence[Hypothesis], used: frozenset[str]
    ) -> tuple[list[dict[int, int]], dict[tuple[int, int], Hypothesis]]:
        weights: list[dict[int, int]] = [{} for _ in self.payouts]
        by_edge: dict[tuple[int, int], Hypothesis] = {}
        for h in pairs:
            if used.isdisjoint(h.names):
                i, j = self._row[h.payouts[0].id], self._column[h.lines[0].id]
                weights[i][j] = h.weight
                by_edge[i, j] = h
        return weights, by_edge


class _Packing:
    """Tries every set of groups that fit beside each other, the rest being paired; holds the best total and choice.

    A class and no nested function: one that calls itself would be garbage that only the cyclic collector frees.
    """

    def __init__(
        self,
        component: _Component,
        pairs: Sequence[Hypothesis],
        plain: tuple[Hypothesis, ...],
        priced: Sequence[tuple[int, Hypothesis]],
    ) -> None:
        self._component = component
        self._pairs = pairs
        self._priced = priced
        self._gains = [max(0, gain) for gain, _ in priced]
        self._all_pairs = sum(h.weight for h in plain)
        self.best: tuple[int, tuple[Hypothesis, ...]] = (self._all_pairs, plain)
        self._extend(0, 0, 0, frozenset(), ())

    def _extend(self, start: int, value: int, gain: int, used: frozenset[str], chosen: tuple[Hypothesis, ...]) -> None:
        self._component.count_node()
        if chosen:
            total, assigned = self._component.assign(self._pairs, used)
            if value + total > self.best[0]:
                self.best = (value + total, chosen + assigned)
        rest = sum(self._gains[start:])
        for i in range(start, len(self._priced)):
            own, group = self._priced[i]
            # by duality no solution with these groups is worth more than all pairs and the groups' gains
            if self._all_pairs + gain + (rest if own > 0 else own) <= self.best[0]:
                return
            names = group.names
            if not names & used:
                self._extend(i + 1, value + group.weight, gain + own, used | names, (*chosen, group))
            rest -= self._gains[i]


def compare_with_pairs(
    pairs: Sequence[Hypothesis], groups: Sequence[Hypothesis], far: Sequence[Hypothesis] = ()
) -> tuple[list[Hypothesis], list[tuple[Hypothesis, int]]]:
    """Groups that must be searched together with the pairs, and groups that lose to them but come near, with their
    loss.

    A component in which every group loses is decided by its pairs; groups that lose by more than matters are dropped.
    `far` are pairs of unequal amounts, or of days far apart: they take part in the assignment, so that whole chains of
    them are weighed, and are returned as groups are.
    """
    to_search: list[Hypothesis] = []
    near: list[tuple[Hypothesis, int]] = []
    is_far = {id(pair) for pair in far}
    for component in _split_up([*pairs, *far], groups):
        if not component.pairs:  # nothing to lose to
            to_search += component.groups
            continue
        losses = component.losses()
        of_far = [pair for pair in component.pairs if id(pair) in is_far]
        chosen = of_far and {id(pair) for pair in component.assign(component.pairs, frozenset())[1]}
        if any(id(pair) in chosen for pair in of_far):
            to_search += of_far
        else:
            near += [(pair, loss) for pair in of_far if (loss := losses.of(pair)) < HOPELESS_MILLINATS]
        alone = {id(group): losses.of(group) for group in component.groups}
        beside = {id(group): alone[id(group)] for group in component.groups}
        for one, other, loss in losses.together(component.groups, TOGETHER_MAX):
            for group in (one, other):
                beside[id(group)] = min(beside[id(group)], loss)
        if any(loss <= 0 for loss in beside.values()):
            gained = sum(-loss for loss in alone.values() if loss < 0)
            most = HOPELESS_MILLINATS + gained
            to_search += [g for g in component.groups if alone[id(g)] < most or beside[id(g)] < most]
        else:
            near += [(g, beside[id(g)]) for g in component.groups if beside[id(g)] < HOPELESS_MILLINATS]
    return sorted(to_search, key=lambda g: g.sort_key), sorted(near, key=lambda each: (each[1], each[0].sort_key))


def search(
    pairs: Sequence[Hypothesis], groups: Sequence[Hypothesis], evidence: Evidence, bounds: Bounds | None = None
) -> list[Finding]:
    """Findings among these hypotheses, component by component. `bounds` is told of searches that were cut short."""
    findings: list[Finding] = []
    for component in _split_up(pairs, groups):
        findings += _decide(component, (*component.pairs, *component.groups), evidence, bounds or Bounds())
    return findings


def _split_up(pairs: Sequence[Hypothesis], groups: Sequence[Hypothesis]) -> list[_Component]:
    everything = [h for h in (*pairs, *groups) if h.weight > 0]
    owner: dict[str, int] = {}
    edges: list[tuple[int, int]] = []
    for number, h in enumerate(everything):
        for name in h.names:
            edges.append((number, owner.setdefault(name, number)))
    is_group = {id(h) for h in groups}
    components = []
    for members in connected(len(everything), edges):
        chosen = [everything[i] for i in members]
        components.append(
            _Component([h for h in chosen if id(h) not in is_group], [h for h in chosen if id(h) in is_group])
        )
    return components


def _gain(group: Hypothesis, prices: Mapping[str, int]) -> int:
    """What a group brings beyond what its records are worth as pairs."""
    return group.weight - sum(prices.get(name, 0) for name in group.names)


def _decide(
    component: _Component, everything: Sequence[Hypothesis], evidence: Evidence, bounds: Bounds
) -> list[Finding]:
    of_equal = _of_equal_pairs(component, evidence)
    if of_equal is not None:
        return of_equal
    try:
        total, solution = component.best() if len(everything) > 1 else (everything[0].weight, tuple(everything))
        losses = {} if component.groups else component.losses_of_pairs()
        return [
            _finding(h, total, component, everything, evidence, losses.get(id(h)))
            for h in sorted(solution, key=lambda h: h.sort_key)
        ]
    except SearchBoundReached as bound:
        payouts = {p.id: p for h in everything for p in h.payouts}
        lines = {line.id: line for h in everything for line in h.lines}
        best = max(everything, key=lambda h: (h.weight, h.sort_key))
        bounds.reached.append(f"{min(payouts)}: {len(payouts)} payouts and {len(lines)} lines: {bound}")
        rivals = _rivals(best, everything, 0, evidence)
        kind = best.kind
        return [
            Finding(
                kind,
                in_order(list(payouts.values())),
                lines_in_order(list(lines.values())),
                0,
                0,
                evidence,
                items=(),
                rivals=rivals,
                review=f"too many combinations fit: {bound}",
                searched=str(bound),
            )
        ]


def _of_equal_pairs(component: _Component, evidence: Evidence) -> list[Finding] | None:
    """What pairs of equal records alone come to, late ones among them: certain pairs, and sets inside which nothing
    tells the pairs apart, as among pairs within the window. None where there is more to compare."""
    pairs = component.pairs
    if component.groups or len(pairs) < 2 or any(h.kind is not MatchKind.ONE_TO_ONE or h.residual for h in pairs):
        return None
    rows, columns, weights = component.as_rows()
    if any(len(evidence.shifts_open(*bank)) > 1 for bank in banks_of(rows, columns)):
        return None  # how slow the bank is would have to be weighed as well
    flow = Transport([1] * len(rows), [1] * len(columns), weights)
    return FlowReader(rows, columns, flow, evidence).findings()


def _finding(
    h: Hypothesis,
    total: int,
    component: _Component,
    everything: Sequence[Hypothesis],
    evidence: Evidence,
    loss: int | None = None,
) -> Finding:
    if loss is None:
        loss = total - component.best(without=h)[0] if len(everything) > 1 else h.weight
    margin = max(0, min(h.weight, loss))
    return Finding(
        h.kind,
        h.payouts,
        h.lines,
        h.weight,
        margin,
        evidence,
        items=h.items,
        rivals=_rivals(h, everything, h.weight - margin, evidence),
        review=h.review,
        residual=h.residual,
        residual_class=h.residual_class,
        searched=(
            f"every choice among {counted(len(component.pairs), 'pair')} and "
            f"{counted(len(component.groups), 'group')} of {counted(len(component.payouts), 'payout')} and "
            f"{counted(len(component.lines), 'line')}, exhaustively"
        ),
    )


def _rivals(h: Hypothesis, everything: Sequence[Hypothesis], best: int, evidence: Evidence) -> tuple[Rival, ...]:
    names = h.names
    others = sorted(
        (other for other in everything if other is not h and other.names & names),
        key=lambda other: (-other.weight, other.sort_key),
    )
    rivals: list[Rival] = []
    for other in others[:RIVALS_MAX]:
        worth = best if not rivals and best > 0 else min(other.weight, best)
        rivals.append(
            Rival(
                other.kind,
                other.payouts,
                other.lines,
                worth,
                other.items,
                evidence,
                other.residual,
                other.residual_class,
            )
        )
    return tuple(rivals)


def plain_pair(payout: PayoutRecord, line: LineRecord, evidence: Evidence) -> Hypothesis | None:
    """A pair as a hypothesis of the joint search; None where a gate forbids it or nothing speaks for it."""
    parts = evidence.parts(payout, line)
    if parts is None or sum(parts) <= 0:
        return None
    review = evidence.review_reason(payout, line)
    return Hypothesis(MatchKind.ONE_TO_ONE, (payout,), (line,), evidence.items(payout, line, parts), review=review)


def bare_pair(payout: PayoutRecord, line: LineRecord, evidence: Evidence) -> Hypothesis | None:
    """The same without its evidence item by item, which is computed when asked for."""
    weight = evidence.weight(payout, line)
    if weight <= 0:
        return None
    review = evidence.review_reason(payout, line)
    return Hypothesis(MatchKind.ONE_TO_ONE, (payout,), (line,), None, weight=weight, review=review)
