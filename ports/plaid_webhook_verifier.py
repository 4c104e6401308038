"""Whether a webhook is Plaid's."""

from datetime import datetime
from typing import Protocol

from ports.plaid_feed import PlaidKeys


class WebhookForged(Exception):
    """Not Plaid's, or not this body, or not now: whoever sent it is told nothing more. The reason is for the log."""


class PlaidWebhookVerifier(Protocol):
    """Checking is compulsory, and costs one question to Plaid for each key that signs."""

    async def verify(self, keys: PlaidKeys, *, token: str, body: bytes, at: datetime) -> None:
        """Nothing, if Plaid signed this very body in the five minutes before `at`. `token` is `Plaid-Verification`.

        Raises WebhookForged. Raises what `ports.plaid_refusals` has when Plaid does not say what its key is: then
        nobody knows, and the webhook is not to be acknowledged, so that it comes again.
        """
        ...
