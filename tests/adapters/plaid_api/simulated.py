"""The adapter before a simulated Plaid, for the contracts of its ports."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from adapters.plaid_api.feed import PlaidApiFeed
from adapters.plaid_api.link import PlaidApiLink
from adapters.plaid_api.plaid_requests import PlaidRequests
from adapters.plaid_api.platform import PlaidApiPlatform
from adapters.simulator.faults import Fault
from adapters.simulator.plaid import item_health, item_updates
from adapters.simulator.plaid.bank_account import BankLine
from adapters.simulator.plaid.item import Item
from domain.secret import Secret
from ports.plaid_feed import PlaidKeys, PlaidSource
from tests.adapters.simulator.plaid.desk import Desk, open_desk, usd
from tests.ports.plaid_feed_contract import RAW


async def at_once(_seconds: float) -> None:
    """Nobody waits in a test."""


def requests_to(desk: Desk, **options: Any) -> PlaidRequests:
    """The adapter's way to the desk's Plaid."""
    settings: dict[str, Any] = {"sleep": at_once, "patience": timedelta(seconds=20), **options}
    return PlaidRequests(base=desk.plaid.url, **settings)


def keys_of(desk: Desk) -> PlaidKeys:
    """The client's keys of the sandbox."""
    return PlaidKeys(client_id=desk.client.client_id, secret=Secret(desk.client.secrets["sandbox"][-1]))


def source_of(desk: Desk, item: Item) -> PlaidSource:
    """Whom to ask of the Item."""
    return PlaidSource(keys=keys_of(desk), access_token=Secret(item.access_token), item=item.item_id)


class SimulatedBank:
    """The bank of the feed's contract, at which Plaid looks whenever something happens."""

    def __init__(self, desk: Desk, item: Item, requests: PlaidRequests) -> None:
        self._desk, self._item = desk, item
        self.feed = PlaidApiFeed(requests, page_lines=2)
        self.source = source_of(desk, item)

    def post(self, cents: int, *, pending: bool = False) -> int:
        return self._seen(self._desk.post(cents, f"{RAW} {cents}", pending=pending))

    def settle(self, number: int) -> int:
        account = self._desk.account
        return self._seen(account.settle(account.lines[number], account.lines[number].date))

    def correct(self, number: int, cents: int) -> None:
        self._seen(self._desk.account.correct(self._desk.account.lines[number], amount=usd(cents)))

    def take_back(self, number: int) -> None:
        line = self._desk.account.lines[number]
        self._desk.account.take_back(line)
        self._seen(line)

    def begin_anew(self) -> None:
        self._item = self._desk.open_item()
        self.source = source_of(self._desk, self._item)

    def want_login(self) -> None:
        item_health.require_login(self._desk.plaid.simulation.kernel, self._item)

    def repair(self) -> None:
        item_health.repair(self._desk.plaid.simulation.kernel, self._item)

    def revoke(self) -> None:
        item_health.revoke(self._desk.plaid.simulation.kernel, self._item)

    def know_no_keys(self) -> None:
        self._desk.plaid.simulation.delete_secret(self._desk.client, self.source.keys.secret.reveal().decode())

    def be_down(self) -> None:
        self._desk.plaid.api.faults.add(Fault(kind="server_error", times=100))

    def _seen(self, line: BankLine) -> int:
        item_updates.look(self._desk.plaid.simulation.kernel, self._item)
        return line.number


@asynccontextmanager
async def simulated_bank() -> AsyncIterator[SimulatedBank]:
    """A bank with one account, at which nothing happened yet."""
    async with open_desk() as desk, requests_to(desk) as requests:
        desk.account.opening = usd(100_010)
        yield SimulatedBank(desk, await desk.ready_item(), requests)


class SimulatedDoor:
    """The Plaid of Link's contract."""

    def __init__(self, desk: Desk, requests: PlaidRequests) -> None:
        self._desk = desk
        self.link, self.keys = PlaidApiLink(requests), keys_of(desk)

    def user_connects(self, invitation: Secret) -> Secret:
        link = self._desk.plaid.simulation.link
        token = link.find(invitation.reveal().decode())
        assert token is not None
        desk = self._desk
        public = link.succeed(token, link.begin(token), desk.bank, desk.login, desk.login.accounts)
        return Secret(public)

    def want_login(self, access_token: Secret) -> None:
        item = self._desk.plaid.simulation.link.items[access_token.reveal().decode()]
        item_health.require_login(self._desk.plaid.simulation.kernel, item)


@asynccontextmanager
async def simulated_door() -> AsyncIterator[SimulatedDoor]:
    """Nobody connected anything yet."""
    async with open_desk() as desk, requests_to(desk) as requests:
        yield SimulatedDoor(desk, requests)


class SimulatedSigner:
    """The Plaid of the platform's contract."""

    def __init__(self, desk: Desk, requests: PlaidRequests) -> None:
        self._desk = desk
        self.platform, self.keys = PlaidApiPlatform(requests), keys_of(desk)

    def rotate(self) -> tuple[str, str]:
        signing = self._desk.plaid.simulation.keys
        return signing.current.kid, signing.rotate().kid

    def know_no_keys(self) -> None:
        self._desk.plaid.simulation.delete_secret(self._desk.client, self.keys.secret.reveal().decode())

    def be_down(self) -> None:
        self._desk.plaid.api.faults.add(Fault(kind="server_error", times=100))


@asynccontextmanager
async def simulated_signer() -> AsyncIterator[SimulatedSigner]:
    """A Plaid with one signing key."""
    async with open_desk() as desk, requests_to(desk) as requests:
        yield SimulatedSigner(desk, requests)
