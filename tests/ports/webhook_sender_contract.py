"""What a sender of webhooks promises, whatever it sends by."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

import attrs
import pytest

from domain.secret import Secret
from domain.webhook_delivery import FailureKind
from ports.webhook_sender import OutgoingWebhook, WebhookSender

NOON: Final = datetime(2026, 6, 30, 12, tzinfo=UTC)
SECRET: Final = Secret("whsec_" + "A" * 43 + "=")


@attrs.frozen(kw_only=True)
class Told:
    """What an endpoint was told."""

    url: str
    id: str
    body: bytes


class Endpoint(Protocol):
    """Where webhooks are sent to."""

    @property
    def url(self) -> str:
        """Its address."""
        ...

    def told(self) -> Sequence[Told]:
        """In the order in which it came."""
        ...


Answering = Callable[[int | None], AbstractAsyncContextManager[tuple[WebhookSender, Endpoint]]]
"""A sender, and an endpoint that answers with this status; None: nobody listens there."""


def webhook(url: str, number: int = 1) -> OutgoingWebhook:
    body = f'{{"number":{number},"note":"überwiesen"}}'.encode()
    return OutgoingWebhook(url=url, id=f"evt_acme{number:016}", at=NOON, body=body, secrets=(SECRET,))


def told(sent: OutgoingWebhook) -> Told:
    return Told(url=sent.url, id=sent.id, body=sent.body)


class WebhookSenderContract:
    """Subclass it with a fixture `answering` for each adapter."""

    @pytest.mark.parametrize("status", [200, 202, 204])
    async def test_what_is_taken_was_told_once_as_it_was_given(self, answering: Answering, status: int) -> None:
        async with answering(status) as (sender, endpoint):
            sent = webhook(endpoint.url)
            answer = await sender.send(sent)
            received = endpoint.told()

        assert (answer.failure, answer.status, answer.gone) == (None, status, False)
        assert answer.took >= timedelta(0)
        assert received == [told(sent)]

    @pytest.mark.parametrize(
        ("status", "failure"),
        [
            (301, FailureKind.REDIRECTED),
            (307, FailureKind.REDIRECTED),
            (400, FailureKind.REFUSED),
            (404, FailureKind.REFUSED),
            (410, FailureKind.REFUSED),
            (429, FailureKind.REFUSED),
            (500, FailureKind.REFUSED),
            (503, FailureKind.REFUSED),
        ],
    )
    async def test_what_is_not_taken_is_an_answer_and_is_told_to_nobody_else(
        self, answering: Answering, status: int, failure: FailureKind
    ) -> None:
        async with answering(status) as (sender, endpoint):
            sent = webhook(endpoint.url)
            answer = await sender.send(sent)
            received = endpoint.told()

        assert (answer.failure, answer.status, answer.gone) == (failure, status, status == 410)
        assert received == [told(sent)]

    async def test_that_nobody_listens_is_an_answer_too(self, answering: Answering) -> None:
        async with answering(None) as (sender, endpoint):
            answer = await sender.send(webhook(endpoint.url))
            received = endpoint.told()

        assert (answer.failure, answer.status, answer.beginning) == (FailureKind.NOT_CONNECTED, None, "")
        assert received == []

    async def test_what_is_sent_again_is_told_again_under_the_same_id(self, answering: Answering) -> None:
        async with answering(503) as (sender, endpoint):
            sent = webhook(endpoint.url)
            answers = [await sender.send(sent) for _ in range(3)]
            received = endpoint.told()

        assert [answer.status for answer in answers] == [503] * 3
        assert received == [told(sent)] * 3

    async def test_many_at_once_are_each_told_once(self, answering: Answering) -> None:
        async with answering(204) as (sender, endpoint):
            several = [webhook(endpoint.url, number) for number in range(1, 41)]
            answers = await asyncio.gather(*map(sender.send, several))
            received = endpoint.told()

        assert [answer.failure for answer in answers] == [None] * 40
        assert sorted(received, key=lambda each: each.id) == [told(each) for each in several]
