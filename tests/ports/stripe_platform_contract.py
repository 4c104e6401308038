"""What every StripePlatform promises, whoever it asks."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from typing import Final, Protocol

import pytest
import pytest_asyncio

from domain.secret import Secret
from domain.stripe_account import StripeAccountId
from domain.stripe_key_check import (
    KeyCheck,
    StripeAccess,
    StripeCapability,
    TriedAccess,
    Verdict,
    Whose,
    all_accesses,
)
from ports.stripe_platform import StripePlatform
from ports.stripe_refusals import StripeKeyRefused, StripeUnavailable

KEY: Final = Secret("rk_test_CANARY0000000000000000")
NOON: Final = datetime(2026, 6, 30, 12, tzinfo=UTC)
PLATFORM: Final = StripeAccountId("acct_platform0000")


CLIENT_ID: Final = "ca_PLATFORM00"


def lacks(access: StripeAccess, whose: Whose, *permissions: str) -> TriedAccess:
    return TriedAccess(access=access, whose=whose, verdict=Verdict.MISSING, permissions=permissions)


class Played(Protocol):
    """A platform with one connected account, and Stripe behind it."""

    @property
    def platform(self) -> StripePlatform: ...

    def lack(self, *missing: TriedAccess) -> None:
        """The key may not do these."""

    def know_no_key(self) -> None:
        """No key is known."""

    def be_down(self) -> None:
        """Nothing is answered but that it cannot be."""


class StripePlatformContract(ABC):
    """Subclass it for each adapter."""

    @abstractmethod
    def played(self) -> AbstractAsyncContextManager[Played]:
        """Everything works, until it is said that it does not."""

    @pytest_asyncio.fixture
    async def stripe(self) -> AsyncIterator[Played]:
        async with self.played() as played:
            yield played

    async def test_a_key_that_may_do_everything(self, stripe: Played) -> None:
        check = await stripe.platform.check_key(KEY, client_id=CLIENT_ID, at=NOON)

        everything = tuple(TriedAccess(access=access, whose=whose) for access, whose in all_accesses())
        assert check == KeyCheck(account=PLATFORM, tried=everything, at=NOON)
        assert {check.verdict(each) for each in StripeCapability} == {Verdict.WORKS}

    async def test_what_a_key_may_not_do_is_named_with_the_permissions_that_would_do(self, stripe: Played) -> None:
        missing = (
            lacks(StripeAccess.PAYOUTS, Whose.CONNECTED, "rak_payout_read"),
            lacks(StripeAccess.INVOICES_WRITE, Whose.CONNECTED, "rak_invoice_write"),
            lacks(StripeAccess.ACCOUNT_LINKS_WRITE, Whose.PLATFORM, "rak_account_link_write"),
            lacks(StripeAccess.EVENTS, Whose.PLATFORM, "rak_event_read", "rak_event_write"),
        )
        stripe.lack(*missing)

        check = await stripe.platform.check_key(KEY, client_id=CLIENT_ID, at=NOON)

        assert check.account == PLATFORM
        assert tuple(each for each in check.tried if each.verdict is not Verdict.WORKS) == missing
        assert {each for each in StripeCapability if check.verdict(each) is Verdict.WORKS} == {
            StripeCapability.READING_SOURCES,
            StripeCapability.READING_INVOICES,
            StripeCapability.CONNECTING_BY_OAUTH,
        }

    async def test_a_key_that_may_not_say_whose_it_is(self, stripe: Played) -> None:
        stripe.lack(lacks(StripeAccess.ACCOUNT, Whose.PLATFORM, "rak_accounts_read"))

        check = await stripe.platform.check_key(KEY, client_id=CLIENT_ID, at=NOON)

        assert check.account is None
        assert len([each for each in check.tried if each.verdict is Verdict.WORKS]) == len(all_accesses()) - 1

    async def test_without_a_client_id_nobody_can_be_connected_by_oauth(self, stripe: Played) -> None:
        check = await stripe.platform.check_key(KEY, client_id=None, at=NOON)

        assert check.verdict(StripeCapability.CONNECTING_BY_OAUTH) is Verdict.MISSING
        assert check.verdict(StripeCapability.CONNECTING_BY_ACCOUNT_LINK) is Verdict.WORKS

    async def test_a_key_that_is_not_known(self, stripe: Played) -> None:
        stripe.know_no_key()

        with pytest.raises(StripeKeyRefused) as refused:
            await stripe.platform.check_key(KEY, client_id=CLIENT_ID, at=NOON)
        assert "CANARY" not in str(refused.value)

    async def test_half_a_check_is_none(self, stripe: Played) -> None:
        stripe.be_down()

        with pytest.raises(StripeUnavailable):
            await stripe.platform.check_key(KEY, client_id=CLIENT_ID, at=NOON)
