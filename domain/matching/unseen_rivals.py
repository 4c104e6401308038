"""Rivals that are not among the records: payouts outside the list, and look-alikes that share an amount."""

from typing import Final

from domain.matching.calendar import banking_calendar
from domain.matching.lag_law import LagLaw
from domain.matching.log_odds import PPM, log_ratio
from domain.matching.model import LAG_MAX, LAG_MIN, AccountHistory, Horizon, ModelSnapshot
from domain.matching.records import LineRecord, PayoutRecord

DOUBLES_UNSEEN: Final = 12_900
"""What text and amount can say at most where no look-alike of a payout has been seen yet."""
DOUBLES_WORTH: Final = 60
"""How many deposits the belief that look-alikes are rare is worth."""
DOUBLES_MANY: Final = 12
"""With one look-alike to so many deposits, or more, nothing is known of how many payouts are missing."""
DOUBLES_DAYS: Final = 8
"""A look-alike may come on any of about so many days, a deposit comes when this bank's deposits come."""


def unlisted_limit(
    payout: PayoutRecord, line: LineRecord, model: ModelSnapshot, horizon: Horizon, law: LagLaw
) -> int | None:
    """What text and amount can say at most, in millinats, where a payout of the same amount outside the list could
    claim the line as well; None where none could. Only for amounts that recur on several days."""
    if horizon.payouts_from is None or horizon.payouts_to is None:
        return None
    others = model.payout_amounts[payout.currency, payout.minor] - 1
    numbers = banking_calendar(line.currency).number
    first, last = numbers[horizon.payouts_from], numbers[horizon.payouts_to]
    chance = 0
    for gap, count in model.payout_gaps.items():
        before, after = line.day - first + gap, line.day - last - gap
        if before <= LAG_MAX:
            chance += count * law.seen_ppm(before, before) * model.unlisted_before_ppm // PPM
        if after >= LAG_MIN:
            chance += count * law.seen_ppm(after, after) * model.unlisted_after_ppm // PPM
    rate = chance * others // max(1, sum(model.payout_gaps.values()) * model.payout_days)
    return -log_ratio(rate, PPM) if rate > 0 else None


def look_alike_limit(history: AccountHistory) -> int:
    """What text and amount can say at most, in millinats, since some lines look and weigh like a payout's and are
    none."""
    seen = history.doubles
    deposits = (history.recognised + DOUBLES_WORTH) * DOUBLES_DAYS
    return DOUBLES_UNSEEN if not seen else log_ratio(20 * deposits, 20 * seen + 1)
