"""How rare look-alikes are, from what the amounts of an account show."""

import attrs
import pytest

from domain.bank_deposit import BankAccountId
from domain.matching.evidence import Evidence
from domain.matching.lag_edges import Explained, explain
from domain.matching.lag_law import learned_law
from domain.matching.look_alikes import count_doubles, overdue_among_equal
from domain.matching.model import AccountHistory, Horizon, ModelSnapshot
from domain.matching.records import line_record, payout_record
from domain.matching.survey import AccountCounts
from domain.matching.unseen_rivals import (
    DOUBLES_UNSEEN,
    look_alike_limit,
    look_alikes_seen,
    unlisted_limit,
    unlisted_rates,
)
from tests.domain.matching.written_facts import line, payout, weekday

HORIZON = Horizon(
    as_of=weekday(60),
    payouts_from=weekday(0),
    payouts_to=weekday(20),
    covered={BankAccountId("checking"): (weekday(-20), weekday(60))},
)
DAILY = ModelSnapshot(payout_amounts={("usd", 10_000): 21}, payout_days=21, payout_gaps={1: 20})


@pytest.mark.parametrize(
    ("history", "seen"),
    [
        (AccountHistory(recognised=80, agreeing=90), (0, 80)),
        (AccountHistory(doubles=1, recognised=8, excess=1, agreeing=80), (1, 80)),  # most amounts are round
        (AccountHistory(doubles=1, recognised=8, excess=9, agreeing=80), (1, 8)),  # round ones agree by chance
        (AccountHistory(doubles=4, recognised=80, excess=4, agreeing=80), (4, 80)),
    ],
)
def test_look_alikes_are_counted_among_the_deposits_that_show_them_best(
    history: AccountHistory, seen: tuple[int, int]
) -> None:
    assert look_alikes_seen(history) == seen


def test_text_and_amount_say_the_less_the_more_look_alikes_were_seen() -> None:
    histories = [AccountHistory(doubles=n, recognised=80, excess=n, agreeing=80) for n in (0, 1, 4, 16)]

    limits = [look_alike_limit(history, debit=False) for history in histories]

    assert limits == sorted(limits, reverse=True)
    assert limits[0] == DOUBLES_UNSEEN


def test_look_alike_credits_take_nothing_from_what_a_debit_says() -> None:
    credits = AccountHistory(doubles=9, recognised=80, excess=9, agreeing=80, debit_agreeing=4)
    debits = AccountHistory(recognised=80, agreeing=80, debit_doubles=1, debit_agreeing=4)

    limits = [look_alike_limit(history, debit) for history in (credits, debits) for debit in (False, True)]

    assert limits[0] < DOUBLES_UNSEEN == limits[1] == limits[2] > limits[3]


def test_look_alikes_of_debits_are_counted_apart() -> None:
    accounts = {BankAccountId("checking"): AccountCounts()}
    crowded = [
        (("usd", minor), [payout_record(payout("po", minor))], [line_record(line(id, minor), False) for id in "ab"])
        for minor in (41_237, 41_238, -41_239)
    ]

    count_doubles(crowded, {}, accounts)

    counts = accounts[BankAccountId("checking")]
    assert (counts.doubles, counts.excess, counts.debit_doubles) == (2, 2, 1)


def test_any_payout_before_the_list_may_be_the_one_that_comes_late() -> None:
    late_by_three = learned_law((0, 0, 0, 0, 0, 50, 0, 0, 0, 0, 0, 0, 0))

    rates = [
        unlisted_rates(line_record(line("line", 10_000, weekday(day)), False), DAILY, HORIZON, late_by_three)[0]
        for day in (0, 2, 3)
    ]

    assert rates[0] > 900_000  # the third before the first one listed
    assert rates[1] > 900_000
    assert rates[2] < 100_000


def test_an_amount_that_recurs_is_no_proof_against_payouts_that_no_list_knows() -> None:
    record, posted = payout_record(payout("po", 10_000, weekday(10))), line_record(line("line", 10_000), False)
    law = learned_law((0,) * 13)

    usual = unlisted_limit(record, posted, DAILY, HORIZON, law)
    with_losses = unlisted_limit(record, posted, attrs.evolve(DAILY, payouts_without_line=1), HORIZON, law)

    assert usual is not None
    assert with_losses is not None
    assert with_losses < usual


def test_an_amount_too_rare_for_one_in_a_million_explains_nothing_at_the_edges() -> None:
    rare = attrs.evolve(DAILY, payout_amounts={("usd", 10_000): 2}, payout_days=1_000_000, payout_gaps={1: 1_000_000})
    record, posted = payout_record(payout("po", 10_000, weekday(0))), line_record(line("line", 10_000), False)
    spare = line_record(line("spare", 10_000, weekday(6)), False)
    found = Explained()

    explain([[record]], [[posted], [spare]], [{0: 1}], Evidence(rare, HORIZON, {}), found)

    assert (found.before, found.after) == (0, 0)


def test_of_equal_payouts_with_fewer_lines_some_never_came() -> None:
    payouts = [payout_record(payout(f"po_{day}", 10_000, weekday(day))) for day in range(5)]
    lines = [line_record(line(f"line_{day}", 10_000, weekday(day)), False) for day in (0, 1, 3)]

    everything = frozenset(each.id for each in payouts)

    missing = [
        overdue_among_equal([(payouts, lines)], frozenset[str](lonely), frozenset[str](explained), HORIZON)
        for lonely, explained in (([], []), (["po_4"], []), ([], ["po_0", "line_0"]), ([], everything))
    ]

    assert missing == [2, 1, 2, 0]


def test_a_lag_that_one_pair_of_a_set_alone_shows_is_not_learned() -> None:
    payouts = [payout_record(payout(f"po_{day}", 10_000, weekday(day))) for day in range(5)]
    lags = (0, 0, 1, 0, 3)
    lines = [line_record(line(f"line_{day}", 10_000, weekday(day + lag)), False) for day, lag in enumerate(lags)]
    counts = AccountCounts()

    counts.see_lags(list(zip(payouts, lines, strict=True)))

    assert counts.lags == {"standard": [0, 0, 3, 1] + [0] * 9}
