"""Planted cases: combined and split deposits, fees that a bank keeps, conversions."""

from domain.bank_deposit import BankDeposit
from domain.matching.text_evidence import AMOUNT_MILLINATS
from domain.payout import Payout
from domain.reconciliation_match import MatchKind, MatchStatus, ResidualClass
from domain.reconciliation_outcome import Reconciliation
from tests.domain.matching.written_facts import (
    account,
    history,
    line,
    match_of,
    outcomes,
    outcomes_of,
    payout,
    reconcile,
    weekday,
)

OLD_PAYOUTS, OLD_LINES = history(20)


def combining_bank(count: int) -> tuple[list[Payout], list[BankDeposit]]:
    """A bank that books the two payouts of a day as one deposit."""
    payouts, lines = [], []
    for i in range(count):
        on, one, other = weekday(3 * i), 231_541 + 1_013 * i, 60_017 + 2_027 * i
        payouts += [payout(f"po_{i}a", one, on), payout(f"po_{i}b", other, on)]
        lines.append(line(f"line_{i}", one + other, on))
    return payouts, lines


def test_two_payouts_that_arrive_as_one_deposit_are_found() -> None:
    payouts = [payout("po_a", 231_541), payout("po_b", 60_017)]

    found = reconcile([*OLD_PAYOUTS, *payouts], [*OLD_LINES, line("line", 291_558)])

    match = match_of(found, "line")
    assert (match.kind, match.payouts, match.deposits) == (MatchKind.COMBINED, ("po_a", "po_b"), ("line",))
    assert (match.residual.named, match.residual.amount.minor_units) == (ResidualClass.NONE, 0)


def test_a_bank_that_combines_the_payouts_of_a_day_again_and_again_is_believed() -> None:
    payouts, lines = combining_bank(8)

    found = reconcile([*OLD_PAYOUTS, *payouts], [*OLD_LINES, *lines])

    assert outcomes_of(found, [each.id for each in lines]) == ["matched"] * 8
    assert {match_of(found, each.id).kind for each in lines} == {MatchKind.COMBINED}


def test_a_sum_is_as_distinctive_as_its_digits_though_no_payout_has_the_amount_of_its_line() -> None:
    payouts = [payout("po_a", 231_541), payout("po_b", 60_017)]
    alone = reconcile([*OLD_PAYOUTS, *payouts], [*OLD_LINES, line("line", 291_558)])
    beside_another = reconcile(
        [*OLD_PAYOUTS, *payouts], [*OLD_LINES, line("line", 291_558), line("older", 291_558, weekday(-30))]
    )

    def amount(found: Reconciliation) -> int:
        return next(item.millinats for item in match_of(found, "line").evidence if item.feature == "amount")

    assert amount(alone) == AMOUNT_MILLINATS[6]
    assert amount(beside_another) < AMOUNT_MILLINATS[6]


def test_payouts_of_different_stripe_accounts_in_one_deposit_are_left_for_review() -> None:
    payouts = [payout("po_a", 231_541, destination="ba_a"), payout("po_b", 60_017, destination="ba_b")]

    found = reconcile([*OLD_PAYOUTS, *payouts], [*OLD_LINES, line("line", 291_558)])

    assert "matched" not in outcomes_of(found, ["po_a", "po_b", "line"])


def test_a_pair_of_its_own_is_preferred_to_a_sum_by_chance() -> None:
    payouts = [payout("po_a", 231_541), payout("po_b", 60_017), payout("po_c", 291_558)]
    lines = [line("line_a", 231_541), line("line_b", 60_017), line("line_c", 291_558)]

    found = reconcile([*OLD_PAYOUTS, *payouts], [*OLD_LINES, *lines])

    assert [match_of(found, f"po_{x}").deposits for x in "abc"] == [("line_a",), ("line_b",), ("line_c",)]
    assert outcomes_of(found, ["po_a", "po_b", "po_c"]) == ["matched"] * 3


