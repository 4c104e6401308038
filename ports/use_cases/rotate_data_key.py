"""Gives an owner a new data key and moves its secrets under it, while they are in use."""

from typing import Final

import attrs

from domain.secret import KeyOwner
from ports.master_key import KeyDamaged, MasterKey
from ports.secret_box import SecretBox
from ports.transaction import Store

_SECRETS_AT_ONCE: Final = 100


async def rotate_data_key(owner: KeyOwner, *, store: Store, master_key: MasterKey, secret_box: SecretBox) -> int:
    """How many secrets were moved. A secret that is sealed meanwhile under the key before stays readable.

    Raises MasterKeyUnknown, KeyDamaged, SecretDamaged; what was moved before it stays moved.
    """
    async with store.control() as transaction:
        newest = await transaction.data_keys.newest(owner)
        number = newest.number + 1 if newest else 1
        fresh = await transaction.data_keys.add(master_key.make_data_key(owner, number))
    moved = 0
    while True:
        async with store.control() as transaction:
            secrets = await transaction.sealed_secrets.under_older_keys(owner, fresh.number, limit=_SECRETS_AT_ONCE)
            for sealed in secrets:
                wrapped = await transaction.data_keys.numbered(owner, sealed.key_number)
                if wrapped is None:
                    raise KeyDamaged(owner, sealed.key_number)
                secret = secret_box.open(sealed.sealed, sealed.place, key=master_key.unwrap(wrapped))
                again = secret_box.seal(secret, sealed.place, key=master_key.unwrap(fresh))
                await transaction.sealed_secrets.put(attrs.evolve(sealed, key_number=fresh.number, sealed=again))
        moved += len(secrets)
        if len(secrets) < _SECRETS_AT_ONCE:
            return moved
