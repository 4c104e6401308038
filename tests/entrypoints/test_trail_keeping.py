import asyncio
import base64

import pytest

from adapters.encryption.checkpoint_signing import DerivedCheckpointSigner
from adapters.encryption.master_keys import LocalMasterKey, MasterKeyText
from adapters.in_memory.store import InMemoryStore
from domain.company import CompanyId
from domain.secret import KeyOwner
from entrypoints.trail_keeping import TrailKeeper
from tests.ports.trail_contract import ACME, BOLT, NOON, entry

OLD, NEW = (base64.b64encode(bytes([byte]) * 32).decode() for byte in (1, 2))
KEYS = MasterKeyText(f"{NEW},{OLD}")
SIGNER = DerivedCheckpointSigner(KEYS)


def keeper(store: InMemoryStore) -> TrailKeeper:
    return TrailKeeper(store=store, signer=SIGNER, master_key=LocalMasterKey(KEYS), clock=lambda: NOON)


@pytest.fixture
def store() -> InMemoryStore:
    return InMemoryStore()


async def write(store: InMemoryStore, company: CompanyId) -> None:
    async with store.company(company) as transaction:
        await transaction.audit.append([entry()])


def lose_a_link(store: InMemoryStore, company: CompanyId, number: int) -> None:
    store._committed["audit_links"].pop((company, number))


async def test_each_chain_that_has_grown_is_signed_once(store: InMemoryStore) -> None:
    for company in (ACME, BOLT):
        await write(store, company)

    first, second = await keeper(store).keep(asyncio.Event()), await keeper(store).keep(asyncio.Event())
    await write(store, ACME)
    third = await keeper(store).keep(asyncio.Event())

    assert (first, second, third) == (2, 0, 1)


async def test_a_broken_chain_is_not_signed_and_holds_up_no_other(store: InMemoryStore) -> None:
    for company in (ACME, ACME, BOLT):
        await write(store, company)
    lose_a_link(store, ACME, 1)

    assert await keeper(store).keep(asyncio.Event()) == 1


async def test_data_keys_move_under_the_current_master_key(store: InMemoryStore) -> None:
    old, new = LocalMasterKey(MasterKeyText(OLD)), LocalMasterKey(MasterKeyText(NEW))
    made = old.make_data_key(KeyOwner(ACME), 1)
    async with store.control() as transaction:
        await transaction.data_keys.add(made)

    await keeper(store).keep(asyncio.Event())

    async with store.control() as transaction:
        kept = await transaction.data_keys.newest(KeyOwner(ACME))
    assert kept is not None
    assert new.unwrap(kept) == old.unwrap(made)


async def test_a_key_that_no_master_key_opens_does_not_stop_checkpoints(store: InMemoryStore) -> None:
    gone = LocalMasterKey(MasterKeyText(base64.b64encode(b"g" * 32).decode()))
    async with store.control() as transaction:
        await transaction.data_keys.add(gone.make_data_key(KeyOwner(ACME), 1))
    await write(store, ACME)

    assert await keeper(store).keep(asyncio.Event()) == 1
