"""What if, on every store: nothing changes by asking, and what was foretold is what comes once it is applied."""

import asyncio
from datetime import datetime, timedelta
from random import Random
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from domain.bank_deposit import BankDepositId
from domain.company import CompanyId
from domain.company_facts import CompanyFacts
from domain.matching_rule import MatchingRule, RuleKind, TextTest
from domain.reconciliation_decision import DecisionKind, ReconciliationDecision, Verdict, VerdictOnMatch
from domain.reconciliation_match import MatchStatus
from domain.what_if import NotStripeToSay, ProposedChanges, RuleToAdd
from ports.facts import FactSource
from ports.transaction import Store
from ports.use_cases.active_company import FieldsRefused
from ports.use_cases.apply_what_if import AlreadyApplied, NoSuchWhatIf, WhatIfOutdated, apply_what_if
from ports.use_cases.make_changes import ChangeContradicts
from ports.use_cases.reconcile_company import TooMuchToDecide
from ports.work_list import WorkList
from tests.ports.use_cases.asking import ADA, TENANT, Asks, asking
from tests.ports.use_cases.reconcile_company_contract import NOON, PROFILES, a_company
from tests.ports.use_cases.watched_store import WatchedStore
from tests.strategies.company_facts import AS_OF_DAYS, small_companies

_SUPPRESSED = [
    HealthCheck.too_slow,
    HealthCheck.filter_too_much,
    HealthCheck.function_scoped_fixture,  # each example is on a company of its own
    HealthCheck.differing_executors,  # the cases run on every adapter
]


