"""Verifies Plaid's webhooks by the keys that Plaid tells; each is asked for once, and again when it may be expired."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime
from typing import Final

import attrs

from adapters.plaid_api.webhook_token import WebhookToken
from ports.plaid_feed import PlaidKeys
from ports.plaid_platform import PlaidPlatform, VerificationKey
from ports.plaid_refusals import PlaidUnavailable
from ports.plaid_webhook_verifier import WebhookForged

AGE_MAX: Final = 5 * 60
AHEAD_MAX: Final = 30
"""Seconds by which Plaid's clock may go before ours."""
_FRESH: Final = 60 * 60
"""Seconds for which a key is believed to be in use without asking again."""
_STALE_MAX: Final = 24 * 60 * 60
"""Seconds for which it is believed if Plaid cannot be asked."""
_KEPT: Final = 1_000
"""Keys, known and unknown: whoever makes up names of keys fills no more than this."""
_QUESTIONS_A_MINUTE: Final = 30
"""To Plaid, for one client: whoever makes up names of keys makes no more than this be asked."""


@attrs.frozen
class _Known:
    key: VerificationKey | None
    asked: float


class PlaidJwtVerifier:
    """Keeps the promises of `ports.plaid_webhook_verifier.PlaidWebhookVerifier`."""

    def __init__(self, platform: PlaidPlatform, *, seconds: Callable[[], float] = time.monotonic) -> None:
        self._platform, self._seconds = platform, seconds
        self._known: OrderedDict[tuple[str, str], _Known] = OrderedDict()
        self._asking: dict[tuple[str, str], asyncio.Task[VerificationKey | None]] = {}
        self._questions: dict[str, tuple[int, int]] = {}
        """Of each client: the minute, and how many in it."""

    async def verify(self, keys: PlaidKeys, *, token: str, body: bytes, at: datetime) -> None:
        """What costs nothing is looked at first; the body's hash means something only once the signature is good."""
        read = WebhookToken.of_text(token)
        now = at.timestamp()
        if read.issued_at < now - AGE_MAX:
            raise WebhookForged(f"the token is {int(now) - read.issued_at} seconds old")
        if read.issued_at > now + AHEAD_MAX:
            raise WebhookForged(f"the token is {read.issued_at - int(now)} seconds in the future")
        read.check_body(body)
        key = await self._key(keys, read.kid)
        if key is None:
            raise WebhookForged("Plaid never had the key that the token names")
        if key.expired_at is not None and key.expired_at <= now:
            raise WebhookForged("the key that the token names is expired")
        read.check_signature(key)

    async def _key(self, keys: PlaidKeys, kid: str) -> VerificationKey | None:
        place = keys.client_id, kid
        known, now = self._known.get(place), self._seconds()
        if known is not None and now - known.asked < _FRESH:
            return known.key
        try:
            key = await self._asked(keys, kid)
        except PlaidUnavailable:
            if known is None or known.key is None or now - known.asked > _STALE_MAX:
                raise
            return known.key
        self._known[place] = _Known(key, now)
        self._known.move_to_end(place)
        while len(self._known) > _KEPT:
            self._known.popitem(last=False)
        return key

    async def _asked(self, keys: PlaidKeys, kid: str) -> VerificationKey | None:
        """One question at a time for one key, however many webhooks wait for it."""
        place = keys.client_id, kid
        task = self._asking.get(place)
        if task is None:
            self._count(keys.client_id)
            task = asyncio.ensure_future(self._platform.verification_key(keys, kid))
            self._asking[place] = task
            task.add_done_callback(lambda done: self._answered(place, done))
        return await asyncio.shield(task)

    def _answered(self, place: tuple[str, str], done: asyncio.Task[VerificationKey | None]) -> None:
        self._asking.pop(place, None)
        if not done.cancelled():
            done.exception()  # whoever waited has it; perhaps nobody does any more

    def _count(self, client: str) -> None:
        minute = int(self._seconds() // 60)
        begun, count = self._questions.get(client, (minute, 0))
        if begun != minute:
            count = 0
        if count >= _QUESTIONS_A_MINUTE:
            raise PlaidUnavailable("too many keys of Plaid's are asked for")
        self._questions[client] = (minute, count + 1)
