from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import attrs
import pytest

from adapters.in_memory.webhook_sender import InMemoryWebhookSender
from ports.webhook_sender import WebhookSender
from tests.ports.webhook_sender_contract import Answering, Endpoint, Told, WebhookSenderContract


@attrs.frozen
class RememberedEndpoint:
    sender: InMemoryWebhookSender
    url: str = "https://hooks.partner.example/tieout"

    def told(self) -> Sequence[Told]:
        return [Told(url=each.url, id=each.id, body=each.body) for each in self.sender.received]


class TestInMemoryWebhookSender(WebhookSenderContract):
    @pytest.fixture
    def answering(self) -> Answering:
        @asynccontextmanager
        async def answer(status: int | None) -> AsyncIterator[tuple[WebhookSender, Endpoint]]:
            sender = InMemoryWebhookSender()
            sender.answers_with(status)
            yield sender, RememberedEndpoint(sender)

        return answer
