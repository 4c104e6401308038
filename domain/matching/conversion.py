"""Conversions: does this line look like that payout at the rate of those days?"""

from typing import Final

from domain.matching.evidence import Evidence
from domain.matching.habits import BILLION
from domain.matching.records import LineRecord, PayoutRecord
from domain.reconciliation_match import EvidenceItem

NEIGHBOURS: Final = 4
"""The rate expected on a day is the median of so many seen nearest to it."""
_LEVELS: Final = ((3, 6_500), (8, 5_500), (20, 4_000), (35, 2_000))
"""Deviation from the expected rate, per mille, and what being within it says."""


def rate_evidence(payout: PayoutRecord, line: LineRecord, evidence: Evidence) -> EvidenceItem | None:
    """What the implied rate says; None where it is far off, or no history of rates is known."""
    history = evidence.model.accounts.get(line.account)
    rates = history.rates.get(payout.currency) if history is not None else None
    if not rates or payout.currency == line.currency or (payout.minor > 0) is not (line.minor > 0):
        return None
    rate = line.minor * BILLION // payout.minor
    day = line.line.date.toordinal()
    own_left_out = [(abs(each - day), seen) for each, seen in rates if (each, seen) != (day, rate)]
    nearest = sorted(seen for _, seen in sorted(own_left_out)[:NEIGHBOURS])
    if len(nearest) < 2:
        return None
    expected = (nearest[(len(nearest) - 1) // 2] + nearest[len(nearest) // 2]) // 2
    deviation = abs(rate - expected) * 1000 // expected
    for limit, millinats in _LEVELS:
        if deviation < limit:
            return EvidenceItem(
                feature="rate", level=f"within {limit / 10:g} % of the rates of those days", millinats=millinats
            )
    return None
