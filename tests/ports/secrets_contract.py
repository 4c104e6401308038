"""What every store of sealed secrets and wrapped keys promises, whatever it is kept in."""

import asyncio
import base64

import attrs
import pytest

from adapters.encryption.aes_secret_box import AesSecretBox
from adapters.encryption.master_keys import LocalMasterKey, MasterKeyText
from domain.company import CompanyId
from domain.partner import Mode, PartnerId, Tenant
from domain.secret import KeyOwner, SealedSecret, Secret, SecretPlace, key_owner
from ports.master_key import KeyDamaged, MasterKeyUnknown
from ports.secret_box import SecretDamaged
from ports.transaction import Store
from ports.use_cases.open_secret import open_secret
from ports.use_cases.rewrap_data_keys import rewrap_data_keys
from ports.use_cases.rotate_data_key import rotate_data_key
from ports.use_cases.seal_secret import seal_secret

ACME = key_owner(CompanyId("co_acme0000"))
PARTNER = key_owner(Tenant(partner=PartnerId("part_one00000"), mode=Mode.TEST))
PLACE = SecretPlace(owner=ACME, table="connections", column="access_token", row="conn_1")
OLD, NEW = (base64.b64encode(bytes([byte]) * 32).decode() for byte in (1, 2))
BEFORE, DURING, AFTER = (LocalMasterKey(MasterKeyText(text)) for text in (OLD, f"{NEW},{OLD}", NEW))
BOX = AesSecretBox()


class SecretsContract:
    """Subclass it with a fixture `store` for each adapter."""

    async def test_a_sealed_secret_is_opened_in_its_place(self, store: Store) -> None:
        await keep(store, PLACE, Secret("first"))
        await keep(store, PLACE, Secret("second"))
        await keep(store, attrs.evolve(PLACE, owner=PARTNER), Secret("of the partner"))

        assert await kept(store, PLACE) == Secret("second")
        assert await kept(store, attrs.evolve(PLACE, owner=PARTNER)) == Secret("of the partner")
        assert await kept(store, attrs.evolve(PLACE, row="conn_2")) is None

    async def test_a_deleted_secret_is_gone(self, store: Store) -> None:
        await keep(store, PLACE, Secret("content"))

        async with store.control() as transaction:
            await transaction.sealed_secrets.delete(PLACE)

        assert await kept(store, PLACE) is None

    @pytest.mark.parametrize(
        "elsewhere",
        [
            attrs.evolve(PLACE, row="conn_2"),
            attrs.evolve(PLACE, column="refresh_token"),
            attrs.evolve(PLACE, table="endpoints"),
            attrs.evolve(PLACE, owner=key_owner(CompanyId("co_bolt0000"))),
            attrs.evolve(PLACE, owner=PARTNER),
        ],
        ids=["row", "column", "table", "company", "partner"],
    )
    async def test_a_ciphertext_moved_elsewhere_does_not_open(self, store: Store, elsewhere: SecretPlace) -> None:
        await keep(store, PLACE, Secret("content"))
        await keep(store, elsewhere, Secret("what was there"))

        async with store.control() as transaction:
            sealed = await transaction.sealed_secrets.find(PLACE)
            assert sealed is not None
            await transaction.sealed_secrets.put(attrs.evolve(sealed, place=elsewhere))

        with pytest.raises(SecretDamaged):
            await kept(store, elsewhere)

    async def test_a_data_key_moved_to_another_owner_does_not_unwrap(self, store: Store) -> None:
        await keep(store, PLACE, Secret("content"))
        bolt = key_owner(CompanyId("co_bolt0000"))

        async with store.control() as transaction:
            wrapped = await transaction.data_keys.newest(ACME)
            sealed = await transaction.sealed_secrets.find(PLACE)
            assert wrapped is not None
            assert sealed is not None
            await transaction.data_keys.add(attrs.evolve(wrapped, owner=bolt))
            await transaction.sealed_secrets.put(attrs.evolve(sealed, place=attrs.evolve(PLACE, owner=bolt)))

        with pytest.raises(KeyDamaged):
            await kept(store, attrs.evolve(PLACE, owner=bolt))

    async def test_two_who_seal_an_owners_first_secrets_at_once_share_one_key(self, store: Store) -> None:
        places = [attrs.evolve(PLACE, row=f"conn_{number}") for number in range(6)]

        await asyncio.gather(*(keep(store, place, Secret(place.row)) for place in places))

        assert [await kept(store, place) for place in places] == [Secret(place.row) for place in places]

    async def test_the_master_key_rotates_while_secrets_are_in_use(self, store: Store) -> None:
        places = [attrs.evolve(PLACE, owner=KeyOwner(f"co_number{number}")) for number in range(103)]
        for place in places:
            await keep(store, place, Secret(place.owner))
        with pytest.raises(MasterKeyUnknown):
            await kept(store, places[0], AFTER)

        assert await kept(store, places[0], DURING) == Secret(places[0].owner)
        moved = await rewrap_data_keys(store=store, master_key=DURING)
        again = await rewrap_data_keys(store=store, master_key=DURING)

        assert (moved, again) == (103, 0)
        assert [await kept(store, place, AFTER) for place in places] == [Secret(place.owner) for place in places]
        with pytest.raises(MasterKeyUnknown):
            await kept(store, places[0], BEFORE)

    async def test_a_data_key_rotates_while_secrets_are_in_use(self, store: Store) -> None:
        places = [attrs.evolve(PLACE, row=f"conn_{number}") for number in range(103)]
        for place in places:
            await keep(store, place, Secret(place.row))

        moved = await rotate_data_key(ACME, store=store, master_key=BEFORE, secret_box=BOX)

        assert moved == 103
        assert [await kept(store, place) for place in places] == [Secret(place.row) for place in places]
        assert {(await sealed_at(store, place)).key_number for place in places} == {2}

    async def test_a_secret_sealed_under_the_key_before_stays_readable(self, store: Store) -> None:
        await keep(store, PLACE, Secret("content"))
        sealed = await sealed_at(store, PLACE)
        await rotate_data_key(ACME, store=store, master_key=BEFORE, secret_box=BOX)

        async with store.control() as transaction:
            await transaction.sealed_secrets.put(sealed)

        assert await kept(store, PLACE) == Secret("content")


async def keep(store: Store, place: SecretPlace, secret: Secret) -> None:
    async with store.control() as transaction:
        await seal_secret(secret, place, transaction=transaction, master_key=BEFORE, secret_box=BOX)


async def kept(store: Store, place: SecretPlace, master_key: LocalMasterKey = BEFORE) -> Secret | None:
    async with store.control() as transaction:
        return await open_secret(place, transaction=transaction, master_key=master_key, secret_box=BOX)


async def sealed_at(store: Store, place: SecretPlace) -> SealedSecret:
    async with store.control() as transaction:
        sealed = await transaction.sealed_secrets.find(place)
    assert sealed is not None
    return sealed
