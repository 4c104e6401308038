"""A company's events, as they were recorded."""

from collections.abc import Sequence
from typing import Protocol

from domain.company_event import NumberedEvent


class EventLog(Protocol):
    """Part of a company's transaction. Shows what was committed before it, not what it appends itself."""

    async def after(self, sequence: int, *, limit: int) -> Sequence[NumberedEvent]:
        """The events numbered above `sequence`, in order, at most `limit`."""
        ...

    async def numbered(self, sequence: int) -> NumberedEvent | None:
        """The event of this number; None: there is none (yet)."""
        ...
