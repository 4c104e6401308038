"""Somebody who asks what if of a company, and what to compare the answer with."""

from datetime import datetime
from itertools import count
from random import Random
from typing import Any

import attrs

from domain.actor import Actor, ActorKind
from domain.company import CompanyId
from domain.company_facts import CompanyFacts
from domain.identifiers import derived_id
from domain.partner import Mode, PartnerId, Tenant
from domain.payout_totals import PayoutTotals, totals_of
from domain.reconciliation_match import MatchStatus
from domain.what_if import ProposedChanges
from ports.facts import Everything
from ports.transaction import CompanyTransaction, Store
from ports.use_cases.active_company import FieldsRefused
from ports.use_cases.apply_what_if import apply_what_if
from ports.use_cases.ask_what_if import ANEW_MAX, ask_what_if
from ports.use_cases.make_changes import ChangeContradicts
from ports.what_ifs import WhatIf
from ports.work_list import WorkList
from tests.ports.use_cases.reconcile_company_contract import Runs, everything_kept
from tests.strategies.proposals import some_proposal

TENANT = Tenant(partner=PartnerId("partner_platform0"), mode=Mode.TEST)
ADA = Actor(kind=ActorKind.BOOKKEEPER, id="ada@acme.example")
_numbers = count()


async def asking(store: Store, work_list: WorkList, facts: CompanyFacts, at: datetime) -> "Asks":
    """A company of its own, which was told these facts."""
    company = CompanyId(derived_id("co", "what if", str(next(_numbers))))
    run = Runs(store, work_list, at, company)
    await run.add_company()
    await run.tell(facts)
    return Asks(store=store, run=run, company=company)


@attrs.frozen(kw_only=True)
class Kept:
    """All that is kept of a company that asking must not change."""

    matches: dict[str, Any]
    payouts: dict[str, Any]
    deposits: dict[str, Any]
    breaks: set[Any]
    totals: PayoutTotals
    decisions: tuple[Any, ...]
    rules: Any
    events: int


@attrs.frozen(kw_only=True)
class Asks:
    """Somebody who asks what if."""

    store: Store
    run: Runs
    company: CompanyId

    async def ask(self, proposed: ProposedChanges, anew_max: int = ANEW_MAX) -> WhatIf:
        return await ask_what_if(
            f"whatif_{next(_numbers):012}",
            proposed,
            company=self.company,
            tenant=TENANT,
            who=ADA,
            at=self.run.at,
            store=self.store,
            anew_max=anew_max,
        )

    async def apply(self, what_if: WhatIf) -> WhatIf:
        return await apply_what_if(
            what_if.head.id, company=self.company, tenant=TENANT, who=ADA, at=self.run.at, store=self.store
        )

    async def change(self, proposed: ProposedChanges) -> None:
        """Changed by somebody else, meanwhile."""
        await self.apply(await self.ask(proposed))

    async def what_comes_of(self, proposed: ProposedChanges) -> bool:
        """Asked, applied, worked out: it is what was foretold. False: it cannot be done, and nothing was."""
        before = await self.kept()
        try:
            what_if = await self.ask(proposed)
        except (ChangeContradicts, FieldsRefused):
            assert await self.kept() == before
            return False
        assert await self.kept() == before, "nothing is changed by asking"
        assert what_if.head.stands_on.is_up_to_date
        await self.apply(what_if)
        await self.run.go()
        await self.run.assert_as_if_decided_anew()
        assert_foretold(what_if, before, await self.kept())
        return True

    async def a_proposal(self, random: Random, facts: CompanyFacts) -> ProposedChanges:
        kept = await self.kept()
        rules = [rule.id for rule in kept.rules.rules]
        return some_proposal(random, facts, sorted(kept.matches), rules, company=self.company)

    async def facts(self) -> CompanyFacts:
        async with self.store.snapshot(self.company) as snapshot:
            return await snapshot.facts.load(Everything())

    async def kept(self) -> Kept:
        async with self.store.snapshot(self.company) as snapshot:
            matches, payouts, deposits, breaks = await everything_kept(snapshot)
            facts = await snapshot.facts.load(Everything())
            outcomes: dict[str, Any] = payouts
            return Kept(
                matches=matches,
                payouts=payouts,
                deposits=deposits,
                breaks=breaks,
                totals=totals_of((each.amount, outcomes[each.id].outcome) for each in facts.payouts),
                decisions=tuple(await snapshot.decisions.in_force()),
                rules=await snapshot.matching_rules.in_force(),
                events=await self._events(snapshot),
            )

    @staticmethod
    async def _events(snapshot: CompanyTransaction) -> int:
        return len(await snapshot.events.after(0, limit=100_000))


def assert_foretold(what_if: WhatIf, before: Kept, after: Kept) -> None:
    """What came is what was foretold, of every match, record, break and figure."""
    effect, counts = what_if.effect, what_if.head.counts
    statuses = {
        id: (status(before.matches.get(id)), status(after.matches.get(id))) for id in {*before.matches, *after.matches}
    }
    other = {id: each for id, each in statuses.items() if each[0] is not each[1]}
    assert {each.id: (each.before, each.after) for each in effect.matches.listed} == other
    for told in effect.matches.listed:
        assert told.match == (after.matches if told.after is not None else before.matches)[told.id]
    assert (counts.matches_new, counts.matches_changed, counts.matches_reversed) == (
        sum(was is None for was, _ in other.values()),
        sum(None not in each for each in other.values()),
        sum(now is None for _, now in other.values()),
    )
    same = before.matches.keys() & after.matches.keys() - other.keys()
    assert counts.matches_weighed_anew == sum(before.matches[id] != after.matches[id] for id in same)
    assert {each.after.payout: (each.before, each.after) for each in effect.payouts.listed} == said_otherwise(
        before.payouts, after.payouts
    )
    assert {each.after.deposit: (each.before, each.after) for each in effect.deposits.listed} == said_otherwise(
        before.deposits, after.deposits
    )
    assert set(effect.opened.listed) == after.breaks - before.breaks
    assert set(effect.resolved.listed) == before.breaks - after.breaks
    assert (effect.totals_before, effect.totals_after) == (before.totals, after.totals)
    assert (counts.payouts, counts.deposits) == (effect.payouts.count, effect.deposits.count)
    assert (counts.breaks_opened, counts.breaks_resolved) == (effect.opened.count, effect.resolved.count)


def said_otherwise(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    return {
        id: (before[id].outcome, outcome) for id, outcome in after.items() if before[id].outcome is not outcome.outcome
    }


def status(match: Any) -> MatchStatus | None:
    return None if match is None else match.status
