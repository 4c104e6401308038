from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import attrs

from adapters.in_memory.plaid_platform import InMemoryPlaidPlatform
from ports.plaid_feed import PlaidKeys
from ports.plaid_platform import VerificationKey
from ports.plaid_refusals import PlaidKeysRefused, PlaidUnavailable
from tests.ports.plaid_feed_contract import keys
from tests.ports.plaid_platform_contract import PlaidPlatformContract, Signer


@attrs.frozen
class InMemorySigner:
    platform: InMemoryPlaidPlatform
    keys: PlaidKeys

    def rotate(self) -> tuple[str, str]:
        for kid, expired in (("old", 1_772_409_600), ("new", None)):
            self.platform.signing[kid] = VerificationKey(kid=kid, x=bytes(32), y=bytes(32), expired_at=expired)
        return "old", "new"

    def know_no_keys(self) -> None:
        self.platform.refusal = PlaidKeysRefused("no")

    def be_down(self) -> None:
        self.platform.refusal = PlaidUnavailable("down")


class TestInMemoryPlaidPlatform(PlaidPlatformContract):
    def open_signer(self) -> AbstractAsyncContextManager[Signer]:
        return signer()


@asynccontextmanager
async def signer() -> AsyncIterator[Signer]:
    yield InMemorySigner(InMemoryPlaidPlatform(), keys())
