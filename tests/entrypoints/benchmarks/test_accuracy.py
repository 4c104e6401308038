"""Judging the engine and the replicas on worlds whose truth is known."""

import pytest

from adapters.simulator.profiles import company_of
from domain.bank_deposit import BankDepositId
from entrypoints.benchmarks.accuracy import UnknownProfile, run_accuracy
from entrypoints.benchmarks.replicas import REPLICAS
from entrypoints.benchmarks.scoring import Referee


def test_the_truth_itself_is_all_right_and_finds_everything() -> None:
    for profile in ("everyday", "groups", "failures", "repeated_amounts"):
        world = company_of(profile, 2, 0)

        tally = Referee(world).tally([(link.payouts, link.deposits) for link in world.truth.links])

        assert tally.wrong == 0
        assert tally.found == tally.decidable


def test_two_payouts_on_one_physical_line_are_both_wrong() -> None:
    world = company_of("relinked_feed", 2, 0)
    links = [link for link in world.truth.links if len(link.payouts) == len(link.deposits) == 1]
    copy_of = {original: copy for copy, original in world.truth.copies.items()}
    link = next(link for link in links if link.deposits[0] in copy_of)
    other = next(each for each in links if each is not link)
    copy: BankDepositId = copy_of[link.deposits[0]]

    tally = Referee(world).tally([(link.payouts, link.deposits), (other.payouts, (copy,))])

    assert tally.wrong == 2


def test_naming_a_line_that_belongs_to_nobody_is_wrong() -> None:
    world = company_of("everyday", 2, 0)
    true_lines = {deposit for link in world.truth.links for deposit in link.deposits}
    stranger = next(line.id for line in world.facts.deposits if line.id not in true_lines)

    assert Referee(world).links_inside((world.truth.links[0].payouts, (stranger,))) is None


def test_the_report_is_the_same_with_any_number_of_workers() -> None:
    alone = run_accuracy(payouts=60, seed=3, profiles=("everyday",), workers=1)
    together = run_accuracy(payouts=60, seed=3, profiles=("everyday",), workers=2)

    assert alone == together


def test_the_report_names_every_rule_and_its_parameters() -> None:
    text = run_accuracy(payouts=30, seed=3, profiles=("first_payout",), workers=1).as_text()

    assert "Reliability" in text
    for replica in REPLICAS:
        assert replica.name in text


def test_an_unknown_profile_is_refused_by_name() -> None:
    with pytest.raises(UnknownProfile, match="no profile 'sunny'; there are: everyday"):
        run_accuracy(payouts=10, profiles=("sunny",))
