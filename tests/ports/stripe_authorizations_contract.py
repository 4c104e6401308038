"""What every store of visits to Stripe promises."""

import asyncio
from datetime import timedelta
from typing import Final

import attrs
import pytest

from domain.stripe_authorization import ConnectMethod, ConnectScope, StripeAuthorization
from ports.stripe_authorizations import StateUnknown, StateUsed
from ports.transaction import Store
from tests.ports.stripe_told import ACCOUNT, ACME, MINUTE, NOON, TEST

VISIT: Final = StripeAuthorization(
    digest=b"\x00\xff" * 16,
    tenant=TEST,
    company=ACME,
    method=ConnectMethod.ACCOUNT_LINK,
    return_url="https://partner.example/done?a=1",
    state="theirs, \u00e4",
    scope=ConnectScope.READ_WRITE,
    account=ACCOUNT,
    expires=NOON + 15 * MINUTE,
)


class StripeAuthorizationsContract:
    """Subclass it with a fixture `store` for each adapter."""

    async def test_a_visit_is_kept_whole(self, store: Store) -> None:
        async with store.control() as transaction:
            await transaction.stripe_authorizations.add(VISIT)

        async with store.control() as transaction:
            assert await transaction.stripe_authorizations.find(VISIT.digest) == VISIT
            with pytest.raises(StateUnknown):
                await transaction.stripe_authorizations.find(b"\x01" * 32)

    async def test_of_many_who_use_a_state_at_once_one_does(self, store: Store) -> None:
        async with store.control() as transaction:
            await transaction.stripe_authorizations.add(VISIT)

        tried = await asyncio.gather(*(use(store) for _ in range(6)), return_exceptions=True)

        assert [each for each in tried if not isinstance(each, StateUsed)] == [attrs.evolve(VISIT, used=NOON)]
        assert sum(isinstance(each, StateUsed) for each in tried) == 5

    async def test_a_use_that_is_rolled_back_was_none(self, store: Store) -> None:
        async with store.control() as transaction:
            await transaction.stripe_authorizations.add(VISIT)
        with pytest.raises(ZeroDivisionError):
            async with store.control() as transaction:
                await transaction.stripe_authorizations.use(VISIT.digest, at=NOON)
                raise ZeroDivisionError

        assert (await use(store)).used == NOON

    async def test_what_has_ended_is_forgotten_in_pieces(self, store: Store) -> None:
        async with store.control() as transaction:
            for number in range(3):
                ends = NOON + timedelta(days=number)
                await transaction.stripe_authorizations.add(
                    attrs.evolve(VISIT, digest=bytes([number]) * 32, expires=ends)
                )
            forget = transaction.stripe_authorizations.forget_before

            forgotten = [await forget(NOON + timedelta(days=2), limit=1) for _ in range(3)]

            assert forgotten == [1, 1, 0]
            assert (await transaction.stripe_authorizations.find(bytes([2]) * 32)).used is None


async def use(store: Store) -> StripeAuthorization:
    async with store.control() as transaction:
        return await transaction.stripe_authorizations.use(VISIT.digest, at=NOON)
