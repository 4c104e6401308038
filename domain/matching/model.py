"""The model snapshot: all that matching has learned, as counts, cut at a stated moment and given explicitly.

With no counts at all it is the priors, which serve a company on its first day. Probabilities are whole parts per
million and are turned into log odds by `log_odds`, so every platform computes the same.
"""

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Final

import attrs

from domain.bank_deposit import BankAccountId, BankDepositId
from domain.matching.descriptor import TextForm, TextKey

MODEL_VERSION: Final = "2"

LAG_MIN: Final = -2
LAG_MAX: Final = 10
LAGS: Final = LAG_MAX - LAG_MIN + 1
LATE_MAX: Final = 30
"""Later than LAG_MAX, up to so many banking days, a deposit is held possible, for a person to judge."""

TRACE_DAYS_MAX: Final = 60
"""A trace id tells who it is within so many banking days, early or late; the numbers of banks come round again."""

LAG_PRIOR_PPM: Final = (200, 1_300, 637_200, 251_000, 65_000, 22_000, 10_000, 5_000, 3_000, 2_000, 1_400, 1_100, 800)
"""P(lag) for banking days −2 … +10 before anything is known of a bank: most post on the day or the next …"""
LAG_PRIOR_EARLY_PPM: Final = (
    12_000,
    100_000,
    560_000,
    220_000,
    60_000,
    20_000,
    10_000,
    5_500,
    4_000,
    3_000,
    2_500,
    1_700,
    1_300,
)
"""… and some credit deposits early."""
EARLY_PPM: Final = 160_000
"""P(a bank is one of these)."""

SHIFT_PRIOR_PPM: Final = {0: 800_000, 1: 120_000, 2: 40_000, 3: 20_000, 4: 10_000, 5: 6_000, -1: 4_000}
"""P(a bank is this many banking days slower than the prior says): slow banks are slow every time."""

MISSING_KINDS_PPM: Final = {
    False: {1_300: 880_000, 20_000: 120_000},
    True: {1_300: 300_000, 20_000: 700_000},
}
"""How often payouts never reach the account, and how likely each is, before anything is known: most lose hardly any,
some many; the latter is likely where look-alikes are many (True): they hide losses, and list and statements are then
visibly not of quite the same business."""
MISSING_PPM_MAX: Final = 50_000

TEXT_PRIOR_PPM: Final[dict[TextForm, int]] = {
    TextForm.STRIPE: 850_000,
    TextForm.GENERIC: 100_000,
    TextForm.STRIPE_PLATFORM: 30_000,
    TextForm.OTHER: 20_000,
    TextForm.STRIPE_PRODUCT: 10,
    TextForm.PROCESSOR: 1,
}
"""P(form of text | the line is a payout's deposit)."""

TEXT_RATE_PPM: Final[dict[TextForm, int]] = {
    TextForm.STRIPE: 4_000,
    TextForm.GENERIC: 300_000,
    TextForm.STRIPE_PLATFORM: 6_000,
    TextForm.OTHER: 1_000_000,
    TextForm.STRIPE_PRODUCT: 2_000,
    TextForm.PROCESSOR: 300_000,
}
"""Lines of this form that have nothing to do with our payouts, per banking day."""

TEXT_RATE_DAYS: Final = 60
"""How many banking days of observation the prior rates are worth."""

UNLISTED_UNKNOWN_PPM: Final = 50_000
"""P(the list of payouts is cut off on one side) where the statements cannot tell …"""
UNLISTED_SEEN_PPM: Final = 900_000
"""… where they show Stripe's deposits beyond it …"""
UNLISTED_UNSEEN_PPM: Final = 3_000
"""… and where they cover that time and show none."""

HABIT_WORTH: Final = 50
"""How many deposits the prior of a habit (combining, splitting …) is worth."""

HISTORY_MIN: Final = 3
"""So many deposits must have been recognised before a different text counts as a contradiction."""


