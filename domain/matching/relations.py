"""How records of a neighbourhood are related, and in which days and amounts those that are related are to be found."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Final

from domain.bank_deposit import BankAccountId, BankDeposit, BankDepositStatus
from domain.matching.blocks import could_pair
from domain.matching.groups import RETURN_DAYS_MAX
from domain.matching.model import LAG_MAX, LAG_MIN, LATE_MAX, TRACE_DAYS_MAX, ModelSnapshot
from domain.matching.questions import LinesOf, PayoutsOf, Question
from domain.matching.reach import OfAmount, OpenLines, OpenPayouts, Span, span
from domain.matching.records import LineRecord, PayoutRecord, line_record, payout_record
from domain.payout import Payout, PayoutStatus

Record = PayoutRecord | LineRecord

_GROUP_DAYS: Final = LAG_MAX - LAG_MIN
"""Two payouts of one line, or two lines of one payout, are at most so many banking days apart."""
_RETURN_MAX: Final = LAG_MAX + RETURN_DAYS_MAX
_BEFORE_CONVERSION: Final = timedelta(days=6)
_CONVERSION: Final = timedelta(days=20)
"""A little more than the days within which conversions are looked for."""


class Relations:
    """Under one model, and with accounts that are known to be the same one."""

    def __init__(self, model: ModelSnapshot, same_accounts: Mapping[BankAccountId, BankAccountId]) -> None:
        self.model = model
        self._same_accounts = same_accounts
        self._twice = frozenset((*same_accounts, *same_accounts.values()))
        self._converted = frozenset(currency for each in model.accounts.values() for currency in each.rates)

    def record(self, fact: Payout | BankDeposit) -> Record:
        """The fact, ready to be compared."""
        if isinstance(fact, Payout):
            return payout_record(fact)
        line = line_record(fact, learned=False)
        line.account = self._same_accounts.get(line.account, line.account)
        return line

    def recurs(self, line: BankDeposit) -> bool:
        """Payouts of this amount come again and again, so that one outside the list may claim the line."""
        return (line.amount.currency.code, line.amount.minor_units) in self.model.payout_amounts

    def related(self, one: Record, other: Record, *, wide: bool) -> bool:
        """The one decides over the other directly. `wide`: also by what only matters where both are open."""
        if isinstance(one, LineRecord):
            if isinstance(other, PayoutRecord):
                return self._pair(other, one, wide)
            return bool(self._twice) and (one.line.date, one.minor, one.currency) == (
                other.line.date,
                other.minor,
                other.currency,
            )
        return isinstance(other, LineRecord) and self._pair(one, other, wide)

    def named(self, payout: PayoutRecord, line: LineRecord) -> bool:
        """The line bears the payout's trace id, whatever its amount."""
        lag = line.day - payout.day
        return payout.trace is not None and LAG_MIN <= lag <= LAG_MAX and line.bears(payout.trace)

    def late(self, payout: Record, line: Record) -> bool:
        """The line is equal to the payout, and later than the window."""
        return (
            isinstance(payout, PayoutRecord)
            and isinstance(line, LineRecord)
            and (payout.minor, payout.currency) == (line.minor, line.currency)
            and LAG_MAX < line.day - payout.day <= LATE_MAX
            and _takes_part(payout)
            and _posted(line)
        )

    def payouts_that_could_take(self, line: Record) -> Question:
        """In the window or late."""
        return PayoutsOf(_of(line, -LATE_MAX, -LAG_MIN))

    def _pair(self, payout: PayoutRecord, line: LineRecord, wide: bool) -> bool:
        if line.currency != payout.currency or not _takes_part(payout) or not _posted(line):
            return False
        if payout.minor == line.minor and could_pair(payout, line):
            return True
        lag = line.day - payout.day
        if not wide or lag < LAG_MIN:
            return False
        if payout.minor == line.minor and lag <= LATE_MAX:
            return True
        return payout.came_back and abs(payout.minor) == abs(line.minor) and lag <= _RETURN_MAX

    def of_block(self, record: Record) -> Iterator[Question]:
        """Where the rest of its block is."""
        if isinstance(record, PayoutRecord):
            if _takes_part(record):
                yield LinesOf(_of(record, LAG_MIN, LAG_MAX))
                if record.trace is not None:
                    yield LinesOf(_of(record, -TRACE_DAYS_MAX, TRACE_DAYS_MAX))
        elif _posted(record):
            yield PayoutsOf(_of(record, -LAG_MAX, -LAG_MIN))
            if record.codes:
                yield PayoutsOf(_of(record, -TRACE_DAYS_MAX, TRACE_DAYS_MAX, traced=True))
            if record.account in self._twice:
                currency, on = record.line.amount.currency, record.line.date
                yield LinesOf(OfAmount(currency, record.minor, on, on))

    def of_groups(self, record: Record, *, plausible: bool) -> Iterator[Question]:
        """Where the records are with which it could form a group, itself being open."""
        if isinstance(record, PayoutRecord):
            yield from self._groups_of_payout(record)
        elif _posted(record):
            yield from self._groups_of_line(record, plausible)

    def _groups_of_payout(self, payout: PayoutRecord) -> Iterator[Question]:
        if not _takes_part(payout):
            return
        on = payout.payout.arrival_date
        lines = span(payout.currency, on, LAG_MIN, LAG_MAX)
        others = span(payout.currency, on, -_GROUP_DAYS, _GROUP_DAYS)
        yield OpenLines(lines.first, lines.last)
        yield OpenPayouts(others.first, others.last)
        yield LinesOf(_of(payout, LAG_MIN, LATE_MAX))
        if payout.came_back:
            yield LinesOf(_of(payout, LAG_MIN, _RETURN_MAX))
            yield LinesOf(_of(payout, LAG_MIN, _RETURN_MAX, sign=-1))
        if payout.trace is not None:
            yield OpenLines(lines.first, lines.last, only_coded=True)
        if payout.currency in self._converted:
            yield OpenLines(on - _BEFORE_CONVERSION, on + _CONVERSION)

    def _groups_of_line(self, line: LineRecord, plausible: bool) -> Iterator[Question]:
        on = line.line.date
        payouts = span(line.currency, on, -LAG_MAX, -LAG_MIN)
        yield self.payouts_that_could_take(line)
        yield PayoutsOf(_of(line, -_RETURN_MAX, -LAG_MIN, sign=-1))
        if plausible:
            others = span(line.currency, on, -_GROUP_DAYS, _GROUP_DAYS)
            yield OpenLines(others.first, others.last)
            yield OpenPayouts(payouts.first, payouts.last)
            if self._converted:
                yield OpenPayouts(on - _CONVERSION, on + _BEFORE_CONVERSION)
        elif line.codes:
            yield OpenPayouts(payouts.first, payouts.last, only_traced=True)


def sum_days(record: Record) -> Span:
    """The days of what could form a sum with this one: of payouts in one line, or of lines of one payout."""
    if isinstance(record, PayoutRecord):
        return span(record.currency, record.payout.arrival_date, LAG_MIN, LAG_MAX)
    return span(record.currency, record.line.date, -LAG_MAX, -LAG_MIN)


def _of(record: Record, low: int, high: int, *, traced: bool = False, sign: int = 1) -> OfAmount:
    if isinstance(record, PayoutRecord):
        currency, on = record.payout.amount.currency, record.payout.arrival_date
    else:
        currency, on = record.line.amount.currency, record.line.date
    days = span(record.currency, on, low, high)
    return OfAmount(currency, sign * record.minor, days.first, days.last, traced)


def _takes_part(payout: PayoutRecord) -> bool:
    return payout.minor != 0 and payout.payout.status is not PayoutStatus.CANCELED


def _posted(line: LineRecord) -> bool:
    return line.line.status is BankDepositStatus.POSTED
