"""Rivals that are not among the records: payouts outside the list, and look-alikes that share an amount."""

from functools import lru_cache
from typing import Final

from domain.matching.calendar import banking_calendar
from domain.matching.lag_law import LagLaw
from domain.matching.log_odds import PPM, log_ratio
from domain.matching.model import LAG_MAX, LAG_MIN, LAGS, AccountHistory, Horizon, ModelSnapshot
from domain.matching.records import LineRecord, PayoutRecord

DOUBLES_UNSEEN: Final = 12_900
"""What text and amount can say at most where no look-alike of a payout has been seen yet."""
DOUBLES_WORTH: Final = 60
"""How many deposits the belief that look-alikes are rare is worth."""
DOUBLES_MANY: Final = 12
"""With one look-alike to so many deposits, or more, nothing is known of how many payouts are missing."""
DOUBLES_DAYS: Final = 8
"""A look-alike may come on any of about so many days, a deposit comes when this bank's deposits come."""
BESIDE_LIST_PPM: Final = 4
"""How many payouts of a Stripe account that no list knows come on a day: it sells at the same prices, so that only
amounts that recur are not proof against it."""
BESIDE_LIST_WITH_LOSSES_PPM: Final = 70
"""The same where listed payouts never came: list and statements are visibly not of quite the same business."""


def unlisted_limit(
    payout: PayoutRecord, line: LineRecord, model: ModelSnapshot, horizon: Horizon, law: LagLaw
) -> int | None:
    """What text and amount can say at most, in millinats, where a payout of the same amount outside the list could
    claim the line as well; None where that is not known. Only for amounts that recur on several days."""
    others = days_of_payouts(payout, model)
    if others is None or horizon.payouts_from is None:
        return None
    before, after = unlisted_rates(line, model, horizon, law)
    chance = before * model.unlisted_before_ppm // PPM + after * model.unlisted_after_ppm // PPM
    chance += BESIDE_LIST_WITH_LOSSES_PPM if model.payouts_without_line else BESIDE_LIST_PPM
    rate = chance * others // max(1, model.payout_days)
    return -log_ratio(rate, PPM) if rate > 0 else None


def days_of_payouts(payout: PayoutRecord, model: ModelSnapshot) -> int | None:
    """On how many other days there are payouts of this amount; None if it does not recur."""
    days = model.payout_amounts.get((payout.currency, payout.minor))
    return None if days is None else days - 1


def unlisted_rates(line: LineRecord, model: ModelSnapshot, horizon: Horizon, law: LagLaw) -> tuple[int, int]:
    """How many payouts before the first listed one, and after the last, would show on this line's day if payouts went
    on there as they do in the list; in parts per million."""
    if horizon.payouts_from is None or horizon.payouts_to is None:
        return 0, 0
    numbers = banking_calendar(line.currency).number
    first, last = line.day - numbers[horizon.payouts_from], line.day - numbers[horizon.payouts_to]
    from_before, from_after = (
        _days_outside(LAG_MIN - first, LAG_MAX - first),
        _days_outside(last - LAG_MAX, last - LAG_MIN),
    )
    if not from_before and not from_after:  # nearly all lines are far from both ends
        return 0, 0
    chances = _days_with_payouts(tuple(sorted(model.payout_gaps.items())))
    before = sum(chances[days] * law.seen_ppm(first + days, first + days) // PPM for days in from_before)
    after = sum(chances[days] * law.seen_ppm(last - days, last - days) // PPM for days in from_after)
    return before, after


def _days_outside(fewest: int, most: int) -> range:
    """How many days outside the list payouts may be, of those days for which a chance is known."""
    return range(max(1, fewest), min(LAGS - 1, most) + 1)


@lru_cache(maxsize=1_000)
def _days_with_payouts(gaps: tuple[tuple[int, int], ...]) -> tuple[int, ...]:
    """P(payouts on the day so many banking days before or after one with payouts), from the gaps between such days."""
    total = max(1, sum(count for _, count in gaps))
    chances = [PPM]
    for day in range(1, LAGS):
        chances.append(sum(chances[day - gap] * count for gap, count in gaps if 0 < gap <= day) // total)
    return tuple(chances)


def look_alike_limit(history: AccountHistory, debit: bool) -> int:
    """What text and amount of a debit or a credit can say at most, in millinats, since some lines look and weigh like
    a payout's and are none."""
    seen, deposits = look_alikes_seen(history)
    if debit:  # what others pay in says nothing of what they draw
        seen, deposits = history.debit_doubles, history.debit_agreeing
    worth = (deposits + DOUBLES_WORTH) * DOUBLES_DAYS
    return DOUBLES_UNSEEN if not seen else log_ratio(20 * worth, 20 * seen + 1)


def look_alikes_seen(history: AccountHistory) -> tuple[int, int]:
    """How many look-alikes of payouts into the account were seen, and among how many deposits.

    Few deposits may be recognised by themselves where most amounts are round. What all amounts show counts some
    look-alikes that agree by chance; where they are rarer even so, it is the better estimate.
    """
    if not history.doubles:
        return 0, history.recognised
    if history.excess * (history.recognised + DOUBLES_WORTH) < history.doubles * (history.agreeing + DOUBLES_WORTH):
        return max(1, history.excess), history.agreeing
    return history.doubles, history.recognised
