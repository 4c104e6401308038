"""Law: for a fixed model snapshot, an unrelated fact changes nothing elsewhere."""

from datetime import date, timedelta

import attrs
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.bank_deposit import BankDeposit
from domain.company_facts import CompanyFacts
from domain.matching.deposit_matching import decide_deposits, reconcile_deposits
from domain.payout import Payout
from domain.reconciliation_outcome import Reconciliation
from tests.domain.matching.written_facts import account, facts, line, payout
from tests.strategies.company_facts import (
    AS_OF_DAYS,
    COVERED,
    FIRST_DAY,
    LAST_DAY,
    TEXTS,
    small_accounts,
    small_companies,
)

FAR_DAYS = st.dates(COVERED[0], FIRST_DAY - timedelta(days=60))
NEAR_DAYS = st.dates(FIRST_DAY, LAST_DAY)


@st.composite
def unrelated_lines(draw: st.DrawFn) -> BankDeposit:
    """A line of another amount long ago, or of another currency at the same time."""
    text, account = draw(st.sampled_from(TEXTS)), draw(st.sampled_from(["checking", "savings"]))
    if draw(st.booleans()):
        amount = draw(st.sampled_from([777_777, 20_000, -777_777]))
        return line("line_unrelated", amount, draw(FAR_DAYS), text, account=account)
    amount = draw(st.sampled_from([10_000, 423_782, 777_777, -5_000]))
    return line("line_unrelated", amount, draw(NEAR_DAYS), text, account=account, currency="sek")


@st.composite
def unrelated_payouts(draw: st.DrawFn, company: CompanyFacts) -> Payout:
    """A payout of another currency and destination, on a day within those of the other payouts."""
    days = [each.arrival_date for each in company.payouts]
    on = draw(st.dates(min(days), max(days)))
    return payout("po_unrelated", draw(st.sampled_from([10_000, 777_777])), on, currency="sek", destination="ba_other")


def without(found: Reconciliation, *ids: str) -> Reconciliation:
    return attrs.evolve(
        found,
        payouts=tuple(each for each in found.payouts if each.payout not in ids),
        deposits=tuple(each for each in found.deposits if each.deposit not in ids),
    )


@given(small_companies(), AS_OF_DAYS, unrelated_lines())
@settings(max_examples=120)
def test_an_unrelated_line_changes_nothing_elsewhere(
    company: CompanyFacts, as_of: date, unrelated: BankDeposit
) -> None:
    model = decide_deposits(company, as_of=as_of).model
    more = attrs.evolve(company, deposits=(*company.deposits, unrelated))

    before = reconcile_deposits(company, as_of=as_of, model=model)
    after = reconcile_deposits(more, as_of=as_of, model=model)

    assert without(after, unrelated.id) == before


@given(small_companies().filter(lambda company: bool(company.payouts)), AS_OF_DAYS, st.data())
@settings(max_examples=80)
def test_an_unrelated_payout_changes_nothing_elsewhere(company: CompanyFacts, as_of: date, data: st.DataObject) -> None:
    model = decide_deposits(company, as_of=as_of).model
    unrelated = data.draw(unrelated_payouts(company))
    more = attrs.evolve(company, payouts=(unrelated, *company.payouts))

    before = reconcile_deposits(company, as_of=as_of, model=model)
    after = reconcile_deposits(more, as_of=as_of, model=model)

    assert without(after, unrelated.id) == before


def test_a_line_of_the_same_amount_long_ago_changes_not_even_the_explanation() -> None:
    company = facts([payout("po", 10_000)], [line("line", 10_000)], [account(covered=COVERED)])
    more = attrs.evolve(company, deposits=(*company.deposits, line("line_unrelated", 10_000, COVERED[0])))
    model = decide_deposits(company, as_of=LAST_DAY).model

    before = reconcile_deposits(company, as_of=LAST_DAY, model=model)
    after = reconcile_deposits(more, as_of=LAST_DAY, model=model)

    assert [match.margin_millinats for match in after.matches] == [match.margin_millinats for match in before.matches]
    assert without(after, "line_unrelated") == before


def test_the_model_that_a_company_taught_decides_the_same_when_it_is_given_again() -> None:
    first, later = date(2026, 9, 14), date(2026, 9, 23)
    payouts = [
        payout("po_0", 10_000, first, destination="ba_a"),
        payout("po_1", 10_000, later, destination="ba_a"),
        payout("po_2", 10_000, first, destination="ba_a"),
        payout("po_3", -5_000, first, destination="ba_a"),
        payout("po_4", 10_000, first, destination="ba_a"),
    ]
    lines = [
        line("line_0", 10_000, first),
        line("line_1", 10_000, later),
        line("line_2", 20_000, first),
        line("line_3", -5_000, date(2026, 9, 19)),
    ]
    company = facts(payouts, lines, small_accounts("usd"))

    check_that_the_model_given_again_decides_the_same(company, date(2026, 10, 14))


@given(small_companies(), AS_OF_DAYS)
@settings(max_examples=80)
def test_whatever_a_company_taught_the_model_decides_the_same_when_it_is_given_again(
    company: CompanyFacts, as_of: date
) -> None:
    check_that_the_model_given_again_decides_the_same(company, as_of)


def check_that_the_model_given_again_decides_the_same(company: CompanyFacts, as_of: date) -> None:
    model = decide_deposits(company, as_of=as_of).model

    assert reconcile_deposits(company, as_of=as_of, model=model) == reconcile_deposits(company, as_of=as_of)


def test_a_payout_lost_years_ago_changes_nothing_for_an_equal_one() -> None:
    """Whose own deposit came on its day, with an equal line six weeks later that nothing explains."""
    recent = [payout("po_recent", 50_000, date(2026, 3, 2), destination="ba_a")]
    lines = [line("line_recent", 50_000, date(2026, 3, 3)), line("line_weeks_later", 50_000, date(2026, 4, 3))]
    many = [payout(f"po_{n}", 100_003 + 70 * n, date(2026, 1, 5), destination="ba_a") for n in range(30)]
    theirs = [line(f"line_{n}", 100_003 + 70 * n, date(2026, 1, 6)) for n in range(30)]
    lost = payout("po_lost", 50_000, date(2021, 5, 3), destination="ba_a")
    first = line("line_first", -1_999, date(2021, 1, 4), "CARD 4821 SHOP")
    as_of = date(2026, 6, 30)
    with_lost = facts([lost, *recent, *many], [first, *lines, *theirs], [account("checking")])
    model = decide_deposits(with_lost, as_of=as_of).model

    there = reconcile_deposits(with_lost, as_of=as_of, model=model)
    not_there = reconcile_deposits(
        attrs.evolve(with_lost, payouts=tuple(each for each in with_lost.payouts if each.id != "po_lost")),
        as_of=as_of,
        model=model,
    )

    assert without(there, "po_lost").matches == not_there.matches
    assert without(there, "po_lost").payouts == not_there.payouts