def test_a_payout_that_arrives_as_two_deposits_of_a_day_is_split() -> None:
    lines = [line("line_1", 231_541), line("line_2", 60_017)]

    found = reconcile([*OLD_PAYOUTS, payout("po", 291_558)], [*OLD_LINES, *lines])

    match = match_of(found, "po")
    assert (match.kind, sorted(match.deposits)) == (MatchKind.SPLIT, ["line_1", "line_2"])
    assert match.residual.named is ResidualClass.NONE


def test_a_payout_that_could_be_split_in_two_ways_is_left_for_review() -> None:
    lines = [line(f"line_{amount}", amount) for amount in (110_000, 190_000, 140_000, 160_000)]

    found = reconcile([*OLD_PAYOUTS, payout("po", 300_000)], [*OLD_LINES, *lines])

    assert "matched" not in outcomes_of(found, ["po", *(each.id for each in lines)])


def test_a_fee_that_the_bank_keeps_again_and_again_is_learned() -> None:
    payouts = [payout(f"po_{i}", 200_003 + 17_131 * i, weekday(2 * i)) for i in range(6)]
    lines = [line(f"line_{i}", 200_003 + 17_131 * i - 1_500, weekday(2 * i)) for i in range(6)]

    found = reconcile(payouts, lines)

    assert set(outcomes(found).values()) == {"matched"}
    assert {(match.kind, match.residual.named) for match in found.matches} == {
        (MatchKind.BANK_FEE, ResidualClass.BANK_FEE)
    }
    assert {match.residual.amount.minor_units for match in found.matches} == {1_500}


def test_a_difference_seen_once_is_no_fee() -> None:
    found = reconcile([*OLD_PAYOUTS, payout("po", 423_782)], [*OLD_LINES, line("line", 422_282)])

    assert outcomes_of(found, ["line"]) == ["unexplained"]


def test_a_bank_that_converts_at_a_stable_rate_is_understood() -> None:
    payouts = [payout(f"po_{i}", 100_003 + 13_337 * i, weekday(3 * i)) for i in range(10)]
    lines = [
        line(
            f"line_{i}",
            (100_003 + 13_337 * i) * (9_200 + 3 * i) // 10_000,
            weekday(3 * i + 1),
            "STRIPE PAYMENTS EUROPE, LTD",
            currency="eur",
        )
        for i in range(10)
    ]

    found = reconcile(payouts, lines, [account(currency="eur")])

    assert set(outcomes(found).values()) == {"matched"}
    assert {(match.kind, match.status) for match in found.matches} == {(MatchKind.CONVERSION, MatchStatus.MATCHED)}
    assert [match_of(found, f"po_{i}").deposits for i in range(10)] == [(f"line_{i}",) for i in range(10)]


def test_a_debit_is_converted_at_the_rate_of_the_deposits() -> None:
    minors = [100_003 + 13_337 * i for i in range(10)]
    minors[7] = -minors[7]
    payouts = [payout(f"po_{i}", minor, weekday(3 * i)) for i, minor in enumerate(minors)]
    text = "STRIPE PAYMENTS EUROPE, LTD"
    lines = [
        line(f"line_{i}", minor * 92 // 100, weekday(3 * i + 1), text, currency="eur") for i, minor in enumerate(minors)
    ]

    found = reconcile(payouts, lines, [account(currency="eur")])

    match = match_of(found, "po_7")
    assert (match.kind, match.status, match.deposits) == (MatchKind.CONVERSION, MatchStatus.MATCHED, ("line_7",))


def test_one_deposit_in_another_currency_is_no_conversion_yet() -> None:
    deposit = line("line", 92_003, text="STRIPE PAYMENTS EUROPE, LTD", currency="eur")

    found = reconcile([payout("po", 100_003)], [deposit], [account(currency="eur")])

    assert found.matches == ()
