"""A bank that keeps a known fee of some deposits, and amounts that differ by just that fee."""

from domain.reconciliation_match import MatchKind
from tests.domain.matching.written_facts import line, match_of, payout, reconcile, weekday

FEE = 1_500
DISTINCT = [41_237 + 7_919 * number for number in range(16)]


def test_an_equal_amount_days_late_does_not_beat_a_chain_of_fees_on_the_day() -> None:
    amounts = {20: 31_500, 23: 33_000, 26: 34_500}
    payouts = [payout(f"po_{day}", amount, weekday(day)) for day, amount in enumerate(DISTINCT)]
    payouts += [payout(f"po_{day}", amount, weekday(day)) for day, amount in amounts.items()]
    lines = [line(f"line_{day}", amount - FEE * (day % 2), weekday(day)) for day, amount in enumerate(DISTINCT)]
    lines += [line(f"line_{day}", amount - FEE, weekday(day)) for day, amount in amounts.items()]

    found = reconcile(payouts, lines)

    assert [(match_of(found, f"po_{day}").kind, match_of(found, f"po_{day}").deposits) for day in amounts] == [
        (MatchKind.BANK_FEE, (f"line_{day}",)) for day in amounts
    ]
