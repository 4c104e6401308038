"""People's decisions, made ready for matching: what they confirmed is fixed, what they rejected is never proposed."""

from collections.abc import Sequence

from domain.bank_deposit import BankDeposit, BankDepositStatus
from domain.company_facts import CompanyFacts
from domain.payout import Payout
from domain.reconciliation_break import BreakKind, ReconciliationBreak
from domain.reconciliation_decision import DecisionKind, ReconciliationDecision
from domain.reconciliation_match import MatchKind, ResidualClass

Records = tuple[tuple[str, ...], tuple[str, ...]]


class Judgements:
    """Decisions that hold on these facts; those that the facts now contradict become breaks and are not applied."""

    def __init__(self, facts: CompanyFacts, decisions: Sequence[ReconciliationDecision]) -> None:
        self.confirmed: list[tuple[ReconciliationDecision, tuple[Payout, ...], tuple[BankDeposit, ...]]] = []
        self.not_stripe: dict[str, ReconciliationDecision] = {}
        self.rejected: frozenset[Records] = frozenset()
        self.breaks: list[ReconciliationBreak] = []
        self.payouts: set[str] = set()
        self.lines: set[str] = set()
        if not decisions:
            return
        payouts: dict[str, Payout] = {payout.id: payout for payout in facts.payouts}
        lines: dict[str, BankDeposit] = {
            line.id: line for line in facts.deposits if line.status is BankDepositStatus.POSTED
        }
        self.rejected = frozenset(d.records for d in decisions if d.kind is DecisionKind.REJECT)
        for decision in sorted(decisions, key=lambda d: (d.kind, d.records)):
            if decision.kind is DecisionKind.NOT_STRIPE:
                self._say_not_stripe(decision, lines)
            elif decision.kind is DecisionKind.CONFIRM:
                self._confirm(decision, payouts, lines)

    def _say_not_stripe(self, decision: ReconciliationDecision, lines: dict[str, BankDeposit]) -> None:
        for id in decision.deposits:
            if id in lines and id not in self.lines:
                self.not_stripe[id] = decision
                self.lines.add(id)
                continue
            why = "it is part of a confirmed match" if id in lines else "it is no longer among the posted lines"
            self.breaks.append(
                ReconciliationBreak(kind=BreakKind.OTHER, where=id, reason=f"said to be not Stripe's, but {why}")
            )

    def _confirm(
        self, decision: ReconciliationDecision, payouts: dict[str, Payout], lines: dict[str, BankDeposit]
    ) -> None:
        names = (*decision.payouts, *decision.deposits)
        gone = [id for id in decision.payouts if id not in payouts] + [
            id for id in decision.deposits if id not in lines
        ]
        used = [id for id in names if id in self.payouts or id in self.lines]
        if gone or used:
            why = (
                f"{', '.join(gone)} is no longer among the posted records"
                if gone
                else f"{', '.join(used)} is used twice"
            )
            self.breaks.append(
                ReconciliationBreak(
                    kind=BreakKind.OTHER, where=", ".join(names), reason=f"a confirmed match no longer holds: {why}"
                )
            )
            return
        self.payouts.update(decision.payouts)
        self.lines.update(decision.deposits)
        self.confirmed.append(
            (decision, tuple(payouts[id] for id in decision.payouts), tuple(lines[id] for id in decision.deposits))
        )


def shape_of(payouts: Sequence[Payout], lines: Sequence[BankDeposit]) -> tuple[MatchKind, int, ResidualClass]:
    """Kind, residual in the payouts' minor units and its class, of what a person put together."""
    currencies = {p.amount.currency.code for p in payouts} | {line.amount.currency.code for line in lines}
    if len(currencies) > 1:
        return MatchKind.CONVERSION, 0, ResidualClass.CONVERSION
    rest = sum(p.amount.minor_units for p in payouts) - sum(line.amount.minor_units for line in lines)
    if rest and len(lines) > 1 and not sum(line.amount.minor_units for line in lines):
        return MatchKind.RETURNED, rest, ResidualClass.RETURN
    if rest:
        return MatchKind.BANK_FEE, rest, ResidualClass.BANK_FEE
    if len(payouts) > 1:
        return (MatchKind.COMBINED if len(lines) == 1 else MatchKind.INTERCHANGEABLE), 0, ResidualClass.NONE
    return (MatchKind.ONE_TO_ONE if len(lines) == 1 else MatchKind.SPLIT), 0, ResidualClass.NONE
