"""Laws: shifting all dates by whole weeks changes only the dates, and scaling all minor units by ten only the amounts.

Canadian dollars have no holidays here, so every week is like every other. Where a fee is learned its cap is in minor
units, and scaling would matter: the amounts of these companies never differ by what could be a fee.
"""

import re
from datetime import date, timedelta
from typing import Any

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.company_facts import CompanyFacts
from domain.matching.deposit_matching import reconcile_deposits
from domain.money import Money
from domain.reconciliation_outcome import Reconciliation
from tests.strategies.company_facts import AS_OF_DAYS, small_companies

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def shifted(company: CompanyFacts, by: timedelta) -> CompanyFacts:
    return attrs.evolve(
        company,
        payouts=tuple(attrs.evolve(each, arrival_date=each.arrival_date + by) for each in company.payouts),
        deposits=tuple(attrs.evolve(each, date=each.date + by) for each in company.deposits),
        accounts=tuple(
            attrs.evolve(
                each,
                covered_from=each.covered_from and each.covered_from + by,
                covered_to=each.covered_to and each.covered_to + by,
            )
            for each in company.accounts
        ),
    )


def scaled(company: CompanyFacts) -> CompanyFacts:
    return attrs.evolve(
        company,
        payouts=tuple(attrs.evolve(each, amount=_times_ten(each.amount)) for each in company.payouts),
        deposits=tuple(attrs.evolve(each, amount=_times_ten(each.amount)) for each in company.deposits),
    )


def _times_ten(money: Money) -> Money:
    return Money(10 * money.minor_units, money.currency)


def as_data(found: Reconciliation) -> dict[str, Any]:
    return attrs.asdict(found, recurse=True)


def with_dates_moved(value: Any, by: timedelta) -> Any:
    """Every date, and every date in words, so much later."""
    if isinstance(value, date):
        return value + by
    if isinstance(value, str):
        return _ISO_DATE.sub(lambda found: str(date.fromisoformat(found.group()) + by), value)
    if isinstance(value, dict):
        return {key: with_dates_moved(item, by) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [with_dates_moved(item, by) for item in value]
    return value


@given(small_companies(currency="cad"), AS_OF_DAYS, st.sampled_from([-104, -3, 1, 2, 5, 52, 800]))
@settings(max_examples=120)
def test_shifting_all_dates_by_whole_weeks_changes_only_the_dates(
    company: CompanyFacts, as_of: date, weeks: int
) -> None:
    by = timedelta(weeks=weeks)

    found = reconcile_deposits(company, as_of=as_of)
    found_later = reconcile_deposits(shifted(company, by), as_of=as_of + by)

    assert with_dates_moved(as_data(found), by) == with_dates_moved(as_data(found_later), timedelta())


@given(small_companies(traces=False), AS_OF_DAYS)
@settings(max_examples=120)
def test_scaling_all_amounts_by_ten_changes_only_the_amounts(company: CompanyFacts, as_of: date) -> None:
    found = reconcile_deposits(company, as_of=as_of)
    found_scaled = reconcile_deposits(scaled(company), as_of=as_of)

    matches = tuple(
        attrs.evolve(
            match,
            residual=attrs.evolve(match.residual, amount=_times_ten(match.residual.amount)),
            alternatives=tuple(
                attrs.evolve(each, residual=attrs.evolve(each.residual, amount=_times_ten(each.residual.amount)))
                for each in match.alternatives
            ),
        )
        for match in found.matches
    )
    assert found_scaled == attrs.evolve(found, matches=matches, model_hash=found_scaled.model_hash)
