"""A reconciliation made by hand: two equal payouts and one deposit, one payout late, one that leaves a remainder."""

from datetime import date

import attrs

from domain.bank_deposit import BankAccountId, BankDeposit, BankDepositId
from domain.company_facts import CompanyFacts
from domain.completeness import certify
from domain.payout_breakdown import break_down_payouts
from domain.reconciliation_break import BreakKind, ReconciliationBreak
from domain.reconciliation_match import (
    Alternative,
    EvidenceItem,
    MatchKind,
    MatchStatus,
    ReconciliationMatch,
    Residual,
    ResidualClass,
)
from domain.reconciliation_outcome import (
    DepositOutcome,
    DepositOutcomeKind,
    PayoutOutcome,
    PayoutOutcomeKind,
    Reconciliation,
)
from ports.use_cases.gather_facts import GatheredFacts, InputSummary
from ports.use_cases.known_on_the_day import Later
from ports.use_cases.reconcile_files import ReconciledFiles
from tests.domain.balance_records import payout, transaction, usd

AS_OF = date(2026, 6, 30)


def line(id: str, minor_units: int, text: str = "STRIPE TRANSFER") -> BankDeposit:
    return BankDeposit(
        id=BankDepositId(id),
        account=BankAccountId("checking"),
        amount=usd(minor_units),
        date=date(2026, 6, 12),
        text=text,
    )


FACTS = CompanyFacts(
    payouts=(payout("po_a", 100_00), payout("po_b", 100_00), payout("po_late", 75_50), payout("po_short", 20_00)),
    balance_transactions=(
        transaction("txn_a", 100_00, payout="po_a"),
        transaction("txn_b", 100_00, payout="po_b"),
        transaction("txn_late", 75_50, payout="po_late"),
        transaction("txn_short", 21_00, 2, payout="po_short"),
    ),
    deposits=(line("line_1", 100_00), line("line_2", 20_00), line("line_3", 42_00, "[red]STRIPE\x1b[31m CAPITAL")),
)

NOTHING_LEFT = Residual(amount=usd(0), named=ResidualClass.NONE)

REVIEW = ReconciliationMatch(
    id="match_1",
    status=MatchStatus.NEEDS_REVIEW,
    kind=MatchKind.ONE_TO_ONE,
    payouts=(FACTS.payouts[0].id,),
    deposits=(FACTS.deposits[0].id,),
    residual=NOTHING_LEFT,
    probability=0.5,
    margin_millinats=0,
    evidence=(EvidenceItem(feature="amount", level="repeated", millinats=3_000),),
    alternatives=(
        Alternative(
            kind=MatchKind.ONE_TO_ONE,
            payouts=(FACTS.payouts[1].id,),
            deposits=(FACTS.deposits[0].id,),
            residual=NOTHING_LEFT,
            evidence=(EvidenceItem(feature="amount", level="repeated", millinats=3_000),),
        ),
    ),
    explanation="Two payouts of this amount were due that day, and nothing tells which came.",
)

ACCEPTED = attrs.evolve(
    REVIEW,
    id="match_2",
    status=MatchStatus.MATCHED,
    payouts=(FACTS.payouts[3].id,),
    deposits=(FACTS.deposits[1].id,),
    probability=0.99999,
    margin_millinats=11_500,
    alternatives=(),
    explanation="It came on the day, and the amount is unique.",
)

RECONCILIATION = Reconciliation(
    as_of=AS_OF,
    model_version="1",
    model_hash="abc",
    matches=(REVIEW, ACCEPTED),
    payouts=tuple(
        PayoutOutcome(payout=found.id, outcome=outcome, reason=reason)
        for found, outcome, reason in zip(
            FACTS.payouts,
            (
                PayoutOutcomeKind.NEEDS_REVIEW,
                PayoutOutcomeKind.IN_TRANSIT,
                PayoutOutcomeKind.LATE,
                PayoutOutcomeKind.MATCHED,
            ),
            ("two fit", "it may be the other", "no line of this amount", "it fits"),
            strict=True,
        )
    ),
    deposits=tuple(
        DepositOutcome(deposit=found.id, outcome=outcome, reason="so it is")
        for found, outcome in zip(
            FACTS.deposits,
            (DepositOutcomeKind.NEEDS_REVIEW, DepositOutcomeKind.MATCHED, DepositOutcomeKind.UNEXPLAINED),
            strict=True,
        )
    ),
    breaks=(ReconciliationBreak(kind=BreakKind.COVERAGE_GAP, where="checking", reason="no statement for May"),),
)


def reconciled(facts: CompanyFacts = FACTS, reconciliation: Reconciliation = RECONCILIATION) -> ReconciledFiles:
    """As the use case puts it together."""
    breakdowns = break_down_payouts(facts)
    return ReconciledFiles(
        later=Later(payouts=(), transactions=()),
        gathered=GatheredFacts(
            facts=facts,
            inputs=(
                InputSummary(file="bank.csv", kind="Bank CSV", records=3, notes=("dates are day first",)),
                InputSummary(file="stripe.json", kind="Stripe API payouts", records=8),
            ),
            breaks=(),
        ),
        reconciliation=reconciliation,
        breakdowns=breakdowns,
        certificate=certify(facts, reconciliation, breakdowns),
        breaks=tuple(sorted({*reconciliation.breaks, *breakdowns.breaks})),
    )
