"""Ids in Stripe's form, drawn from a seed."""

from random import Random
from typing import Final

_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_LETTERS: Final = bytes(ord(_ALPHABET[byte % len(_ALPHABET)]) for byte in range(256))
"""Any byte as a letter or digit. That some come a little oftener does no harm."""


class IdMint:
    """Makes ids: the same ones, in the same order, from the same seed."""

    def __init__(self, seed: str) -> None:
        self._rng = Random(f"{seed}/ids")

    def id(self, prefix: str) -> str:
        """An object's id, as in `po_1Pgc79B7WZ01zgkWu1KToYf4` (the form seen in Stripe's fixtures)."""
        return f"{prefix}1{self.letters(23)}"

    def account_id(self) -> str:
        """An account's id, as in `acct_1032D82eZvKYlo2C`."""
        return f"acct_1{self.letters(15)}"

    def letters(self, count: int) -> str:
        """So many letters and digits."""
        return self._rng.randbytes(count).translate(_LETTERS).decode()
