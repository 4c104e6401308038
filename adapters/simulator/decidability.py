"""Which true links can be known: the posterior of each, and of interchangeable sets, under the world's own law."""

import math
from collections import defaultdict
from datetime import date

import attrs

from adapters.simulator.exact_sum import Hypothesis, TooWide, log_total, marginals
from adapters.simulator.posterior import BankObserver, Candidate
from adapters.simulator.world import MadeLine, MadePayout, TrueLink
from domain.bank_deposit import BankDepositId
from domain.payout import PayoutId

_SURE = 0.9999
_CONFUSED = 1e-7
"""Links that could be mixed up with more than this probability are looked at as one set."""


def with_posteriors(
    observer: BankObserver, links: list[TrueLink], payouts: list[MadePayout], lines: list[MadeLine]
) -> list[TrueLink]:
    """The links with what the observer thinks of them."""
    judge = Judge(observer.candidates(), links, payouts, lines)
    return judge.judged()


class Judge:
    """Weighs the links of one bank account."""

    def __init__(
        self, candidates: list[Candidate], links: list[TrueLink], payouts: list[MadePayout], lines: list[MadeLine]
    ) -> None:
        self.links = links
        self.candidates = candidates
        self.payouts = {made.payout.id: made for made in payouts}
        self.lines = {line.deposit.id: line for line in lines}
        self.link_of_payout = {payout: link for link in links for payout in link.payouts}
        self.sets = 0

    def judged(self) -> list[TrueLink]:
        """All links, in the order given."""
        result: dict[tuple[PayoutId, ...], TrueLink] = {}
        for component in self.components():
            for link in self._component(component):
                result[link.payouts] = link
        return [result.get(link.payouts, link) for link in self.links]

    def components(self) -> list[list[Candidate]]:
        """Candidates that share records, directly or through others."""
        parent: dict[str, str] = {}

        def root(node: str) -> str:
            while parent.setdefault(node, node) != node:
                parent[node] = parent[parent[node]]
                node = parent[node]
            return node

        for candidate in self.candidates:
            records: list[str] = [*candidate.payouts, *candidate.lines]
            first = records[0]
            for other in records[1:]:
                parent[root(other)] = root(first)
        groups: dict[str, list[Candidate]] = defaultdict(list)
        for candidate in self.candidates:
            groups[root(candidate.payouts[0])].append(candidate)
        return list(groups.values())

    def _true_links(self, component: list[Candidate]) -> list[TrueLink]:
        seen: dict[tuple[PayoutId, ...], TrueLink] = {}
        for candidate in component:
            for payout in candidate.payouts:
                link = self.link_of_payout.get(payout)
                if link is not None:
                    seen[link.payouts] = link
        return list(seen.values())

    def _component(self, component: list[Candidate]) -> list[TrueLink]:
        links = self._true_links(component)
        if len(component) == 1:
            odds = component[0].odds
            return [attrs.evolve(link, posterior=odds / (1 + odds)) for link in links]
        row = self.row(component)
        places = {record: place for place, record in enumerate(row)}
        hypotheses = [as_hypothesis(candidate, places) for candidate in component]
        try:
            shares = marginals(len(row), hypotheses)
        except TooWide:
            return links
        by_shape = {
            (frozenset(candidate.payouts), frozenset(candidate.lines)): share
            for candidate, share in zip(component, shares, strict=True)
        }
        judged = [
            attrs.evolve(link, posterior=by_shape.get((frozenset(link.payouts), frozenset(link.deposits)), 0.0))
            for link in links
        ]
        if all(link.posterior >= _SURE for link in judged):
            return judged
        return self._with_sets(judged, component, shares, row, hypotheses)

    def row(self, component: list[Candidate]) -> list[str]:
        """The component's records in order of time."""
        when: dict[str, tuple[date, str]] = {}
        for candidate in component:
            for payout in candidate.payouts:
                when[payout] = (self.payouts[payout].payout.arrival_date, payout)
            for line in candidate.lines:
                when[line] = (self.lines[line].deposit.date, line)
        return sorted(when, key=when.__getitem__)

    def _with_sets(
        self,
        links: list[TrueLink],
        component: list[Candidate],
        shares: list[float],
        row: list[str],
        hypotheses: list[Hypothesis],
    ) -> list[TrueLink]:
        places = {record: place for place, record in enumerate(row)}
        result: dict[tuple[PayoutId, ...], TrueLink] = {link.payouts: link for link in links}
        try:
            total = log_total(len(row), hypotheses)
            for payouts, deposits in self._sets(component, shares):
                inside = [link for link in links if set(link.payouts) <= payouts and set(link.deposits) <= deposits]
                if len(inside) < 2 and len(payouts) < 2:
                    continue
                covered = {deposit for link in inside for deposit in link.deposits}
                if covered != deposits or len(payouts) - len(deposits) not in (0, 1):
                    continue
                posterior = _set_posterior(component, hypotheses, places, payouts, deposits, len(row), total)
                self.sets += 1
                for link in inside:
                    result[link.payouts] = attrs.evolve(link, set_posterior=posterior, interchangeable=self.sets)
        except TooWide:
            return links
        return list(result.values())

    def _sets(self, component: list[Candidate], shares: list[float]) -> list[tuple[set[PayoutId], set[BankDepositId]]]:
        """Equal payouts of one Stripe account and lines of one account that could be mixed up with each other."""
        parent: dict[str, str] = {}

        def root(node: str) -> str:
            while parent.setdefault(node, node) != node:
                node = parent[node]
            return node

        for candidate, share in zip(component, shares, strict=True):
            if share > _CONFUSED and len(candidate.payouts) == 1 and len(candidate.lines) == 1:
                made = self.payouts[candidate.payouts[0]]
                lines = self.lines[candidate.lines[0]]
                kind = f"{made.account}/{made.payout.amount}/{lines.deposit.amount}/"
                parent[root(kind + candidate.payouts[0])] = root(kind + candidate.lines[0])
        groups: dict[str, tuple[set[PayoutId], set[BankDepositId]]] = defaultdict(lambda: (set(), set()))
        for candidate, share in zip(component, shares, strict=True):
            if share > _CONFUSED and len(candidate.payouts) == 1 and len(candidate.lines) == 1:
                made = self.payouts[candidate.payouts[0]]
                lines = self.lines[candidate.lines[0]]
                kind = f"{made.account}/{made.payout.amount}/{lines.deposit.amount}/"
                payouts, deposits = groups[root(kind + candidate.payouts[0])]
                payouts.add(candidate.payouts[0])
                deposits.add(candidate.lines[0])
        return list(groups.values())


