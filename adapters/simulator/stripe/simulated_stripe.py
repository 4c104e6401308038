"""The simulated Stripe as a server on 127.0.0.1, and the hand that moves its clock."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from adapters.simulator.clock import Clock
from adapters.simulator.clock_hand import ClockHand
from adapters.simulator.delivery_policy import DeliveryPolicy
from adapters.simulator.local_server import serving
from adapters.simulator.moved_clock import MovedClock
from adapters.simulator.stripe.http.application import StripeApi
from adapters.simulator.stripe.http.rate_limits import RateLimits
from adapters.simulator.stripe.http.user_pages import UserPages
from adapters.simulator.stripe.oauth import OAuth
from adapters.simulator.stripe.simulation import Simulation
from adapters.simulator.stripe.switches import Switches
from adapters.simulator.stripe.webhook_sender import WebhookSender

_CLIENT_SIZE_MOST = 1 << 20


class SimulatedStripe(MovedClock):
    """One running simulated Stripe."""

    def __init__(
        self,
        simulation: Simulation,
        api: StripeApi,
        sender: WebhookSender,
        oauth: OAuth,
        url: str,
        hand: ClockHand,
    ) -> None:
        super().__init__(hand)
        self.simulation, self.api, self.sender, self.oauth, self.url = simulation, api, sender, oauth, url

    @property
    def base_addresses(self) -> dict[str, str]:
        """What `StripeClient(base_addresses=…)` takes."""
        return {"api": self.url, "connect": self.url, "files": self.url, "meter_events": self.url}


@asynccontextmanager
async def simulated_stripe(
    *,
    seed: str = "stripe",
    start: int = 1_767_225_600,
    switches: Switches | None = None,
    policy: DeliveryPolicy | None = None,
    limits: RateLimits | None = None,
    port: int = 0,
    signs_by_wall_clock: bool = False,
    hand: ClockHand | None = None,
) -> AsyncIterator[SimulatedStripe]:
    """A simulated Stripe that answers on 127.0.0.1 as long as the context is open.

    `start` is its clock's first moment, 1 January 2026 unless told. `limits` are those of `rate_limits`; there are none
    unless told. `signs_by_wall_clock` signs webhooks with real time, for receivers that go by it. `hand` moves a clock
    that another simulated provider goes by too; `start` is then of no account.
    """
    hand = hand or ClockHand(Clock(start))
    simulation = Simulation(seed=seed, switches=switches, clock=hand.clock)
    api = StripeApi(simulation, limits=limits)
    oauth = OAuth(simulation)
    sender = WebhookSender(simulation, policy=policy, signs_by_wall_clock=signs_by_wall_clock)
    application = web.Application(client_max_size=_CLIENT_SIZE_MOST)
    UserPages(simulation, oauth, api.faults).add_to(application)
    application.router.add_route("*", "/{path:.*}", api.handle)
    async with serving(application, port) as url:
        simulation.kernel.address = url
        hand.couriers.append(sender.courier)
        try:
            yield SimulatedStripe(simulation, api, sender, oauth, url, hand)
        finally:
            hand.couriers.remove(sender.courier)
            await sender.close()