class WhatIfContract:
    """Subclass it with fixtures `store` and `work_list` for each adapter."""

    @pytest.mark.parametrize("profile", PROFILES)
    async def test_what_was_foretold_of_a_simulated_company_comes(
        self, store: Store, work_list: WorkList, profile: str
    ) -> None:
        facts, as_of = a_company(profile)
        asks = await asking(store, work_list, facts, datetime.combine(as_of, NOON.timetz()))
        random = Random(profile)

        come = [await asks.what_comes_of(await asks.a_proposal(random, facts)) for _ in range(8)]

        assert sum(come) >= 4, "most of these can be done"

    @settings(max_examples=40, suppress_health_check=_SUPPRESSED)
    @given(facts=small_companies(), as_of=AS_OF_DAYS, random=st.randoms(use_true_random=False))
    async def test_what_was_foretold_of_any_company_comes(
        self, store: Store, work_list: WorkList, facts: CompanyFacts, as_of: Any, random: Random
    ) -> None:
        assume(len(facts.payouts) >= 2 and len(facts.deposits) >= 2)
        asks = await asking(store, work_list, facts, datetime.combine(as_of, NOON.timetz()))

        for _ in range(3):
            await asks.what_comes_of(await asks.a_proposal(random, facts))

    async def test_a_rejected_match_is_foretold_from_its_neighbourhood(self, store: Store, work_list: WorkList) -> None:
        read = {}
        for payouts in (60, 240):
            facts, as_of = a_company("everyday", payouts)
            asks = await asking(store, work_list, facts, datetime.combine(as_of, NOON.timetz()))
            match = next(id for id, each in (await asks.kept()).matches.items() if len(each.payouts) == 1)
            watched = WatchedStore(store)

            what_if = await attrs.evolve(asks, store=watched).ask(
                ProposedChanges(verdicts=(verdict(match, Verdict.REJECT),))
            )

            read[payouts] = watched.facts_read
            assert not watched.has_read_everything
            assert [(each.id, each.after) for each in what_if.effect.matches.listed] == [(match, None)]
            assert (what_if.head.counts.payouts, what_if.head.counts.deposits) == (1, 1)
            assert what_if.head.counts.matches_weighed_anew == 0
        assert max(read.values()) <= 80, read

    async def test_a_rule_is_not_tried_on_more_records_than_somebody_waits_for(
        self, store: Store, work_list: WorkList
    ) -> None:
        asks, match = await an_everyday_company(store, work_list)
        rule, rejected = ProposedChanges(add_rules=(a_rule(asks.company),)), verdict(match, Verdict.REJECT)

        with pytest.raises(TooMuchToDecide):
            await asks.ask(rule, anew_max=100)
        foretold = await asks.ask(ProposedChanges(verdicts=(rejected,)), anew_max=100)

        assert foretold.head.counts.matches_reversed == 1

    async def test_a_question_is_applied_once(self, store: Store, work_list: WorkList) -> None:
        asks, match = await an_everyday_company(store, work_list)
        what_if = await asks.ask(ProposedChanges(verdicts=(verdict(match, Verdict.CONFIRM),)))

        applied = await asks.apply(what_if)
        with pytest.raises(AlreadyApplied):
            await asks.apply(what_if)

        assert (applied.head.applied_by, applied.head.applied_at) == (ADA, asks.run.at)
        assert attrs.evolve(applied.head, applied_by=None, applied_at=None) == what_if.head
        assert (applied.proposed, applied.effect) == (what_if.proposed, what_if.effect)

    async def test_no_other_question_and_none_of_another_company_is_applied(
        self, store: Store, work_list: WorkList
    ) -> None:
        asks, match = await an_everyday_company(store, work_list)
        other, _ = await an_everyday_company(store, work_list)
        what_if = await asks.ask(ProposedChanges(verdicts=(verdict(match, Verdict.CONFIRM),)))

        for id in (what_if.head.id, "whatif_absent000000"):
            with pytest.raises(NoSuchWhatIf):
                await apply_what_if(id, company=other.company, tenant=TENANT, who=ADA, at=asks.run.at, store=store)

    async def test_what_moved_since_is_said_and_nothing_is_applied(self, store: Store, work_list: WorkList) -> None:
        asks, match = await an_everyday_company(store, work_list)
        proposed = ProposedChanges(verdicts=(verdict(match, Verdict.REJECT),))
        line = (await asks.facts()).deposits[0]
        said = {
            "facts were recorded": asks.run.tell(CompanyFacts(deposits=(attrs.evolve(line, text="OTHER TEXT"),))),
            "a person decided": asks.change(
                ProposedChanges(not_stripe=(NotStripeToSay(deposit=line.id, is_so=True, note="no"),))
            ),
            "a rule was added": asks.change(ProposedChanges(add_rules=(a_rule(asks.company),))),
        }
        for words, done in said.items():
            what_if = await asks.ask(proposed)
            await done
            before = await asks.kept()

            with pytest.raises(WhatIfOutdated, match=words):
                await asks.apply(what_if)

            assert await asks.kept() == before
            await asks.run.go()

    async def test_what_is_just_being_told_or_decided_is_waited_for(self, store: Store, work_list: WorkList) -> None:
        asks, match = await an_everyday_company(store, work_list)
        line = (await asks.facts()).deposits[0]
        other = ReconciliationDecision(kind=DecisionKind.NOT_STRIPE, deposits=(line.id,), by="owner:Bo")
        what_if = await asks.ask(ProposedChanges(verdicts=(verdict(match, Verdict.REJECT),)))

        async with store.company(asks.company) as transaction:
            await transaction.decisions.append(other, at=asks.run.at)
            decided = asyncio.create_task(asks.apply(what_if))
            await asyncio.sleep(0.1)
        with pytest.raises(WhatIfOutdated, match="a person decided"):
            await decided
        await asks.run.go()
        again = await asks.ask(what_if.proposed)
        async with store.company(asks.company) as transaction:
            news = CompanyFacts(deposits=(attrs.evolve(line, text="OTHER TEXT"),))
            await transaction.facts.record(news, source=FactSource.PUSHED, at=asks.run.at)
            told = asyncio.create_task(asks.apply(again))
            await asyncio.sleep(0.1)
        with pytest.raises(WhatIfOutdated, match="0 new, 1 changed"):
            await told

    async def test_a_question_asked_before_all_was_worked_out_is_answered_but_not_applied(
        self, store: Store, work_list: WorkList
    ) -> None:
        asks, match = await an_everyday_company(store, work_list)
        proposed = ProposedChanges(verdicts=(verdict(match, Verdict.REJECT),))
        line = (await asks.facts()).deposits[0]
        async with store.company(asks.company) as transaction:
            news = CompanyFacts(deposits=(attrs.evolve(line, id=BankDepositId("dep_new"), text="STRIPE TRANSFER"),))
            await transaction.facts.record(news, source=FactSource.PUSHED, at=asks.run.at)

        early = await asks.ask(proposed)
        with pytest.raises(WhatIfOutdated, match="still being worked out"):
            await asks.apply(early)
        await asks.run.go()
        with pytest.raises(WhatIfOutdated, match="still being worked out"):
            await asks.apply(early)
        comes = await asks.what_comes_of(proposed)

        assert not early.head.stands_on.is_up_to_date
        assert (match, MatchStatus.MATCHED, None) in {
            (each.id, each.before, each.after) for each in early.effect.matches.listed
        }
        assert comes

    async def test_a_question_holds_for_its_day(self, store: Store, work_list: WorkList) -> None:
        asks, match = await an_everyday_company(store, work_list)
        what_if = await asks.ask(ProposedChanges(verdicts=(verdict(match, Verdict.REJECT),)))
        asks.run.at = what_if.head.expires_at - timedelta(seconds=1)
        last = await asks.ask(what_if.proposed)
        asks.run.at = what_if.head.expires_at

        assert last.head.expires_at == what_if.head.expires_at
        for each in (what_if, last):
            with pytest.raises(WhatIfOutdated, match="that day is over"):
                await asks.apply(each)

    async def test_what_is_not_there_or_contradicts_is_pointed_at(self, store: Store, work_list: WorkList) -> None:
        asks, match = await an_everyday_company(store, work_list)
        facts = await asks.facts()
        unknown = ProposedChanges(
            verdicts=(verdict(match, Verdict.REJECT), verdict("match_absent", Verdict.CONFIRM)),
        )
        nothing = ProposedChanges()
        twice = ProposedChanges(verdicts=(verdict(match, Verdict.REJECT), verdict(match, Verdict.CONFIRM)))
        async with store.snapshot(asks.company) as snapshot:
            (kept,) = await snapshot.reconciliation_lists.match_history(match)
        line = kept.match.deposits[0]
        contradicting = ProposedChanges(
            verdicts=(verdict(match, Verdict.CONFIRM),),
            not_stripe=(NotStripeToSay(deposit=line, is_so=True, note="no"),),
        )
        refused = {}
        for name, proposed in (("unknown", unknown), ("nothing", nothing), ("twice", twice)):
            with pytest.raises(FieldsRefused) as error:
                await asks.ask(proposed)
            refused[name] = [field.pointer for field in error.value.fields]
        with pytest.raises(ChangeContradicts) as contradiction:
            await asks.ask(contradicting)

        assert refused == {"unknown": ["/verdicts/1/match"], "nothing": [""], "twice": ["/verdicts/1/match"]}
        assert contradiction.value.pointer == "/verdicts/0"
        assert line in str(contradiction.value)
        assert await asks.facts() == facts

    async def test_what_frees_a_record_comes_before_what_binds_it(self, store: Store, work_list: WorkList) -> None:
        asks, match = await an_everyday_company(store, work_list)
        async with store.snapshot(asks.company) as snapshot:
            (kept,) = await snapshot.reconciliation_lists.match_history(match)
        line = kept.match.deposits[0]

        for proposed in (
            ProposedChanges(not_stripe=(NotStripeToSay(deposit=line, is_so=True, note="rent"),)),
            ProposedChanges(
                verdicts=(verdict(match, Verdict.CONFIRM),),
                not_stripe=(NotStripeToSay(deposit=line, is_so=False, note="not rent"),),
            ),
            ProposedChanges(
                not_stripe=(NotStripeToSay(deposit=line, is_so=True, note="rent"),),
                verdicts=(verdict(match, Verdict.REVERSE),),
            ),
        ):
            assert await asks.what_comes_of(proposed)


def verdict(match: str, said: Verdict) -> VerdictOnMatch:
    return VerdictOnMatch(match=match, verdict=said, note="what if?")


def a_rule(company: CompanyId) -> RuleToAdd:
    return RuleToAdd(
        rule=MatchingRule.of(company, RuleKind.NOT_STRIPE, TextTest.CONTAINS, "GATEWAY PROPERTY"), note="the landlord"
    )


async def an_everyday_company(store: Store, work_list: WorkList) -> tuple["Asks", str]:
    """A company that is up to date, and one of its matches."""
    facts, as_of = a_company("everyday")
    asks = await asking(store, work_list, facts, datetime.combine(as_of, NOON.timetz()))
    kept = await asks.kept()
    return asks, next(id for id, each in kept.matches.items() if each.status is MatchStatus.MATCHED)
