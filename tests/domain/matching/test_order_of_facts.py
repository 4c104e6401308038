"""Laws: the order of facts changes nothing, and a fact that is taken away and given again restores the result."""

from datetime import date

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.simulator.profiles import company_of
from domain.company_facts import CompanyFacts
from domain.matching.deposit_matching import decide_deposits, reconcile_deposits
from tests.domain.matching.written_facts import facts, history, line, payout, weekday
from tests.strategies.company_facts import AS_OF_DAYS, small_companies


def shuffled(draw: st.DrawFn, given_facts: CompanyFacts) -> CompanyFacts:
    return attrs.evolve(
        given_facts,
        payouts=tuple(draw(st.permutations(given_facts.payouts))),
        accounts=tuple(draw(st.permutations(given_facts.accounts))),
        deposits=tuple(draw(st.permutations(given_facts.deposits))),
    )


@st.composite
def in_two_orders(draw: st.DrawFn) -> tuple[CompanyFacts, CompanyFacts]:
    company = draw(small_companies())
    return company, shuffled(draw, company)


@given(in_two_orders(), AS_OF_DAYS)
@settings(max_examples=200)
def test_the_order_of_facts_changes_nothing(orders: tuple[CompanyFacts, CompanyFacts], as_of: date) -> None:
    first, second = orders

    assert reconcile_deposits(first, as_of=as_of) == reconcile_deposits(second, as_of=as_of)


def test_the_order_of_a_whole_companys_facts_changes_nothing() -> None:
    for profile in ("groups", "sparse_text", "fees_and_conversion", "relinked_feed"):
        world = company_of(profile, 5, 0, decide=False)
        backwards = attrs.evolve(
            world.facts,
            payouts=world.facts.payouts[::-1],
            accounts=world.facts.accounts[::-1],
            deposits=world.facts.deposits[::-1],
        )

        found, found_backwards = (reconcile_deposits(each, as_of=world.as_of) for each in (world.facts, backwards))

        assert found == found_backwards, profile


def test_the_order_of_lines_does_not_decide_where_codes_are_expected() -> None:
    payouts, lines = history(8, text="STRIPE TRANSFER ST-AB12CD34EF")
    payouts.append(payout("po_other", 987_654, weekday(0)))
    lines.append(line("line_other", 987_654, weekday(0), "ST-AB12CD34EF STRIPE TRANSFER"))

    first, second = (decide_deposits(facts(payouts, each), as_of=weekday(40)).model for each in (lines, lines[::-1]))

    assert first == second


@given(small_companies(), AS_OF_DAYS, st.data())
@settings(max_examples=60)
def test_a_fact_taken_away_and_given_again_restores_the_result(
    company: CompanyFacts, as_of: date, data: st.DataObject
) -> None:
    payouts, lines = list(company.payouts), list(company.deposits)
    before = reconcile_deposits(company, as_of=as_of)
    taken = [each.pop(data.draw(st.integers(0, len(each) - 1))) if each else None for each in (payouts, lines)]

    reconcile_deposits(attrs.evolve(company, payouts=tuple(payouts), deposits=tuple(lines)), as_of=as_of)
    given_again = attrs.evolve(
        company,
        payouts=tuple(payout for payout in company.payouts if payout not in taken)
        + tuple(payout for payout in company.payouts if payout in taken),
        deposits=tuple(line for line in company.deposits if line not in taken)
        + tuple(line for line in company.deposits if line in taken),
    )

    assert reconcile_deposits(given_again, as_of=as_of) == before
