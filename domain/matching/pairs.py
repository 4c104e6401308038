"""One to one: all payouts and lines of one amount, solved at once, exactly.

Records of one amount fall into components that cannot influence each other; each is an assignment problem over classes
of records that nothing tells apart. What comes out is certain pairs, certain *sets* (the set is sure, the pairs inside
are not, and make no difference to any balance on any day), and what must be left for review.
"""

from collections.abc import Sequence
from typing import Final

from domain.matching.assignment import SearchBoundReached, Transport
from domain.matching.evidence import Evidence
from domain.matching.finding import RIVALS_MAX, Finding, Rival, in_order, lines_in_order, searched_words
from domain.matching.flow_reading import FlowReader
from domain.matching.lag_unknown import under_every_law
from domain.matching.model import LAG_MAX, LAG_MIN
from domain.matching.record_classes import Columns, Rows, Weights, banks_of, components
from domain.matching.records import LineRecord, PayoutRecord
from domain.reconciliation_match import MatchKind

FEW: Final = 6
"""Of so few equal payouts and lines it is looked first whether they are simply far apart."""


def solve_pair(payout: PayoutRecord, line: LineRecord, evidence: Evidence) -> Finding | None:
    """The finding for the only payout and the only line of an amount, which has no rival but being unmatched; None if
    nothing speaks for it."""
    lag = line.day - payout.day
    review = None
    if payout.trace is not None:
        review = evidence.review_reason(payout, line)
        if review is not None and review.startswith("it came"):
            return None
    elif not LAG_MIN <= lag <= LAG_MAX:
        return None
    weight = evidence.weight(payout, line)
    if weight <= 0:
        return None
    return Finding(MatchKind.ONE_TO_ONE, (payout,), (line,), weight, weight, evidence, review=review)


def solve_amount(payouts: Sequence[PayoutRecord], lines: Sequence[LineRecord], evidence: Evidence) -> list[Finding]:
    """Findings among payouts and lines of one currency and amount, in no order; records in none have no candidate."""
    apart = _apart(payouts, lines)
    if apart is not None:
        return [finding for pair in apart if (finding := solve_pair(*pair, evidence)) is not None]
    if len(payouts) == 1 and all(len(evidence.shifts_open(line.account, payouts[0].method)) < 2 for line in lines):
        return _only_payout(payouts[0], lines, evidence)
    findings: list[Finding] = []
    for rows, columns, weights in components(payouts, lines, evidence):
        shifts: dict[int, int] = {}
        for bank in banks_of(rows, columns):
            for shift, behind in evidence.shifts_open(*bank):
                shifts[shift] = min(behind, shifts.get(shift, behind))
        if len(shifts) < 2 or (len(rows) == 1 and len(columns) == 1):
            findings += solve_component(rows, columns, evidence, weights)[0]
        else:
            under = {shift: solve_component(rows, columns, evidence.shifted(shift))[0] for shift in sorted(shifts)}
            findings += under_every_law(under, shifts)
    return findings


def _only_payout(payout: PayoutRecord, lines: Sequence[LineRecord], evidence: Evidence) -> list[Finding]:
    """The only payout of an amount takes the best of its lines; the next best is its rival."""
    weighed = [(weight, line) for line in lines if (weight := _near(payout, line, evidence)) > 0]
    if not weighed:
        return []
    weighed.sort(key=lambda each: (-each[0], each[1].day, each[1].id))
    (weight, line), *others = weighed
    return [
        Finding(
            MatchKind.ONE_TO_ONE,
            (payout,),
            (line,),
            weight,
            weight - others[0][0] if others else weight,
            evidence,
            rivals=tuple(
                Rival(MatchKind.ONE_TO_ONE, (payout,), (other,), worth, evidence=evidence)
                for worth, other in others[:RIVALS_MAX]
            ),
            review=evidence.review_reason(payout, line),
            searched=searched_words(1, len(weighed)),
        )
    ]


def _apart(
    payouts: Sequence[PayoutRecord], lines: Sequence[LineRecord]
) -> list[tuple[PayoutRecord, LineRecord]] | None:
    """The pairs within the window, if few records stand so far apart that none has a second candidate; else None."""
    if len(payouts) > FEW or len(lines) > FEW:
        return None
    pairs: list[tuple[PayoutRecord, LineRecord]] = []
    taken: set[str] = set()
    for payout in payouts:
        if payout.trace is not None:
            return None
        near = [line for line in lines if LAG_MIN <= line.day - payout.day <= LAG_MAX]
        if len(near) > 1 or (near and near[0].id in taken):
            return None
        if near:
            taken.add(near[0].id)
            pairs.append((payout, near[0]))
    return pairs


def solve_component(
    rows: Rows, columns: Columns, evidence: Evidence, weights: Weights | None = None
) -> tuple[list[Finding], int]:
    """The findings of one component, and the weight of its optimum. `weights`: under this evidence, where known."""
    if weights is None:
        weights = [
            {j: w for j, column in enumerate(columns) if (w := _near(row[0], column[0], evidence)) > 0} for row in rows
        ]
    elif len(rows) == len(columns) == len(rows[0]) == len(columns[0]) == 1:
        return [_lone_pair(rows[0][0], columns[0][0], weights[0][0], evidence)], weights[0][0]
    try:
        transport = Transport([len(row) for row in rows], [len(column) for column in columns], weights)
        return FlowReader(rows, columns, transport, evidence).findings(), transport.total
    except SearchBoundReached as bound:
        return [_undecided(rows, columns, evidence, f"{bound}")], 0


def _lone_pair(payout: PayoutRecord, line: LineRecord, weight: int, evidence: Evidence) -> Finding:
    """What the flow says of a component that is one payout and one line."""
    review = evidence.review_reason(payout, line)
    words = searched_words(1, 1)
    return Finding(MatchKind.ONE_TO_ONE, (payout,), (line,), weight, weight, evidence, review=review, searched=words)


def _near(payout: PayoutRecord, line: LineRecord, evidence: Evidence) -> int:
    if not LAG_MIN <= line.day - payout.day <= LAG_MAX and (payout.trace is None or not line.bears(payout.trace)):
        return 0  # later ones are looked at when all is known that pairs leave open
    return evidence.weight(payout, line)


def _undecided(rows: Rows, columns: Columns, evidence: Evidence, why: str) -> Finding:
    payouts = in_order([payout for row in rows for payout in row])
    lines = lines_in_order([line for column in columns for line in column])
    return Finding(MatchKind.INTERCHANGEABLE, payouts, lines, 0, 0, evidence, items=(), review=why, searched=why)
