"""Sending one signed event to one address."""

from datetime import datetime
from typing import Protocol

import attrs

from domain.secret import Secret
from domain.webhook_delivery import Answer


@attrs.frozen(kw_only=True)
class OutgoingWebhook:
    """What is sent."""

    url: str
    id: str
    """The same however often it is sent."""
    at: datetime
    body: bytes = attrs.field(repr=False)
    secrets: tuple[Secret, ...]
    """Each signs: the receiver needs to know one of them."""


class WebhookSender(Protocol):
    """By Standard Webhooks, to addresses on the public internet only, whatever the name leads to at that moment."""

    async def send(self, webhook: OutgoingWebhook) -> Answer:
        """Whatever happens is an answer; it comes within a time of the sender's own. Redirects are not followed."""
        ...
