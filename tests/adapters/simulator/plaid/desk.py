"""A running simulated Plaid with a client, a bank and one account at it, and Plaid's own SDK to ask it."""

import asyncio
import importlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from decimal import Decimal
from typing import Any

import attrs
import plaid
from aiohttp import web
from plaid.api import plaid_api

from adapters.simulator.clock_hand import ClockHand
from adapters.simulator.delivery_policy import DeliveryPolicy
from adapters.simulator.plaid import SimulatedPlaid, simulated_plaid
from adapters.simulator.plaid.bank import Bank, BankHabits, BankLogin
from adapters.simulator.plaid.bank_account import BankAccount, BankLine
from adapters.simulator.plaid.client import PlaidClient
from adapters.simulator.plaid.http.rate_limits import RateLimits
from adapters.simulator.plaid.item import Item
from adapters.simulator.plaid.switches import Switches
from adapters.simulator.wire import DAY, JsonObject
from domain.money import Currency, Money

MONDAY = 1_772_409_600
"""2 March 2026, midnight in UTC."""
TODAY = date(2026, 3, 2)
USD = Currency.of("usd")
STRIPE = (
    "ORIG CO NAME:STRIPE ORIG ID:1800948598 DESC DATE:260302 CO ENTRY DESCR:TRANSFER SEC:CCD TRACE#:091000012345678 "
    "EED:260302 IND ID:ST-A1B2C3D4E5F6 IND NAME:HARBOR GOODS TRN: 1234567890TC"
)


def usd(cents: int) -> Money:
    """Dollars, as the bank account sees them: positive when they come in."""
    return Money(cents, USD)


@attrs.frozen(kw_only=True)
class Desk:
    """What most tests need."""

    plaid: SimulatedPlaid
    client: PlaidClient
    bank: Bank
    login: BankLogin
    account: BankAccount
    api: plaid_api.PlaidApi

    async def ask(self, method: str, **fields: Any) -> JsonObject:
        """Calls a method of the SDK; its answer with exact decimals. Raises what the SDK raises."""
        return await asking(self.api, method, **fields)

    async def refused(self, method: str, **fields: Any) -> tuple[int, JsonObject]:
        """The status and the error of a call that Plaid refuses."""
        return await refusal(self.api, method, **fields)

    def open_item(self, *, webhook: str | None = None, **options: Any) -> Item:
        """An Item of the account, without a user's going through Link."""
        link = self.plaid.simulation.link
        accounts = options.pop("accounts", self.login.accounts)
        return link.open_item(self.client, "sandbox", self.bank, self.login, accounts, webhook=webhook, **options)

    async def ready_item(self, **options: Any) -> Item:
        """The same, with all of its history."""
        item = self.open_item(**options)
        await self.plaid.advance(600)
        return item

    async def look(self, item: Item) -> None:
        """Plaid looks at the bank, for sure."""
        await self.ask("transactions_refresh", access_token=item.access_token)

    def post(self, cents: int, text: str = STRIPE, *, day: date = TODAY, pending: bool = False) -> BankLine:
        """A line of the account."""
        return self.account.post(usd(cents), day, text, pending=pending)

    async def sync(self, item: Item, cursor: str = "", **fields: Any) -> JsonObject:
        """One page of `/transactions/sync`."""
        more = {"cursor": cursor} if cursor else {}
        return await self.ask("transactions_sync", access_token=item.access_token, **more, **fields)


@attrs.define
class Copy:
    """What a careful client keeps of an Item: its lines, and the cursor of the last whole update."""

    desk: Desk
    item: Item
    cursor: str = ""
    lines: dict[str, JsonObject] = attrs.field(factory=dict)
    restarts: int = 0

    async def sync(self, count: int = 500, **options: Any) -> None:
        """Reads on to the end: pages are kept when the last one is there, and thrown away when the lines changed."""
        while True:
            try:
                pages = await self._pages(count, options)
            except plaid.ApiException as error:
                if json.loads(error.body)["error_code"] != "TRANSACTIONS_SYNC_MUTATION_DURING_PAGINATION":
                    raise
                self.restarts += 1
                continue
            for page in pages:
                for line in (*page["added"], *page["modified"]):
                    self.lines[line["transaction_id"]] = line
                for gone in page["removed"]:
                    self.lines.pop(gone["transaction_id"], None)
            self.cursor = pages[-1]["next_cursor"]
            return

    async def _pages(self, count: int, options: dict[str, Any]) -> list[JsonObject]:
        pages: list[JsonObject] = []
        cursor = self.cursor
        while not pages or pages[-1]["has_more"]:
            more = {"options": options} if options else {}
            pages.append(await self.desk.sync(self.item, cursor, count=count, **more))
            cursor = pages[-1]["next_cursor"]
        return pages

    @property
    def shown(self) -> list[tuple[str, Decimal, bool]]:
        """Date, amount as Plaid prints it, pending: of each line, sorted."""
        return sorted((line["date"], line["amount"], line["pending"]) for line in self.lines.values())


