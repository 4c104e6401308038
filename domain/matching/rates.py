"""How often something happens, from how often it was seen: the mean of what can then still be believed.

Before anything is seen a rate is thought to be one of several kinds, such as 'hardly ever' and 'now and then', each
with an exponential law of its own mean. What is seen tells the kinds apart, and moves each of them.
"""

from collections.abc import Mapping
from decimal import Context, Decimal
from typing import Final

from domain.matching.log_odds import PPM, log_ratio

_EXACT: Final = Context(prec=30)


def expected_ppm(kinds_ppm: Mapping[int, int], seen: int, cases: int) -> int:
    """The expected rate in parts per million after it was seen so often in so many cases.

    `kinds_ppm`: mean rate of each kind → P(it is of this kind), both in parts per million.
    """
    scores: dict[int, int] = {}
    for mean, share in kinds_ppm.items():
        worth = PPM // mean
        scores[mean] = log_ratio(share, PPM) + log_ratio(worth, worth + cases) - seen * log_ratio(worth + cases, 1)
    best = max(scores.values())
    weights = {mean: _EXACT.exp(Decimal(score - best) / 1000) for mean, score in scores.items()}
    total = sum(weights.values())
    expected = sum(weight * (seen + 1) * PPM / (PPM // mean + cases) for mean, weight in sorted(weights.items()))
    return int(expected / total)
