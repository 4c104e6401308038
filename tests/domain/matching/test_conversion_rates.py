"""What an implied rate says depends on how closely this account's rates keep to their neighbours."""

from collections.abc import Callable

import pytest

from domain.bank_deposit import BankAccountId
from domain.matching.conversion import rate_evidence
from domain.matching.evidence import Evidence
from domain.matching.model import AccountHistory, Horizon, ModelSnapshot
from domain.matching.records import line_record, payout_record
from tests.domain.matching.written_facts import line, match_of, outcomes_of, payout, reconcile, weekday

RATE = 1_090_000_000
HORIZON = Horizon(as_of=weekday(90), payouts_from=weekday(0), payouts_to=weekday(60), covered={})


def said(stray_ppm: int, off_ppm: int) -> int | None:
    """What a rate says that is off by so much, at a bank whose rates stray by so much from day to day."""
    rates = tuple(
        (weekday(n).toordinal(), RATE + (-1) ** n * RATE * stray_ppm // 2_000_000) for n in range(40) if n != 20
    )
    history = AccountHistory(rates={"eur": rates})
    evidence = Evidence(ModelSnapshot(accounts={BankAccountId("checking"): history}), HORIZON, {})
    booked = 1_000_000 * RATE // 10**9 * (1_000_000 + off_ppm) // 1_000_000
    item = rate_evidence(
        payout_record(payout("po", 1_000_000, weekday(20), currency="eur"), "usd"),
        line_record(line("line", booked, weekday(20)), False),
        evidence,
    )
    return item.millinats if item is not None else None


def test_the_closer_the_more_it_says_and_far_off_is_no_rate() -> None:
    found = [said(2_000, off) for off in (0, 2_000, 5_000, 20_000, 36_000)]

    weights = [each for each in found if each is not None]
    assert len(weights) == 4
    assert weights == sorted(weights, reverse=True)
    assert weights[-2] > 0 > weights[-1]
    assert found[-1] is None


@pytest.mark.parametrize(
    ("off", "holds"), [(0, lambda steady, wild: steady > wild), (6_000, lambda steady, wild: steady < wild)]
)
def test_a_steady_bank_tells_more_by_both(off: int, holds: Callable[[int, int], bool]) -> None:
    steady, wild = said(1_000, off), said(12_000, off)

    assert steady is not None
    assert wild is not None
    assert holds(steady, wild)


def test_similar_payouts_of_adjacent_days_are_told_apart_by_the_rates_of_a_steady_bank() -> None:
    amounts = [100_000 + 7_919 * n for n in range(40)]
    amounts[5], amounts[6] = 878_620, 888_000  # 1.1 % apart
    days = [11 if n == 6 else 2 * n for n in range(40)]
    lags = [1 if n in (5, 6) else n % 3 for n in range(40)]
    payouts = [payout(f"po_{n}", amounts[n], weekday(days[n]), currency="eur") for n in range(40)]
    lines = [
        line(f"line_{n}", amounts[n] * (1_090_000 + 700 * (-1) ** n) // 1_000_000, weekday(days[n] + lags[n]))
        for n in range(40)
    ]

    found = reconcile(payouts, lines)

    assert outcomes_of(found, ["po_5", "po_6"]) == ["matched", "matched"]
    assert match_of(found, "po_5").deposits == ("line_5",)
