"""Which records of a neighbourhood a change touches: all that is tied to it by blocks and groups, before or after."""

from collections.abc import Iterator
from typing import Protocol

from domain.bank_deposit import BankDepositId
from domain.matching.blocks import blocks_of
from domain.matching.components import connected
from domain.matching.decided import Decided
from domain.matching.finding import Hypothesis
from domain.matching.records import LineRecord, PayoutRecord
from domain.matching.standing import DepositStanding, PayoutStanding, open_ids, standings
from domain.matching.survey import Amount
from domain.payout import PayoutId, PayoutStatus

_Signature = tuple[str, tuple[str, ...], tuple[str, ...]]


class _Changed(Protocol):
    @property
    def dirty(self) -> set[str]: ...


class LocalView:
    """A neighbourhood as it was decided at one of the two moments."""

    def __init__(self, decided: Decided) -> None:
        self.decided = decided
        self.open = open_ids(decided)
        searched = decided.searched
        self.groups: dict[_Signature, list[Hypothesis]] = {}
        for group in searched.proposed if searched is not None else ():
            self.groups.setdefault((group.kind, *group.sort_key), []).append(group)
        judged = decided.judgements
        self.set_apart: frozenset[str] = frozenset(
            (*judged.payouts, *judged.lines, *decided.placed.duplicates.repeats, *(e.id for e in decided.placed.aside))
        )
        """Records that take no part in solving."""
        self.blocks = list(_blocks(decided.placed.payouts, decided.placed.lines))

    def standings(
        self, ids: frozenset[str]
    ) -> tuple[dict[PayoutId, PayoutStanding], dict[BankDepositId, DepositStanding]]:
        """Where these records stand."""
        return standings(self.decided, ids)


class Touched:
    """The records that may stand otherwise than before."""

    def __init__(self, was: LocalView, now: LocalView, changed: _Changed) -> None:
        self.was = was
        self.now = now
        self.newly_dirty = (was.set_apart ^ now.set_apart) - changed.dirty
        """Records that a decision, another feed or the day has taken out of matching, or brought back."""
        dirty = changed.dirty | self.newly_dirty
        seeds = set(dirty)
        for signature in was.groups.keys() | now.groups.keys():
            if _worth(was.groups.get(signature)) != _worth(now.groups.get(signature)):
                seeds.update((*signature[1], *signature[2]))
        self.ids = _tied_to(seeds, [*_ties(was), *_ties(now)])
        self.open = {id for view in (was, now) for id in (*view.open.payouts, *view.open.lines) if id in self.ids}
        self.plausible = {id for view in (was, now) for id in view.open.plausible if id in self.ids}


def _worth(groups: list[Hypothesis] | None) -> list[tuple[object, ...]] | None:
    return (
        None
        if groups is None
        else [(group.items, group.review, group.residual, group.residual_class) for group in groups]
    )


def _ties(view: LocalView) -> Iterator[list[str]]:
    yield from view.blocks
    for _, payouts, lines in view.groups:
        yield [*payouts, *lines]
    for finding in view.decided.findings:
        names: list[str] = [*(payout.id for payout in finding.payouts), *(line.id for line in finding.lines)]
        for rival in finding.rivals:
            names += [*(payout.id for payout in rival.payouts), *(line.id for line in rival.lines)]
        yield names


def _tied_to(seeds: set[str], ties: list[list[str]]) -> frozenset[str]:
    number: dict[str, int] = {}
    edges: list[tuple[int, int]] = []
    for tie in ties:
        numbers = [number.setdefault(id, len(number)) for id in tie]
        edges += [(numbers[0], each) for each in numbers[1:]]
    names = list(number)
    touched = set(seeds)
    for members in connected(len(names), edges):
        ids = [names[each] for each in members]
        if not seeds.isdisjoint(ids):
            touched.update(ids)
    return frozenset(touched)


def _blocks(payouts: list[PayoutRecord], lines: list[LineRecord]) -> Iterator[list[str]]:
    """The ids of each block, those of payouts that came back among them."""
    of_amount: dict[Amount, tuple[list[PayoutRecord], list[LineRecord]]] = {}
    for payout in payouts:
        if payout.minor and payout.payout.status is not PayoutStatus.CANCELED:
            of_amount.setdefault((payout.currency, payout.minor), ([], []))[0].append(payout)
    for line in lines:
        if (line.currency, line.minor) in of_amount:
            of_amount[line.currency, line.minor][1].append(line)
    for equal, found in of_amount.values():
        equal.sort(key=lambda payout: (payout.day, payout.id))
        found.sort(key=lambda line: (line.day, line.id))
        for block in blocks_of(equal, found, ()):
            yield [payout.id for payout in block.payouts] + [line.id for line in block.lines]
