"""Signing how far an audit chain goes, and telling whether a checkpoint was signed by us."""

from collections.abc import Mapping
from typing import Protocol

from domain.audit_checkpoint import AuditCheckpoint, SignedCheckpoint, SigningKeyId


class CheckpointSigner(Protocol):
    """Ed25519. The key belongs to the installation, not to the database: who can write there cannot sign."""

    def sign(self, checkpoint: AuditCheckpoint) -> SignedCheckpoint:
        """Signed by the current key."""
        ...

    def is_ours(self, signed: SignedCheckpoint) -> bool:
        """Whether one of our keys, the current one or one before it, signed this very checkpoint."""
        ...

    def public_keys(self) -> Mapping[SigningKeyId, bytes]:
        """For those who check without us: 32 bytes each, the current one first."""
        ...
