"""Checkpoints signed by Ed25519 keys that follow from the master keys: nothing of them lies in the store."""

from collections.abc import Mapping
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from adapters.encryption.master_keys import MasterKeyFile, MasterKeyText
from domain.audit_checkpoint import AuditCheckpoint, SignedCheckpoint, SigningKeyId
from domain.secret import KEY_BYTES, MasterKeyId, Secret

_USE: Final = b"tieout audit checkpoint key 1"


class DerivedCheckpointSigner:
    """Keeps the promises of `ports.checkpoint_signer.CheckpointSigner`."""

    def __init__(self, source: MasterKeyText | MasterKeyFile) -> None:
        self._source = source

    def sign(self, checkpoint: AuditCheckpoint) -> SignedCheckpoint:
        """By the key that follows from the current master key."""
        ring = self._source.ring()
        signature = _private_key(ring.keys[ring.current]).sign(checkpoint.signed_text())
        return SignedCheckpoint(checkpoint=checkpoint, key=_signing_key_id(ring.current), signature=signature)

    def is_ours(self, signed: SignedCheckpoint) -> bool:
        """By the key of that id, if it is ours."""
        public = self.public_keys().get(signed.key)
        if public is None:
            return False
        try:
            Ed25519PublicKey.from_public_bytes(public).verify(signed.signature, signed.checkpoint.signed_text())
        except InvalidSignature:
            return False
        return True

    def public_keys(self) -> Mapping[SigningKeyId, bytes]:
        """One for each master key."""
        return {
            _signing_key_id(id): _private_key(key).public_key().public_bytes_raw()
            for id, key in self._source.ring().keys.items()
        }


def _signing_key_id(id: MasterKeyId) -> SigningKeyId:
    return SigningKeyId(f"ck_{id.removeprefix('mk_')}")


def _private_key(master_key: Secret) -> Ed25519PrivateKey:
    derived = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=_USE).derive(master_key.reveal())
    return Ed25519PrivateKey.from_private_bytes(derived)
