"""The key above all keys: it wraps the data keys that secrets are sealed under, and leaves its holder's hands never."""

from typing import Protocol

from domain.secret import KeyOwner, MasterKeyId, Secret, WrappedKey


class MasterKeyUnknown(Exception):
    """The key was wrapped by a master key that is not configured: what is under it cannot be read until it is."""

    def __init__(self, id: MasterKeyId) -> None:
        super().__init__(f"master key {id} is not configured")
        self.id = id


class KeyDamaged(Exception):
    """The wrapped key is not what was stored, or another owner's. It was not unwrapped."""

    def __init__(self, owner: KeyOwner, number: int) -> None:
        super().__init__(f"data key {number} of {owner} does not unwrap")
        self.owner = owner
        self.number = number


class MasterKey(Protocol):
    """Several may be configured: the current one wraps, all of them unwrap. So they rotate without a stop."""

    @property
    def current(self) -> MasterKeyId:
        """The one that wraps from now on."""
        ...

    def make_data_key(self, owner: KeyOwner, number: int) -> WrappedKey:
        """A fresh random data key, wrapped for its owner and number."""
        ...

    def unwrap(self, wrapped: WrappedKey) -> Secret:
        """The data key. Raises MasterKeyUnknown, KeyDamaged."""
        ...

    def rewrap(self, wrapped: WrappedKey) -> WrappedKey:
        """The same data key under the current master key. Raises MasterKeyUnknown, KeyDamaged."""
        ...
