"""Secrets that nothing prints, and the places that they belong to."""

import hmac
from typing import Final, NewType, NoReturn

import attrs

from domain.company import CompanyId
from domain.partner import Tenant

KEY_BYTES: Final = 32
"""AES-256."""

KeyOwner = NewType("KeyOwner", str)
"""Whose secrets a data key protects: a company, or a partner in one mode. Without its keys they are gone for good."""

MasterKeyId = NewType("MasterKeyId", str)


class Secret:
    """Something that only its user may see. Neither text, repr, format nor pickle shows it; `reveal()` does."""

    __slots__ = ("_content",)

    def __init__(self, content: str | bytes) -> None:
        self._content = content.encode() if isinstance(content, str) else content

    def reveal(self) -> bytes:
        """The secret itself: for the call that needs it, and no variable that lives on."""
        return self._content

    def __eq__(self, other: object) -> bool:
        """In a time that does not depend on where they differ."""
        return isinstance(other, Secret) and hmac.compare_digest(self._content, other._content)

    __hash__ = None  # type: ignore[assignment]  # a hash would give it away, bit by bit

    def __repr__(self) -> str:
        return "Secret(…)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not pickled")


def key_owner(whose: CompanyId | Tenant) -> KeyOwner:
    """The name under which data keys are kept."""
    return KeyOwner(f"{whose.partner}:{whose.mode.value}" if isinstance(whose, Tenant) else whose)


@attrs.frozen(kw_only=True)
class SecretPlace:
    """Where a secret belongs. What was sealed for one place cannot be opened in another."""

    owner: KeyOwner
    table: str
    column: str
    row: str

    def bound(self) -> tuple[str, ...]:
        """The parts that a seal is bound to."""
        return self.owner, self.table, self.column, self.row


@attrs.frozen(kw_only=True)
class WrappedKey:
    """A data key, encrypted by a master key."""

    owner: KeyOwner
    number: int
    """Each owner's first is 1; new secrets are sealed under the highest."""
    master_key: MasterKeyId
    wrapped: bytes = attrs.field(repr=False)


@attrs.frozen(kw_only=True)
class SealedSecret:
    """A secret, encrypted under its owner's data key of that number, and bound to its place."""

    place: SecretPlace
    key_number: int
    sealed: bytes = attrs.field(repr=False)
