"""A generated world, played into banks: its lines come on their days, and the simulated Stripe's payouts of the same
world are what they carry."""

import json
from decimal import Decimal

import pytest
from stripe import StripeClient

from adapters.plaid_api.transactions_reader import PlaidTransactionsReader
from adapters.simulator.clock import Clock
from adapters.simulator.clock_hand import ClockHand
from adapters.simulator.plaid import SimulatedPlaid, simulated_plaid, world_player
from adapters.simulator.plaid.item import Item
from adapters.simulator.plaid.simulation import Simulation
from adapters.simulator.plaid.update_log import Update
from adapters.simulator.profiles import company_of
from adapters.simulator.stripe import simulated_stripe
from adapters.simulator.stripe import world_player as stripe_world_player
from adapters.simulator.wire import DAY, JsonObject
from adapters.simulator.world import CompanyWorld
from adapters.stripe_api.json_reader import StripeJsonReader
from domain.bank_deposit import BankDepositId
from domain.company_facts import CompanyFacts
from domain.matching.deposit_matching import reconcile_deposits
from domain.reconciliation_match import MatchStatus
from ports.facts_reader import InputFile
from tests.adapters.simulator.plaid.desk import asking, sdk
from tests.adapters.simulator.stripe.shop import asking as asking_stripe


def linked(running: SimulatedPlaid, played: world_player.PlayedBanks, number: int = 0) -> Item:
    """An Item of one of the world's banks."""
    simulation = running.simulation
    client = next(iter(simulation.clients.values()), None) or simulation.open_client()
    login = played.logins[number]
    return simulation.link.open_item(
        client, "production", played.banks[number], login, login.accounts, days_requested=730
    )


async def pages(running: SimulatedPlaid, item: Item) -> list[JsonObject]:
    """Everything of an Item, through Plaid's SDK."""
    client = running.simulation.clients[item.client_id]
    found: list[JsonObject] = []
    async with sdk(running.url, client.client_id, client.secrets["production"][-1]) as api:
        while not found or found[-1]["has_more"]:
            more = {"cursor": found[-1]["next_cursor"]} if found else {}
            options = {"include_original_description": True}
            found.append(
                await asking(
                    api, "transactions_sync", access_token=item.access_token, count=500, options=options, **more
                )
            )
    return found


@pytest.mark.parametrize("profile", ["everyday", "relinked_feed"])
async def test_a_worlds_lines_are_told_as_the_world_has_them(profile: str) -> None:
    world = company_of(profile, 9, 1, decide=False)
    async with simulated_plaid(start=stripe_world_player.starts(world)) as running:
        played = world_player.play(running.simulation, world)
        item = linked(running, played)
        await running.advance_to(played.ends)
        told = [line for page in await pages(running, item) for line in page["added"]]

    truth = played.truth(item)
    own = {made.deposit.id: made.deposit for made in world.lines if made.bank == 0}
    assert {truth[line["transaction_id"]] for line in told} == set(own)
    for line in told:
        deposit = own[truth[line["transaction_id"]]]
        exponent = deposit.amount.currency.exponent
        assert line["amount"] == -Decimal(deposit.amount.minor_units).scaleb(-exponent)
        assert (line["date"], line["original_description"]) == (deposit.date.isoformat(), deposit.text)
        assert line["payment_meta"]["ppd_id"] == deposit.company_id
        assert not line["pending"]


async def test_lines_come_on_their_days_some_pending_on_the_day_before() -> None:
    world = company_of("relinked_feed", 9, 0, decide=False)
    async with simulated_plaid(start=stripe_world_player.starts(world)) as running:
        played = world_player.play(running.simulation, world)
        item = linked(running, played)
        middle = (running.simulation.now + played.ends) // 2
        await running.advance_to(middle)
        halfway = {each.transaction_id for each in item.standing()}
        today = running.simulation.kernel.today
        assert all(each.line.date <= today for each in item.standing())
        await running.advance_to(played.ends)

    assert 0 < len(halfway) < len(item.standing())
    updates: list[Update] = item.log.updates
    pending = {update.transaction.transaction_id for update in updates if update.transaction.line.is_pending}
    replaced = {update.transaction.pending_transaction_id for update in updates} - {None}
    assert pending
    assert replaced == pending
    assert not any(each.line.is_pending for each in item.standing())


