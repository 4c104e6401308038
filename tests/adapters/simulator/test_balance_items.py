"""What is inside payouts adds up, except where a fault was planted."""

from collections import defaultdict

import pytest

from adapters.simulator.balance_items import ItemsLaw, make_books
from adapters.simulator.profiles import company_of


@pytest.mark.parametrize("profile", ["everyday", "failures", "first_payout"])
def test_the_items_of_every_automatic_payout_add_up_to_it(profile: str) -> None:
    world = company_of(profile, 5, 0)

    books = make_books(world.facts.payouts, "a seed")

    inside: dict[str, int] = defaultdict(int)
    for item in books.items:
        if item.payout is not None and not item.is_payout_itself:
            inside[item.payout] += item.net.minor_units
    assert not books.planted
    for payout in world.facts.payouts:
        if payout.automatic:
            assert inside[payout.id] == payout.amount.minor_units


def test_planted_faults_are_named_and_only_they_do_not_add_up() -> None:
    world = company_of("everyday", 5, 1)

    books = make_books(world.facts.payouts, "a seed", ItemsLaw(planted=0.5))

    inside: dict[str, int] = defaultdict(int)
    for item in books.items:
        if item.payout is not None and not item.is_payout_itself:
            inside[item.payout] += item.net.minor_units
    off = {p.id for p in world.facts.payouts if p.automatic and inside[p.id] != p.amount.minor_units}
    assert off
    assert off <= books.planted


def test_ids_of_balance_transactions_are_used_once() -> None:
    world = company_of("failures", 5, 2)

    books = make_books(world.facts.payouts, "a seed")

    ids = [item.id for item in books.items]
    assert len(set(ids)) == len(ids)
