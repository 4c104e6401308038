"""Signed checkpoints as one text, to be kept elsewhere and given back."""

import base64
import binascii
import re
from datetime import datetime
from typing import Final

from domain.audit_chain import ChainHead, ChainName
from domain.audit_checkpoint import AuditCheckpoint, SignedCheckpoint, SigningKeyId
from domain.json_value import JsonValue, canonical_text
from entrypoints.http.json_text import NotJson, read_json

LENGTH_MAX: Final = 1_000
_FORM: Final = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)


def checkpoint_text(signed: SignedCheckpoint) -> str:
    """URL-safe base64 of JSON."""
    checkpoint = signed.checkpoint
    said: dict[str, JsonValue] = {
        "at": checkpoint.at.isoformat(),
        "chain": checkpoint.chain,
        "hash": checkpoint.head.hash.hex(),
        "key": signed.key,
        "number": checkpoint.head.number,
        "signature": signed.signature.hex(),
    }
    return base64.urlsafe_b64encode(canonical_text(said).encode()).decode().rstrip("=")


def read_checkpoint(text: str) -> SignedCheckpoint | None:
    """What the text says; None if it cannot be a checkpoint. Whether it was signed by us is another question."""
    if not _FORM.fullmatch(text):
        return None
    try:
        said = read_json(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if not isinstance(said, dict) or type(said["number"]) is not int:
            return None
        checkpoint = AuditCheckpoint(
            chain=ChainName(str(said["chain"])),
            head=ChainHead(number=said["number"], hash=bytes.fromhex(str(said["hash"]))),
            at=datetime.fromisoformat(str(said["at"])),
        )
        return SignedCheckpoint(
            checkpoint=checkpoint, key=SigningKeyId(str(said["key"])), signature=bytes.fromhex(str(said["signature"]))
        )
    except (NotJson, KeyError, ValueError, binascii.Error, OverflowError):
        return None
