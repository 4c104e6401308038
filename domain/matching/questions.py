"""What a neighbourhood has asked for, and has yet to ask: nothing is asked twice."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

import attrs

from domain.matching.reach import OfAmount, OpenLines, OpenPayouts, OpenRecord, Span, Wanted

_DAY: Final = timedelta(days=1)


@attrs.frozen
class PayoutsOf:
    """Payouts of this amount and these days."""

    wanted: OfAmount


@attrs.frozen
class LinesOf:
    """Bank lines of this amount and these days."""

    wanted: OfAmount


Question = PayoutsOf | LinesOf | OpenRecord
_Key = tuple[object, ...]


class Questions:
    """Collects questions, each as far as it was not asked before."""

    def __init__(self) -> None:
        self._asked: dict[_Key, list[tuple[date, date]]] = defaultdict(list)
        self._ids: set[str] = set()
        self._new_ids: list[str] = []
        self._said_of: list[str] = []
        self._new: list[tuple[Question, Span]] = []

    @property
    def any(self) -> bool:
        """Something is still to be asked."""
        return bool(self._new_ids or self._said_of or self._new)

    def asked_for(self, id: str) -> bool:
        """The record of this id was asked for by its id."""
        return id in self._ids

    def ask_id(self, id: str) -> None:
        """The record of this id."""
        if id not in self._ids:
            self._ids.add(id)
            self._new_ids.append(id)

    def ask_said_of(self, id: str) -> None:
        """What was said of the record of this id; asked once by whoever admits it."""
        self._said_of.append(id)

    def ask(self, question: Question) -> None:
        """Ask for the days of this question that were not asked for yet."""
        days = question.wanted if isinstance(question, PayoutsOf | LinesOf) else question
        asked = self._asked[_key(question)]
        if isinstance(question, OpenPayouts) and question.only_traced:
            asked = [*asked, *self._asked[OpenPayouts, False]]
        for first, last in _uncovered(days.first, days.last, asked):
            self._new.append((question, Span(first, last)))
            self._asked[_key(question)].append((first, last))

    def knows_open(self, kind: type[OpenRecord], days: Span) -> bool:
        """All open records of this kind and of these days, that could be part of a group, were asked for."""
        return next(_uncovered(days.first, days.last, self._asked[kind, False]), None) is None

    def next(self) -> Wanted:
        """All that is still to be asked; it counts as asked now."""
        payouts: list[OfAmount] = []
        lines: list[OfAmount] = []
        open_records: list[OpenRecord] = []
        for question, days in self._new:
            match question:
                case PayoutsOf(wanted=wanted):
                    payouts.append(attrs.evolve(wanted, first=days.first, last=days.last))
                case LinesOf(wanted=wanted):
                    lines.append(attrs.evolve(wanted, first=days.first, last=days.last))
                case OpenPayouts() | OpenLines():
                    open_records.append(attrs.evolve(question, first=days.first, last=days.last))
        wanted_now = Wanted(
            ids=tuple(self._new_ids),
            payouts=tuple(payouts),
            lines=tuple(lines),
            open=tuple(open_records),
            said_of=tuple(self._said_of),
        )
        self._new_ids, self._said_of, self._new = [], [], []
        return wanted_now


def _key(question: Question) -> _Key:
    match question:
        case PayoutsOf(wanted=wanted) | LinesOf(wanted=wanted):
            return type(question), wanted.currency.code, wanted.minor, wanted.traced
        case OpenPayouts():
            return OpenPayouts, question.only_traced
        case OpenLines():
            return OpenLines, question.only_coded


def _uncovered(first: date, last: date, asked: list[tuple[date, date]]) -> Iterator[tuple[date, date]]:
    """The days that no span asked for covers."""
    start = first
    for low, high in sorted(asked):
        if high < start or low > last:
            continue
        if low > start:
            yield start, low - _DAY
        start = max(start, high + _DAY)
    if start <= last:
        yield start, last
