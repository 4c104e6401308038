"""A PlaidWebhookVerifier for tokens that it makes itself.

Difference from the real one: nobody else's token is good, and there is one key.
"""

import hashlib
from datetime import datetime

from ports.plaid_feed import PlaidKeys
from ports.plaid_webhook_verifier import WebhookForged

_AGE_MAX = 5 * 60
_AHEAD_MAX = 30


class InMemoryPlaidWebhookVerifier:
    """Keeps the promises of `ports.plaid_webhook_verifier.PlaidWebhookVerifier`."""

    def __init__(self) -> None:
        self.refusal: Exception | None = None
        """What every question ends in from now on."""

    def sign(self, body: bytes, at: datetime) -> str:
        """A token that is good for five minutes."""
        return f"{int(at.timestamp())}.{hashlib.sha256(body).hexdigest()}"

    async def verify(self, keys: PlaidKeys, *, token: str, body: bytes, at: datetime) -> None:  # noqa: ARG002
        """When, and what."""
        if self.refusal is not None:
            raise self.refusal
        issued, _, hashed = token.partition(".")
        if not issued.isdecimal() or hashed != hashlib.sha256(body).hexdigest():
            raise WebhookForged("not a token for this body")
        if not -_AHEAD_MAX <= at.timestamp() - int(issued) <= _AGE_MAX:
            raise WebhookForged("not a token of now")
