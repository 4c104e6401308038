"""A person's word on a match: it stands above whatever the engine would say."""

from enum import StrEnum

import attrs

from domain.bank_deposit import BankDepositId
from domain.payout import PayoutId


class DecisionKind(StrEnum):
    """What a person can say."""

    CONFIRM = "confirm"
    """These payouts and deposits are the same money. Also how a match in a closed period is kept."""
    REJECT = "reject"
    """They are not; never propose this again."""
    NOT_STRIPE = "not_stripe"
    """These deposits have nothing to do with Stripe."""


@attrs.frozen(kw_only=True)
class ReconciliationDecision:
    """One decision: what, by whom, and why."""

    kind: DecisionKind
    payouts: tuple[PayoutId, ...] = ()
    deposits: tuple[BankDepositId, ...] = ()
    by: str = ""
    note: str = ""

    @property
    def records(self) -> tuple[tuple[PayoutId, ...], tuple[BankDepositId, ...]]:
        """What it is about, in the order of ids."""
        return tuple(sorted(self.payouts)), tuple(sorted(self.deposits))


class Verdict(StrEnum):
    """What a person says of a match."""

    CONFIRM = "confirm"
    """It is right, whatever comes."""
    REJECT = "reject"
    """It is wrong, and never to be proposed again."""
    REVERSE = "reverse"
    """It is not to stand: what a person said of it is taken back; a match of the engine's own is rejected."""


@attrs.frozen(kw_only=True)
class VerdictOnMatch:
    """One verdict, and why."""

    match: str
    verdict: Verdict
    note: str
