"""A hash chain over an audit trail: each link binds what one transaction recorded to all that came before it.

A link is the SHA-256 of the chain's name, the link's number, the link before, and everything of its entries. Whoever
changes, drops, swaps or inserts a row breaks the chain at that place; whoever cuts its end off, or writes all of it
anew, contradicts the checkpoints that were signed of it (`domain.audit_checkpoint`).
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC
from enum import StrEnum
from typing import Final, NewType

import attrs

from domain.audit_entry import AuditEntry, AuditRow
from domain.company import CompanyId
from domain.partner import Tenant

_FORMAT: Final = b"tieout audit chain 1"

ChainName = NewType("ChainName", str)
"""Whose trail it is: a company's id, or a partner's and its mode."""


def chain_of(whose: CompanyId | Tenant) -> ChainName:
    """The name of a company's or a partner's chain."""
    return ChainName(f"{whose.partner}:{whose.mode.value}" if isinstance(whose, Tenant) else whose)


@attrs.frozen(kw_only=True)
class AuditLink:
    """What one transaction recorded, and its place in the chain."""

    number: int
    """The chain's first link is number 1."""
    previous: bytes
    hash: bytes
    rows: tuple[AuditRow, ...]


@attrs.frozen(kw_only=True)
class ChainHead:
    """How far a chain goes."""

    number: int
    hash: bytes


def start_of(chain: ChainName) -> ChainHead:
    """The head of a chain without links: it bears the chain's name, so that no chain can be passed off as another."""
    return ChainHead(number=0, hash=_digest([_FORMAT, chain.encode()]))


def next_link(head: ChainHead, entries: Sequence[AuditEntry]) -> AuditLink:
    """The link that follows the head. Raises ValueError for a link without entries: it would say nothing."""
    if not entries:
        raise ValueError("a link without entries says nothing")
    number = head.number + 1
    rows = tuple(AuditRow.of(position, entry) for position, entry in enumerate(entries))
    return AuditLink(number=number, previous=head.hash, hash=_link_hash(number, head.hash, rows), rows=rows)


def head_after(link: AuditLink) -> ChainHead:
    """The head of a chain that ends with this link."""
    return ChainHead(number=link.number, hash=link.hash)


class ChainFaultKind(StrEnum):
    """What can be wrong with a chain."""

    LINK_MISSING = "link_missing"
    """A number is left out, comes twice or out of turn."""
    NOT_JOINED = "not_joined"
    """The link does not name the one before it."""
    CHANGED = "changed"
    """Its entries are not those that were recorded."""
    CUT_OFF = "cut_off"
    """It does not end where it is known to."""
    REWRITTEN = "rewritten"
    """Its link is another one than a checkpoint says."""
    STRAY = "stray"
    """Entries without a link."""


@attrs.frozen(kw_only=True)
class ChainFault:
    """One thing that is wrong, and at which link."""

    kind: ChainFaultKind
    number: int


def follow(head: ChainHead, links: Iterable[AuditLink]) -> tuple[ChainHead, tuple[ChainFault, ...]]:
    """Checks the links that come after the head; says where they lead, and everything that is wrong on the way.

    After a fault the check goes on from what is there, so that one fault does not hide another.
    """
    faults: list[ChainFault] = []
    for link in links:
        if link.number != head.number + 1:
            faults.append(ChainFault(kind=ChainFaultKind.LINK_MISSING, number=head.number + 1))
        elif link.previous != head.hash:
            faults.append(ChainFault(kind=ChainFaultKind.NOT_JOINED, number=link.number))
        if not link.rows or link.hash != _link_hash(link.number, link.previous, link.rows):
            faults.append(ChainFault(kind=ChainFaultKind.CHANGED, number=link.number))
        head = head_after(link)
    return head, tuple(faults)


def _link_hash(number: int, previous: bytes, rows: Sequence[AuditRow]) -> bytes:
    parts = [_FORMAT, str(number).encode(), previous, str(len(rows)).encode()]
    for row in rows:
        parts += (text.encode("utf-8", "surrogatepass") for text in _texts(row))
    return _digest(parts)


def _texts(row: AuditRow) -> tuple[str, ...]:
    """Every field of a row, each in the one text that it has."""
    return (
        str(row.position),
        row.who_kind,
        row.who_id,
        row.action,
        row.subject,
        row.note,
        row.at.astimezone(UTC).isoformat(timespec="microseconds"),
        row.detail,
    )


def _digest(parts: Iterable[bytes]) -> bytes:
    """Of the parts, kept apart by their lengths: ("a", "bc") and ("ab", "c") differ."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.digest()
