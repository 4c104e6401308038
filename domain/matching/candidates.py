"""Which payouts a bank line could be, for a person to choose from: the likeliest first, each with its evidence."""

from collections.abc import Iterator
from typing import Final

import attrs

from domain.bank_deposit import BankDepositId
from domain.matching.decided import Decided
from domain.matching.joint_search import plain_pair
from domain.matching.model import LAG_MIN, LATE_MAX
from domain.matching.records import LineRecord
from domain.payout import PayoutId
from domain.reconciliation_match import EvidenceItem, MatchKind

CANDIDATES_MAX: Final = 25


@attrs.frozen(kw_only=True)
class Candidate:
    """Payouts that could be the line, alone or with other lines."""

    kind: MatchKind
    payouts: tuple[PayoutId, ...]
    deposits: tuple[BankDepositId, ...]
    evidence: tuple[EvidenceItem, ...]
    """Adds up to how much speaks for it, against being nothing of the kind."""
    review: str | None
    """Why a person must look, however likely it is."""

    @property
    def millinats(self) -> int:
        """How much speaks for it."""
        return sum(item.millinats for item in self.evidence)


def candidates_of(deposit: BankDepositId, decided: Decided) -> tuple[Candidate, ...]:
    """Pairs and groups that the line could be part of, of what was decided around it."""
    line = next((each for each in decided.placed.lines if each.id == deposit), None)
    if line is None:
        return ()
    found = {(each.payouts, each.deposits, each.kind): each for each in _candidates(line, decided)}
    ranked = sorted(found.values(), key=lambda each: (-each.millinats, each.payouts, each.deposits))
    return tuple(ranked[:CANDIDATES_MAX])


def _candidates(line: LineRecord, decided: Decided) -> Iterator[Candidate]:
    searched = decided.searched
    hypotheses = [each for each in (searched.proposed if searched is not None else ()) if line in each.lines]
    for payout in decided.placed.payouts:
        equal = payout.currency == line.currency and payout.minor == line.minor
        if equal and not payout.came_back and LAG_MIN <= line.day - payout.day <= LATE_MAX:
            pair = plain_pair(payout, line, decided.evidence)
            if pair is not None:
                hypotheses.append(pair)
    for each in hypotheses:
        yield Candidate(
            kind=each.kind,
            payouts=tuple(payout.payout.id for payout in each.payouts),
            deposits=tuple(other.line.id for other in each.lines),
            evidence=each.items or (),
            review=each.review,
        )
