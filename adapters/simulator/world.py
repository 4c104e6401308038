"""A company's world as made: the facts that its owner would see, and the truth behind them."""

from datetime import date

import attrs

from adapters.simulator.bank_voices import Voice
from adapters.simulator.laws import BankLaw, CompanyLaw, StripeAccountLaw
from domain.bank_deposit import BankDeposit, BankDepositId
from domain.company_facts import CompanyFacts
from domain.payout import Payout, PayoutId
from domain.reconciliation_match import MatchKind


@attrs.frozen(kw_only=True)
class MadePayout:
    """A payout with what made it."""

    payout: Payout
    account: int
    """Which of the company's Stripe accounts."""
    law: StripeAccountLaw
    true_trace: str
    """The trace number that the rail used, whether or not Stripe tells it."""
    elsewhere: bool = False


@attrs.frozen(kw_only=True)
class MadeLine:
    """A physical bank line with what made it. Copies through a second feed are not lines of their own."""

    deposit: BankDeposit
    bank: int
    voice: Voice
    trace: str
    """The number printed in its text, or nothing."""


@attrs.frozen(kw_only=True)
class TrueLink:
    """Payouts and lines that are the same money: the smallest such set."""

    payouts: tuple[PayoutId, ...]
    deposits: tuple[BankDepositId, ...]
    kind: MatchKind
    posterior: float = 0.0
    """Probability that the observer who knows the law gives this very link."""
    set_posterior: float = 0.0
    """The same for the interchangeable set it stands in; equal to `posterior` where it stands alone."""
    interchangeable: int | None = None
    """Number of the set of links of equal payouts and equal lines that nothing tells apart, or None."""

    @property
    def decidable(self) -> bool:
        """An observer who knows the law is sure of the link, or of the set in which it has no meaning of its own."""
        return max(self.posterior, self.set_posterior) >= 0.9999


@attrs.frozen(kw_only=True)
class Truth:
    """What really belongs together."""

    links: tuple[TrueLink, ...]
    copies: dict[BankDepositId, BankDepositId]
    """Lines that came again through another feed, and the line that they are."""
    missing: tuple[PayoutId, ...]
    """Payouts that should have been seen by now, and were not: lost, or outside the statement."""


@attrs.frozen(kw_only=True)
class CompanyWorld:
    """One company: facts, truth, and what made them."""

    name: str
    as_of: date
    facts: CompanyFacts
    truth: Truth
    law: CompanyLaw
    payouts: tuple[MadePayout, ...]
    lines: tuple[MadeLine, ...]


@attrs.frozen(kw_only=True)
class Visible:
    """The days of one bank account that the observer sees."""

    first: date
    last: date

    def shows(self, day: date) -> bool:
        """A line of this day is in the statement."""
        return self.first <= day <= self.last


def speaker_bank(law: CompanyLaw, account: int) -> BankLaw:
    """The bank that a Stripe account pays into."""
    return law.banks[law.stripe_accounts[account].bank]
