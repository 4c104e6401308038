"""What a neighbourhood asks to be read, and what it is given: in days, amounts and ids, so that any store can answer.

Each question costs what it finds, not what the company has.
"""

import functools
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

import attrs

from domain.bank_deposit import BankDeposit, BankDepositId
from domain.matching.calendar import banking_calendar
from domain.matching.evidence import Records
from domain.money import Currency
from domain.payout import Payout
from domain.reconciliation_decision import ReconciliationDecision

_DAY: Final = timedelta(days=1)
_CALENDARS: Final = ("usd", "eur", "gbp", "sek")
"""One currency for each calendar of banks there is; the last stands for all that only rest at weekends."""


@attrs.frozen
class Days:
    """Days from the first to the last, both included; None: no end."""

    first: date | None
    last: date | None


@attrs.frozen
class Span:
    """Days from the first to the last, both included."""

    first: date
    last: date


@attrs.frozen
class OfAmount:
    """Records of one signed amount within these days: payouts by arrival, or bank lines by date."""

    currency: Currency
    minor: int
    first: date
    last: date
    traced: bool = False
    """Of payouts: only those that have a trace id."""


@attrs.frozen
class OpenPayouts:
    """Payouts that no pair explains for certain, by arrival."""

    first: date
    last: date
    only_traced: bool = False
    """Only those that have a trace id."""


@attrs.frozen
class OpenLines:
    """Lines that no pair explains for certain, by date."""

    first: date
    last: date
    only_coded: bool = False
    """Those whose text bears codes, one of which may be a payout's trace id; otherwise those that could be part of a
    group."""


OpenRecord = OpenPayouts | OpenLines


@attrs.frozen
class Waiting:
    """Payouts whose outcome is said from their age: in transit, late, missing, or sent elsewhere."""

    days: Days
    """Of their arrival."""
    origins: tuple[str, ...] | None = None
    """Only those of these origins (`PayoutRecord.origin`)."""


@attrs.frozen(kw_only=True)
class Wanted:
    """What must be read next."""

    ids: tuple[str, ...] = ()
    """Payouts and bank lines of these ids."""
    payouts: tuple[OfAmount, ...] = ()
    lines: tuple[OfAmount, ...] = ()
    arriving: tuple[Span, ...] = ()
    """All payouts that arrive on these days."""
    dated: tuple[Span, ...] = ()
    """All bank lines of these days."""
    open: tuple[OpenRecord, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    said_of: tuple[str, ...] = ()
    """Ids of which is asked what people decided on them, whether they were accepted, and learned from."""

    @property
    def is_empty(self) -> bool:
        """Nothing is wanted."""
        return self == _NOTHING


_NOTHING: Final = Wanted()


@attrs.frozen(kw_only=True)
class Found:
    """What was read: everything that was asked for, as it is now, and nothing twice."""

    payouts: Sequence[Payout] = ()
    deposits: Sequence[BankDeposit] = ()
    open_ids: frozenset[str] = frozenset()
    """Of these, those found as open; lines that were only asked for because of their codes are not among them."""
    waiting: frozenset[str] = frozenset()
    """Of these, payouts found as waiting that stand in no match."""
    waiting_in_match: frozenset[str] = frozenset()
    """… and those that are the open one of an interchangeable set."""
    decisions: Sequence[ReconciliationDecision] = ()
    accepted: frozenset[Records] = frozenset()
    learned: frozenset[BankDepositId] = frozenset()


def span(currency_code: str, anchor: date, low: int, high: int) -> Span:
    """The days that lie from `low` to `high` banking days after this one."""
    return Span(*_span(currency_code, anchor, low, high))


def widest_span(anchor: date, low: int, high: int) -> Span:
    """The same in whichever calendar reaches farthest."""
    spans = [_span(code, anchor, low, high) for code in _CALENDARS]
    return Span(min(first for first, _ in spans), max(last for _, last in spans))


@functools.lru_cache(maxsize=20_000)
def _span(currency_code: str, anchor: date, low: int, high: int) -> tuple[date, date]:
    numbers = banking_calendar(currency_code).number
    number = numbers[anchor]
    first = last = anchor
    while numbers[first] < number + low:
        first += _DAY
    while numbers[first - _DAY] >= number + low:
        first -= _DAY
    while numbers[last] > number + high:
        last -= _DAY
    while numbers[last + _DAY] <= number + high:
        last += _DAY
    return first, last
