"""New or changed facts in, changed outcomes out: one company's matching kept up to date.

The model snapshot is fixed, and so is the horizon if one is given; a changed fact re-solves the pairs of its own amount
and what is open beside them, nothing else. After any sequence of changes the result is that of `reconcile_deposits` on
the facts as they then are. Book-keeping of records is linear in the company's facts; solving is not repeated.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import TypeVar

import attrs

from domain.bank_deposit import BankAccount, BankDeposit, BankDepositId
from domain.company_facts import CompanyFacts
from domain.matching.decided import Decided, Records
from domain.matching.deposit_matching import decide_deposits
from domain.matching.explanation import match_of
from domain.matching.finding import Finding
from domain.matching.memory import Memory
from domain.matching.model import Horizon, ModelSnapshot
from domain.payout import Payout, PayoutId
from domain.reconciliation_decision import ReconciliationDecision
from domain.reconciliation_match import ReconciliationMatch
from domain.reconciliation_outcome import DepositOutcome, PayoutOutcome, Reconciliation

_Fact = TypeVar("_Fact", Payout, BankDeposit, BankAccount)


@attrs.frozen(kw_only=True)
class MatchingChanges:
    """What one change did. Empty tuples: nothing."""

    matches: tuple[ReconciliationMatch, ...]
    """Matches that are new, or not as they were."""
    withdrawn: tuple[ReconciliationMatch, ...]
    """Matches, as they were, that no longer hold."""
    payouts: tuple[PayoutOutcome, ...]
    """Outcomes that are new or different."""
    deposits: tuple[DepositOutcome, ...]


class DepositMatcher:
    """Holds one company's facts and their matching under one model snapshot."""

    def __init__(
        self,
        *,
        as_of: date,
        model: ModelSnapshot,
        horizon: Horizon | None = None,
        decisions: Sequence[ReconciliationDecision] = (),
        accepted: Iterable[Records] = (),
    ) -> None:
        """`horizon`: up to when the feeds know; taken from the facts at each change if not given."""
        self._as_of = as_of
        self._model = model
        self._horizon = horizon
        self._decisions = tuple(decisions)
        self._accepted = tuple(accepted)
        self._memory = Memory()
        self.facts = CompanyFacts()
        self._decided = self._decide()
        self._findings: dict[Records, Finding] = {}
        self._payouts: dict[PayoutId, PayoutOutcome] = {}
        self._deposits: dict[BankDepositId, DepositOutcome] = {}

    def apply(
        self,
        changed: CompanyFacts = CompanyFacts(),  # noqa: B008 - a frozen, empty value
        *,
        removed_payouts: Collection[PayoutId] = (),
        removed_deposits: Collection[BankDepositId] = (),
        decisions: Sequence[ReconciliationDecision] | None = None,
    ) -> MatchingChanges:
        """Take in facts (a fact of a known id replaces it), drop others, and say what is different now.

        `decisions` replaces what people decided; None leaves it.
        """
        self.facts = CompanyFacts(
            payouts=_merged(self.facts.payouts, changed.payouts, removed_payouts),
            balance_transactions=changed.balance_transactions or self.facts.balance_transactions,
            accounts=_merged(self.facts.accounts, changed.accounts, ()),
            deposits=_merged(self.facts.deposits, changed.deposits, removed_deposits),
        )
        if decisions is not None:
            self._decisions = tuple(decisions)
        self._decided = self._decide()
        return self._differences()

    def reconciliation(self) -> Reconciliation:
        """Everything, as it now is."""
        return self._decided.reconciliation()

    def _decide(self) -> Decided:
        return decide_deposits(
            self.facts,
            as_of=self._as_of,
            model=self._model,
            horizon=self._horizon,
            decisions=self._decisions,
            accepted=self._accepted,
            memory=self._memory,
        )

    def _differences(self) -> MatchingChanges:
        findings = {_records(finding): finding for finding in self._decided.findings}
        matches: list[ReconciliationMatch] = []
        for records, finding in findings.items():
            old = self._findings.get(records)
            if old is finding:
                continue
            match = match_of(finding)
            if old is None or match_of(old) != match:
                matches.append(match)
        withdrawn = [match_of(old) for records, old in self._findings.items() if records not in findings]
        payouts = {each.payout: each for each in self._decided.payout_outcomes()}
        deposits = {each.deposit: each for each in self._decided.deposit_outcomes()}
        changes = MatchingChanges(
            matches=tuple(sorted(matches, key=lambda match: match.id)),
            withdrawn=tuple(sorted(withdrawn, key=lambda match: match.id)),
            payouts=tuple(each for id, each in payouts.items() if self._payouts.get(id) != each),
            deposits=tuple(each for id, each in deposits.items() if self._deposits.get(id) != each),
        )
        self._findings, self._payouts, self._deposits = findings, payouts, deposits
        return changes


def _merged(old: Sequence[_Fact], new: Sequence[_Fact], removed: Collection[str]) -> tuple[_Fact, ...]:
    if not new and not removed:
        return tuple(old)
    facts = {str(fact.id): fact for fact in old}
    facts.update({str(fact.id): fact for fact in new})
    for id in removed:
        facts.pop(id, None)
    return tuple(facts.values())


def _records(finding: Finding) -> Records:
    return tuple(sorted(p.id for p in finding.payouts)), tuple(sorted(line.id for line in finding.lines))
