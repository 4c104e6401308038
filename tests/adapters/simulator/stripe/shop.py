"""A running simulated Stripe with a platform and one account connected to it, and Stripe's own SDK to ask it."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import attrs
from aiohttp import web
from stripe import AIOHTTPClient, RequestOptions, StripeClient

from adapters.simulator.stripe import SimulatedStripe, simulated_stripe
from adapters.simulator.stripe.account_book import AccountBook
from adapters.simulator.stripe.account_habits import AccountHabits
from adapters.simulator.stripe.delivery_policy import DeliveryPolicy
from adapters.simulator.stripe.http.rate_limits import RateLimits
from adapters.simulator.stripe.platform import Platform
from adapters.simulator.stripe.switches import Switches
from adapters.simulator.stripe.wire import JsonObject

MONDAY = 1_772_409_600
"""2 March 2026, midnight in UTC: no bank holiday is near."""
CALLBACK = "http://127.0.0.1/callback"


@attrs.frozen(kw_only=True)
class Shop:
    """What most tests need."""

    stripe: SimulatedStripe
    platform: Platform
    account: AccountBook
    secret: str = attrs.field(repr=False)
    client: StripeClient

    @property
    def options(self) -> RequestOptions:
        """For calls on behalf of the account."""
        return {"stripe_account": self.account.id}

    async def ask(self, path: str, **params: Any) -> JsonObject:
        """A GET on behalf of the account, as Stripe's SDK makes it."""
        response = await self.client.raw_request_async("get", path, stripe_account=self.account.id, **params)
        answer: JsonObject = json.loads(response.body)
        return answer

    async def tell(self, path: str, **params: Any) -> JsonObject:
        """A POST, likewise."""
        response = await self.client.raw_request_async("post", path, stripe_account=self.account.id, **params)
        answer: JsonObject = json.loads(response.body)
        return answer

    async def every(self, path: str, **params: Any) -> list[JsonObject]:
        """All pages of a list."""
        found: list[JsonObject] = []
        while True:
            answer = await self.ask(path, limit=100, **params)
            found += answer["data"]
            if not answer["has_more"]:
                return found
            params["starting_after"] = answer["data"][-1]["id"]

    async def items(self, payout: JsonObject) -> list[JsonObject]:
        """The list of an automatic payout, from the oldest on."""
        return (await self.every("/v1/balance_transactions", payout=payout["id"]))[::-1]

    async def payouts(self) -> list[JsonObject]:
        """All payouts, from the oldest on."""
        return (await self.every("/v1/payouts"))[::-1]

    async def available(self) -> int:
        """What the account has available, in all currencies together."""
        balance = await self.ask("/v1/balance")
        return sum(part["amount"] for part in balance["available"])


@asynccontextmanager
async def open_shop(
    *,
    habits: AccountHabits | None = None,
    switches: Switches | None = None,
    policy: DeliveryPolicy | None = None,
    limits: RateLimits | None = None,
    retries: int = 0,
    timeout: float = 10.0,
    start: int = MONDAY,
    seed: str = "shop",
) -> AsyncIterator[Shop]:
    """A shop that is open until the context ends."""
    async with simulated_stripe(seed=seed, start=start, switches=switches, policy=policy, limits=limits) as running:
        simulation = running.simulation
        platform = simulation.open_platform(redirect_uris=(CALLBACK, "https://ledgerline.example/callback"))
        account = simulation.open_account(habits)
        simulation.connect(platform, account)
        secret = simulation.secret_key(platform)
        async with asking(running, secret, retries=retries, timeout=timeout) as client:
            yield Shop(stripe=running, platform=platform, account=account, secret=secret, client=client)


@asynccontextmanager
async def asking(
    running: SimulatedStripe, secret: str, *, retries: int = 0, timeout: float = 10.0, **options: Any
) -> AsyncIterator[StripeClient]:
    """Stripe's SDK with this key."""
    http = AIOHTTPClient(timeout=timeout)
    client = StripeClient(
        secret,
        http_client=http,
        max_network_retries=retries,
        base_addresses=running.base_addresses,  # type: ignore[arg-type]
        **options,
    )
    try:
        yield client
    finally:
        await http.close_async()  # type: ignore[no-untyped-call]


@attrs.define
class Received:
    """A webhook as it came."""

    body: bytes
    signature: str

    @property
    def event(self) -> JsonObject:
        """What it says."""
        event: JsonObject = json.loads(self.body)
        return event


class Listener:
    """Someone who listens for webhooks, and answers what he is told to answer."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.answers: list[int] = []
        """Statuses for the next ones; 200 after that."""
        self.url = ""

    async def hear(self, request: web.Request) -> web.Response:
        """One webhook."""
        self.received.append(Received(await request.read(), request.headers["Stripe-Signature"]))
        return web.Response(status=self.answers.pop(0) if self.answers else 200)

    @property
    def types(self) -> list[str]:
        """The types of all events so far."""
        return [each.event["type"] for each in self.received]


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
