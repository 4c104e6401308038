"""Whether what is kept of a company is what deciding everything anew gives, under the same basis."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any, Final, TypeVar

import attrs

from domain.company import CompanyId
from domain.matching.deposit_matching import decide_deposits
from domain.matching.standing import standings
from ports.facts import Everything
from ports.pages import Page, PageKey
from ports.reconciliation_lists import (
    BreaksWanted,
    DepositOutcomesWanted,
    MatchesWanted,
    PayoutOutcomesWanted,
)
from ports.reconciliation_record import StandingsWanted, kept_id
from ports.transaction import CompanyTransaction, Store

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
        found = await snapshot.reconciliation.find(
            StandingsWanted(said_of=tuple(line.id for line in facts.deposits), all_accepted=basis.accepted_up_to)
        )
        decided = decide_deposits(
            facts,
            as_of=as_of,
            model=attrs.evolve(await snapshot.reconciliation.model(basis.model), learned_from=found.learned),
            decisions=[each.decision for each in await snapshot.decisions.in_force()],
            accepted=found.accepted,
            same_accounts=basis.same_accounts,
        )
        matches, outcomes, breaks = await _kept(snapshot)
    payouts, deposits = standings(decided)
    wanted_matches = {kept_id(match): match for match in decided.matches()}
    wanted_outcomes = {id: each.outcome for id, each in payouts.items()} | {
        id: each.outcome for id, each in deposits.items()
    }
    return Comparison(
        matches=len(matches),
        outcomes=len(outcomes),
        breaks=len(breaks),
        wrong_matches=_different(matches, wanted_matches),
        wrong_outcomes=_different(outcomes, wanted_outcomes),
        wrong_breaks=len(breaks ^ set(decided.reconciliation().breaks)),
    )


async def _kept(snapshot: CompanyTransaction) -> tuple[dict[Any, Any], dict[Any, Any], set[Any]]:
    lists = snapshot.reconciliation_lists
    matches = await _all(lambda after: lists.matches(MatchesWanted(), after=after, limit=_PAGE))
    payouts = await _all(lambda after: lists.payout_outcomes(PayoutOutcomesWanted(), after=after, limit=_PAGE))
    deposits = await _all(lambda after: lists.deposit_outcomes(DepositOutcomesWanted(), after=after, limit=_PAGE))
    breaks = await _all(lambda after: lists.breaks(BreaksWanted(), after=after, limit=_PAGE))
    outcomes: dict[Any, Any] = {each.outcome.payout: each.outcome for each in payouts}
    outcomes |= {each.outcome.deposit: each.outcome for each in deposits}
    return {each.id: each.match for each in matches}, outcomes, {each.found for each in breaks}


async def _all(page: Callable[[PageKey | None], Awaitable[Page[Record]]]) -> list[Record]:
    records: list[Record] = []
    after: PageKey | None = None
    while True:
        found = await page(after)
        records += found.records
        if (after := found.next) is None:
            return records


def _different(kept: dict[Any, Any], wanted: dict[Any, Any]) -> int:
    return sum(kept.get(id) != wanted.get(id) for id in kept.keys() | wanted.keys())
