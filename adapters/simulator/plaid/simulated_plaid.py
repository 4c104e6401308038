"""The simulated Plaid as a server on 127.0.0.1, and the hand that moves its clock."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from aiohttp import web

from adapters.simulator.clock import Clock
from adapters.simulator.clock_hand import ClockHand
from adapters.simulator.delivery_policy import DeliveryPolicy
from adapters.simulator.local_server import serving
from adapters.simulator.moved_clock import MovedClock
from adapters.simulator.plaid.http.application import PlaidApi
from adapters.simulator.plaid.http.link_pages import LinkPages
from adapters.simulator.plaid.http.rate_limits import RateLimits
from adapters.simulator.plaid.simulation import Simulation
from adapters.simulator.plaid.switches import Switches
from adapters.simulator.plaid.webhook_sender import WebhookSender

_CLIENT_SIZE_MOST: Final = 1 << 20


class SimulatedPlaid(MovedClock):
    """One running simulated Plaid."""

    def __init__(self, simulation: Simulation, api: PlaidApi, sender: WebhookSender, url: str, hand: ClockHand) -> None:
        super().__init__(hand)
        self.simulation, self.api, self.sender, self.url = simulation, api, sender, url
        """`url` is what `plaid.Configuration(host=…)` takes."""


@asynccontextmanager
async def simulated_plaid(
    *,
    seed: str = "plaid",
    start: int = 1_767_225_600,
    switches: Switches | None = None,
    policy: DeliveryPolicy | None = None,
    limits: RateLimits | None = None,
    port: int = 0,
    signs_by_wall_clock: bool = False,
    hand: ClockHand | None = None,
) -> AsyncIterator[SimulatedPlaid]:
    """A simulated Plaid that answers on 127.0.0.1 as long as the context is open.

    `start` is its clock's first moment, 1 January 2026 unless told. No limits of rate are enforced unless told.
    `signs_by_wall_clock` signs webhooks with real time, for receivers that go by it. `hand` moves a clock that another
    simulated provider goes by too; `start` is then of no account.
    """
    hand = hand or ClockHand(Clock(start))
    simulation = Simulation(seed=seed, switches=switches, clock=hand.clock)
    api = PlaidApi(simulation, limits=limits)
    sender = WebhookSender(simulation.kernel, simulation.keys, policy=policy, signs_by_wall_clock=signs_by_wall_clock)
    application = web.Application(client_max_size=_CLIENT_SIZE_MOST)
    LinkPages(simulation).add_to(application)
    application.router.add_route("*", "/{path:.*}", api.handle)
    async with serving(application, port) as url:
        simulation.kernel.address = url
        hand.couriers.append(sender.courier)
        try:
            yield SimulatedPlaid(simulation, api, sender, url, hand)
        finally:
            hand.couriers.remove(sender.courier)
            await sender.close()
