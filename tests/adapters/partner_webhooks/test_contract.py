"""The sender by aiohttp keeps the port's promises, to a server on this machine."""

import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import attrs
import pytest
from aiohttp import web

from adapters.partner_webhooks.http_sender import HttpWebhookSender
from ports.webhook_sender import WebhookSender
from tests.adapters.partner_webhooks.receiver import Received, Receiver, listening
from tests.ports.webhook_sender_contract import Answering, Endpoint, Told, WebhookSenderContract


@attrs.frozen
class ListeningEndpoint:
    receiver: Receiver
    url: str

    def told(self) -> Sequence[Told]:
        """Redirects would be asked for elsewhere on the same server."""
        return [
            Told(url=f"http://127.0.0.1:{self.receiver.port}{each.path}", id=each.headers["webhook-id"], body=each.body)
            for each in self.receiver.received
        ]


class TestHttpWebhookSender(WebhookSenderContract):
    @pytest.fixture
    def answering(self) -> Answering:
        @asynccontextmanager
        async def answer(status: int | None) -> AsyncIterator[tuple[WebhookSender, Endpoint]]:
            async def say(received: Received) -> web.StreamResponse:
                return web.Response(status=status or 200, headers={"Location": "/elsewhere"})

            async with HttpWebhookSender(loopback_allowed=True) as sender, listening(say) as receiver:
                if status is not None:
                    yield sender, ListeningEndpoint(receiver, receiver.url)
                    return
                with socket.socket() as unused:
                    unused.bind(("127.0.0.1", 0))
                    url = f"http://127.0.0.1:{unused.getsockname()[1]}/hooks"
                    yield sender, ListeningEndpoint(receiver, url)

        return answer
