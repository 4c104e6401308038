"""What it touches that a feed's first or last day, or the day asked about, has moved: only what lies near the edges."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from domain.matching.model import LAG_MAX, LAG_MIN, TRACE_DAYS_MAX, Horizon, ModelSnapshot
from domain.matching.reach import Days, OfAmount, Span, Waiting, Wanted, widest_span
from domain.money import Currency

_WINDOW: Final = timedelta(days=25)
"""No window of LAG_MAX banking days is longer, whatever holidays fall into it."""
AMOUNTS_MAX: Final = 40
"""So many recurring amounts are asked for one by one; of more, all lines of the days are read."""


def edge_reads(was: Horizon, now: Horizon, model: ModelSnapshot) -> Wanted:
    """What must be read because the horizon moved.

    `arriving` payouts have other odds of having arrived; `dated` lines came into sight, or may now belong to payouts
    outside the list, as `lines` may; `waiting` payouts have another age, or other statements that could show them.
    """
    if was == now:
        return Wanted()
    lines, dated = _unlisted(was, now, model)
    if was.as_of != now.as_of:
        first, last = min(was.as_of, now.as_of), max(was.as_of, now.as_of)
        dated = (*dated, Span(first + timedelta(days=1), last))
    return Wanted(arriving=tuple(_arrivals(was, now)), dated=dated, lines=lines, waiting=tuple(_waiting(was, now)))


def _arrivals(was: Horizon, now: Horizon) -> Iterator[Span]:
    """Days of payouts for which it is newly known, or no longer, that their line would be seen."""
    for account in sorted(was.covered.keys() & now.covered.keys()):
        firsts = sorted((was.covered[account][0], now.covered[account][0]))
        lasts = sorted((min(was.as_of, was.covered[account][1]), min(now.as_of, now.covered[account][1])))
        if firsts[0] != firsts[1]:
            yield Span(
                widest_span(firsts[0], -LAG_MAX, -LAG_MAX).first, widest_span(firsts[1], -LAG_MIN, -LAG_MIN).last
            )
        if lasts[0] != lasts[1]:
            yield Span(widest_span(lasts[0], -LAG_MAX, -LAG_MAX).first, widest_span(lasts[1], -LAG_MIN, -LAG_MIN).last)


def _unlisted(was: Horizon, now: Horizon, model: ModelSnapshot) -> tuple[tuple[OfAmount, ...], tuple[Span, ...]]:
    """Lines of recurring amounts that payouts outside the list could claim, now or before."""
    if not model.payout_amounts or not (was.payouts_from and now.payouts_from and was.payouts_to and now.payouts_to):
        return (), ()
    found: list[Span] = []
    if was.payouts_to != now.payouts_to:
        first, last = sorted((was.payouts_to, now.payouts_to))
        found.append(
            Span(widest_span(first, LAG_MIN, LAG_MIN).first, widest_span(last, TRACE_DAYS_MAX, TRACE_DAYS_MAX).last)
        )
    if was.payouts_from != now.payouts_from:
        first, last = sorted((was.payouts_from, now.payouts_from))
        found.append(
            Span(widest_span(first, -TRACE_DAYS_MAX, -TRACE_DAYS_MAX).first, widest_span(last, LAG_MAX, LAG_MAX).last)
        )
    if len(model.payout_amounts) > AMOUNTS_MAX:
        return (), tuple(found)
    return tuple(
        OfAmount(Currency.of(code), minor, each.first, each.last)
        for code, minor in sorted(model.payout_amounts)
        for each in found
    ), ()


def _waiting(was: Horizon, now: Horizon) -> Iterator[Waiting]:
    """Payouts whose age says something else now."""
    if _by_length(was) != _by_length(now):  # another account may be the one on which they should appear
        yield Waiting(Days(None, None))
        return
    if was.as_of != now.as_of:
        yield Waiting(Days(min(was.as_of, now.as_of) - _WINDOW, max(was.as_of, now.as_of)))
    for account in sorted(was.covered):
        (was_first, was_last), (now_first, now_last) = was.covered[account], now.covered[account]
        if was_first != now_first:
            yield Waiting(Days(None, max(was_first, now_first) + _WINDOW))
        if was_last != now_last:
            yield Waiting(Days(min(was_last, now_last) - _WINDOW, None))


def _by_length(horizon: Horizon) -> list[str]:
    """Accounts, the one whose statements cover most days first."""
    return [name for _, name in sorted((first - last, name) for name, (first, last) in horizon.covered.items())]
