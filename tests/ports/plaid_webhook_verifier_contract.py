"""What every PlaidWebhookVerifier promises, whoever signs."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

import pytest
import pytest_asyncio

from ports.plaid_feed import PlaidKeys
from ports.plaid_refusals import PlaidUnavailable
from ports.plaid_webhook_verifier import PlaidWebhookVerifier, WebhookForged

NOON: Final = datetime(2026, 6, 30, 12, tzinfo=UTC)
BODY: Final = b'{"webhook_type":"TRANSACTIONS","webhook_code":"SYNC_UPDATES_AVAILABLE","item_id":"i"}'


class Signing(Protocol):
    """A verifier, and who signs for it."""

    @property
    def verifier(self) -> PlaidWebhookVerifier: ...
    @property
    def keys(self) -> PlaidKeys: ...
    def sign(self, body: bytes, at: datetime) -> str: ...
    def be_down(self) -> None:
        """Plaid does not say what its key is."""


class PlaidWebhookVerifierContract(ABC):
    """Subclass it for each adapter."""

    @abstractmethod
    def open_signing(self) -> AbstractAsyncContextManager[Signing]:
        """Everything works, until it is said that it does not."""

    @pytest_asyncio.fixture
    async def signing(self) -> AsyncIterator[Signing]:
        async with self.open_signing() as signing:
            yield signing

    async def test_what_was_signed_just_now_is_plaids(self, signing: Signing) -> None:
        token = signing.sign(BODY, NOON)

        await signing.verifier.verify(signing.keys, token=token, body=BODY, at=NOON + timedelta(seconds=299))

    @pytest.mark.parametrize("body", [BODY + b" ", b"", BODY[:-1], b"\xff\xfe"])
    async def test_another_body_is_forged(self, signing: Signing, body: bytes) -> None:
        token = signing.sign(BODY, NOON)

        with pytest.raises(WebhookForged):
            await signing.verifier.verify(signing.keys, token=token, body=body, at=NOON)

    @pytest.mark.parametrize("seconds", [-31, 301, 86_400])
    async def test_what_is_stale_or_of_the_future_is_forged(self, signing: Signing, seconds: int) -> None:
        token = signing.sign(BODY, NOON)

        with pytest.raises(WebhookForged):
            await signing.verifier.verify(signing.keys, token=token, body=BODY, at=NOON + timedelta(seconds=seconds))

    @pytest.mark.parametrize("token", ["", "a", "a.b.c", "..", "e30.e30.e30", "ü.ü.ü", "x" * 10_000])
    async def test_what_is_no_token_is_forged(self, signing: Signing, token: str) -> None:
        with pytest.raises(WebhookForged):
            await signing.verifier.verify(signing.keys, token=token, body=BODY, at=NOON)

    async def test_where_plaid_says_nothing_of_its_key_nobody_knows(self, signing: Signing) -> None:
        token = signing.sign(BODY, NOON)
        signing.be_down()

        with pytest.raises(PlaidUnavailable):
            await signing.verifier.verify(signing.keys, token=token, body=BODY, at=NOON)
