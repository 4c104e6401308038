"""Laws: no record is used twice, every record has one outcome, and the outcomes' amounts add up to the input."""

from datetime import date

import pytest
from hypothesis import given, settings

from adapters.simulator.profiles import PROFILES, company_of
from domain.company_facts import CompanyFacts
from domain.matching.deposit_matching import reconcile_deposits
from tests.domain.matching.accounting_laws import check_that_everything_is_accounted_for
from tests.strategies.company_facts import AS_OF_DAYS, small_companies


@given(small_companies(), AS_OF_DAYS)
@settings(max_examples=200)
def test_every_record_of_a_small_company_has_one_outcome_and_the_amounts_add_up(
    company: CompanyFacts, as_of: date
) -> None:
    found = reconcile_deposits(company, as_of=as_of)

    check_that_everything_is_accounted_for(company, found)


@pytest.mark.parametrize("profile", sorted(PROFILES))
def test_every_record_of_a_whole_company_has_one_outcome_and_the_amounts_add_up(profile: str) -> None:
    world = company_of(profile, 7, 0, decide=False)

    found = reconcile_deposits(world.facts, as_of=world.as_of)

    check_that_everything_is_accounted_for(world.facts, found)
