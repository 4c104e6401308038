"""How many banking days a bank takes: learned per account and payout method, smoothed towards what banks do."""

import functools
from collections.abc import Sequence
from decimal import Context, Decimal
from typing import Final

import attrs

from domain.matching.log_odds import PPM, log_ratio
from domain.matching.model import (
    EARLY_PPM,
    LAG_MAX,
    LAG_MIN,
    LAG_PRIOR_EARLY_PPM,
    LAG_PRIOR_PPM,
    LAGS,
    SHIFT_PRIOR_PPM,
)

_EXACT: Final = Context(prec=30)
OUT_OF_WINDOW: Final = -9_000
"""What a lag outside the window says at most; nothing is matched so late without a trace id, but it is a rival, or for
review."""
_FLOOR_PPM: Final = 30
"""No lag in the window is impossible."""
_PRIOR_WORTH: Final = 4
"""How many deposits the smoothing is worth."""
KNOWN_FROM: Final = 5
"""From so many deposits on, a bank's lag law counts as known."""


@attrs.frozen
class LagLaw:
    """P(lag) in parts per million for LAG_MIN … LAG_MAX."""

    ppm: tuple[int, ...]

    def weight(self, lag: int) -> int:
        """Log probability of this lag in millinats; the lag must be in the window."""
        return log_ratio(self.ppm[lag - LAG_MIN], PPM)

    @property
    def weight_outside(self) -> int:
        """Log probability of a lag outside the window: at a prompt bank it is no likelier than the last one inside."""
        return min(OUT_OF_WINDOW, self.weight(LAG_MAX))

    def seen_ppm(self, first: int, last: int) -> int:
        """P(the lag is between these two), in parts per million; 0 if there is nothing between."""
        low, high = max(first, LAG_MIN) - LAG_MIN, min(last, LAG_MAX) - LAG_MIN
        return min(PPM, sum(self.ppm[low : high + 1])) if high >= low else 0


@functools.cache
def shifted_prior(shift: int, early: bool) -> LagLaw:
    """The prior of a bank that is `shift` banking days slower than most, and may credit early or never does."""
    prior = LAG_PRIOR_EARLY_PPM if early else LAG_PRIOR_PPM
    raw = [prior[i - shift] if 0 <= i - shift < LAGS else 0 for i in range(LAGS)]
    return LagLaw(tuple(max(_FLOOR_PPM, each) for each in raw))


@functools.lru_cache(maxsize=50_000)
def learned_law(counts: tuple[int, ...], shift: int | None = None) -> LagLaw:
    """The law after seeing each lag so often: counts, and what banks do.

    What banks do is averaged over slower and earlier ones by how well each explains the counts, unless `shift` names
    how slow this one is. With no counts at all and no shift it is that of most banks.
    """
    total = sum(counts)
    belief = _belief(counts, (0,) if shift is None and not total else (shift,) if shift is not None else None)
    mixture = [sum(share * law.ppm[i] for law, share in belief) // PPM for i in range(LAGS)]
    return LagLaw(
        tuple(
            max(_FLOOR_PPM, (count * PPM + _PRIOR_WORTH * prior) // (total + _PRIOR_WORTH))
            for count, prior in zip(counts, mixture, strict=True)
        )
    )


def without_one(counts: Sequence[int], lag: int) -> tuple[int, ...]:
    """The counts as they would be had one deposit of this lag not been counted."""
    i = lag - LAG_MIN
    return tuple(count - 1 if j == i and count else count for j, count in enumerate(counts))


def _belief(counts: tuple[int, ...], shifts: tuple[int, ...] | None) -> list[tuple[LagLaw, int]]:
    """The kinds of banks, with how likely each is after these counts, in parts per million."""
    scores: dict[tuple[int, bool], int] = {}
    for shift in shifts or tuple(SHIFT_PRIOR_PPM):
        for early, prior in ((False, PPM - EARLY_PPM), (True, EARLY_PPM)):
            law = shifted_prior(shift, early)
            scores[shift, early] = (
                log_ratio(SHIFT_PRIOR_PPM[shift], PPM)
                + log_ratio(prior, PPM)
                + sum(count * law.weight(i + LAG_MIN) for i, count in enumerate(counts) if count)
            )
    best = max(scores.values())
    weights = {
        kind: _EXACT.exp(Decimal(score - best) / 1000) for kind, score in scores.items() if score - best > -20_000
    }
    total = sum(weights.values())
    return [(shifted_prior(*kind), int(weight / total * PPM)) for kind, weight in sorted(weights.items())]