async def test_a_world_linked_again_comes_again_under_other_ids() -> None:
    world = company_of("relinked_feed", 9, 0, decide=False)
    async with simulated_plaid(start=stripe_world_player.starts(world)) as running:
        played = world_player.play(running.simulation, world)
        first = linked(running, played)
        await running.advance_to(played.ends - 30 * DAY)
        second = linked(running, played)
        await running.advance_to(played.ends)

    one, two = played.truth(first), played.truth(second)
    assert not set(one) & set(two)
    assert set(one.values()) == set(two.values())


async def both(world: CompanyWorld) -> tuple[list[JsonObject], list[JsonObject], dict[str, BankDepositId]]:
    """Stripe's payouts and Plaid's pages of one world, each through its SDK, by one clock; what is which line."""
    hand = ClockHand(Clock(stripe_world_player.starts(world)))
    async with simulated_stripe(hand=hand) as stripe, simulated_plaid(hand=hand) as plaid:
        platform = stripe.simulation.open_platform()
        accounts = stripe_world_player.play(stripe.simulation, world)
        for book in accounts.books.values():
            stripe.simulation.connect(platform, book)
        banks = world_player.play(plaid.simulation, world)
        items = [linked(plaid, banks, number) for number in banks.banks]
        await hand.advance_to(banks.ends)
        payouts: list[JsonObject] = []
        async with asking_stripe(stripe, stripe.simulation.secret_key(platform, livemode=True)) as client:
            for account in accounts.books:
                payouts += await payouts_of(client, account)
        told = [page for item in items for page in await pages(plaid, item)]
        truth = {id: name for item in items for id, name in banks.truth(item).items()}
    return payouts, told, truth


async def payouts_of(client: StripeClient, account: str) -> list[JsonObject]:
    found: list[JsonObject] = []
    more: dict[str, str] = {}
    while True:
        answer = await client.raw_request_async("get", "/v1/payouts", stripe_account=account, limit=100, **more)
        page = json.loads(answer.body)
        found += page["data"]
        if not page["has_more"]:
            return found
        more = {"starting_after": found[-1]["id"]}


@pytest.mark.parametrize("profile", ["everyday", "relinked_feed"])
async def test_payouts_and_lines_of_one_world_reconcile_as_its_truth_says(profile: str) -> None:
    """From nothing: what both simulated providers say over HTTP, read by the readers of their JSON, and matched."""
    world = company_of(profile, 9, 1)
    payouts, told, truth = await both(world)

    stripe = StripeJsonReader().read(InputFile(name="payouts.json", content=json.dumps(payouts).encode()))
    pages_told = json.dumps(told, default=float).encode()
    plaid = PlaidTransactionsReader().read(InputFile(name="plaid.json", content=pages_told))
    facts = CompanyFacts(payouts=stripe.payouts, accounts=plaid.accounts, deposits=plaid.deposits)
    found = reconcile_deposits(facts, as_of=world.as_of)

    matched = {
        (frozenset(match.payouts), frozenset(truth[line] for line in match.deposits))
        for match in found.matches
        if match.status is MatchStatus.MATCHED
    }
    links = {(frozenset(link.payouts), frozenset(link.deposits)): link for link in world.truth.links}
    sure = {key for key, link in links.items() if link.posterior >= 0.9999}
    assert (stripe.breaks, plaid.breaks) == ((), ())
    assert {payout.id for payout in facts.payouts} == {made.payout.id for made in world.payouts}
    assert matched <= set(links)
    assert len(matched & sure) >= 0.95 * len(sure) > 10


def test_the_same_seed_gives_the_same_world_byte_for_byte() -> None:
    def lived(seed: str) -> bytes:
        world = company_of("relinked_feed", 9, 0, decide=False)
        simulation = Simulation(seed=seed, start=stripe_world_player.starts(world))
        played = world_player.play(simulation, world)
        login = played.logins[0]
        simulation.link.open_item(
            simulation.open_client(), "production", played.banks[0], login, login.accounts, days_requested=730
        )
        simulation.advance_silently(played.ends - simulation.now)
        return simulation.dump()

    assert lived("a") == lived("a")
    assert lived("a") != lived("b")
