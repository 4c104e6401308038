"""Sends Plaid's webhooks: to each Item's own address, signed, and again until they are acknowledged."""

import time
from typing import Final

import attrs

from adapters.simulator.courier import Courier
from adapters.simulator.delivery_policy import DeliveryPolicy
from adapters.simulator.plaid.kernel import Kernel
from adapters.simulator.plaid.verification_keys import VerificationKey, VerificationKeys
from adapters.simulator.wire import JsonObject, encoded

RETRIES: Final = tuple(30 * 4**number for number in range(6))
"""Thirty seconds, then four times as long each, for up to a day (plaid.com/docs/api/webhooks; documented)."""
_REJECTED_MOST: Final = 0.9
_COUNTED_LEAST: Final = 20
"""An address that rejected more than 90 % is no longer tried (documented; over how many is assumed)."""
_OK: Final = 200


@attrs.define(kw_only=True)
class Delivery:
    """One webhook on its way."""

    sender: "WebhookSender"
    url: str
    webhook: JsonObject
    body: bytes
    attempts: int = 0
    statuses: list[int] = attrs.field(factory=list)
    """What each attempt was answered; 0 for no answer."""
    is_done: bool = False

    async def send(self) -> int:
        """Posts it, signed anew, unless its address is suspended."""
        if self.sender.is_suspended(self.url):
            return 0
        status = await self.sender.post(self.url, self.body)
        self.sender.note(self.url, accepted=self.acknowledges(status))
        return status

    def acknowledges(self, status: int) -> bool:
        """Anything but 200 is a failure, and an answer after ten seconds too (documented)."""
        return status == _OK

    def acknowledged(self) -> None:
        """Nothing follows: webhooks have no id, and nobody keeps them."""

    def retry_after(self) -> int | None:
        """The next step of the back-off."""
        if self.sender.is_suspended(self.url):
            return None
        return RETRIES[self.attempts - 1] if self.attempts <= len(RETRIES) else None


class WebhookSender:
    """Hears every webhook that Plaid has to send."""

    def __init__(
        self,
        kernel: Kernel,
        keys: VerificationKeys,
        *,
        policy: DeliveryPolicy | None = None,
        signs_by_wall_clock: bool = False,
        timeout_seconds: float = 10.0,
    ) -> None:
        self.kernel, self.keys = kernel, keys
        self.signs_by_wall_clock = signs_by_wall_clock
        self.clock_skew = 0
        """Seconds by which the signatures' clock is wrong."""
        self.deliveries: list[Delivery] = []
        self.courier = Courier(
            kernel.clock, policy or DeliveryPolicy(), kernel.chance("webhooks"), timeout_seconds=timeout_seconds
        )
        self._counts: dict[str, tuple[int, int]] = {}
        kernel.listeners.append(self.hear)

    def hear(self, url: str, webhook: JsonObject) -> None:
        """Plans its deliveries. A webhook has no id: one that comes twice is the same, byte for byte (documented)."""
        draw = self.courier.draw()
        if draw.is_lost():
            return
        self._later(url, webhook)
        if draw.is_repeated():
            self._later(url, webhook)
        if draw.is_twinned():
            self._later(url, webhook)

    def _later(self, url: str, webhook: JsonObject) -> None:
        delivery = Delivery(sender=self, url=url, webhook=webhook, body=encoded(webhook))
        self.deliveries.append(delivery)
        self.courier.accept(delivery)

    async def post(
        self,
        url: str,
        body: bytes,
        *,
        token: str | None = None,
        moment: int | None = None,
        key: VerificationKey | None = None,
    ) -> int:
        """Sends a body as it is, signed anew unless a token is given. The status; 0 if there was no answer."""
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Plaid-Webhook",
            "Plaid-Verification": self.sign(body, moment, key) if token is None else token,
        }
        return await self.courier.post(url, body, headers)

    def sign(self, body: bytes, moment: int | None = None, key: VerificationKey | None = None) -> str:
        """The JWT for a body sent at this moment."""
        if moment is None:
            moment = (int(time.time()) if self.signs_by_wall_clock else self.kernel.now) + self.clock_skew
        return (key or self.keys.current).sign(body, moment)

    def note(self, url: str, *, accepted: bool) -> None:
        """Counts how an address answers."""
        good, bad = self._counts.get(url, (0, 0))
        self._counts[url] = (good + accepted, bad + (not accepted))

    def is_suspended(self, url: str) -> bool:
        """The address rejected so much that nothing is sent there any more."""
        good, bad = self._counts.get(url, (0, 0))
        return good + bad >= _COUNTED_LEAST and bad > _REJECTED_MOST * (good + bad)

    def resume(self, url: str) -> None:
        """The address is tried again."""
        self._counts.pop(url, None)

    async def close(self) -> None:
        """Ends its connections."""
        await self.courier.close()
