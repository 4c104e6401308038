from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime

import attrs

from adapters.in_memory.plaid_webhook_verifier import InMemoryPlaidWebhookVerifier
from ports.plaid_feed import PlaidKeys
from ports.plaid_refusals import PlaidUnavailable
from tests.ports.plaid_feed_contract import keys
from tests.ports.plaid_webhook_verifier_contract import PlaidWebhookVerifierContract, Signing


@attrs.frozen
class InMemorySigning:
    verifier: InMemoryPlaidWebhookVerifier
    keys: PlaidKeys

    def sign(self, body: bytes, at: datetime) -> str:
        return self.verifier.sign(body, at)

    def be_down(self) -> None:
        self.verifier.refusal = PlaidUnavailable("down")


class TestInMemoryPlaidWebhookVerifier(PlaidWebhookVerifierContract):
    def open_signing(self) -> AbstractAsyncContextManager[Signing]:
        return signing()


@asynccontextmanager
async def signing() -> AsyncIterator[Signing]:
    yield InMemorySigning(InMemoryPlaidWebhookVerifier(), keys())
