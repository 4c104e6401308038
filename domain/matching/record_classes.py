"""Classes of records that nothing tells apart, and the components of classes that could belong together."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence, Set

from domain.bank_deposit import BankAccountId
from domain.matching.components import connected
from domain.matching.evidence import Evidence
from domain.matching.finding import in_order, lines_in_order
from domain.matching.model import LAG_MAX, LAG_MIN
from domain.matching.records import LineRecord, PayoutRecord

Rows = list[list[PayoutRecord]]
"""Classes of payouts."""
Columns = list[list[LineRecord]]
"""Classes of lines."""
Weights = list[dict[int, int]]
"""For each row, what it is worth with each column that could be its own."""


def components(
    payouts: Sequence[PayoutRecord], lines: Sequence[LineRecord], evidence: Evidence
) -> list[tuple[Rows, Columns, Weights]]:
    """Classes of equal records, in components that share no possible pair, and what their pairs are worth."""
    stems = tuple(sorted({stem for payout in payouts for stem in payout.stems}))
    traces = {payout.trace for payout in payouts if payout.trace is not None}
    traced = bool(traces)
    borne = {code for line in lines for code in line.codes if code in traces} if traced else set()
    rows: dict[tuple[object, ...], list[PayoutRecord]] = {}
    for payout in in_order(payouts):
        rows.setdefault(_payout_class(payout, borne, evidence.judged), []).append(payout)
    columns: dict[tuple[object, ...], list[LineRecord]] = {}
    for line in lines_in_order(lines):
        columns.setdefault(_line_class(line, stems, borne, traced, evidence.judged), []).append(line)
    row_list, column_list = list(rows.values()), list(columns.values())
    weights = _possible(row_list, column_list, evidence, traced)
    split = len(row_list)
    if split == len(column_list) == 1:
        return [(row_list, column_list, weights)] if weights[0] else []
    edges = [(i, split + j) for i, of_row in enumerate(weights) for j in of_row]
    found: list[tuple[Rows, Columns, Weights]] = []
    for group in connected(split + len(column_list), edges):
        if group[0] < split <= group[-1]:
            in_rows, in_columns = [i for i in group if i < split], [i - split for i in group if i >= split]
            place = {j: number for number, j in enumerate(in_columns)}
            found.append(
                (
                    [row_list[i] for i in in_rows],
                    [column_list[j] for j in in_columns],
                    [{place[j]: weight for j, weight in sorted(weights[i].items())} for i in in_rows],
                )
            )
    return found


def _payout_class(payout: PayoutRecord, borne: Set[str], judged: Set[str]) -> tuple[object, ...]:
    """Payouts of one class have the same evidence against every line; a trace id tells apart where a line bears it."""
    if payout.trace in borne or payout.id in judged:
        return (payout.id,)
    return payout.day, payout.method, payout.origin, payout.stems, payout.last4, payout.trace is not None


def _line_class(
    line: LineRecord, stems: tuple[str, ...], borne: Set[str], traced: bool, judged: Set[str]
) -> tuple[object, ...]:
    if (borne and not borne.isdisjoint(line.codes)) or line.id in judged:
        return (line.id,)
    printed = traced and line.prints_trace
    return line.day, line.account, line.text_key, line.learned, printed, line.contains(stems) if stems else None


def _possible(rows: Rows, columns: Columns, evidence: Evidence, traced: bool) -> Weights:
    """The pairs within the window, or that share a trace id, for which something speaks."""
    days = [column[0].day for column in columns]  # the columns are in order of days
    found: Weights = []
    bearing: dict[str, list[int]] = {}
    if traced:
        for j, column in enumerate(columns):
            for code in column[0].codes:
                bearing.setdefault(code, []).append(j)
    for row in rows:
        payout = row[0]
        low = bisect_left(days, payout.day + LAG_MIN)
        near = range(low, bisect_right(days, payout.day + LAG_MAX, low))
        far = [j for j in bearing.get(payout.trace, ()) if j not in near] if payout.trace is not None else []
        of_row: dict[int, int] = {}
        for j in (*near, *far):
            weight = evidence.weight(payout, columns[j][0])
            if weight > 0:
                of_row[j] = weight
        found.append(of_row)
    return found


def banks_of(rows: Rows, columns: Columns) -> set[tuple[BankAccountId, str]]:
    """The accounts and payout methods that these records are of."""
    return {(account, method) for account in {c[0].account for c in columns} for method in {r[0].method for r in rows}}
