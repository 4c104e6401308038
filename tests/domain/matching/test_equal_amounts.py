"""Very many payouts of one amount: solved exactly, with work that grows no faster than their number."""

from collections import Counter
from datetime import timedelta

from domain.company_facts import CompanyFacts
from domain.matching.assignment import Transport
from domain.matching.deposit_matching import reconcile_deposits
from tests.domain.matching.written_facts import MONDAY, account, facts, line, payout, weekday


def equal_payouts(count: int, *, each_day: int) -> CompanyFacts:
    """So many payouts of $100.00, and their deposits on the day."""
    days = [weekday(number // each_day) for number in range(count)]
    return facts(
        [payout(f"po_{number:04d}", 10_000, on) for number, on in enumerate(days)],
        [line(f"line_{number:04d}", 10_000, on) for number, on in enumerate(days)],
        [account(covered=(MONDAY - timedelta(days=30), days[-1] + timedelta(days=60)))],
    )


def nodes_of_a_transport(days: int) -> int:
    """Work for three payouts a day, each reaching the lines of ten days, where every fifth week lacks one line."""
    lag_weights = [9_000 - 700 * lag for lag in range(10)]
    weights = [{day + lag: w for lag, w in enumerate(lag_weights) if day + lag < days} for day in range(days)]
    found = Transport([3] * days, [2 if day % 25 == 24 else 3 for day in range(days)], weights)
    found.loss_to_outside()
    found.loss_from_outside()
    return found._nodes


def test_three_thousand_equal_payouts_of_one_day_are_one_set() -> None:
    company = equal_payouts(3_000, each_day=3_000)

    found = reconcile_deposits(company, as_of=MONDAY + timedelta(days=60))

    (match,) = found.matches
    assert (match.kind.value, match.status.value) == ("interchangeable", "matched")
    assert (len(match.payouts), len(match.deposits)) == (3_000, 3_000)


def test_three_thousand_equal_payouts_of_many_days_have_one_outcome_each() -> None:
    company = equal_payouts(3_000, each_day=10)

    found = reconcile_deposits(company, as_of=weekday(340))

    assert [each.payout for each in found.payouts] == sorted(each.id for each in company.payouts)
    assert [each.deposit for each in found.deposits] == sorted(each.id for each in company.deposits)
    used = Counter(record for match in found.matches for record in (*match.payouts, *match.deposits))
    assert set(used.values()) == {1}


def test_work_grows_no_faster_than_the_number_of_days() -> None:
    few, many = nodes_of_a_transport(500), nodes_of_a_transport(2_000)

    assert many <= 4 * few * 1.1


def test_work_for_one_day_does_not_grow_with_the_number_of_equal_records() -> None:
    nodes = [Transport([count], [count], [{0: 9_000}])._nodes for count in (10, 1_000, 100_000)]

    assert nodes == [nodes[0]] * 3
