"""A generated world, played into accounts: the API tells of the world's own payouts, and the bank side agrees."""

import json
from typing import Final

import pytest
import stripe

from adapters.simulator.balance_items import ItemsLaw
from adapters.simulator.profiles import company_of
from adapters.simulator.stripe import simulated_stripe, world_player
from adapters.simulator.stripe.simulation import Simulation
from adapters.simulator.stripe.wire import JsonObject
from adapters.simulator.world import CompanyWorld
from adapters.simulator.world_files import payout_object
from domain.payout import PayoutStatus
from tests.adapters.simulator.stripe.shop import asking

_FREE: Final = {"destination", "reconciliation_status", "failure_balance_transaction", "failure_message"}
"""What the world's files write in another form."""


async def listed(client: stripe.StripeClient, account: str, path: str, **params: object) -> list[JsonObject]:
    found: list[JsonObject] = []
    while True:
        response = await client.raw_request_async("get", path, stripe_account=account, limit=100, **params)
        answer = json.loads(response.body)
        found += answer["data"]
        if not answer["has_more"]:
            return found
        params["starting_after"] = answer["data"][-1]["id"]


@pytest.mark.parametrize("profile", ["everyday", "relinked_feed"])
async def test_a_worlds_payouts_are_told_as_the_world_has_them(profile: str) -> None:
    world: CompanyWorld = company_of(profile, 9, 1)
    async with simulated_stripe(start=world_player.starts(world)) as running:
        simulation = running.simulation
        platform = simulation.open_platform()
        played = world_player.play(simulation, world, items=ItemsLaw(planted=0.05))
        for book in played.books.values():
            simulation.connect(platform, book)
        await running.advance_to(played.ends)

        key = simulation.secret_key(platform, livemode=True)
        async with asking(running, key) as client:
            for account, book in played.books.items():
                own = [made.payout for made in world.payouts if made.payout.stripe_account == account]
                told = {payout["id"]: payout for payout in await listed(client, account, "/v1/payouts")}
                movements = await listed(client, account, "/v1/balance_transactions")
                assert set(told) == {payout.id for payout in own}
                for payout in own:
                    expected = payout_object(payout)
                    assert {name: told[payout.id][name] for name in expected if name not in _FREE} == {
                        name: value for name, value in expected.items() if name not in _FREE
                    }
                    if payout.automatic and told[payout.id]["reconciliation_status"] == "completed":
                        items = await listed(client, account, "/v1/balance_transactions", payout=payout.id)
                        assert (sum(item["net"] for item in items) == 0) == (payout.id not in played.planted)
                    if payout.status in (PayoutStatus.FAILED, PayoutStatus.CANCELED):
                        assert told[payout.id]["failure_balance_transaction"] in {item["id"] for item in movements}
                assert len(movements) == len(book.collection("balance_transaction"))


async def test_a_world_with_planted_faults_says_which_lists_do_not_add_up() -> None:
    world = company_of("everyday", 3, 0)
    async with simulated_stripe(start=world_player.starts(world)) as running:
        played = world_player.play(running.simulation, world, items=ItemsLaw(planted=0.3))
        running.simulation.advance_silently(played.ends - running.simulation.now)

        (book,) = played.books.values()
        off = {
            payout["id"]
            for payout in book.collection("payout").oldest_first()
            if payout["automatic"] and sum(item["net"] for item in book.items[payout["id"]].oldest_first())
        }

        assert off == played.planted
        assert off


def test_what_came_back_is_in_a_list_even_if_that_payout_was_made_before_it() -> None:
    world = company_of("everyday", 3, 0)
    simulation = Simulation(start=world_player.starts(world))
    played = world_player.play(simulation, world)
    simulation.advance_silently(played.ends - simulation.now)

    (book,) = played.books.values()
    payouts = [payout for payout in book.collection("payout").oldest_first() if payout["automatic"]]
    lists = {payout["id"]: list(book.items[payout["id"]].oldest_first()) for payout in payouts}
    late = [
        item
        for payout in payouts
        for item in lists[payout["id"]]
        if item["reporting_category"] == "payout_reversal" and item["created"] > payout["created"]
    ]
    assert late
    assert all(sum(item["net"] for item in items) == 0 for items in lists.values())


async def test_the_charges_behind_a_worlds_movements_can_be_looked_up() -> None:
    world = company_of("everyday", 3, 0)
    async with simulated_stripe(start=world_player.starts(world)) as running:
        simulation = running.simulation
        platform = simulation.open_platform()
        played = world_player.play(simulation, world)
        (book,) = played.books.values()
        simulation.connect(platform, book)
        await running.advance_to(played.ends)

        async with asking(running, simulation.secret_key(platform, livemode=True)) as client:
            movements = await listed(client, book.id, "/v1/balance_transactions", expand=["data.source"])

        kinds = {item["source"]["object"] for item in movements if isinstance(item["source"], dict)}
        assert kinds >= {"charge", "payout", "refund", "dispute"}
        assert not [item["source"] for item in movements if isinstance(item["source"], str)]


async def test_a_part_of_a_worlds_charges_pays_invoices() -> None:
    world = company_of("everyday", 3, 0)
    async with simulated_stripe(start=world_player.starts(world)) as running:
        simulation = running.simulation
        platform = simulation.open_platform()
        played = world_player.play(simulation, world, invoiced=0.5)
        (book,) = played.books.values()
        simulation.connect(platform, book)
        await running.advance_to(played.ends)

        async with asking(running, simulation.secret_key(platform, livemode=True)) as client:
            paid = await listed(client, book.id, "/v1/invoices", status="paid")
            payments = await listed(client, book.id, "/v1/invoice_payments", status="paid")
            charges = await listed(client, book.id, "/v1/charges")
            movements = await listed(client, book.id, "/v1/balance_transactions")

        intents = {charge["payment_intent"]: charge for charge in charges}
        by_source = {item["source"]: item for item in movements}
        assert len(paid) == len(payments) > 20
        for payment in payments:
            charge = intents[payment["payment"]["payment_intent"]]
            assert by_source[charge["id"]]["amount"] == payment["amount_paid"]
