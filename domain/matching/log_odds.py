"""Weights are whole thousandths of a nat, so that every platform computes the same."""

import functools
import math
from collections.abc import Iterable
from decimal import Context, Decimal
from typing import Final

_EXACT: Final = Context(prec=30)

PPM: Final = 1_000_000
"""Probabilities and rates in the tables are whole parts per million."""


@functools.cache
def log_ratio(numerator: int, denominator: int) -> int:
    """1000 × ln(numerator ÷ denominator), rounded; both positive. Correctly rounded on every platform."""
    ratio = _EXACT.divide(Decimal(numerator), Decimal(denominator))
    return int((ratio.ln(_EXACT) * 1000).to_integral_value())


def probability_of(gaps: Iterable[int]) -> float:
    """The probability of an explanation whose rivals are so many millinats behind it; six decimals.

    Being unmatched is one of the rivals. A rival that is ahead has a negative gap.
    """
    against = sum(math.exp(-max(-50_000, gap) / 1000) for gap in gaps if gap < 40_000)
    return round(1 / (1 + against), 6)
