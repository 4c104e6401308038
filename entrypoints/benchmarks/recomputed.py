"""Whether what is kept of a company is what deciding everything anew gives, under the same basis."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import date
from typing import Any, Final, TypeVar

import attrs

from domain.company import CompanyId
from domain.matching.decided import Decided
from domain.matching.deposit_matching import decide_deposits
from domain.matching.explanation import match_of
from domain.matching.standing import standings
from domain.reconciliation_break import ReconciliationBreak
from domain.reconciliation_match import ReconciliationMatch
from ports.facts import Everything
from ports.pages import Page, PageKey
from ports.reconciliation_lists import (
    BreaksWanted,
    DepositOutcomesWanted,
    MatchesWanted,
    PayoutOutcomesWanted,
)
from ports.reconciliation_record import StandingsWanted
from ports.transaction import Store
from ports.use_cases.reconcile_company import kept_id_of

_PAGE: Final = 250
Record = TypeVar("Record")


@attrs.frozen(kw_only=True)
class Comparison:
    """How much was compared, and how many of each differ from the full recompute."""

    matches: int
    outcomes: int
    breaks: int
    wrong_matches: int
    wrong_outcomes: int
    wrong_breaks: int

    @property
    def is_equal(self) -> bool:
        """Nothing differs."""
        return not (self.wrong_matches or self.wrong_outcomes or self.wrong_breaks)


async def compared_with_recompute(store: Store, company: CompanyId, as_of: date) -> Comparison:
    """Reads everything that is kept, and decides everything from the facts."""
    async with store.snapshot(company) as snapshot:
        facts = await snapshot.facts.load(Everything())
        basis = await snapshot.reconciliation.basis()
        if basis is None:
            raise RuntimeError("nothing was ever decided")
        found = await snapshot.reconciliation.find(StandingsWanted(all_learned=True, all_accepted=basis.accepted_up_to))
        decided = decide_deposits(
            facts,
            as_of=as_of,
            model=attrs.evolve(await snapshot.reconciliation.model(basis.model), learned_from=found.learned),
            decisions=[each.decision for each in await snapshot.decisions.in_force()],
            accepted=found.accepted,
            same_accounts=basis.same_accounts,
        )
        decided_again = _DecidedAgain(decided)
        lists = snapshot.reconciliation_lists
        async for match in _pages(lambda after: lists.matches(MatchesWanted(), after=after, limit=_PAGE)):
            decided_again.see_match(match.id, match.match)
        every_payout, every_line = PayoutOutcomesWanted(), DepositOutcomesWanted()
        async for payout in _pages(lambda after: lists.payout_outcomes(every_payout, after=after, limit=_PAGE)):
            decided_again.see_outcome(payout.outcome.payout, payout.outcome)
        async for line in _pages(lambda after: lists.deposit_outcomes(every_line, after=after, limit=_PAGE)):
            decided_again.see_outcome(line.outcome.deposit, line.outcome)
        found_breaks = _pages(lambda after: lists.breaks(BreaksWanted(), after=after, limit=_PAGE))
        breaks = {each.found async for each in found_breaks}
    return decided_again.compared(breaks)


class _DecidedAgain:
    """What a recompute gives; each thing that is kept is held against it once, and not held on to."""

    def __init__(self, decided: Decided) -> None:
        payouts, deposits = standings(decided)
        self._decided = decided
        self._findings = {kept_id_of(finding): finding for finding in decided.findings}
        self._outcomes: dict[str, Any] = {id: each.outcome for id, each in payouts.items()}
        self._outcomes |= {id: each.outcome for id, each in deposits.items()}
        self._matches_seen = self._outcomes_seen = self._wrong_matches = self._wrong_outcomes = 0

    def see_match(self, id: str, match: ReconciliationMatch) -> None:
        finding = self._findings.pop(id, None)
        self._matches_seen += 1
        self._wrong_matches += finding is None or match_of(finding) != match

    def see_outcome(self, id: str, outcome: Any) -> None:
        self._outcomes_seen += 1
        self._wrong_outcomes += self._outcomes.pop(id, None) != outcome

    def compared(self, breaks: set[ReconciliationBreak]) -> Comparison:
        """What was never seen is wrong, too."""
        return Comparison(
            matches=self._matches_seen,
            outcomes=self._outcomes_seen,
            breaks=len(breaks),
            wrong_matches=self._wrong_matches + len(self._findings),
            wrong_outcomes=self._wrong_outcomes + len(self._outcomes),
            wrong_breaks=len(breaks ^ set(self._decided.all_breaks())),
        )


async def _pages(page: Callable[[PageKey | None], Awaitable[Page[Record]]]) -> AsyncIterator[Record]:
    after: PageKey | None = None
    while True:
        found = await page(after)
        for record in found.records:
            yield record
        if (after := found.next) is None:
            return
