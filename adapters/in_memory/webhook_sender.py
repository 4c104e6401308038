"""A WebhookSender that sends nothing anywhere: it keeps what it was given, and answers as it is told.

Difference from the real one: it signs nothing, for nobody receives it, and refuses no address, for it connects to none.
"""

from datetime import timedelta

from domain.webhook_delivery import Answer, FailureKind, failure_of
from ports.webhook_sender import OutgoingWebhook

_NOBODY = Answer(failure=FailureKind.NOT_CONNECTED, took=timedelta(0))


class InMemoryWebhookSender:
    """Keeps the promises of `ports.webhook_sender.WebhookSender`."""

    def __init__(self) -> None:
        self.sent: list[OutgoingWebhook] = []
        """Every attempt, in its order."""
        self.received: list[OutgoingWebhook] = []
        """Those that reached their endpoints, whatever these answered."""
        self.answer = Answer(failure=None, status=204, took=timedelta(0))
        """What endpoints answer from now on."""

    def answers_with(self, status: int | None) -> None:
        """From now on, endpoints answer with this status; None: nobody listens there."""
        answered = None if status is None else Answer(failure=failure_of(status), status=status, took=timedelta(0))
        self.answer = answered or _NOBODY

    async def send(self, webhook: OutgoingWebhook) -> Answer:
        """Always an answer."""
        self.sent.append(webhook)
        if self.answer.status is not None:
            self.received.append(webhook)
        return self.answer
