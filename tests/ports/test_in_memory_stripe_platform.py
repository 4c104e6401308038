from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import attrs

from adapters.in_memory.stripe_platform import InMemoryStripePlatform
from domain.stripe_key_check import TriedAccess
from ports.stripe_refusals import StripeKeyRefused, StripeUnavailable
from tests.ports.stripe_platform_contract import Played, StripePlatformContract


@attrs.define
class InMemoryPlayed:
    platform: InMemoryStripePlatform

    def lack(self, *missing: TriedAccess) -> None:
        self.platform.lacking = missing

    def know_no_key(self) -> None:
        self.platform.refusal = StripeKeyRefused("no")

    def be_down(self) -> None:
        self.platform.refusal = StripeUnavailable("down")


@asynccontextmanager
async def playing() -> AsyncIterator[Played]:
    yield InMemoryPlayed(InMemoryStripePlatform())


class TestInMemoryStripePlatform(StripePlatformContract):
    def played(self) -> AbstractAsyncContextManager[Played]:
        return playing()
