"""How far an audit chain went, signed: kept elsewhere, it convicts whoever cuts the chain or writes it anew."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import NewType

import attrs

from domain.audit_chain import ChainFault, ChainFaultKind, ChainHead, ChainName
from domain.json_value import canonical_text

SigningKeyId = NewType("SigningKeyId", str)


@attrs.frozen(kw_only=True)
class AuditCheckpoint:
    """What is signed: this chain had this head at this time."""

    chain: ChainName
    head: ChainHead
    at: datetime

    def __attrs_post_init__(self) -> None:
        if self.at.utcoffset() is None:
            raise ValueError("a checkpoint's time needs a zone")

    def signed_text(self) -> bytes:
        """The bytes that are signed."""
        return canonical_text(
            {
                "at": self.at.astimezone(UTC).isoformat(timespec="microseconds"),
                "chain": self.chain,
                "hash": self.head.hash.hex(),
                "number": self.head.number,
                "what": "tieout audit checkpoint 1",
            }
        ).encode()


@attrs.frozen(kw_only=True)
class SignedCheckpoint:
    """A checkpoint and its Ed25519 signature."""

    checkpoint: AuditCheckpoint
    key: SigningKeyId
    signature: bytes


def contradictions(
    checkpoints: Iterable[AuditCheckpoint], *, head: ChainHead, hashes: Mapping[int, bytes]
) -> tuple[ChainFault, ...]:
    """What the chain, whose links have these hashes by number, does not keep of what its checkpoints say."""
    faults = []
    for checkpoint in sorted(checkpoints, key=lambda one: (one.head.number, one.at)):
        number = checkpoint.head.number
        if number > head.number:
            faults.append(ChainFault(kind=ChainFaultKind.CUT_OFF, number=number))
        elif hashes.get(number) != checkpoint.head.hash:
            faults.append(ChainFault(kind=ChainFaultKind.REWRITTEN, number=number))
    return tuple(faults)