def bank_shows(account: BankAccount) -> list[tuple[str, Decimal, bool]]:
    """The same, of the bank's own lines."""
    return sorted(
        (line.date.isoformat(), Decimal(-line.amount.minor_units).scaleb(-2), line.is_pending)
        for line in account.lines.values()
    )


def request_of(method: str, **fields: Any) -> Any:
    """The SDK's own request for one of its methods."""
    module = importlib.import_module(f"plaid.model.{method}_request")
    name = "".join(part.capitalize() for part in method.split("_")) + "Request"
    return getattr(module, name)(**fields, _check_type=False)


async def asking(api: plaid_api.PlaidApi, method: str, *, timeout: float = 10.0, **fields: Any) -> JsonObject:
    """Calls a method of the SDK in a thread."""
    request = request_of(method, **fields)

    def call() -> bytes:
        answer = getattr(api, method)(request, _preload_content=False, _request_timeout=(timeout, timeout))
        return bytes(answer.data)

    answer: JsonObject = json.loads(await asyncio.to_thread(call), parse_float=Decimal, parse_int=Decimal)
    return answer


async def refusal(api: plaid_api.PlaidApi, method: str, **fields: Any) -> tuple[int, JsonObject]:
    """The status and the error object of a call that must be refused."""
    try:
        answer = await asking(api, method, **fields)
    except plaid.ApiException as error:
        return error.status, json.loads(error.body)
    raise AssertionError(f"{method} was answered: {answer}")


@asynccontextmanager
async def sdk(url: str, client_id: str, secret: str, **settings: Any) -> AsyncIterator[plaid_api.PlaidApi]:
    """Plaid's SDK with these keys."""
    configuration = plaid.Configuration(
        host=url, api_key={"clientId": client_id, "secret": secret, "plaidVersion": "2020-09-14"}
    )
    configuration.retries = False
    for name, value in settings.items():
        setattr(configuration, name, value)
    with plaid.ApiClient(configuration) as client:
        try:
            yield plaid_api.PlaidApi(client)
        finally:
            client.rest_client.pool_manager.clear()


@asynccontextmanager
async def open_desk(
    *,
    habits: BankHabits | None = None,
    switches: Switches | None = None,
    policy: DeliveryPolicy | None = None,
    limits: RateLimits | None = None,
    start: int = MONDAY,
    seed: str = "desk",
    hand: ClockHand | None = None,
) -> AsyncIterator[Desk]:
    """A desk that is open until the context ends."""
    async with simulated_plaid(
        seed=seed, start=start, switches=switches, policy=policy, limits=limits, hand=hand
    ) as running:
        simulation = running.simulation
        client = simulation.open_client()
        bank = simulation.open_bank(habits=habits)
        account = BankAccount(name="Business Checking", mask="4821", currency=USD, opening=usd(100_000))
        login = bank.add_login("owner", account)
        async with sdk(running.url, client.client_id, client.secrets["sandbox"][-1]) as api:
            yield Desk(plaid=running, client=client, bank=bank, login=login, account=account, api=api)


@attrs.define
class Received:
    """A webhook as it came."""

    body: bytes
    token: str

    @property
    def webhook(self) -> JsonObject:
        """What it says."""
        webhook: JsonObject = json.loads(self.body)
        return webhook


class Listener:
    """Someone who listens for webhooks, and answers what he is told to answer."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.answers: list[int] = []
        """Statuses for the next ones; `always` after that."""
        self.always = 200
        self.url = ""

    async def hear(self, request: web.Request) -> web.Response:
        """One webhook."""
        self.received.append(Received(await request.read(), request.headers["Plaid-Verification"]))
        return web.Response(status=self.answers.pop(0) if self.answers else self.always)

    @property
    def codes(self) -> list[str]:
        """The codes of all webhooks so far."""
        return [each.webhook["webhook_code"] for each in self.received]

    def of(self, code: str) -> list[JsonObject]:
        """The webhooks of one code."""
        return [each.webhook for each in self.received if each.webhook["webhook_code"] == code]


@asynccontextmanager
async def listening() -> AsyncIterator[Listener]:
    """A listener on a port of its own."""
    listener = Listener()
    application = web.Application()
    application.router.add_post("/webhooks", listener.hear)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        listener.url = f"http://{host}:{port}/webhooks"
        yield listener
    finally:
        await runner.cleanup()


def days(count: int) -> int:
    """So many days, in seconds."""
    return count * DAY
