"""Sends webhooks: each event to whoever is to hear it, signed, and again until it is acknowledged."""

import time
from typing import Final

import attrs

from adapters.simulator.courier import Courier
from adapters.simulator.delivery_policy import DeliveryPolicy
from adapters.simulator.stripe.signatures import signature_header
from adapters.simulator.stripe.simulation import Simulation
from adapters.simulator.stripe.versions import rendered_event
from adapters.simulator.stripe.webhook_endpoints import WebhookEndpoint
from adapters.simulator.stripe.wire import DAY, HOUR, MINUTE, JsonObject, encoded

RETRIES_LIVE: Final = tuple(5 * MINUTE * 2**number for number in range(9))
"""Exponential back-off for up to three days (docs.stripe.com/webhooks; documented, the steps assumed)."""
RETRIES_SANDBOX: Final = (HOUR, 2 * HOUR, 4 * HOUR)
"""Three times over some hours (documented, the steps assumed)."""


@attrs.define(kw_only=True)
class Delivery:
    """One event on its way to one endpoint."""

    sender: "WebhookSender"
    event: JsonObject
    """The event as the account's list has it."""
    body: bytes
    """As it was when the event was written: it is not made anew."""
    endpoint: WebhookEndpoint
    attempts: int = 0
    statuses: list[int] = attrs.field(factory=list)
    """What each attempt was answered; 0 for no answer."""
    is_done: bool = False

    async def send(self) -> int:
        """Posts the event, signed anew."""
        return await self.sender.post(self.endpoint, self.body)

    def acknowledges(self, status: int) -> bool:
        """Anything but 2xx is a failure, redirects too (docs.stripe.com/webhooks; documented)."""
        return 200 <= status < 300

    def acknowledged(self) -> None:
        """One endpoint less waits for the event."""
        self.event["pending_webhooks"] = max(0, self.event["pending_webhooks"] - 1)

    def retry_after(self) -> int | None:
        """The next step of the back-off."""
        retries = RETRIES_LIVE if self.endpoint.livemode else RETRIES_SANDBOX
        return retries[self.attempts - 1] if self.attempts <= len(retries) else None


class WebhookSender:
    """Hears every event of a simulation. What is due waits until `flush` sends it."""

    def __init__(
        self,
        simulation: Simulation,
        *,
        policy: DeliveryPolicy | None = None,
        signs_by_wall_clock: bool = False,
        timeout_seconds: float = 20.0,
    ) -> None:
        self.simulation = simulation
        self.signs_by_wall_clock = signs_by_wall_clock
        self.clock_skew = 0
        """Seconds by which the signatures' clock is wrong."""
        self.deliveries: list[Delivery] = []
        kernel = simulation.kernel
        self.courier = Courier(
            kernel.clock, policy or DeliveryPolicy(), kernel.chance("webhooks"), timeout_seconds=timeout_seconds
        )
        simulation.kernel.listeners.append(self.hear)

    def hear(self, account: str, livemode: bool, event: JsonObject) -> None:
        """Plans the deliveries of an event."""
        for platform in self.simulation.platforms.values():
            connected = account != platform.id
            if connected and platform.reaches(account, livemode=livemode) is None:
                continue
            hearing = self.simulation.webhook_endpoints.hearing(
                platform.id, event["type"], livemode=livemode, connected=connected
            )
            for endpoint in hearing:
                self._plan(account, event, endpoint)

    def _plan(self, account: str, event: JsonObject, endpoint: WebhookEndpoint) -> None:
        draw = self.courier.draw()
        event["pending_webhooks"] += 1
        if draw.is_lost():
            return
        book = self.simulation.book(account, livemode=event["livemode"])
        shown = rendered_event(book, event, endpoint.api_version or event["api_version"])
        self._later(event, shown, endpoint)
        if draw.is_repeated():
            self._later(event, shown, endpoint)
        if draw.is_twinned():
            twin = {**shown, "id": self.simulation.kernel.ids.id("evt_")}
            self._later(event, twin, endpoint)

    def _later(self, event: JsonObject, shown: JsonObject, endpoint: WebhookEndpoint) -> None:
        delivery = Delivery(sender=self, event=event, body=encoded(shown), endpoint=endpoint)
        self.deliveries.append(delivery)
        self.courier.accept(delivery)

    async def post(
        self, endpoint: WebhookEndpoint, body: bytes, *, signature: str | None = None, moment: int | None = None
    ) -> int:
        """Sends a body as it is, signed anew unless a signature is given. The status; 0 if there was no answer."""
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
            "Stripe-Signature": self.sign(endpoint, body, moment) if signature is None else signature,
        }
        return await self.courier.post(endpoint.url, body, headers)

    def sign(self, endpoint: WebhookEndpoint, body: bytes, moment: int | None = None) -> str:
        """The header for a body sent at this moment; each attempt has its own (documented)."""
        now = self.simulation.now
        if moment is None:
            moment = (int(time.time()) if self.signs_by_wall_clock else now) + self.clock_skew
        return signature_header(body, endpoint.alive(now), moment)

    async def send_again(self, event_id: str) -> int:
        """Resends an event by hand, as the Dashboard can for fifteen days. How many deliveries it had."""
        known = {delivery.endpoint.id: delivery for delivery in self.deliveries if delivery.event["id"] == event_id}
        for delivery in known.values():
            if delivery.event["created"] >= self.simulation.now - 15 * DAY:
                await self.courier.attempt(delivery)
        return len(known)

    def thin_event(self, type: str, related: str) -> bytes:
        """The body of a thin event, which has no data (docs.stripe.com/event-destinations; documented)."""
        kernel = self.simulation.kernel
        return encoded(
            {
                "id": kernel.ids.id("evt_"),
                "object": "v2.core.event",
                "type": type,
                "created": kernel.now,
                "livemode": False,
                "related_object": {"id": related, "type": "account", "url": f"/v2/core/accounts/{related}"},
            }
        )

    async def close(self) -> None:
        """Ends its connections."""
        await self.courier.close()
