"""A world's bank followed through months by the adapter over HTTP: what was kept is what stands, to the cent."""

from itertools import product
from random import Random
from typing import Any

import attrs
import pytest

from adapters.plaid_api.feed import PlaidApiFeed
from adapters.plaid_api.plaid_requests import PlaidRequests
from adapters.simulator.faults import Fault
from adapters.simulator.plaid import simulated_plaid, world_player
from adapters.simulator.plaid.bank_account import BankAccount
from adapters.simulator.plaid.switches import Switches
from adapters.simulator.profiles import company_of
from adapters.simulator.stripe.world_player import starts
from domain.bank_deposit import BankDeposit, BankDepositId, BankDepositStatus
from domain.money import Money
from domain.secret import Secret
from ports.plaid_feed import FeedLines, FeedProgress, PlaidFeed, PlaidKeys, PlaidSource
from ports.use_cases.read_plaid_update import read_plaid_update
from tests.adapters.plaid_api.simulated import at_once

VISITS = 25


@attrs.define
class Kept:
    """What whoever follows keeps: lines by id, and the cursor of the last whole update."""

    lines: dict[BankDepositId, BankDeposit] = attrs.Factory(dict)
    cursor: str | None = None
    taken_back: int = 0

    async def read(self, feed: PlaidFeed, source: PlaidSource) -> FeedLines:
        update = await read_plaid_update(feed=feed, source=source, cursor=self.cursor)
        assert update.unreadable == ()
        for line in (*update.added, *update.modified):
            self.lines[line.id] = line
        for id in update.removed:
            self.taken_back += self.lines.pop(id, None) is not None
        self.cursor = update.cursor
        return update


def meddle(account: BankAccount, rng: Random) -> None:
    """What banks do now and then to a line that they had posted."""
    lines = [line for line in account.lines.values() if not line.is_pending]
    if not lines:
        return
    line = rng.choice(lines)
    if rng.random() < 0.4:
        account.correct(line, amount=Money(line.amount.minor_units + 1, line.amount.currency))
    elif rng.random() < 0.5:
        account.take_back(line)
    elif account.gone:
        gone = rng.choice(list(account.gone.values()))
        if not gone.is_pending:
            account.bring_back(gone)


@pytest.mark.parametrize(
    ("history", "returning"), list(product(["as_it_stands", "as_it_happened"], ["new_id", "same_id"]))
)
async def test_a_bank_followed_for_months_is_kept_as_it_stands(history: Any, returning: Any) -> None:
    world, rng = company_of("relinked_feed", 9, 0, decide=False), Random("meddling")
    switches = Switches(history=history, returning_line=returning)
    async with (
        simulated_plaid(start=starts(world), switches=switches) as plaid,
        PlaidRequests(base=plaid.url, sleep=at_once) as requests,
    ):
        simulation = plaid.simulation
        played = world_player.play(simulation, world)
        client, (login, *_) = simulation.open_client(), played.logins.values()
        account = login.accounts[0]
        item = simulation.link.open_item(client, "production", played.banks[0], login, [account], days_requested=730)
        keys = PlaidKeys(client_id=client.client_id, secret=Secret(client.secrets["production"][-1]))
        source = PlaidSource(keys=keys, access_token=Secret(item.access_token), item=item.item_id)
        feed, kept = PlaidApiFeed(requests, page_lines=3), Kept()
        begun = simulation.now
        for visit in range(1, VISITS + 1):
            await plaid.advance_to(begun + (played.ends - begun) * visit // VISITS)
            meddle(account, rng)
            if visit % 4 == 0:
                plaid.api.faults.add(Fault(kind="cut_body", path="/transactions/sync", skip=visit % 3))
            await kept.read(feed, source)
        await plaid.advance(2 * 24 * 3_600)
        last, fresh = await kept.read(feed, source), Kept()
        await fresh.read(PlaidApiFeed(requests), source)

    shown = sorted((line.date, line.amount.minor_units, line.text) for line in account.lines.values())
    found = sorted((line.date, line.amount.minor_units, line.text.partition(" | ")[0]) for line in kept.lines.values())
    assert last.progress is FeedProgress.WHOLE
    assert kept.lines == fresh.lines
    assert [each[:2] for each in found] == [each[:2] for each in shown]
    assert {text for _, _, text in found} == {text.strip() for _, _, text in shown}
    assert not any(line.status is BankDepositStatus.PENDING for line in kept.lines.values())
    assert kept.taken_back > 3
