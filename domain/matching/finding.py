"""A finding: an explanation of some payouts and lines that was chosen, how surely, and against which rivals."""

import functools
from collections.abc import Sequence
from operator import attrgetter
from typing import Final

import attrs

from domain.matching.evidence import Evidence
from domain.matching.log_odds import probability_of
from domain.matching.records import LineRecord, PayoutRecord
from domain.reconciliation_match import EvidenceItem, MatchKind, ResidualClass

GATE_MILLINATS: Final = 9_210
"""Regret below which nothing is matched automatically: 10,000 to 1."""
GATE_PROBABILITY: Final = 0.9999
CERTAIN_MILLINATS: Final = 12_500
"""A margin beyond the gate with any number of rivals that is kept."""
SECURE_MILLINATS: Final = 15_000
"""A pair beyond this (3 million to 1) is not held against groups: none could overturn it."""
RIVALS_MAX: Final = 5
"""So many alternatives are kept with a finding, the nearest first."""

Pair = tuple[PayoutRecord, LineRecord]


class Hypothesis:
    """Payouts and lines that might be the same money, why, and what would be left over."""

    __slots__ = (
        "items", "kind", "lines", "names", "payouts", "residual", "residual_class", "review", "sort_key", "weight",
    )  # fmt: skip

    def __init__(
        self,
        kind: MatchKind,
        payouts: Sequence[PayoutRecord],
        lines: Sequence[LineRecord],
        items: tuple[EvidenceItem, ...] | None,
        *,
        weight: int | None = None,
        residual: int = 0,
        residual_class: ResidualClass = ResidualClass.NONE,
        review: str | None = None,
    ) -> None:
        self.kind = kind
        self.payouts = in_order(payouts)
        self.lines = lines_in_order(lines)
        self.items = items
        """None for a plain pair whose evidence is computed when asked for."""
        self.weight = sum(item.millinats for item in items or ()) if weight is None else weight
        payout_ids, line_ids = [p.id for p in self.payouts], [line.id for line in self.lines]
        self.sort_key: tuple[tuple[str, ...], tuple[str, ...]] = (tuple(payout_ids), tuple(line_ids))
        """An order that does not depend on the order of facts."""
        self.names = frozenset([f"p:{id}" for id in payout_ids] + [f"l:{id}" for id in line_ids])
        """Names the records, payouts and lines apart."""
        self.residual = residual
        """Payouts less lines, in minor units."""
        self.residual_class = residual_class
        self.review = review
        """Why a person must look at it however likely it is; None if nothing demands that."""

    def stick(self, millinats: int) -> None:
        """It was accepted before: that is worth so much."""
        if millinats:
            level = "an accepted match stays unless clearly beaten"
            self.items = (
                *(self.items or ()),
                EvidenceItem(feature="accepted_before", level=level, millinats=millinats),
            )
            self.weight += millinats


@attrs.frozen
class Rival:
    """Another explanation of some of the same records, and what it is worth in the place of the finding."""

    kind: MatchKind
    payouts: tuple[PayoutRecord, ...]
    lines: tuple[LineRecord, ...]
    millinats: int
    items: tuple[EvidenceItem, ...] | None = None
    """Its evidence; None for a plain pair, whose evidence is computed when asked for."""
    evidence: Evidence | None = None
    residual: int = 0
    residual_class: ResidualClass = ResidualClass.NONE


class Finding:
    """A chosen explanation. Its evidence in words is made only when asked for (`explanation`)."""

    __slots__ = (
        "automatic", "evidence", "items", "kind", "lines", "margin", "open_payouts", "pairs", "payouts", "residual",
        "residual_class", "review", "rivals", "searched", "status", "weight",
    )  # fmt: skip

    def __init__(
        self,
        kind: MatchKind,
        payouts: tuple[PayoutRecord, ...],
        lines: tuple[LineRecord, ...],
        weight: int,
        margin: int,
        evidence: Evidence,
        items: tuple[EvidenceItem, ...] | None = None,  # not by name only: that costs a third of making one
        pairs: tuple[Pair, ...] = (),
        rivals: tuple[Rival, ...] = (),
        review: str | None = None,
        residual: int = 0,
        residual_class: ResidualClass = ResidualClass.NONE,
        open_payouts: int = 0,
        searched: str = "",
    ) -> None:
        self.kind = kind
        self.payouts = payouts
        self.lines = lines
        self.weight = weight
        self.margin = margin
        self.evidence = evidence
        self.items = items
        self.pairs = pairs
        self.rivals = rivals
        self.review = review
        self.residual = residual
        self.residual_class = residual_class
        self.open_payouts = open_payouts
        """Payouts of an interchangeable set that have no line yet; which ones cannot be known."""
        self.searched = searched
        self.status: str | None = None
        """A person's word on it, where there is one."""
        self.automatic = review is None and (margin > CERTAIN_MILLINATS or self._clears_gate())

    @property
    def sort_key(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """An order that does not depend on the order of facts."""
        return tuple(p.id for p in self.payouts), tuple(line.id for line in self.lines)

    @property
    def gaps(self) -> list[int]:
        """How far each rival is behind, and being unmatched; a rival worth less than that is part of it."""
        return [self.weight, *(self.weight - rival.millinats for rival in self.rivals if rival.millinats > 0)]

    def _clears_gate(self) -> bool:
        """Sure enough to match without a person: regret and probability both."""
        return self.margin >= GATE_MILLINATS and probability_of(self.gaps) >= GATE_PROBABILITY

    def weakened(self, margin: int, rival: Rival) -> "Finding":
        """The same finding with a smaller margin, because of this rival."""
        return Finding(
            self.kind,
            self.payouts,
            self.lines,
            self.weight,
            margin,
            self.evidence,
            items=self.items,
            pairs=self.pairs,
            rivals=(rival, *self.rivals)[:RIVALS_MAX],
            review=self.review,
            residual=self.residual,
            residual_class=self.residual_class,
            open_payouts=self.open_payouts,
            searched=self.searched,
        )

    @property
    def secure(self) -> bool:
        """Automatic, and beyond what any group of records could overturn."""
        return self.automatic and self.margin >= SECURE_MILLINATS


_DAY_AND_ID: Final = attrgetter("day", "id")


def in_order(payouts: Sequence[PayoutRecord]) -> tuple[PayoutRecord, ...]:
    """By day, then id."""
    return tuple(sorted(payouts, key=_DAY_AND_ID)) if len(payouts) > 1 else tuple(payouts)


def lines_in_order(lines: Sequence[LineRecord]) -> tuple[LineRecord, ...]:
    """By day, then id."""
    return tuple(sorted(lines, key=_DAY_AND_ID)) if len(lines) > 1 else tuple(lines)


@functools.lru_cache(maxsize=1_000)
def searched_words(payouts: int, lines: int) -> str:
    """What was searched among the pairs of one component, in words."""
    return f"every assignment of {counted(payouts, 'payout')} to {counted(lines, 'line')} of this amount, exhaustively"


def counted(number: int, noun: str) -> str:
    """`1 line`, `2 lines`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
