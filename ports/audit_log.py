"""A company's audit trail, to be read and checked."""

from collections.abc import Sequence
from typing import Protocol

from domain.audit_chain import AuditLink, ChainHead


class AuditLog(Protocol):
    """Part of a company's transaction. Shows what was committed before it; what is there, not what should be."""

    async def links(self, *, after: int, limit: int) -> Sequence[AuditLink]:
        """The links numbered above `after`, in order, at most `limit`, each with its rows in order of position.

        A link whose rows are gone has none.
        """
        ...

    async def recent(self, *, before: int | None, subject: str | None, limit: int) -> Sequence[AuditLink]:
        """The last links, the newest first, numbered below `before`; of a subject: those that touch it.

        Each comes with all its rows, or with those of the subject only.
        """
        ...

    async def head(self) -> ChainHead:
        """Where the chain ends, as noted beside it. Before the first link: its start."""
        ...

    async def strays(self) -> Sequence[int]:
        """Numbers that rows bear, but no link."""
        ...
