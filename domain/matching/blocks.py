"""Blocks: records of one amount that could be each other's, in parts that cannot influence one another.

Equal payouts months apart are problems of their own. Solving them apart is what makes a change local: only the block
that it falls into is solved again, whatever else bears the same amount.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

import attrs

from domain.matching.components import connected
from domain.matching.model import LAG_MAX, LAG_MIN, TRACE_DAYS_MAX
from domain.matching.records import LineRecord, PayoutRecord


@attrs.frozen
class Block:
    """Payouts and lines, each in order of days, of which any may depend on any other."""

    payouts: Sequence[PayoutRecord]
    lines: Sequence[LineRecord]
    contested: bool
    """A payout that came back could claim one of the lines."""


def blocks_of(
    payouts: Sequence[PayoutRecord], lines: Sequence[LineRecord], came_back: Sequence[PayoutRecord]
) -> list[Block]:
    """The blocks of one currency and amount that have a payout, in order of their first payout.

    All are in order of days. Payouts that came back join what they could claim, and are not listed. Lines that no
    payout could reach are in no block.
    """
    if len(payouts) == 1 and len(lines) == 1:
        return [Block(payouts, lines, bool(came_back) and any(could_pair(each, lines[0]) for each in came_back))]
    days = [line.day for line in lines]
    everyone = [*payouts, *came_back]
    bearing = _bearing(everyone, lines)
    if not came_back and not bearing:
        return _in_windows(payouts, lines, days)
    joined = [0] * (len(lines) + 1)  # +1 where a stretch of lines that one payout reaches begins, −1 at its last
    edges: list[tuple[int, int]] = []
    for number, payout in enumerate(everyone, len(lines)):
        low, high = bisect_left(days, payout.day + LAG_MIN), bisect_right(days, payout.day + LAG_MAX)
        if low < high:
            joined[low] += 1
            joined[high - 1] -= 1
            edges.append((low, number))
        for line in bearing.get(payout.trace or "", ()):
            if abs(days[line] - payout.day) <= TRACE_DAYS_MAX:
                edges.append((line, number))
    running = 0
    for line in range(len(lines) - 1):
        running += joined[line]
        if running:
            edges.append((line, line + 1))
    blocks: list[Block] = []
    last = len(lines) + len(payouts)
    for members in connected(len(lines) + len(everyone), edges):
        of_block = [payouts[each - len(lines)] for each in members if len(lines) <= each < last]
        if of_block:
            within = [lines[each] for each in members if each < len(lines)]
            blocks.append(Block(of_block, within, members[-1] >= last))
    blocks.sort(key=lambda block: (block.payouts[0].day, block.payouts[0].id))
    return blocks


def _in_windows(payouts: Sequence[PayoutRecord], lines: Sequence[LineRecord], days: Sequence[int]) -> list[Block]:
    """The blocks where days alone join records: payouts whose windows of lines overlap. Windows are in the order of
    their payouts, so that a block ends where the next window begins beyond all lines so far."""
    blocks: list[Block] = []
    first = low = high = 0  # the payouts from `first` on are joined by the lines from `low` to before `high`
    for number, payout in enumerate(payouts):
        if low < high and payout.day == payouts[number - 1].day:
            continue  # the same window again
        begin = bisect_left(days, payout.day + LAG_MIN, low)
        if number and begin >= high:
            blocks.append(Block(payouts[first:number], lines[low:high], False))
            first = number
        if first == number:
            low = begin
        high = bisect_right(days, payout.day + LAG_MAX, begin)
    blocks.append(Block(payouts[first:], lines[low:high], False))
    return blocks


def could_pair(payout: PayoutRecord, line: LineRecord) -> bool:
    """Equal in currency and amount, they are within reach of each other: by days, or by a trace id that both bear."""
    lag = line.day - payout.day
    if LAG_MIN <= lag <= LAG_MAX:
        return True
    return payout.trace is not None and abs(lag) <= TRACE_DAYS_MAX and line.bears(payout.trace)


def _bearing(payouts: Sequence[PayoutRecord], lines: Sequence[LineRecord]) -> dict[str, list[int]]:
    """Trace ids of the payouts → numbers of the lines that bear them."""
    traces = {payout.trace for payout in payouts if payout.trace is not None}
    bearing: dict[str, list[int]] = {}
    if traces:
        for number, line in enumerate(lines):
            for code in line.codes:
                if code in traces:
                    bearing.setdefault(code, []).append(number)
    return bearing
