"""What pairs leave open: groups are proposed there, and one search decides among pairs and groups together."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from domain.bank_deposit import BankAccountId
from domain.matching.bounds import Bounds
from domain.matching.descriptor import TextForm, TextKey
from domain.matching.evidence import Evidence, Records
from domain.matching.finding import Finding, Hypothesis, Rival, in_order
from domain.matching.groups import (
    RETURN_DAYS_MAX,
    combined,
    converted,
    fee_kept,
    named_but_different,
    returned,
    split,
)
from domain.matching.joint_search import bare_pair, compare_with_pairs, search
from domain.matching.late_pairs import late_pairs
from domain.matching.model import LAG_MAX, LAG_MIN, ModelSnapshot
from domain.matching.records import LineRecord, PayoutRecord, payout_record

COMBINED_WINDOW_MAX: Final = 200
"""With more open payouts than this within reach of a line, no sums are looked for."""

IsKnown = Callable[[LineRecord | PayoutRecord], bool]


class OpenRecords:
    """Open payouts and lines of one company, ordered for look-ups by day; the lines come in order of day and id."""

    def __init__(
        self,
        payouts: Sequence[PayoutRecord],
        came_back: Sequence[PayoutRecord],
        lines: Sequence[LineRecord],
        findings: Sequence[Finding],
        evidence: Evidence,
        is_known: IsKnown | None = None,
    ) -> None:
        """`is_known`: all that could form a sum with this record is here; None: it always is."""
        self._is_known = is_known
        self.payouts = payouts
        self.came_back = came_back
        self.lines = lines
        self.findings = findings
        self.evidence = evidence
        self.bounds = Bounds()
        self.proposed: list[Hypothesis] = []
        """The groups that were considered, once it is solved."""
        self._plausible: dict[tuple[BankAccountId, TextKey], bool] = {}
        self._paired = {name for finding in findings for name in _names(finding)}
        self._lines_by: dict[tuple[str, bool], list[LineRecord]] = defaultdict(list)
        for line in self.lines:
            self._lines_by[line.currency, line.minor > 0].append(line)
        self._days_by = {key: [line.day for line in found] for key, found in self._lines_by.items()}
        self._dates_by = {key: [line.line.date.toordinal() for line in found] for key, found in self._lines_by.items()}

    def solve(self) -> list[Finding]:
        """The findings, those of the pairs that no group touches among them unchanged."""
        groups = self._possible([*self._combined(), *self._split(), *self._returned()])
        far = self._possible([*self._short(), *self._late()])
        self.proposed = [*groups, *far]
        if not groups and not far:
            return list(self.findings)
        touched = self._touched([*groups, *far])
        chosen, near = compare_with_pairs(self._pairs(touched), groups, far)
        nearest: dict[str, tuple[Hypothesis, int]] = {}
        for group, loss in near:  # the nearest first
            for name in _names(group):
                nearest.setdefault(name, (group, loss))
        if nearest:
            self.findings = [self._beside(finding, nearest) for finding in self.findings]
        if not chosen:
            return list(self.findings)
        searched_again = {id(h) for h in chosen}
        touched = self._touched(chosen)
        far = [each for each in far if id(each) in searched_again or _names(each) <= touched]
        groups = [group for group in groups if id(group) in searched_again]
        kept = [finding for finding in self.findings if not _names(finding) & touched]
        return kept + search([*self._pairs(touched), *far], groups, self.evidence, self.bounds)

    def _possible(self, proposed: Sequence[Hypothesis]) -> list[Hypothesis]:
        for each in proposed:
            each.stick(self.evidence.stickiness(_records(each)))
        return [each for each in proposed if each.weight > 0 and self.evidence.allows(_records(each))]

    def _beside(self, finding: Finding, nearest: Mapping[str, tuple[Hypothesis, int]]) -> Finding:
        """The finding with the nearest group of its records as a rival, where that is nearer than any other."""
        found = [nearest[name] for name in _names(finding) if name in nearest]
        if found:
            group, loss = min(found, key=lambda each: (each[1], each[0].sort_key))
            if loss < finding.margin:
                rival = Rival(
                    group.kind,
                    group.payouts,
                    group.lines,
                    finding.weight - loss,
                    group.items,
                    self.evidence,
                    group.residual,
                    group.residual_class,
                )
                return finding.weakened(loss, rival)
        return finding

    def _touched(self, groups: Sequence[Hypothesis]) -> set[str]:
        """Records of the groups, and of all findings that share a record with what is to be searched again."""
        touched = {name for group in groups for name in _names(group)}
        waiting = [(finding, _names(finding) | _rival_names(finding)) for finding in self.findings]
        grown = True
        while grown:
            grown = False
            for _, names in waiting:
                if names & touched and not names <= touched:
                    touched |= names
                    grown = True
            waiting = [(finding, names) for finding, names in waiting if not names <= touched]
        return touched

    def _pairs(self, touched: set[str]) -> list[Hypothesis]:
        by_amount: dict[tuple[str, int], list[LineRecord]] = defaultdict(list)
        for line in self.lines:
            if line.id in touched:
                by_amount[line.currency, line.minor].append(line)
        pairs = []
        for payout in self.payouts:
            if payout.id in touched:
                for line in by_amount.get((payout.currency, payout.minor), ()):
                    late = line.day - payout.day > LAG_MAX and (payout.trace is None or not line.bears(payout.trace))
                    pair = None if late else bare_pair(payout, line, self.evidence)
                    if pair is not None:
                        pairs.append(pair)
        return pairs

    def _near(self, payout: PayoutRecord) -> Sequence[LineRecord]:
        key = (payout.currency, payout.minor > 0)
        days = self._days_by.get(key, [])
        return self._lines_by.get(key, [])[
            bisect_left(days, payout.day + LAG_MIN) : bisect_right(days, payout.day + LAG_MAX)
        ]

    def plausible(self, line: LineRecord) -> bool:
        """It could be part of a group: its text does not speak for somebody else."""
        key = line.account, line.text_key
        known = self._plausible.get(key)
        if known is None:
            known = self._plausible[key] = is_plausible(line, self.evidence.model)
        return known

    def _combined(self) -> list[Hypothesis]:
        by: dict[tuple[str, bool], list[PayoutRecord]] = defaultdict(list)
        for payout in in_order(self.payouts):
            by[payout.currency, payout.minor > 0].append(payout)
        proposed: list[Hypothesis] = []
        for key, payouts in by.items():
            days, sizes = [p.day for p in payouts], [abs(p.minor) for p in payouts]
            least = 2 * min(sizes)
            for line in self._lines_by.get(key, ()):
                if abs(line.minor) < least or not self.plausible(line):
                    continue
                if self._is_known is not None and not self._is_known(line):
                    continue
                first, end = bisect_left(days, line.day - LAG_MAX), bisect_right(days, line.day - LAG_MIN)
                window = payouts[first:end]
                if window and abs(line.minor) < 2 * min(sizes[first:end]):
                    continue  # what is said of this line must not depend on payouts out of its reach
                if len(window) > COMBINED_WINDOW_MAX:
                    self.bounds.reached.append(f"{line.id}: {len(window)} open payouts are too many to look for sums")
                elif len(window) > 1:
                    alone = line.id not in self._paired
                    proposed += combined(line, window, self.evidence, self.bounds, subsets=alone)
        return proposed

    def _split(self) -> list[Hypothesis]:
        proposed: list[Hypothesis] = []
        for payout in self.payouts:
            if payout.trace is not None:
                proposed += self._named(payout)
            if payout.id in self._paired or (self._is_known is not None and not self._is_known(payout)):
                continue
            near = [line for line in self._near(payout) if self.plausible(line)]
            proposed += split(payout, near, self.evidence, self.bounds)
            proposed += self._converted(payout)
        return proposed

    def _short(self) -> list[Hypothesis]:
        """Lines short of a payout by a known fee. They are rivals of equal amounts too: where amounts differ by
        just the fee, a chain of such pairs may explain what a far equal line explains worse."""
        fees = sorted({fee for history in self.evidence.model.accounts.values() for fee in history.fees})
        if not fees:
            return []
        by_amount: dict[tuple[str, int], list[LineRecord]] = defaultdict(list)
        for line in self.lines:
            by_amount[line.currency, line.minor].append(line)
        proposed: list[Hypothesis] = []
        for payout in self.payouts:
            if self._is_known is not None and not self._is_known(payout):
                continue
            for fee in fees:
                for line in by_amount.get((payout.currency, payout.minor - fee), ()):
                    near = LAG_MIN <= line.day - payout.day <= LAG_MAX and (line.minor > 0) == (payout.minor > 0)
                    short = fee_kept(payout, line, self.evidence) if near and self.plausible(line) else None
                    if short is not None:
                        proposed.append(short)
        return proposed

    def _late(self) -> list[Hypothesis]:
        """Equal lines that came later than the window: never automatic, but rivals, and worth a person's look.

        Only where a payout has no line, and among what could change places with it: what is said of a payout must not
        depend on whether an equal one was lost years before. Inside a set they are no rivals: whichever of its payouts
        a line carries, the set is the same.
        """
        wanted = {(payout.currency, payout.minor) for payout in self.payouts if payout.id not in self._paired}
        if not wanted:
            return []
        of_set = {name: number for number, each in enumerate(self.findings) if each.pairs for name in _names(each)}
        lines_of: dict[tuple[str, int], list[LineRecord]] = defaultdict(list)
        payouts_of: dict[tuple[str, int], list[PayoutRecord]] = defaultdict(list)
        for line in self.lines:
            if (line.currency, line.minor) in wanted:
                lines_of[line.currency, line.minor].append(line)
        for payout in in_order(self.payouts):
            if (payout.currency, payout.minor) in wanted:
                payouts_of[payout.currency, payout.minor].append(payout)
        return [
            late
            for key, lines in lines_of.items()
            for late in late_pairs(payouts_of[key], lines, self._paired, self.evidence)
            if of_set.get(late.payouts[0].id, -1) != of_set.get(late.lines[0].id)
        ]

    def _named(self, payout: PayoutRecord) -> list[Hypothesis]:
        """Lines near it that bear its trace id, whatever their amount."""
        trace = payout.trace or ""
        bearing = [line for line in self._near(payout) if trace in line.codes]
        made = [named_but_different(payout, line, self.evidence) for line in bearing]
        return [each for each in made if each is not None]

    def _converted(self, payout: PayoutRecord) -> list[Hypothesis]:
        proposed: list[Hypothesis] = []
        arrival = payout.payout.arrival_date.toordinal()
        for (currency, positive), lines in self._lines_by.items():
            if currency == payout.currency or positive != (payout.minor > 0):
                continue
            dates = self._dates_by[currency, positive]
            there = payout_record(payout.payout, currency)
            for line in lines[bisect_left(dates, arrival - 4) : bisect_right(dates, arrival + 18)]:
                made = converted(there, line, self.evidence) if self.plausible(line) else None
                if made is not None:
                    proposed.append(made)
        return proposed

    def _returned(self) -> list[Hypothesis]:
        wanted = {(payout.currency, sign * payout.minor) for payout in self.came_back for sign in (1, -1)}
        by_amount: dict[tuple[str, int], list[LineRecord]] = defaultdict(list)
        for line in self.lines:
            if (line.currency, line.minor) in wanted:
                by_amount[line.currency, line.minor].append(line)
        proposed: list[Hypothesis] = []
        for payout in self.came_back:
            near = [
                line
                for minor in (abs(payout.minor), -abs(payout.minor))
                for line in by_amount.get((payout.currency, minor), ())
                if LAG_MIN <= line.day - payout.day <= LAG_MAX + RETURN_DAYS_MAX
            ]
            if near:
                proposed += returned(payout, near, self.evidence)
        return proposed


def is_plausible(line: LineRecord, model: ModelSnapshot) -> bool:
    """The text names Stripe, or a platform on it, or nobody, or is one that this account's deposits usually bear."""
    if line.text_key.form in (TextForm.STRIPE, TextForm.GENERIC, TextForm.STRIPE_PLATFORM):
        return True
    history = model.accounts.get(line.account)
    return history is not None and any(line.text_key in texts for texts in history.texts.values())


def _records(group: Hypothesis) -> Records:
    return tuple(sorted([p.id for p in group.payouts])), tuple(sorted([line.id for line in group.lines]))


def _names(of: Hypothesis | Finding | Rival) -> set[str]:
    return {*[payout.id for payout in of.payouts], *[line.id for line in of.lines]}


def _rival_names(finding: Finding) -> set[str]:
    names: set[str] = set()
    return names.union(*[_names(rival) for rival in finding.rivals])
