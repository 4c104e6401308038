"""New or changed facts in, changed outcomes out: what is kept up to date equals what is made anew."""

import random

import pytest

from adapters.simulator.profiles import company_of
from domain.company_facts import CompanyFacts
from domain.matching.deposit_matcher import DepositMatcher
from domain.matching.deposit_matching import decide_deposits, reconcile_deposits
from domain.reconciliation_decision import DecisionKind, ReconciliationDecision

PROFILES = ("everyday", "groups", "failures", "repeated_amounts", "relinked_feed", "many_accounts")


def matcher_of(profile: str) -> tuple[CompanyFacts, DepositMatcher]:
    world = company_of(profile, 3, 1, decide=False)
    model = decide_deposits(world.facts, as_of=world.as_of).model
    return world.facts, DepositMatcher(as_of=world.as_of, model=model)


@pytest.mark.parametrize("profile", PROFILES)
def test_facts_that_come_in_any_pieces_end_in_what_all_facts_at_once_give(profile: str) -> None:
    world = company_of(profile, 3, 1, decide=False)
    model = decide_deposits(world.facts, as_of=world.as_of).model
    whole = reconcile_deposits(world.facts, as_of=world.as_of, model=model)
    matcher = DepositMatcher(as_of=world.as_of, model=model)
    payouts, deposits = list(world.facts.payouts), list(world.facts.deposits)
    shuffle = random.Random(7).shuffle
    shuffle(payouts)
    shuffle(deposits)

    matcher.apply(CompanyFacts(accounts=world.facts.accounts))
    for part in range(4):
        matcher.apply(CompanyFacts(payouts=tuple(payouts[part::4]), deposits=tuple(deposits[part::4])))

    assert matcher.reconciliation() == whole


@pytest.mark.parametrize("profile", PROFILES)
def test_a_deposit_taken_away_and_given_again_changes_its_own_neighbourhood_and_then_nothing(profile: str) -> None:
    facts, matcher = matcher_of(profile)
    matcher.apply(facts)
    before = matcher.reconciliation()
    match = next(match for match in before.matches if match.status == "matched")
    deposit = next(each for each in facts.deposits if each.id == match.deposits[0])

    taken = matcher.apply(removed_deposits=[deposit.id])
    given = matcher.apply(CompanyFacts(deposits=(deposit,)))

    assert match in taken.withdrawn
    assert {each.payout for each in taken.payouts} >= set(match.payouts)
    assert match in given.matches
    assert matcher.reconciliation() == before


def test_a_change_names_only_what_is_different() -> None:
    facts, matcher = matcher_of("everyday")
    first = matcher.apply(facts)

    again = matcher.apply(CompanyFacts(payouts=facts.payouts[:3], deposits=facts.deposits[:3]))

    assert first.matches
    assert (again.matches, again.withdrawn, again.payouts, again.deposits) == ((), (), (), ())


def test_a_persons_decision_changes_the_match_that_it_is_about() -> None:
    facts, matcher = matcher_of("everyday")
    matcher.apply(facts)
    match = next(match for match in matcher.reconciliation().matches if match.status == "matched")
    rejected = ReconciliationDecision(
        kind=DecisionKind.REJECT, payouts=match.payouts, deposits=match.deposits, by="Ada", note="another client's"
    )

    changes = matcher.apply(decisions=[rejected])

    assert [each.id for each in changes.withdrawn] == [match.id]
    assert match.id not in {each.id for each in matcher.reconciliation().matches}
