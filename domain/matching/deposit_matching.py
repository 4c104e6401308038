"""The public face of matching: which payouts does each bank line carry?

`decide_deposits` solves one company's facts and returns compact decisions, from which outcomes and explanations are
made
when asked for; `reconcile_deposits` makes them all. `DepositMatcher` keeps a company's facts and re-solves only what a
change touches. All are pure functions of facts, model snapshot, horizon and people's decisions: the order of facts has
no meaning.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from operator import attrgetter
from typing import Final

from domain.bank_deposit import BankAccount, BankAccountId, BankDeposit, BankDepositStatus
from domain.company_facts import CompanyFacts
from domain.matching.calendar import banking_calendar
from domain.matching.code_places import read_with_shapes
from domain.matching.decided import Decided, Placed, Records
from domain.matching.duplicates import Duplicates, find_duplicates
from domain.matching.evidence import Evidence
from domain.matching.judgements import Judgements
from domain.matching.memory import Memory
from domain.matching.model import Horizon, ModelSnapshot
from domain.matching.open_records import IsKnown
from domain.matching.problem import Problem, learn_in_rounds
from domain.matching.records import LineRecord, PayoutRecord, payout_record
from domain.matching.survey import Amount
from domain.payout import PayoutStatus
from domain.reconciliation_decision import ReconciliationDecision
from domain.reconciliation_outcome import Reconciliation


def reconcile_deposits(
    facts: CompanyFacts,
    *,
    as_of: date,
    model: ModelSnapshot | None = None,
    decisions: Sequence[ReconciliationDecision] = (),
    accepted: Iterable[Records] = (),
) -> Reconciliation:
    """Everything about one company's deposits, as of a day, with reasons. Sorted by id.

    `model` is learned from the facts themselves unless given. `decisions` are people's, and stand. `accepted` are the
    records of matches accepted under an earlier model or engine: they stay unless clearly beaten.
    """
    return decide_deposits(facts, as_of=as_of, model=model, decisions=decisions, accepted=accepted).reconciliation()


def decide_deposits(
    facts: CompanyFacts,
    *,
    as_of: date,
    model: ModelSnapshot | None = None,
    decisions: Sequence[ReconciliationDecision] = (),
    accepted: Iterable[Records] = (),
    horizon: Horizon | None = None,
    memory: Memory | None = None,
    same_accounts: Mapping[BankAccountId, BankAccountId] | None = None,
    is_known: IsKnown | None = None,
) -> Decided:
    """The same decisions in compact form; nothing is explained yet.

    `horizon`, and which accounts are the same one, are taken from the facts unless given. With a `memory`, which needs
    a model, what was solved before under the same evidence is not solved again. `is_known` is for parts of a company:
    sums are looked for only of records with which all is given that could be part of such a sum.
    """
    judgements = Judgements(facts, decisions)
    memory = memory or Memory()
    placed = place(facts, as_of, judgements, model, memory, same_accounts)
    by_amount = _payouts_by_amount(placed.payouts)
    lines_by_amount = _lines_by_amount(placed.lines)
    horizon = horizon or horizon_of(facts, as_of, placed.duplicates)
    accounts = _accounts(facts, placed.duplicates)
    came_back = [p for p in placed.payouts if p.came_back and p.payout.status is PayoutStatus.FAILED and p.minor]
    problem = Problem(by_amount, lines_by_amount, came_back, placed.lines)
    problem.is_known = is_known
    kept = frozenset(accepted)

    def weigh(snapshot: ModelSnapshot) -> Evidence:
        return Evidence(snapshot, horizon, accounts, rejected=judgements.rejected, accepted=kept)

    if model is not None:
        snapshot = model
        read_with_shapes(placed.lines, {id: each.shapes for id, each in model.accounts.items() if each.shapes})
        evidence = memory.evidence_for((model, horizon, accounts, judgements.rejected, kept), lambda: weigh(snapshot))
        findings = problem.solve(evidence, memory.solved)
        return Decided(placed, evidence, model, findings, judgements, problem.searched)
    model, findings, evidence = learn_in_rounds(problem, horizon, accounts, weigh)
    return Decided(placed, evidence, model, findings, judgements, problem.searched)


_BY_DAY: Final = attrgetter("day", "id")


# -- preparing ---------------------------------------------------------------------------------------------------------


def place(
    facts: CompanyFacts,
    as_of: date,
    judgements: Judgements,
    model: ModelSnapshot | None,
    memory: Memory,
    same_accounts: Mapping[BankAccountId, BankAccountId] | None = None,
) -> Placed:
    """Read the records, and set apart those that take no part: pending, withdrawn, later, repeated, or judged."""
    posted: list[BankDeposit] = []
    aside: list[BankDeposit] = []
    is_posted = BankDepositStatus.POSTED  # to look up an enum's member costs more than to compare it
    for line in facts.deposits:
        if line.status is is_posted and line.date <= as_of:
            posted.append(line)
        elif line.id not in judgements.lines:
            aside.append(line)
    duplicates = find_duplicates(facts.accounts, posted, judgements.lines, same_accounts)
    learned = model.learned_from if model is not None else frozenset()
    repeats, account_of, judged = duplicates.repeats, duplicates.account_of, judgements.lines
    if repeats or judged:
        posted = [line for line in posted if line.id not in repeats and line.id not in judged]
    lines: list[LineRecord] = []
    numbers = {code: banking_calendar(code).number for code in {line.amount.currency.code for line in posted}}
    for line in posted:
        account = account_of.get(line.account, line.account) if account_of else line.account
        known = memory.lines.get(line.id) if memory.lines else None
        if known is not None and known.line is line and known.account == account:
            lines.append(known)
            continue
        lines.append(LineRecord(line, numbers[line.amount.currency.code], line.id in learned, account))
    payouts: list[PayoutRecord] = []
    for payout in facts.payouts:
        if payout.id not in judgements.payouts:
            seen = memory.payouts.get(payout.id) if memory.payouts else None
            payouts.append(seen if seen is not None and seen.payout is payout else payout_record(payout))
    if model is not None:
        memory.keep(payouts, lines)
    return Placed(facts, payouts, lines, aside, duplicates)


def _payouts_by_amount(payouts: Sequence[PayoutRecord]) -> dict[Amount, list[PayoutRecord]]:
    by_amount: dict[Amount, list[PayoutRecord]] = {}
    for payout in payouts:
        if payout.came_back or not payout.minor:
            continue
        key = payout.currency, payout.minor
        found = by_amount.get(key)
        if found is None:
            by_amount[key] = [payout]
        else:
            found.append(payout)
    for found in by_amount.values():
        if len(found) > 1:
            found.sort(key=_BY_DAY)
    return by_amount


def _lines_by_amount(lines: Sequence[LineRecord]) -> dict[Amount, list[LineRecord]]:
    by_amount: dict[Amount, list[LineRecord]] = {}
    for line in lines:
        key = line.currency, line.minor
        found = by_amount.get(key)
        if found is None:
            by_amount[key] = [line]
        else:
            found.append(line)
    for found in by_amount.values():
        if len(found) > 1:
            found.sort(key=_BY_DAY)
    return by_amount


def horizon_of(facts: CompanyFacts, as_of: date, duplicates: Duplicates) -> Horizon:
    """Up to when the feeds know: the days that statements state, else the days of their first and last lines."""
    arrivals = [payout.arrival_date for payout in facts.payouts]
    covered: dict[BankAccountId, tuple[date, date]] = {}

    def cover(account: BankAccountId, first: date, last: date) -> None:
        id = duplicates.account_of.get(account, account)
        old = covered.get(id)
        covered[id] = (first, last) if old is None else (min(first, old[0]), max(last, old[1]))

    spans: dict[BankAccountId, list[date]] = {}
    for line in facts.deposits:
        span = spans.get(line.account)
        if span is None:
            spans[line.account] = [line.date, line.date]
        elif line.date < span[0]:
            span[0] = line.date
        elif line.date > span[1]:
            span[1] = line.date
    for id, (first, last) in spans.items():
        cover(id, first, last)
    for account in facts.accounts:
        if account.covered_from is not None and account.covered_to is not None:
            cover(account.id, account.covered_from, account.covered_to)
    return Horizon(
        as_of=as_of,
        payouts_from=min(arrivals, default=None),
        payouts_to=max(arrivals, default=None),
        covered=covered,
    )


def _accounts(facts: CompanyFacts, duplicates: Duplicates) -> Mapping[BankAccountId, BankAccount]:
    return {account.id: account for account in facts.accounts if account.id not in duplicates.account_of}
