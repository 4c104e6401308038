"""One company's matching problem: its records by amount, solved under one set of evidence."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from domain.bank_deposit import BankAccount, BankAccountId
from domain.matching.blocks import blocks_of
from domain.matching.evidence import Evidence
from domain.matching.finding import GATE_MILLINATS, Finding, Pair, lines_in_order
from domain.matching.lag_shifts import learn_shifts
from domain.matching.lag_unknown import SLOWER_BANK
from domain.matching.learning import learn
from domain.matching.memory import PairsFound, SolvedAmount
from domain.matching.model import Horizon, ModelSnapshot
from domain.matching.open_records import IsKnown, OpenRecords
from domain.matching.pairs import solve_amount, solve_pair
from domain.matching.records import LineRecord, PayoutRecord
from domain.matching.survey import Amount, Survey
from domain.matching.surveyed_pairs import secure_pairs
from domain.reconciliation_match import MatchKind

ENOUGH: Final = 60
"""An account of which so many deposits were recognised learns nothing more from single pairs and equal ones."""
PAIR_KINDS: Final = frozenset({MatchKind.ONE_TO_ONE, MatchKind.INTERCHANGEABLE})
ROUNDS_MAX: Final = 3
RECOGNISED_MILLINATS: Final = 4_000
"""Groups beyond this margin are learned from in the next round, though they are not matched yet."""
LIKELY_MILLINATS: Final = 3_000
"""Pairs beyond this (20 to 1) show how late this bank posts: were only sure ones counted, a lag that nobody expects
would stay so, however often it occurs."""
LARGE_SET: Final = 8
"""A set of so many pairs shows how many days the bank takes, even where its edges are not sure yet."""


class Problem:
    """Payouts and lines by amount, each list in order of days."""

    def __init__(
        self,
        payouts: Mapping[Amount, Sequence[PayoutRecord]],
        lines_by_amount: Mapping[Amount, Sequence[LineRecord]],
        came_back: Sequence[PayoutRecord],
        lines: Sequence[LineRecord],
    ) -> None:
        self.payouts = payouts
        self.lines_by_amount = lines_by_amount
        self.came_back = came_back
        self.lines = lines
        self.came_back_amounts = Counter((p.currency, p.minor) for p in came_back)
        self.came_back_of: dict[Amount, list[PayoutRecord]] = {}
        for payout in came_back:
            self.came_back_of.setdefault((payout.currency, payout.minor), []).append(payout)
        self.is_known: IsKnown | None = None
        """Where only a part of the company is given: whether all that could form a sum with a record is in it."""
        self.searched: OpenRecords | None = None
        """The search among what pairs left open, as it was last done; None where nothing was open."""

    def solve(self, evidence: Evidence, memory: dict[Amount, SolvedAmount]) -> list[Finding]:
        """All findings: pairs amount by amount, then groups among what is open.

        `memory` keeps what was solved under this very evidence, and is brought up to date.
        """
        found = PairsFound()
        for amount, payouts in self.payouts.items():
            lines = self.lines_by_amount.get(amount)
            if lines is None:
                found.open_payouts += payouts
                continue
            came_back = self.came_back_of.get(amount, ())
            solved = memory.get(amount)
            if solved is None or not solved.is_of(payouts, lines, came_back):
                solved = memory[amount] = SolvedAmount(payouts, lines, came_back)
                solve_one(payouts, lines, evidence, came_back, solved.found)
            found.add(solved.found)
        return self.finish(found, lines_in_order(self.lines), evidence)

    def solve_pairs(
        self, amounts: Iterable[Amount], evidence: Evidence
    ) -> tuple[PairsFound, dict[Amount, Sequence[str]]]:
        """What pairs explain of these amounts; and the amounts whose payouts are all secure, with their lines."""
        found = PairsFound()
        certain: dict[Amount, Sequence[str]] = {}
        for amount in amounts:
            payouts = self.payouts[amount]
            lines = self.lines_by_amount.get(amount)
            if lines is None:
                found.open_payouts += payouts
                continue
            before, doubts, opened = len(found.secure), len(found.doubtful), len(found.open_payouts)
            solve_one(payouts, lines, evidence, self.came_back_of.get(amount, ()), found)
            if len(found.doubtful) == doubts and len(found.open_payouts) == opened:
                certain[amount] = [line.id for finding in found.secure[before:] for line in finding.lines]
        return found, certain

    def solve_settled(
        self, evidence: Evidence, pairs: Iterable[Sequence[Pair]], settled: Mapping[Amount, Sequence[str]]
    ) -> tuple[list[Finding], PairsFound, list[LineRecord]]:
        """The findings of amounts that were taken as recognised and are so beyond doubt; what is found of the others,
        and those of their lines that were taken as recognised.

        `pairs`, of a kind each, are alone in their amounts; `settled` are the other amounts and such of their lines.
        """
        beyond_doubt: list[Finding] = []
        others = PairsFound()
        reopened: list[LineRecord] = []
        left = dict(settled)
        for of_kind in pairs:
            secure, unsure = secure_pairs(of_kind, evidence)
            beyond_doubt += secure
            left.update({(payout.currency, payout.minor): (line.id,) for payout, line in unsure})
        for amount, ids in left.items():
            payouts, lines = self.payouts[amount], self.lines_by_amount[amount]
            found = PairsFound()
            solve_one(payouts, lines, evidence, (), found)
            if found.doubtful or found.open_payouts:
                others.add(found)
                reopened += [line for line in lines if line.id in ids]
            else:
                beyond_doubt += found.secure
        return beyond_doubt, others, reopened

    def finish(self, found: PairsFound, lines: Sequence[LineRecord], evidence: Evidence) -> list[Finding]:
        """Groups among what pairs leave open, then everything in one list. `lines` are in order of days."""
        self.searched = None
        if not found.open_payouts and not self.came_back:
            return found.secure + found.doubtful
        explained = {line.id for finding in found.secure for line in finding.lines}
        open_lines = [line for line in lines if line.id not in explained]
        self.searched = OpenRecords(
            found.open_payouts, self.came_back, open_lines, found.doubtful, evidence, self.is_known
        )
        groups = self.searched.solve()
        evidence.bounds_reached = tuple(sorted(self.searched.bounds.reached))
        return found.secure + groups


def solve_one(
    payouts: Sequence[PayoutRecord],
    lines: Sequence[LineRecord],
    evidence: Evidence,
    came_back: Sequence[PayoutRecord],
    found: PairsFound,
) -> None:
    """Solve the pairs of one amount, and sort what comes out by whether a group could still overturn it.

    `came_back`: payouts of this amount that failed.
    """
    if len(payouts) == len(lines) == 1 and not came_back:
        _solve_only(payouts[0], lines[0], evidence, False, found)
        return
    for block in blocks_of(payouts, lines, came_back):
        if not block.lines:
            found.open_payouts += block.payouts
        elif len(block.payouts) == 1 and len(block.lines) == 1:
            _solve_only(block.payouts[0], block.lines[0], evidence, block.contested, found)
        else:
            explained: set[str] = set()
            for finding in solve_amount(block.payouts, block.lines, evidence):
                if not block.contested and finding.secure:
                    found.secure.append(finding)
                    explained.update(payout.id for payout in finding.payouts)
                else:
                    found.doubtful.append(finding)
            found.open_payouts += [payout for payout in block.payouts if payout.id not in explained]


def _solve_only(payout: PayoutRecord, line: LineRecord, evidence: Evidence, contested: bool, found: PairsFound) -> None:
    only = solve_pair(payout, line, evidence)
    if only is not None and only.secure and not contested:
        found.secure.append(only)
        return
    if only is not None:
        found.doubtful.append(only)
    found.open_payouts.append(payout)


def learn_in_rounds(
    problem: Problem,
    horizon: Horizon,
    accounts: Mapping[BankAccountId, BankAccount],
    weigh: Callable[[ModelSnapshot], Evidence],
) -> tuple[ModelSnapshot, list[Finding], Evidence]:
    """Learn, solve, and learn again from what was found, until nothing new is: the model, its findings, its evidence.

    While learning, pairs that the survey recognised are taken as they are; in the end all is solved under one model.
    """
    recognised: list[Finding] = []
    known: set[tuple[tuple[str, ...], tuple[str, ...]]] = set()
    survey = Survey(problem.payouts, problem.lines_by_amount, problem.came_back_amounts)
    surveyed = frozenset(survey.recognised)
    settled: dict[Amount, Sequence[str]] = {}  # beside what the survey settled
    certain: dict[Amount, Sequence[str]] = {}
    amounts, lines = survey.unsettled, lines_in_order(survey.unsettled_lines)  # what is not settled yet
    touched: list[LineRecord] = []
    lasting: list[Finding] = []
    for _ in range(ROUNDS_MAX):
        if certain:
            amounts = [amount for amount in amounts if amount not in certain]
            ids = {id for each in certain.values() for id in each}
            lines = tuple([line for line in lines if line.id not in ids])
        settled.update(certain)
        lasting += [each for each in recognised if each.kind in PAIR_KINDS and _amount_of(each) in certain]
        for line in touched:
            line.learned = line.id in surveyed
        model = learn(survey, horizon, recognised)
        model = learn_shifts(model, problem.payouts, problem.lines_by_amount, Evidence(model, horizon, accounts))
        evidence = weigh(model)
        pairs, certain = problem.solve_pairs(amounts, evidence)
        others = problem.finish(pairs, lines, evidence)
        found = lasting + [finding for finding in others if _teaches(finding, model)]
        keys = {finding.sort_key for finding in found}
        if keys <= known:
            break
        recognised, known = found, keys | known
        touched += [line for finding in found for line in finding.lines]
    secure, doubted, reopened = problem.solve_settled(evidence, survey.settled.values(), settled)
    if reopened:  # under the same evidence: of the other amounts, the pairs stay as they are
        pairs.add(doubted)
        others = problem.finish(pairs, lines_in_order([*lines, *reopened]), evidence)
    return model, secure + others, evidence


def _amount_of(finding: Finding) -> Amount:
    return finding.payouts[0].currency, finding.payouts[0].minor


def _teaches(finding: Finding, model: ModelSnapshot) -> bool:
    """It is sure enough to learn a habit from, and not a single pair that was learned from already."""
    if finding.review is not None:
        return False
    if finding.kind in PAIR_KINDS and model.accounts[finding.lines[0].account].recognised >= ENOUGH:
        return False
    if finding.kind is MatchKind.INTERCHANGEABLE and not finding.automatic:
        pairs = finding.pairs
        return len(pairs) >= LARGE_SET and not any(_slower_or_faster(finding.evidence, *pair) for pair in pairs)
    if finding.kind is MatchKind.ONE_TO_ONE:
        if finding.margin < GATE_MILLINATS and any(
            item.feature == SLOWER_BANK for rival in finding.rivals for item in rival.items or ()
        ):
            return False  # what hangs on how slow the bank is cannot show how slow it is, however often
        return finding.margin >= LIKELY_MILLINATS and finding.lines[0].id not in model.learned_from
    if finding.kind is MatchKind.INTERCHANGEABLE:
        return finding.automatic
    return finding.margin >= RECOGNISED_MILLINATS


def _slower_or_faster(evidence: Evidence, payout: PayoutRecord, line: LineRecord) -> bool:
    """More than one law is likely enough to matter."""
    return any(0 < behind < GATE_MILLINATS for _, behind in evidence.shifts_open(line.account, payout.method))
