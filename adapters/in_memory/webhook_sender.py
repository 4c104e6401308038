"""A WebhookSender that sends nothing anywhere: it keeps what it was given, and answers as it is told.

Difference from the real one: it signs nothing, for nobody receives it.
"""

from datetime import timedelta

from domain.webhook_delivery import Answer
from ports.webhook_sender import OutgoingWebhook

_TAKEN = Answer(failure=None, status=204, took=timedelta(0))


class InMemoryWebhookSender:
    """Keeps the promises of `ports.webhook_sender.WebhookSender`."""

    def __init__(self) -> None:
        self.sent: list[OutgoingWebhook] = []
        """Every attempt, in its order."""
        self.answer = _TAKEN
        """What endpoints answer from now on."""

    async def send(self, webhook: OutgoingWebhook) -> Answer:
        """Always an answer."""
        self.sent.append(webhook)
        return self.answer
