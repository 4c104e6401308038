"""Comparing what a rule says with the truth of a made world."""

from collections import Counter
from collections.abc import Iterable

import attrs

from adapters.simulator.world import CompanyWorld, TrueLink
from domain.bank_deposit import BankDepositId
from domain.payout import PayoutId
from entrypoints.benchmarks.replicas import Pairing

BINS = (0.0, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999, 1.0)
"""Edges of the stated probabilities in the reliability table."""


@attrs.frozen(kw_only=True)
class Tally:
    """What one rule did in one profile. Tallies add up."""

    payouts: int = 0
    deposits: int = 0
    decidable: int = 0
    """True links that an observer who knows the law is sure of."""
    undecidable: int = 0
    automatic: int = 0
    """Matches that the rule made by itself."""
    wrong: int = 0
    """Automatic matches that are not the truth."""
    found: int = 0
    """Decidable links inside a right automatic match."""
    abstained: int = 0
    """Undecidable links of which no record is in an automatic match."""
    review: int = 0
    """Matches left for a person."""
    wrong_examples: tuple[str, ...] = ()

    def __add__(self, other: "Tally") -> "Tally":
        """Both together, with the first few examples."""
        counts = {
            field.name: getattr(self, field.name) + getattr(other, field.name)
            for field in attrs.fields(Tally)
            if field.name != "wrong_examples"
        }
        return Tally(**counts, wrong_examples=(self.wrong_examples + other.wrong_examples)[:5])


@attrs.frozen(kw_only=True)
class Reliability:
    """Matches whose stated probability falls between two edges: how many, how many right, and the sum stated."""

    count: int = 0
    right: int = 0
    stated: float = 0.0

    def __add__(self, other: "Reliability") -> "Reliability":
        return Reliability(
            count=self.count + other.count, right=self.right + other.right, stated=self.stated + other.stated
        )


class Referee:
    """Knows the truth of one company."""

    def __init__(self, world: CompanyWorld) -> None:
        self.world = world
        self.of_payout: dict[PayoutId, TrueLink] = {}
        self.of_deposit: dict[BankDepositId, TrueLink] = {}
        for link in world.truth.links:
            self.of_payout.update(dict.fromkeys(link.payouts, link))
            self.of_deposit.update(dict.fromkeys(link.deposits, link))
        self.payouts = {payout.id: payout for payout in world.facts.payouts}

    def canonical(self, deposits: Iterable[BankDepositId]) -> tuple[BankDepositId, ...]:
        """The physical lines that these are."""
        copies = self.world.truth.copies
        return tuple(copies.get(deposit, deposit) for deposit in deposits)

    def links_inside(self, pairing: Pairing) -> tuple[TrueLink, ...] | None:
        """The true links that a match states, or None if it is wrong."""
        payouts, deposits = pairing[0], self.canonical(pairing[1])
        if len(set(deposits)) < len(deposits):
            return None
        if len(payouts) == len(deposits) == 1:
            return self._pair(payouts[0], deposits[0])
        touched = {link.payouts: link for link in map(self.of_deposit.get, deposits) if link is not None}
        inside = tuple(touched.values())
        stated, covered = set(payouts), {payout for link in inside for payout in link.payouts}
        if {deposit for link in inside for deposit in link.deposits} != set(deposits) or not covered <= stated:
            return None
        rest = stated - covered
        if not rest and len(inside) == 1:
            return inside
        return inside if self._open(rest) and self._interchangeable(stated, inside) else None

    def _pair(self, payout: PayoutId, deposit: BankDepositId) -> tuple[TrueLink, ...] | None:
        link, other = self.of_payout.get(payout), self.of_deposit.get(deposit)
        if link is None or other is None:
            return None
        if link is other:
            return (link,) if link.payouts == (payout,) and link.deposits == (deposit,) else None
        same = link.interchangeable is not None and link.interchangeable == other.interchangeable
        return (other,) if same else None

    def _open(self, rest: set[PayoutId]) -> bool:
        """Of k payouts at most one has no line of its own."""
        return not rest or (len(rest) == 1 and not any(payout in self.of_payout for payout in rest))

    def _interchangeable(self, payouts: set[PayoutId], links: tuple[TrueLink, ...]) -> bool:
        kinds = {(self.payouts[payout].stripe_account, self.payouts[payout].amount) for payout in payouts}
        return len(kinds) == 1 and all(len(link.payouts) == len(link.deposits) == 1 for link in links)

    def tally(self, automatic: list[Pairing], review: int = 0) -> Tally:
        """What a rule's automatic matches are worth."""
        found: set[tuple[PayoutId, ...]] = set()
        touched: set[str] = set()
        wrong: list[Pairing] = []
        used = Counter(deposit for _, deposits in automatic for deposit in self.canonical(deposits))
        for pairing in automatic:
            touched.update((*pairing[0], *self.canonical(pairing[1])))
            inside = self.links_inside(pairing)
            if inside is None or any(used[deposit] > 1 for deposit in self.canonical(pairing[1])):
                wrong.append(pairing)
            else:
                found.update(link.payouts for link in inside)
        links = self.world.truth.links
        open_links = [link for link in links if not link.decidable]
        return Tally(
            payouts=len(self.world.facts.payouts),
            deposits=len(self.world.facts.deposits),
            decidable=len(links) - len(open_links),
            undecidable=len(open_links),
            automatic=len(automatic),
            wrong=len(wrong),
            found=sum(link.decidable and link.payouts in found for link in links),
            abstained=sum(not touched.intersection((*link.payouts, *link.deposits)) for link in open_links),
            review=review,
            wrong_examples=tuple(f"{self.world.name}: {pairing}" for pairing in wrong[:5]),
        )
