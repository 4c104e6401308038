"""The webhook secrets at hand: never long behind what is kept, one look for all, and one partner's trouble its own."""

import asyncio

import attrs
import pytest

from adapters.encryption.aes_secret_box import AesSecretBox
from adapters.in_memory.store import InMemoryStore
from domain.secret import SealedSecret, Secret
from domain.stripe_integration import StripeIntegration
from entrypoints.stripe_keys import FRESH_SECONDS, StripeKeys
from ports.transaction import StoreUnavailable
from ports.use_cases.seal_secret import seal_secret
from tests.entrypoints.http.losable_store import LosableStore
from tests.ports.secrets_contract import BEFORE
from tests.ports.stripe_told import LIVE, RIVALS, TEST, integration


class Ticks:
    """A clock that goes when it is told to."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def keys_of(store: LosableStore, ticks: Ticks) -> StripeKeys:
    return StripeKeys(store=store, master_key=BEFORE, secret_box=AesSecretBox(), seconds=ticks)


async def put(store: LosableStore, one: StripeIntegration, **secrets: str) -> None:
    async with store.control() as transaction:
        await transaction.stripe_integrations.put(one)
        for id, secret in secrets.items():
            await seal_secret(
                Secret(secret),
                one.webhook_secret_place(id),
                transaction=transaction,
                master_key=BEFORE,
                secret_box=AesSecretBox(),
            )


async def test_a_change_is_followed_after_seconds_and_unchanged_ones_are_not_opened_again() -> None:
    store, ticks = LosableStore(InMemoryStore()), Ticks()
    keys = keys_of(store, ticks)
    await put(store, integration(TEST), a="one", b="two")
    await put(store, integration(LIVE), a="three")
    first = await keys.of(TEST)
    await put(store, integration(TEST, revision="second"), a="other", b="two")
    still = await keys.of(TEST)
    ticks.now += FRESH_SECONDS
    before = store.opened
    after = await keys.of(TEST)

    assert first.webhook_secrets == (Secret("two"), Secret("one"))
    assert still == first
    assert after.webhook_secrets == (Secret("two"), Secret("other"))
    assert (await keys.of(LIVE)).webhook_secrets == (Secret("three"),)
    assert store.opened - before == 2, "the look, and the one that had changed"


async def test_many_who_ask_at_once_for_whomever_cost_one_look() -> None:
    store, ticks = LosableStore(InMemoryStore()), Ticks()
    keys = keys_of(store, ticks)

    found = await asyncio.gather(*(keys.of(tenant) for tenant in (TEST, LIVE, RIVALS) * 100))

    assert {each.webhook_secrets for each in found} == {()}
    assert store.opened == 1


async def test_a_deleted_one_proves_nothing_any_more() -> None:
    store, ticks = LosableStore(InMemoryStore()), Ticks()
    keys = keys_of(store, ticks)
    await put(store, integration(TEST), a="one", b="two")
    await keys.of(TEST)
    async with store.control() as transaction:
        await transaction.stripe_integrations.delete(TEST)
    ticks.now += FRESH_SECONDS

    assert (await keys.of(TEST)).webhook_secrets == ()


async def test_a_lost_store_is_told_and_the_next_look_finds_it_again() -> None:
    store, ticks = LosableStore(InMemoryStore()), Ticks()
    keys = keys_of(store, ticks)
    store.lost_after = 0
    ends = await asyncio.gather(*(keys.of(TEST) for _ in range(3)), return_exceptions=True)
    store.lost_after = None

    assert [type(end) for end in ends] == [StoreUnavailable] * 3
    assert (await keys.of(TEST)).webhook_secrets == ()


async def test_secrets_that_do_not_open_are_nobody_elses_trouble_and_open_once_they_can() -> None:
    store, ticks = LosableStore(InMemoryStore()), Ticks()
    keys = keys_of(store, ticks)
    await put(store, integration(TEST), a="one", b="two")
    await put(store, integration(LIVE), a="three", b="four")
    place = integration(TEST).webhook_secret_place("a")
    async with store.control() as transaction:
        sealed = await transaction.sealed_secrets.find(place)
        assert sealed is not None
        await transaction.sealed_secrets.put(attrs.evolve(sealed, sealed=b"damaged" * 9))

    with pytest.raises(StoreUnavailable):
        await keys.of(TEST)
    others = (await keys.of(LIVE)).webhook_secrets
    await mend(store, sealed)
    ticks.now += FRESH_SECONDS

    assert len(others) == 2
    assert len((await keys.of(TEST)).webhook_secrets) == 2


async def mend(store: LosableStore, sealed: SealedSecret) -> None:
    async with store.control() as transaction:
        await transaction.sealed_secrets.put(sealed)
