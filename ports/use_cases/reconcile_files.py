"""Files in, proof out: gather the facts, match them, break the payouts down, and prove that nothing is missing."""

from collections.abc import Callable
from datetime import date
from enum import StrEnum

import attrs

from domain.company_facts import CompanyFacts
from domain.completeness import CompletenessCertificate, OpenQuestions, certify, open_questions
from domain.matching.deposit_matching import reconcile_deposits
from domain.payout import PayoutStatus
from domain.payout_breakdown import Breakdowns, break_down_payouts
from domain.reconciliation_break import ReconciliationBreak
from domain.reconciliation_outcome import Reconciliation
from ports.facts_reader import FactsReader, InputFile
from ports.use_cases.gather_facts import GatheredFacts, gather_facts
from ports.use_cases.known_on_the_day import Later, known_on_the_day


class Stage(StrEnum):
    """What the work is at, for a progress bar."""

    READING = "reading"
    MATCHING = "matching deposits to payouts"
    BREAKING_DOWN = "breaking payouts down"
    PROVING = "proving"


class NothingHappened(Exception):
    """No input holds a date on which anything happened, so that there is no day to reconcile as of. Give one."""


@attrs.frozen(kw_only=True)
class ReconciledFiles:
    """The whole result, a pure function of the files' contents, their names and `as_of`."""

    gathered: GatheredFacts
    reconciliation: Reconciliation
    breakdowns: Breakdowns
    certificate: CompletenessCertificate
    later: Later
    """What the files say of the time after the day: it has an outcome, and takes no part in any sum."""
    breaks: tuple[ReconciliationBreak, ...]
    """Of reading, matching and breaking down, sorted."""

    @property
    def facts(self) -> CompanyFacts:
        """What the files say."""
        return self.gathered.facts

    @property
    def open_questions(self) -> OpenQuestions:
        """What is left unexplained."""
        return open_questions(self.certificate, self.reconciliation, self.breakdowns, self.breaks)


def reconcile_files(
    *,
    stripe: tuple[InputFile, ...],
    bank: tuple[InputFile, ...],
    stripe_readers: tuple[FactsReader, ...],
    bank_readers: tuple[FactsReader, ...],
    as_of: date | None,
    on_stage: Callable[[Stage], None],
) -> ReconciledFiles:
    """Reconciles the files as of a day; None: the last day on which anything happened (`latest_day`).

    Raises UnreadableFile for a file that cannot be used as a whole, and NothingHappened.
    """
    on_stage(Stage.READING)
    gathered = gather_facts(stripe=stripe, bank=bank, stripe_readers=stripe_readers, bank_readers=bank_readers)
    as_of = as_of or latest_day(gathered.facts)
    known, later = known_on_the_day(gathered.facts, as_of)
    on_stage(Stage.MATCHING)
    reconciliation = reconcile_deposits(known, as_of=as_of)
    on_stage(Stage.BREAKING_DOWN)
    breakdowns = break_down_payouts(known)
    on_stage(Stage.PROVING)
    return ReconciledFiles(
        gathered=gathered,
        reconciliation=attrs.evolve(reconciliation, payouts=(*reconciliation.payouts, *later.payouts)),
        breakdowns=attrs.evolve(breakdowns, transactions=(*breakdowns.transactions, *later.transactions)),
        certificate=certify(known, reconciliation, breakdowns),
        later=later,
        breaks=tuple(sorted({*gathered.breaks, *reconciliation.breaks, *breakdowns.breaks})),
    )


def latest_day(facts: CompanyFacts) -> date:
    """The last day of which the records speak in the past tense. Raises NothingHappened where there is none.

    Counted are bank lines, creations, and the arrival of payouts that Stripe no longer calls under way. When a payout
    under way is expected, or when a transaction becomes available, lies ahead of the day on which the files were made.
    """
    under_way = (PayoutStatus.PENDING, PayoutStatus.IN_TRANSIT)
    days = {deposit.date for deposit in facts.deposits}
    days |= {account.covered_to for account in facts.accounts if account.covered_to}
    days |= {payout.created.date() for payout in facts.payouts if payout.created}
    days |= {payout.arrival_date for payout in facts.payouts if payout.status not in under_way}
    days |= {transaction.created.date() for transaction in facts.balance_transactions if transaction.created}
    days = days or {payout.arrival_date for payout in facts.payouts}
    if not days:
        raise NothingHappened
    return max(days)
