"""Sealing secrets so that they can be opened only with their key, and only in their place."""

from typing import Protocol

from domain.secret import Secret, SecretPlace


class SecretDamaged(Exception):
    """What is there was not sealed for this place under this key: changed, moved or swapped. Nothing was opened."""

    def __init__(self, place: SecretPlace) -> None:
        super().__init__(f"{place.table}.{place.column} of {place.row} does not open")
        self.place = place


class SecretBox(Protocol):
    """Authenticated encryption. No two seals of the same secret look alike."""

    def seal(self, secret: Secret, place: SecretPlace, *, key: Secret) -> bytes:
        """Encrypted under the data key, bound to the place: owner, table, column and row."""
        ...

    def open(self, sealed: bytes, place: SecretPlace, *, key: Secret) -> Secret:
        """What was sealed. Raises SecretDamaged."""
        ...
