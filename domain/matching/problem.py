"""One company's matching problem: its records by amount, solved under one set of evidence."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from domain.bank_deposit import BankAccount, BankAccountId
from domain.matching.evidence import Evidence
from domain.matching.finding import Finding
from domain.matching.lag_shifts import learn_shifts
from domain.matching.learning import learn
from domain.matching.memory import SolvedAmount
from domain.matching.model import Horizon, ModelSnapshot
from domain.matching.open_records import OpenRecords
from domain.matching.pairs import solve_amount, solve_pair
from domain.matching.records import LineRecord, PayoutRecord
from domain.matching.survey import Amount, Survey
from domain.reconciliation_match import MatchKind

ENOUGH: Final = 60
"""An account of which so many deposits were recognised learns nothing more from single pairs and equal ones."""
PAIR_KINDS: Final = frozenset({MatchKind.ONE_TO_ONE, MatchKind.INTERCHANGEABLE})
ROUNDS_MAX: Final = 3
RECOGNISED_MILLINATS: Final = 4_000
"""Groups beyond this margin are learned from in the next round, though they are not matched yet."""
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

    def solve(
        self,
        evidence: Evidence,
        settled: Mapping[Amount, Sequence[str]] | None = None,
        memory: dict[Amount, SolvedAmount] | None = None,
        certain: dict[Amount, Sequence[str]] | None = None,
    ) -> list[Finding]:
        """All findings: pairs amount by amount, then groups among what is open.

        `settled` are the lines of amounts that are taken as recognised while learning, and left out of the findings.
        `memory` keeps what was solved under this very evidence, and is brought up to date. `certain` is told of amounts
        whose payouts are all secure, and of their lines.
        """
        secure: list[Finding] = []
        doubtful: list[Finding] = []
        open_payouts: list[PayoutRecord] = []
        explained: set[str] = set()
        contested, lines_by_amount = self.came_back_amounts, self.lines_by_amount
        amounts: Iterable[Amount] = self.payouts
        if settled is not None:
            amounts = [amount for amount in self.payouts if amount not in settled]
            explained.update(id for ids in settled.values() for id in ids)
        for amount in amounts:
            payouts = self.payouts[amount]
            lines = lines_by_amount.get(amount)
            if lines is None:
                open_payouts += payouts
            elif memory is None:
                before, doubts, opened = len(secure), len(doubtful), len(open_payouts)
                solve_one(payouts, lines, evidence, amount in contested, secure, doubtful, open_payouts)
                if certain is not None and len(doubtful) == doubts and len(open_payouts) == opened:
                    certain[amount] = [line.id for finding in secure[before:] for line in finding.lines]
            else:
                solved = memory.get(amount)
                if solved is None or not solved.is_of(payouts, lines, amount in contested):
                    solved = memory[amount] = SolvedAmount(payouts, lines, amount in contested)
                    solve_one(
                        payouts, lines, evidence, solved.contested, solved.secure, solved.doubtful, solved.open_payouts
                    )
                secure += solved.secure
                doubtful += solved.doubtful
                open_payouts += solved.open_payouts
        return finish(secure, doubtful, open_payouts, self.came_back, self.lines, evidence, explained)

    def solve_settled(
        self, evidence: Evidence, settled: Mapping[Amount, Sequence[str]]
    ) -> tuple[list[Finding], dict[Amount, Sequence[str]]]:
        """The findings of amounts that were taken as recognised, and the amounts that are so beyond doubt."""
        findings: list[Finding] = []
        beyond_doubt: dict[Amount, Sequence[str]] = {}
        for amount, ids in settled.items():
            secure: list[Finding] = []
            doubtful: list[Finding] = []
            open_payouts: list[PayoutRecord] = []
            lines = self.lines_by_amount[amount]
            solve_one(self.payouts[amount], lines, evidence, False, secure, doubtful, open_payouts)
            if not doubtful and not open_payouts:
                findings += secure
                beyond_doubt[amount] = ids
        return findings, beyond_doubt


def solve_one(
    payouts: Sequence[PayoutRecord],
    lines: Sequence[LineRecord],
    evidence: Evidence,
    contested: bool,
    secure: list[Finding],
    doubtful: list[Finding],
    open_payouts: list[PayoutRecord],
) -> None:
    """Solve the pairs of one amount, and sort what comes out by whether a group could still overturn it."""
    if len(payouts) == 1 and len(lines) == 1:
        only = solve_pair(payouts[0], lines[0], evidence)
        if only is not None and only.secure and not contested:
            secure.append(only)
            return
        if only is not None:
            doubtful.append(only)
        open_payouts.append(payouts[0])
        return
    explained: set[str] = set()
    for finding in solve_amount(payouts, lines, evidence):
        if not contested and finding.secure:
            secure.append(finding)
            explained.update(payout.id for payout in finding.payouts)
        else:
            doubtful.append(finding)
    open_payouts += [payout for payout in payouts if payout.id not in explained]


def finish(
    secure: list[Finding],
    doubtful: list[Finding],
    open_payouts: Sequence[PayoutRecord],
    came_back: Sequence[PayoutRecord],
    lines: Sequence[LineRecord],
    evidence: Evidence,
    explained: set[str],
) -> list[Finding]:
    """Groups among what is still open, then everything in one list. `explained`: lines that take no part."""
    if not open_payouts and not came_back:
        return secure + doubtful
    explained.update(line.id for finding in secure for line in finding.lines)
    open_lines = [line for line in lines if line.id not in explained]
    searched = OpenRecords(open_payouts, came_back, open_lines, doubtful, evidence)
    found = searched.solve()
    evidence.bounds_reached = tuple(sorted(searched.bounds.reached))
    return secure + found


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
    settled: dict[Amount, Sequence[str]] = {
        amount: (line.id,) for amount, line in survey.settled.items() if amount not in problem.came_back_amounts
    }
    touched: list[LineRecord] = []
    others: list[Finding] = []
    certain: dict[Amount, Sequence[str]] = {}
    lasting: list[Finding] = []
    for _ in range(ROUNDS_MAX):
        settled.update(certain)
        lasting += [each for each in recognised if each.kind in PAIR_KINDS and _amount_of(each) in certain]
        for line in touched:
            line.learned = line.id in surveyed
        model = learn(survey, horizon, recognised)
        model = learn_shifts(model, problem.payouts, problem.lines_by_amount, Evidence(model, horizon, accounts))
        evidence = weigh(model)
        certain = {}
        others = problem.solve(evidence, settled, certain=certain)
        found = lasting + [finding for finding in others if _teaches(finding, model)]
        keys = {finding.sort_key for finding in found}
        if keys <= known:
            break
        recognised, known = found, keys | known
        touched += [line for finding in found for line in finding.lines]
    secure, beyond_doubt = problem.solve_settled(evidence, settled)
    if len(beyond_doubt) < len(settled):
        others = problem.solve(evidence, beyond_doubt)
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
        return len(pairs) >= LARGE_SET and all(
            len(finding.evidence.shifts_open(b.account, a.method)) < 2 for a, b in pairs
        )
    if finding.kind in PAIR_KINDS:
        return finding.automatic and not (
            finding.kind is MatchKind.ONE_TO_ONE and finding.lines[0].id in model.learned_from
        )
    return finding.margin >= RECOGNISED_MILLINATS