@attrs.frozen(kw_only=True)
class AccountHistory:
    """What was learned of one bank account."""

    lags: Mapping[str, tuple[int, ...]] = attrs.field(factory=dict)
    """Payout method → how often each lag was seen, from LAG_MIN on."""
    texts: Mapping[str, Mapping[TextKey, int]] = attrs.field(factory=dict)
    """Origin of the payout (its destination or Stripe account) → how often each text came with it."""
    shapes: Mapping[str, TextKey] = attrs.field(factory=dict)
    """Common texts with their codes blanked → how they are read; a word in the place of a code is a code."""
    other_texts: Mapping[TextKey, int] = attrs.field(factory=dict)
    """How often each text came on lines that no payout could explain …"""
    other_debits: Mapping[TextKey, int] = attrs.field(factory=dict)
    """… and how often of these on debits."""
    banking_days: int = 0
    lines: int = 0
    repeated_amounts: Mapping[tuple[int, TextKey], int] = attrs.field(factory=dict)
    """Signed minor units and text → lines of both, beyond the payouts of that amount; only where there are any."""
    doubles: int = 0
    """Credits beyond the payouts of a distinctive amount, with a text that could be Stripe's: look-alikes that share
    the amount not by chance."""
    agreeing: int = 0
    """Lines of the amounts of payouts, round ones too, no more of each than there are payouts …"""
    excess: int = 0
    """… and credits beyond, with a text that could be Stripe's, though some agree by chance."""
    debit_doubles: int = 0
    """As `doubles`, of debits …"""
    debit_agreeing: int = 0
    """… and how many lines of `agreeing` are debits: what others pay in says nothing of what they draw."""
    traces_agree: int = 0
    traces_disagree: int = 0
    fees: Mapping[int, int] = attrs.field(factory=dict)
    """Fee in minor units, as this bank was seen to take it → how often."""
    groups: Mapping[str, int] = attrs.field(factory=dict)
    """How often deposits were combined, split, short of a fee, converted, or returned: habit → count."""
    recognised: int = 0
    """Deposits that were recognised, in whatever way."""
    shifts: Mapping[str, tuple[tuple[int, int], ...]] = attrs.field(factory=dict)
    """Payout method → (days slower than most, millinats behind the likeliest), the likeliest first; only where its lags
    are not known yet."""
    rates: Mapping[str, tuple[tuple[int, int], ...]] = attrs.field(factory=dict)
    """Payout currency → (day's ordinal, rate in parts per billion) of conversions seen, in order of days."""


@attrs.frozen(kw_only=True)
class ModelSnapshot:
    """Everything learned for one company. `version` names the priors and rules, `digest` the whole content."""

    version: str = MODEL_VERSION
    accounts: Mapping[BankAccountId, AccountHistory] = attrs.field(factory=dict)
    accounts_of_origin: Mapping[str, Mapping[BankAccountId, int]] = attrs.field(factory=dict)
    payouts: int = 0
    payouts_without_line: int = 0
    """Old payouts for which no line of that amount was seen, or fewer lines than there are payouts …"""
    payouts_that_would_show: int = 0
    """… among so many of which that would be seen: where others' lines of the amount are many, a loss does not show."""
    payout_amounts: Mapping[tuple[str, int], int] = attrs.field(factory=dict)
    """(currency, signed minor units) → days with payouts of that amount; only where more than one."""
    payout_days: int = 0
    """Different days with payouts."""
    payout_gaps: Mapping[int, int] = attrs.field(factory=dict)
    """Banking days from one day with payouts to the next → how often."""
    unlisted_before_ppm: int = 50_000
    """P(there were payouts before the first one listed)."""
    unlisted_after_ppm: int = 50_000
    """P(there are payouts after the last one listed)."""
    learned_from: frozenset[BankDepositId] = frozenset()
    """Deposits that were counted above: when one of them is judged, its own count is taken out first."""

    def digest(self) -> str:
        """SHA-256 of the content in canonical form."""
        return hashlib.sha256(_canonical(attrs.asdict(self, recurse=True)).encode()).hexdigest()


@attrs.frozen(kw_only=True)
class Horizon:
    """Up to when things are known: given with the facts, so that the outcome depends on no clock."""

    as_of: date
    payouts_from: date | None
    payouts_to: date | None
    covered: Mapping[BankAccountId, tuple[date, date]]
    """For each bank account the first and last day that its statements cover."""


def _canonical(value: object) -> str:
    if isinstance(value, Mapping):
        inner = sorted((_canonical(key), _canonical(item)) for key, item in value.items())
        return "{" + ",".join(f"{key}:{item}" for key, item in inner) + "}"
    if isinstance(value, frozenset | set):
        return "[" + ",".join(sorted(_canonical(item) for item in value)) + "]"
    if isinstance(value, tuple | list):
        return "(" + ",".join(_canonical(item) for item in value) + ")"
    return str(value)
