"""People's sessions with one company."""

from datetime import datetime
from typing import Protocol

from domain.access import Session, SessionId
from domain.company import CompanyId


class Sessions(Protocol):
    """Part of a control transaction."""

    async def add(self, session: Session) -> None:
        """A session whose token waits to be exchanged. Its id is new: the caller drew it at random."""
        ...

    async def find(self, id: SessionId) -> Session | None:
        """The session of this id, whether it works or not."""
        ...

    async def exchange(self, id: SessionId, *, digest: bytes, expires: datetime, at: datetime) -> Session | None:
        """Spends the token and begins the session. None: it was spent, expired or revoked. Of several at the same time
        exactly one is answered with the session."""
        ...

    async def end_all(self, company: CompanyId, *, at: datetime) -> int:
        """Revokes every session and token of a company; how many there were."""
        ...

    async def forget_before(self, at: datetime) -> int:
        """Deletes what ended before this moment; how many there were."""
        ...
