"""What was decided for one company, in compact form; outcomes and explanations are made from it when asked for."""

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from functools import cached_property

import attrs

from domain.bank_deposit import BankAccountId, BankDeposit, BankDepositStatus
from domain.company_facts import CompanyFacts
from domain.matching.duplicates import Duplicates
from domain.matching.evidence import TRACE_AGREES, Evidence
from domain.matching.explanation import match_of
from domain.matching.finding import Finding
from domain.matching.judgements import Judgements, Records, shape_of
from domain.matching.model import LAG_MAX, LAG_MIN, ModelSnapshot
from domain.matching.open_records import OpenRecords
from domain.matching.outcomes import Outcomes, Sightings, elsewhere
from domain.matching.records import LineRecord, PayoutRecord, line_record, payout_record
from domain.reconciliation_break import BreakKind, ReconciliationBreak
from domain.reconciliation_match import MatchStatus, ReconciliationMatch
from domain.reconciliation_outcome import (
    DepositOutcome,
    DepositOutcomeKind,
    PayoutOutcome,
    Reconciliation,
)

__all__ = ["Decided", "Placed", "Records", "duplicate_feeds"]


@attrs.frozen
class Placed:
    """The records of one company, those that take part and those that do not."""

    facts: CompanyFacts
    payouts: list[PayoutRecord]
    lines: list[LineRecord]
    aside: list[BankDeposit]
    """Pending, withdrawn, or dated after the day asked about."""
    duplicates: Duplicates


