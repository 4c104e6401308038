"""Audit chains to be tampered with."""

from datetime import UTC, datetime, timedelta

from domain.actor import Actor, ActorKind
from domain.audit_chain import AuditLink, ChainHead, head_after, next_link
from domain.audit_entry import AuditEntry

NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)


def entry(number: int) -> AuditEntry:
    return AuditEntry(
        who=Actor(kind=ActorKind.BOOKKEEPER, id=f"person{number}@books.example"),
        action="match.confirmed",
        subject=f"match_{number}",
        note=f"note {number}",
        at=NOON + timedelta(minutes=number),
        detail={"deposit": f"dep_{number}"},
    )


def chain_of_sizes(start: ChainHead, sizes: list[int]) -> list[AuditLink]:
    """A sound chain whose links have that many rows each, no two alike."""
    links: list[AuditLink] = []
    number = 0
    for size in sizes:
        link = next_link(head_after(links[-1]) if links else start, [entry(number + place) for place in range(size)])
        links.append(link)
        number += size
    return links
