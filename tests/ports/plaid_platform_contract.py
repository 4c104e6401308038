"""What every PlaidPlatform promises, whoever it asks."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from typing import Protocol

import pytest
import pytest_asyncio

from ports.plaid_feed import PlaidKeys
from ports.plaid_platform import PlaidPlatform
from ports.plaid_refusals import PlaidKeysRefused, PlaidUnavailable


class Signer(Protocol):
    """A Plaid that signs."""

    @property
    def platform(self) -> PlaidPlatform: ...
    @property
    def keys(self) -> PlaidKeys: ...
    def rotate(self) -> tuple[str, str]:
        """Another key signs from now on. The names of the expired and of the new one."""

    def know_no_keys(self) -> None: ...
    def be_down(self) -> None: ...


class PlaidPlatformContract(ABC):
    """Subclass it for each adapter."""

    @abstractmethod
    def open_signer(self) -> AbstractAsyncContextManager[Signer]:
        """Everything works, until it is said that it does not."""

    @pytest_asyncio.fixture
    async def signer(self) -> AsyncIterator[Signer]:
        async with self.open_signer() as signer:
            yield signer

    async def test_keys_that_are_known_pass(self, signer: Signer) -> None:
        await signer.platform.check_keys(signer.keys)

    async def test_keys_that_are_not_known_are_refused_and_not_printed(self, signer: Signer) -> None:
        signer.know_no_keys()

        with pytest.raises(PlaidKeysRefused) as refused:
            await signer.platform.check_keys(signer.keys)
        assert signer.keys.secret.reveal().decode() not in str(refused.value)

    async def test_a_check_that_is_not_answered_says_nothing_of_the_keys(self, signer: Signer) -> None:
        signer.be_down()

        with pytest.raises(PlaidUnavailable):
            await signer.platform.check_keys(signer.keys)

    async def test_signing_keys_are_found_expired_or_not(self, signer: Signer) -> None:
        old, new = signer.rotate()

        expired = await signer.platform.verification_key(signer.keys, old)
        current = await signer.platform.verification_key(signer.keys, new)
        unknown = await signer.platform.verification_key(signer.keys, "6c5516e1-92dc-479e-a8ff-5a51992e0001")

        assert expired is not None
        assert current is not None
        assert (expired.kid, expired.expired_at is not None) == (old, True)
        assert (current.kid, current.expired_at, len(current.x), len(current.y)) == (new, None, 32, 32)
        assert unknown is None
