import base64
from datetime import UTC, datetime, timedelta

import attrs
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from adapters.encryption.checkpoint_signing import DerivedCheckpointSigner
from adapters.encryption.master_keys import MasterKeyText
from domain.audit_chain import ChainHead, ChainName
from domain.audit_checkpoint import AuditCheckpoint

FIRST, SECOND = (base64.b64encode(bytes([byte]) * 32).decode() for byte in (1, 2))
BEFORE, DURING, AFTER = (DerivedCheckpointSigner(MasterKeyText(text)) for text in (FIRST, f"{SECOND},{FIRST}", SECOND))
CHECKPOINT = AuditCheckpoint(
    chain=ChainName("co_acme0000"), head=ChainHead(number=7, hash=bytes(32)), at=datetime(2026, 6, 30, tzinfo=UTC)
)


def test_a_checkpoint_can_be_checked_with_the_public_key_alone() -> None:
    signed = BEFORE.sign(CHECKPOINT)
    public = Ed25519PublicKey.from_public_bytes(BEFORE.public_keys()[signed.key])

    public.verify(
        signed.signature,
        b'{"at":"2026-06-30T00:00:00.000000+00:00","chain":"co_acme0000",'
        b'"hash":"' + b"00" * 32 + b'","number":7,"what":"tieout audit checkpoint 1"}',
    )
    with pytest.raises(InvalidSignature):
        public.verify(signed.signature, b"something else")


@pytest.mark.parametrize(
    "changed",
    [
        attrs.evolve(CHECKPOINT, chain=ChainName("co_bolt0000")),
        attrs.evolve(CHECKPOINT, head=ChainHead(number=6, hash=bytes(32))),
        attrs.evolve(CHECKPOINT, head=ChainHead(number=7, hash=bytes(31) + b"1")),
        attrs.evolve(CHECKPOINT, at=CHECKPOINT.at + timedelta(microseconds=1)),
    ],
    ids=["chain", "number", "hash", "time"],
)
def test_a_changed_checkpoint_is_not_ours(changed: AuditCheckpoint) -> None:
    signed = BEFORE.sign(CHECKPOINT)

    assert BEFORE.is_ours(signed)
    assert not BEFORE.is_ours(attrs.evolve(signed, checkpoint=changed))


def test_checkpoints_stay_ours_while_the_master_key_rotates() -> None:
    signed = BEFORE.sign(CHECKPOINT)

    assert DURING.is_ours(signed)
    assert DURING.sign(CHECKPOINT).key == AFTER.sign(CHECKPOINT).key != signed.key
    assert not AFTER.is_ours(signed)


def test_one_key_does_not_pass_for_another() -> None:
    signed = BEFORE.sign(CHECKPOINT)

    assert not DURING.is_ours(attrs.evolve(signed, key=AFTER.sign(CHECKPOINT).key))