def as_hypothesis(candidate: Candidate, places: dict[str, int]) -> Hypothesis:
    """The candidate by the places of its records in the row."""
    return Hypothesis(
        tuple(sorted(places[record] for record in (*candidate.payouts, *candidate.lines))), candidate.odds
    )


def _set_posterior(
    component: list[Candidate],
    hypotheses: list[Hypothesis],
    places: dict[str, int],
    payouts: set[PayoutId],
    deposits: set[BankDepositId],
    length: int,
    total: float,
) -> float:
    """Probability that these lines are these payouts, all of them (but for one payout, if there is one more)."""
    allowed = []
    for candidate, hypothesis in zip(component, hypotheses, strict=True):
        touches = any(p in payouts for p in candidate.payouts) or any(d in deposits for d in candidate.lines)
        inside = all(p in payouts for p in candidate.payouts) and all(d in deposits for d in candidate.lines)
        if not touches or (inside and len(candidate.payouts) == len(candidate.lines) == 1):
            allowed.append(hypothesis)
    never_alone = frozenset(places[deposit] for deposit in deposits)
    if len(payouts) == len(deposits):
        never_alone |= frozenset(places[payout] for payout in payouts)
    part = log_total(length, allowed, never_alone=never_alone)
    return 0.0 if part == -math.inf else min(1.0, math.exp(part - total))
