"""Ids and tokens in Plaid's form, drawn from a seed."""

from random import Random
from typing import Final
from uuid import UUID

_ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz123456789"


class IdMint:
    """Makes ids: the same ones, in the same order, from the same seed."""

    def __init__(self, seed: str) -> None:
        self._rng = Random(f"{seed}/ids")

    def id(self) -> str:
        """An Item's, an account's or a transaction's id: 37 letters and digits (the form seen in Plaid's examples)."""
        return "".join(self._rng.choices(_ALPHABET, k=37))

    def request_id(self) -> str:
        """A request's id: 15 letters and digits."""
        return "".join(self._rng.choices(_ALPHABET, k=15))

    def uuid(self) -> str:
        """A random UUID."""
        return str(UUID(int=self._rng.getrandbits(128), version=4))

    def token(self, kind: str, environment: str) -> str:
        """`access-sandbox-…`, `public-…`, `link-…` (plaid.com/docs/quickstart/glossary; documented)."""
        return f"{kind}-{environment}-{self.uuid()}"

    def hexadecimal(self, count: int) -> str:
        """So many hexadecimal digits: a client's id (24) or secret (30)."""
        return "".join(self._rng.choices("0123456789abcdef", k=count))
