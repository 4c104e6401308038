"""Pairs of equal records that lie farther apart than the window: lines that came late, if they are who they seem."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence, Set

from domain.matching.blocks import blocks_of
from domain.matching.evidence import Evidence
from domain.matching.finding import Hypothesis
from domain.matching.joint_search import plain_pair
from domain.matching.model import LAG_MAX, LAG_MIN, LATE_MAX
from domain.matching.records import LineRecord, PayoutRecord


def late_pairs(
    payouts: Sequence[PayoutRecord], lines: Sequence[LineRecord], paired: Set[str], evidence: Evidence
) -> list[Hypothesis]:
    """Of open payouts and lines of one amount, each in order of days: the late pairs where a payout wants a line.

    One that is not `paired` wants one, and so may those of its block, who could give it theirs, and whoever could take
    a line that it could take.
    """
    days, payout_days = [line.day for line in lines], [payout.day for payout in payouts]
    wanting: set[str] = set()
    for block in blocks_of(payouts, lines, ()):
        if any(payout.id not in paired for payout in block.payouts):
            wanting.update(payout.id for payout in block.payouts)
    alone = [payout.day for payout in payouts if payout.id not in paired]
    found: list[Hypothesis] = []
    for line in lines[bisect_right(days, payout_days[0] + LAG_MAX) :]:
        is_wanted = _any_within(alone, line.day - LATE_MAX, line.day - LAG_MIN)
        first, last = bisect_left(payout_days, line.day - LATE_MAX), bisect_left(payout_days, line.day - LAG_MAX)
        for payout in payouts[first:last]:
            pair = plain_pair(payout, line, evidence) if is_wanted or payout.id in wanting else None
            if pair is not None:
                found.append(pair)
    return found


def _any_within(days: Sequence[int], first: int, last: int) -> bool:
    i = bisect_left(days, first)
    return i < len(days) and days[i] <= last
