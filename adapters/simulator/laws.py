"""The laws that make a world: what a bank, a Stripe account and the rest of a company's business do, and how often.

Every probability of the generator stands here, as a value: the same value samples the world and, afterwards, tells the
observer who knows the law how likely each explanation of what he sees is (see `posterior`).
"""

import math
from datetime import date
from random import Random

import attrs

from adapters.simulator import banking_calendar
from adapters.simulator.bank_voices import Family, Speaker
from adapters.simulator.banking_calendar import Banking
from domain.money import Currency


@attrs.frozen
class LagLaw:
    """Banking days from Stripe's arrival date to the bank's posting date: (days, weight) pairs. May be negative."""

    weights: tuple[tuple[int, float], ...]

    def sample(self, rng: Random) -> int:
        """One lag."""
        return rng.choices([lag for lag, _ in self.weights], [weight for _, weight in self.weights])[0]

    def days(self, banking: Banking, arrival: date) -> dict[date, float]:
        """Probability of each posting date."""
        total = sum(weight for _, weight in self.weights)
        result: dict[date, float] = {}
        for lag, weight in self.weights:
            day = banking_calendar.moved(banking, arrival, lag)
            result[day] = result.get(day, 0.0) + weight / total
        return result

    @property
    def longest(self) -> int:
        """The longest lag that can happen."""
        return max(lag for lag, _ in self.weights)


@attrs.frozen
class AmountLaw:
    """Amounts in minor units: with `round_share` one of `rounds`, else log-uniform over every cent of [low, high)."""

    low: int
    high: int
    rounds: tuple[int, ...] = ()
    round_share: float = 0.0

    def sample(self, rng: Random) -> int:
        """One amount."""
        if self.rounds and rng.random() < self.round_share:
            return rng.choice(self.rounds)
        return int(self.low * (self.high / self.low) ** rng.random())

    def probability(self, amount: int) -> float:
        """Probability of exactly this amount."""
        share = self.round_share if self.rounds else 0.0
        result = share * self.rounds.count(amount) / len(self.rounds) if self.rounds else 0.0
        if self.low <= amount < self.high:
            result += (1 - share) * math.log((amount + 1) / amount) / math.log(self.high / self.low)
        return result


@attrs.frozen(kw_only=True)
class CombineLaw:
    """How a bank adds payouts up: all of one day, or the next few in order of arrival within four days."""

    day_share: float = 0.0
    run_share: float = 0.0
    run_longest: int = 4


@attrs.frozen(kw_only=True)
class SplitLaw:
    """How a bank splits a payout into two or three lines, most on one day."""

    share: float
    three_share: float = 0.3
    next_day_share: float = 0.2


@attrs.frozen(kw_only=True)
class ConversionLaw:
    """The bank converts into the account's currency at the day's rate, less a spread in hundred-thousandths."""

    currency: Currency
    rate_micros: int
    """Millionths of the account's unit for one of the payout's, on the first day."""
    drift_micros: int
    spread_low: int
    spread_high: int


@attrs.frozen(kw_only=True)
class BankLaw:
    """One bank account and its bank's habits."""

    institution: str
    family: Family
    banking: Banking
    currency: Currency
    lag: LagLaw
    instant_lag: LagLaw = LagLaw(((0, 0.9), (1, 0.1)))
    missing: float = 0.002
    """Share of payouts that never show."""
    trace_equal: bool = False
    """The trace number that the bank prints is Stripe's own; otherwise it has nothing to do with it."""
    fee: int = 0
    """Minor units that the bank keeps of every credit from Stripe."""
    combine: CombineLaw | None = None
    split: SplitLaw | None = None
    conversion: ConversionLaw | None = None
    returned_shown: float = 0.5
    """Share of failed payouts whose credit and return both show."""
    return_lag: LagLaw = LagLaw(((1, 0.3), (2, 0.4), (3, 0.2), (4, 0.1)))
    in_feed: bool = True
    pending_share: float = 0.0
    relinked: bool = False
    """The account is linked a second time: the same lines again under new ids."""
    cut_start: int = 0
    """Days at the start of the world that the statement does not cover."""
    cut_end: int = 0


@attrs.frozen(kw_only=True)
class KindLaw:
    """Shares of the payouts that are not plain automatic ones."""

    manual: float = 0.02
    instant: float = 0.02
    negative: float = 0.01
    zero: float = 0.003
    failed: float = 0.005
    retried: float = 0.005
    """Failed, then paid again under a new id with the same amount."""
    canceled: float = 0.003
    reversed: float = 0.002
    elsewhere: float = 0.0
    """Paid to a bank account that is not in the feed."""


@attrs.frozen(kw_only=True)
class StripeAccountLaw:
    """One Stripe account: its payouts' rhythm and amounts, and the bank account that it pays into."""

    currency: Currency
    amounts: AmountLaw
    bank: int
    every: int = 1
    """A payout on every so-manieth banking day."""
    at_once: tuple[float, ...] = (1.0,)
    """Weights of one, two, three … payouts on such a day."""
    same_at_once: float = 0.0
    """Share of days whose payouts all have one amount."""
    descriptor: str | None = None
    payout_descriptors: bool = False
    """The payout objects state the descriptor."""
    kinds: KindLaw = KindLaw()
    trace_supported: float = 0.0
    trace_days: int = 3
    """Days after arrival on which Stripe tells the trace id."""
    destination_known: bool = True


@attrs.frozen(kw_only=True)
class NoiseLaw:
    """Lines that are not this company's payouts: so many on a banking day, of these amounts, in this voice."""

    bank: int
    speaker: Speaker
    per_day: float
    amounts: AmountLaw
    sign: int = 1


@attrs.frozen(kw_only=True)
class MirrorLaw:
    """Look-alikes: for each payout so many lines of its very amount, evenly over some days around arrival."""

    bank: int
    speaker: Speaker
    per_payout: float
    first: int = -2
    last: int = 4


@attrs.frozen(kw_only=True)
class CompanyLaw:
    """Everything that makes one company's world."""

    name: str
    first_day: date
    days: int
    tail: int
    """Days from the last payout's creation to the day of looking."""
    stripe_accounts: tuple[StripeAccountLaw, ...]
    banks: tuple[BankLaw, ...]
    noises: tuple[NoiseLaw, ...] = ()
    mirrors: tuple[MirrorLaw, ...] = ()
    payouts_max: int = 1_000_000
