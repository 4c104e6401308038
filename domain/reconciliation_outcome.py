"""What became of every record: exactly one outcome each, with a reason in words."""

from datetime import date
from enum import StrEnum

import attrs

from domain.bank_deposit import BankDepositId
from domain.payout import PayoutId
from domain.reconciliation_break import ReconciliationBreak
from domain.reconciliation_match import ReconciliationMatch


class PayoutOutcomeKind(StrEnum):
    """Where a payout's money is, as far as the records can say."""

    MATCHED = "matched"
    IN_TRANSIT = "in_transit"
    """Not at the bank yet, and not expected to be."""
    LATE = "late"
    """Should have arrived, and still may."""
    MISSING = "missing"
    """Should have been seen by now, and was not."""
    OTHER_ACCOUNT = "other_account"
    """Sent to a bank account that is not among those given."""
    NEEDS_REVIEW = "needs_review"
    FAILED = "failed"
    CANCELED = "canceled"
    NOTHING_EXPECTED = "nothing_expected"
    """A payout of nothing: no bank line will come."""


class DepositOutcomeKind(StrEnum):
    """What a bank line is, as far as the records can say."""

    MATCHED = "matched"
    NEEDS_REVIEW = "needs_review"
    UNEXPLAINED = "unexplained"
    """It looks like Stripe's, but no payout among the records is it."""
    NOT_STRIPE = "not_stripe"
    DUPLICATE = "duplicate"
    """The same line of the same account came through another feed, and is counted there."""
    PENDING = "pending"
    WITHDRAWN = "withdrawn"


@attrs.frozen(kw_only=True)
class PayoutOutcome:
    """One payout's outcome and its reason."""

    payout: PayoutId
    outcome: PayoutOutcomeKind
    reason: str


@attrs.frozen(kw_only=True)
class DepositOutcome:
    """One bank line's outcome and its reason."""

    deposit: BankDepositId
    outcome: DepositOutcomeKind
    reason: str


@attrs.frozen(kw_only=True)
class Reconciliation:
    """The whole result of matching one company's facts, sorted by id, a pure function of facts, model and decisions.

    Built by `domain.matching.deposit_matching.reconcile_deposits(facts, as_of=…)`.
    """

    as_of: date
    model_version: str
    model_hash: str
    matches: tuple[ReconciliationMatch, ...]
    payouts: tuple[PayoutOutcome, ...]
    deposits: tuple[DepositOutcome, ...]
    breaks: tuple[ReconciliationBreak, ...]
