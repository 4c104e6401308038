"""How often payouts are lost is believed by what was seen, and by how much could have been seen."""

import pytest

from domain.bank_deposit import BankAccountId
from domain.matching.evidence import Evidence
from domain.matching.learning import learn
from domain.matching.model import MISSING_KINDS_PPM, AccountHistory, Horizon, ModelSnapshot
from domain.matching.rates import expected_ppm
from domain.matching.records import PayoutRecord, line_record, payout_record
from domain.matching.survey import Survey
from tests.domain.matching.written_facts import line, payout, weekday

USUAL = MISSING_KINDS_PPM[False]
CHECKING = BankAccountId("checking")
HORIZON = Horizon(
    as_of=weekday(90),
    payouts_from=weekday(0),
    payouts_to=weekday(40),
    covered={CHECKING: (weekday(-20), weekday(90))},
)


def test_of_one_kind_the_rate_is_the_mean_of_belief_and_sight() -> None:
    assert expected_ppm({10_000: 1_000_000}, 3, 100) == 4 * 1_000_000 // 200


def test_nothing_seen_in_many_cases_makes_rare_what_happens_now_and_then() -> None:
    rates = [expected_ppm(USUAL, 0, cases) for cases in (0, 20, 80, 400)]

    assert rates == sorted(rates, reverse=True)
    assert rates[0] == pytest.approx(1_300 * 0.88 + 20_000 * 0.12, rel=0.01)
    assert rates[-1] < 1_000


def test_two_of_few_are_no_accident() -> None:
    assert expected_ppm(USUAL, 2, 22) > 20_000 > 2 * expected_ppm(USUAL, 1, 80)


def test_very_many_are_counted_without_overflow() -> None:
    assert expected_ppm(USUAL, 40_000, 1_000_000) == pytest.approx(40_000, rel=0.01)


def test_payouts_of_an_amount_with_more_lines_do_not_show_that_none_was_lost() -> None:
    payouts = [payout_record(payout(f"po_{n}", 50_000, weekday(n))) for n in range(4)]
    lines = [line_record(line(f"line_{n}", 50_000, weekday(n)), False) for n in range(5)]
    other = payout_record(payout("po_other", 123_457, weekday(9)))
    its_line = line_record(line("line_other", 123_457, weekday(9)), False)

    model = learn(
        Survey(
            {("usd", 50_000): payouts, ("usd", 123_457): [other]},
            {("usd", 50_000): lines, ("usd", 123_457): [its_line]},
            {},
        ),
        HORIZON,
    )

    assert (model.payouts, model.payouts_that_would_show) == (5, 1)


def test_where_look_alikes_are_many_losses_are_likelier() -> None:
    def arrival(doubles: int) -> int:
        history = AccountHistory(doubles=doubles, excess=doubles, recognised=30, agreeing=30)
        model = ModelSnapshot(accounts={CHECKING: history}, payouts=30, payouts_that_would_show=30)
        return Evidence(model, HORIZON, {}).arrival(CHECKING, old())

    assert arrival(2) == arrival(0)
    assert arrival(3) < arrival(0) - 100


def old() -> PayoutRecord:
    """A payout that had all the time it needs."""
    return payout_record(payout("po", 123_457, weekday(5)))
