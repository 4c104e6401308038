"""A secret box of AES-256-GCM."""

from typing import Final

from adapters.encryption.sealed_bytes import NotOpened, opened, sealed
from domain.secret import Secret, SecretPlace
from ports.secret_box import SecretDamaged

_USE: Final = "tieout secret 1"


class AesSecretBox:
    """Keeps the promises of `ports.secret_box.SecretBox`."""

    def seal(self, secret: Secret, place: SecretPlace, *, key: Secret) -> bytes:
        """Under a fresh nonce."""
        return sealed(secret.reveal(), key=key.reveal(), bound_to=(_USE, *place.bound()))

    def open(self, sealed: bytes, place: SecretPlace, *, key: Secret) -> Secret:
        """What was sealed."""
        try:
            return Secret(opened(sealed, key=key.reveal(), bound_to=(_USE, *place.bound())))
        except NotOpened:
            # Without the cause: a traceback is no place for keys.
            raise SecretDamaged(place) from None
