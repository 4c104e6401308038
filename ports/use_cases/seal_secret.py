"""Seals a secret in its place, under its owner's newest data key."""

from domain.secret import SealedSecret, Secret, SecretPlace
from ports.master_key import MasterKey
from ports.secret_box import SecretBox
from ports.transaction import ControlTransaction


async def seal_secret(
    secret: Secret,
    place: SecretPlace,
    *,
    transaction: ControlTransaction,
    master_key: MasterKey,
    secret_box: SecretBox,
) -> None:
    """Part of the transaction that makes the secret. An owner's first secret makes its first data key.

    Raises MasterKeyUnknown, KeyDamaged.
    """
    wrapped = await transaction.data_keys.newest(place.owner)
    if wrapped is None:
        wrapped = await transaction.data_keys.add(master_key.make_data_key(place.owner, 1))
    sealed = secret_box.seal(secret, place, key=master_key.unwrap(wrapped))
    await transaction.sealed_secrets.put(SealedSecret(place=place, key_number=wrapped.number, sealed=sealed))
