"""Worlds of every profile: repeatable, with a truth that keeps its own rules."""

from collections import Counter, defaultdict

import pytest

from adapters.simulator.decidability import Judge, as_hypothesis
from adapters.simulator.exact_sum import marginals
from adapters.simulator.posterior import BankObserver
from adapters.simulator.profiles import PROFILES, company_of
from adapters.simulator.world import CompanyWorld
from domain.bank_deposit import BankDepositStatus
from domain.payout import PayoutStatus
from domain.reconciliation_match import MatchKind

_NAMES = sorted(PROFILES)


def _worlds(profile: str, count: int = 6) -> list[CompanyWorld]:
    return [company_of(profile, 7, index) for index in range(count)]


@pytest.mark.parametrize("profile", _NAMES)
def test_the_same_seed_gives_the_same_world(profile: str) -> None:
    first, again = company_of(profile, 3, 0), company_of(profile, 3, 0)

    assert repr(first) == repr(again)


@pytest.mark.parametrize("profile", _NAMES)
def test_another_seed_gives_another_world(profile: str) -> None:
    assert repr(company_of(profile, 3, 0).facts) != repr(company_of(profile, 4, 0).facts)


@pytest.mark.parametrize("profile", _NAMES)
def test_no_record_is_in_two_true_links(profile: str) -> None:
    for world in _worlds(profile):
        payouts = Counter(payout for link in world.truth.links for payout in link.payouts)
        deposits = Counter(deposit for link in world.truth.links for deposit in link.deposits)

        assert not payouts or max(payouts.values()) == 1
        assert not deposits or max(deposits.values()) == 1


@pytest.mark.parametrize("profile", _NAMES)
def test_every_true_link_is_of_records_that_its_owner_sees(profile: str) -> None:
    for world in _worlds(profile):
        copies = world.truth.copies
        posted = {
            copies.get(line.id, line.id)
            for line in world.facts.deposits
            if line.status is BankDepositStatus.POSTED and line.date <= world.as_of
        }
        statuses = {payout.id: payout.status for payout in world.facts.payouts}

        for link in world.truth.links:
            assert set(link.deposits) <= posted
            assert all(statuses[payout] is not PayoutStatus.CANCELED for payout in link.payouts)


@pytest.mark.parametrize("profile", _NAMES)
def test_true_links_without_a_named_residual_add_up_to_the_cent(profile: str) -> None:
    for world in _worlds(profile):
        payouts = {payout.id: payout.amount.minor_units for payout in world.facts.payouts}
        lines = {line.deposit.id: line.deposit.amount.minor_units for line in world.lines}

        for link in world.truth.links:
            paid, booked = sum(payouts[each] for each in link.payouts), sum(lines[each] for each in link.deposits)
            if link.kind is MatchKind.RETURNED:
                assert booked == 0
            elif link.kind is MatchKind.BANK_FEE:
                assert paid - booked == world.law.banks[0].fee
            elif link.kind is not MatchKind.CONVERSION and not world.law.banks[0].fee:
                assert paid == booked


@pytest.mark.parametrize("profile", _NAMES)
def test_the_observer_thinks_every_truth_possible(profile: str) -> None:
    for world in _worlds(profile):
        assert all(link.posterior > 0 for link in world.truth.links)


def test_everyday_worlds_are_decidable_and_undecidable_ones_mostly_not() -> None:
    easy = [link.decidable for world in _worlds("everyday") for link in world.truth.links]
    hard = [link.decidable for world in _worlds("undecidable") for link in world.truth.links]

    assert sum(easy) / len(easy) > 0.99
    assert sum(hard) / len(hard) < 0.3


def test_what_the_observer_gives_a_probability_comes_true_about_that_often() -> None:
    expected: dict[int, float] = defaultdict(float)
    came_true: dict[int, int] = defaultdict(int)
    count: dict[int, int] = defaultdict(int)
    for index in range(40):
        world = company_of("undecidable", 11, index)
        truth = {(link.payouts, link.deposits) for link in world.truth.links}
        payouts, lines = list(world.payouts), list(world.lines)
        judge = Judge(BankObserver(world.law, 0, payouts, lines).candidates(), [], payouts, lines)
        for component in judge.components():
            row = judge.row(component)
            places = {record: place for place, record in enumerate(row)}
            shares = marginals(len(row), [as_hypothesis(each, places) for each in component])
            for candidate, share in zip(component, shares, strict=True):
                level = int(share * 5)
                count[level] += 1
                expected[level] += share
                came_true[level] += (candidate.payouts, candidate.lines) in truth

    for level in range(5):
        deviation = (expected[level] * (1 - expected[level] / count[level])) ** 0.5
        assert abs(came_true[level] - expected[level]) < 4 * deviation + 1
