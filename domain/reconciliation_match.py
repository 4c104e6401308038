"""A reconciliation match: which payouts and which deposits are the same money, how sure that is, and why."""

import functools
from enum import StrEnum
from typing import Final

import attrs

from domain.bank_deposit import BankDepositId
from domain.money import Money
from domain.payout import PayoutId


class MatchStatus(StrEnum):
    """Where a match stands."""

    MATCHED = "matched"
    NEEDS_REVIEW = "needs_review"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    REVERSED = "reversed"


NO_LONGER_HOLDS: Final = frozenset({MatchStatus.REJECTED, MatchStatus.REVERSED})
"""What is said of a match that is none any more: `rejected` where a person's word is why, `reversed` otherwise."""


class MatchKind(StrEnum):
    """The shape of a match."""

    ONE_TO_ONE = "one_to_one"
    COMBINED = "combined"
    """Several payouts arrived as one deposit."""
    SPLIT = "split"
    """One payout arrived as several deposits."""
    INTERCHANGEABLE = "interchangeable"
    """Equal payouts and equal deposits that nothing tells apart: the set is certain, the pairs inside have no
    meaning."""
    RETURNED = "returned"
    """A failed payout's credit and its return; together nothing."""
    BANK_FEE = "bank_fee"
    """The bank kept a fee; the residual is that fee."""
    CONVERSION = "conversion"
    """The bank converted the payout into the account's currency."""


class ResidualClass(StrEnum):
    """What the difference between payouts and deposits is. There is no unnamed difference."""

    NONE = "none"
    BANK_FEE = "bank_fee"
    CONVERSION = "conversion"
    RETURN = "return"
    UNEXPLAINED = "unexplained"
    """The records name each other, but the deposit is more than the payout; only ever left for a person."""
    OPEN_PAYOUT = "open_payout"
    """One payout of an interchangeable set has no deposit yet; which one cannot be known."""


@attrs.frozen(kw_only=True)
class Residual:
    """Payouts less deposits, in the payouts' currency (for a conversion: zero, both amounts are in the records)."""

    amount: Money
    named: ResidualClass


@attrs.frozen(kw_only=True)
class EvidenceItem:
    """One reason and its weight in thousandths of a nat: log odds for (+) or against (−) the match."""

    feature: str
    level: str
    millinats: int


@functools.lru_cache(maxsize=65_536)
def evidence_item(feature: str, level: str, millinats: int) -> EvidenceItem:
    """A reason; what a million matches all say is one value."""
    return EvidenceItem(feature=feature, level=level, millinats=millinats)


@attrs.frozen(kw_only=True)
class Alternative:
    """A rival explanation of some of the same records. Its evidence adds up to what the rival is worth here."""

    kind: MatchKind
    payouts: tuple[PayoutId, ...]
    deposits: tuple[BankDepositId, ...]
    residual: Residual
    evidence: tuple[EvidenceItem, ...]

    @property
    def millinats(self) -> int:
        """What the rival is worth."""
        return sum(item.millinats for item in self.evidence)


@attrs.frozen(kw_only=True)
class ReconciliationMatch:
    """One match, recomputable from itself.

    The evidence adds up to `millinats`; the margin is that less the best of the alternatives (or less nothing, which
    is what leaving the records unmatched is worth); the probability follows from the margin and the number of rivals.
    """

    id: str
    status: MatchStatus
    kind: MatchKind
    payouts: tuple[PayoutId, ...]
    deposits: tuple[BankDepositId, ...]
    residual: Residual
    probability: float
    margin_millinats: int
    evidence: tuple[EvidenceItem, ...]
    alternatives: tuple[Alternative, ...]
    explanation: str

    @property
    def millinats(self) -> int:
        """Log odds that these records belong together, against 'explained elsewhere, or not arrived yet'."""
        return sum(item.millinats for item in self.evidence)
