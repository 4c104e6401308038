"""Opens the secret that is sealed in a place."""

from domain.secret import Secret, SecretPlace
from ports.master_key import KeyDamaged, MasterKey
from ports.secret_box import SecretBox
from ports.transaction import ControlTransaction


async def open_secret(
    place: SecretPlace, *, transaction: ControlTransaction, master_key: MasterKey, secret_box: SecretBox
) -> Secret | None:
    """Part of a transaction. None: there is none. Raises MasterKeyUnknown, KeyDamaged, SecretDamaged."""
    sealed = await transaction.sealed_secrets.find(place)
    if sealed is None:
        return None
    wrapped = await transaction.data_keys.numbered(place.owner, sealed.key_number)
    if wrapped is None:
        raise KeyDamaged(place.owner, sealed.key_number)
    return secret_box.open(sealed.sealed, place, key=master_key.unwrap(wrapped))