class Decided:
    """Findings under one model and horizon."""

    def __init__(
        self,
        placed: Placed,
        evidence: Evidence,
        model: ModelSnapshot,
        findings: Sequence[Finding],
        judgements: Judgements,
        searched: OpenRecords | None = None,
    ) -> None:
        self.placed = placed
        self.evidence = evidence
        self.model = model
        self.judgements = judgements
        self.searched = searched
        """The search among what pairs left open; None where nothing was open."""
        self.elsewhere: Set[str] | None = None
        """Origins whose payouts go to accounts that are not given, if that is known from more than these records."""
        self.findings = [*findings, *self._confirmed()]

    @property
    def automatic(self) -> list[Finding]:
        """What was matched without a person."""
        return [finding for finding in self.findings if finding.automatic and finding.status is None]

    def matches(self) -> tuple[ReconciliationMatch, ...]:
        """All matches, explained, by id."""
        return tuple(sorted((match_of(finding) for finding in self.findings), key=lambda match: match.id))

    def reconciliation(self) -> Reconciliation:
        """Everything: matches, one outcome for each record, breaks."""
        return Reconciliation(
            as_of=self.evidence.horizon.as_of,
            model_version=self.model.version,
            model_hash=self.model.digest(),
            matches=self.matches(),
            payouts=tuple(self.payout_outcomes()),
            deposits=tuple(self.deposit_outcomes()),
            breaks=self.all_breaks(),
        )

    def all_breaks(self) -> tuple[ReconciliationBreak, ...]:
        """What does not fit, sorted. Nothing is explained for it."""
        return tuple(sorted((*self.breaks(), *self._duplicate_feeds())))

    def payout_outcomes(self) -> list[PayoutOutcome]:
        """One for each payout, by id."""
        made = []
        for payout in sorted(self.all_payouts, key=lambda p: p.id):
            kind, reason = self.outcomes.of_payout(payout)
            made.append(PayoutOutcome(payout=payout.payout.id, outcome=kind, reason=reason))
        return made

    def deposit_outcomes(self) -> list[DepositOutcome]:
        """One for each bank line, by id."""
        return sorted(self._deposits(self.outcomes), key=lambda each: each.deposit)

    def sightings(self) -> Sightings:
        """Per origin, how many of its payouts were seen, and how many should have been and were not."""
        return self.outcomes.sightings(self.all_payouts)

    @cached_property
    def all_payouts(self) -> list[PayoutRecord]:
        confirmed = [p for decision in self.judgements.confirmed for p in decision[1]]
        return [*self.placed.payouts, *(payout_record(p) for p in confirmed)]

    @cached_property
    def outcomes(self) -> Outcomes:
        """What became of each record; asked for once the findings are final."""
        outcomes = Outcomes(self.findings, self.evidence)
        known = self.elsewhere
        outcomes.origins_elsewhere = elsewhere(outcomes.sightings(self.all_payouts)) if known is None else known
        return outcomes

    def _confirmed(self) -> list[Finding]:
        findings = []
        for decision, payouts, lines in self.judgements.confirmed:
            kind, rest, named = shape_of(payouts, lines)
            by = f" by {decision.by}" if decision.by else ""
            finding = Finding(
                kind,
                tuple(payout_record(payout) for payout in payouts),
                tuple(line_record(line, learned=False) for line in lines),
                0,
                0,
                self.evidence,
                items=(),
                residual=rest,
                residual_class=named,
                searched=f"Confirmed{by}{': ' + decision.note if decision.note else ''}.",
            )
            finding.status = MatchStatus.CONFIRMED
            findings.append(finding)
        return findings

    def _deposits(self, outcomes: Outcomes) -> list[DepositOutcome]:
        made = [
            DepositOutcome(deposit=line.line.id, outcome=kind, reason=reason)
            for line in self.placed.lines
            for kind, reason in (outcomes.of_line(line),)
        ]
        for _, _, lines in self.judgements.confirmed:
            for line in lines:
                made.append(
                    DepositOutcome(deposit=line.id, outcome=DepositOutcomeKind.MATCHED, reason="Confirmed by a person.")
                )
        for id, decision in self.judgements.not_stripe.items():
            by = f" by {decision.by}" if decision.by else ""
            note = f": {decision.note}" if decision.note else "."
            posted = next(line for line in self.placed.facts.deposits if line.id == id)
            made.append(
                DepositOutcome(
                    deposit=posted.id,
                    outcome=DepositOutcomeKind.NOT_STRIPE,
                    reason=f"Said to be not Stripe's{by}{note}",
                )
            )
        judged = self.judgements.lines
        repeats = self.placed.duplicates.repeats
        for line in self.placed.facts.deposits:
            if line.id in repeats and line.id not in judged:
                reason = f"The same account's line of {line.date} is counted under {repeats[line.id]}."
                made.append(DepositOutcome(deposit=line.id, outcome=DepositOutcomeKind.DUPLICATE, reason=reason))
        for line in self.placed.aside:
            made.append(_aside(line))
        return made

    def breaks(self) -> list[ReconciliationBreak]:
        """What does not fit, but that feeds repeat each other."""
        breaks = [
            *self.judgements.breaks,
            *(
                ReconciliationBreak(kind=BreakKind.SEARCH_BOUND, where=bound.split(":")[0], reason=bound)
                for bound in self.evidence.bounds_reached
            ),
        ]
        for finding in self.findings:
            if finding.review and finding.review.startswith("the trace ids"):
                kind = BreakKind.AMOUNT_DIFFERS if finding.residual else BreakKind.IDENTITY_DISAGREES
                delta = f" by {finding.residual} minor units" if finding.residual else ""
                names = f"{finding.payouts[0].id} and {finding.lines[0].id}"
                breaks.append(ReconciliationBreak(kind=kind, where=names, reason=finding.review + delta))
            elif finding.automatic and len(finding.payouts) == len(finding.lines) == 1:
                breaks += self._late_by_identity(finding.payouts[0], finding.lines[0])
        return breaks

    def _duplicate_feeds(self) -> list[ReconciliationBreak]:
        duplicates = self.placed.duplicates
        if not duplicates.account_of:
            return []
        lines = Counter(line.account for line in self.placed.facts.deposits)
        return duplicate_feeds(duplicates.account_of, lines, len(duplicates.repeats))

    def _late_by_identity(self, payout: PayoutRecord, line: LineRecord) -> list[ReconciliationBreak]:
        if payout.trace is None or LAG_MIN <= line.day - payout.day <= LAG_MAX or payout.currency != line.currency:
            return []
        parts = self.evidence.parts(payout, line)
        if parts is None or parts.trace < TRACE_AGREES:
            return []
        where = f"{payout.id} and {line.id}"
        reason = f"the trace ids agree, but the deposit came {line.day - payout.day} banking days after it was due"
        return [ReconciliationBreak(kind=BreakKind.LATE_BY_IDENTITY, where=where, reason=reason)]


def duplicate_feeds(
    same: Mapping[BankAccountId, BankAccountId], lines: Mapping[BankAccountId, int], repeated: int
) -> list[ReconciliationBreak]:
    """One break for each account that another one stands for; `lines` says how many each account has."""
    return [
        ReconciliationBreak(
            kind=BreakKind.DUPLICATE_FEED,
            where=account,
            reason=(
                f"the same account as {standing}: {repeated} of {lines.get(account, 0) + lines.get(standing, 0)} lines "
                "came twice and count once"
            ),
        )
        for account, standing in sorted(same.items())
    ]


def _aside(line: BankDeposit) -> DepositOutcome:
    if line.status is BankDepositStatus.PENDING:
        reason = "Pending at the bank; only posted lines are matched."
        return DepositOutcome(deposit=line.id, outcome=DepositOutcomeKind.PENDING, reason=reason)
    if line.status is BankDepositStatus.WITHDRAWN:
        reason = "The bank took this line back."
        return DepositOutcome(deposit=line.id, outcome=DepositOutcomeKind.WITHDRAWN, reason=reason)
    reason = f"Dated {line.date}, after the day of this report."
    return DepositOutcome(deposit=line.id, outcome=DepositOutcomeKind.PENDING, reason=reason)
