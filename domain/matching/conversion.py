"""Conversions: does this line look like that payout at the rate of those days?

How far rates stray from their neighbours differs from bank to bank and with the market: it is learned from this
account's own conversions, each against those around it. What an implied rate says is how much denser the payout's own
rates lie there than the rates that amounts of strangers would imply.
"""

from bisect import bisect_left
from functools import lru_cache
from typing import Final

from domain.matching.evidence import Evidence
from domain.matching.habits import BILLION
from domain.matching.log_odds import PPM, log_ratio
from domain.matching.records import LineRecord, PayoutRecord
from domain.reconciliation_match import EvidenceItem

NEIGHBOURS: Final = 4
"""The rate expected on a day is the median of so many seen nearest to it."""
DEVIATION_MAX_PPM: Final = 35_000
"""Farther from its neighbours is no rate of those days."""
USUAL_DEVIATION_PPM: Final = 3_000
"""How far a rate strays from its neighbours, before anything is known …"""
USUAL_DEVIATION_WORTH: Final = 3
"""… and how many conversions that belief is worth."""
STRAYING_PPM: Final = 50_000
"""P(a conversion strays STRAYING_TIMES as far as usual): a fixing missed, a wide market."""
STRAYING_TIMES: Final = 4
STRANGERS_DENSITY: Final = (1, 4)
"""How many of strangers' amounts, as a fraction, imply a rate within a factor of e of the expected one."""

Rates = tuple[tuple[int, int], ...]
"""(day's ordinal, rate in parts per billion), in order."""


def rate_evidence(payout: PayoutRecord, line: LineRecord, evidence: Evidence) -> EvidenceItem | None:
    """What the implied rate says; None where it is far off, or no history of rates is known."""
    if payout.currency == line.currency or (payout.minor > 0) is not (line.minor > 0):
        return None
    rates, seen = _rates(payout, line, evidence)
    deviation = _deviation(rates, seen)
    if deviation is None or deviation > DEVIATION_MAX_PPM:
        return None
    return EvidenceItem(
        feature="rate",
        level=f"{deviation / 10_000:.1f} % from the rates of those days",
        millinats=_said(deviation, _usual_deviation(rates)),
    )


def nearest_rates(payout: PayoutRecord, line: LineRecord, evidence: Evidence) -> list[int]:
    """The rates seen nearest to the line's day, its own left out, in order; none where no history is known."""
    return _nearest(*_rates(payout, line, evidence))


def _said(deviation: int, usual: int) -> int:
    """How much likelier a rate so far from the expected one is a payout's own than a stranger's."""
    here, there = STRANGERS_DENSITY
    near = log_ratio((PPM - STRAYING_PPM) * there, 2 * usual * here) - 1_000 * deviation // usual
    far = usual * STRAYING_TIMES
    return max(near, log_ratio(STRAYING_PPM * there, 2 * far * here) - 1_000 * deviation // far)


def _rates(payout: PayoutRecord, line: LineRecord, evidence: Evidence) -> tuple[Rates, tuple[int, int]]:
    """The rates known of this account and currency, and this pair's own."""
    history = evidence.model.accounts.get(line.account)
    rates = history.rates.get(payout.currency, ()) if history is not None else ()
    return rates, (line.line.date.toordinal(), line.minor * BILLION // payout.minor)


@lru_cache(maxsize=1_000)
def _usual_deviation(rates: Rates) -> int:
    """How far this account's rates stray from their neighbours on average, in parts per million."""
    found = [each for seen in rates if (each := _deviation(rates, seen)) is not None]
    known = sum(min(each, DEVIATION_MAX_PPM) for each in found)
    return (known + USUAL_DEVIATION_WORTH * USUAL_DEVIATION_PPM) // (len(found) + USUAL_DEVIATION_WORTH)


def _deviation(rates: Rates, seen: tuple[int, int]) -> int | None:
    """How far this rate is from the expected one of its day, in parts per million; it does not count itself."""
    nearest = _nearest(rates, seen)
    if len(nearest) < 2:
        return None
    expected = (nearest[(len(nearest) - 1) // 2] + nearest[len(nearest) // 2]) // 2
    return abs(seen[1] - expected) * PPM // expected


def _nearest(rates: Rates, seen: tuple[int, int]) -> list[int]:
    place = bisect_left(rates, seen)
    around = rates[max(0, place - NEIGHBOURS) : place + NEIGHBOURS + 1]
    near = sorted((abs(day - seen[0]), rate) for day, rate in around if (day, rate) != seen)
    return sorted(rate for _, rate in near[:NEIGHBOURS])
