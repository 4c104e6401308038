"""The work list, as workers see it: each method is a short transaction of its own."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from domain.company import CompanyId
from domain.work import ClaimedWork, ParkedWork, WorkKind, WorkLoad


class WorkList(Protocol):
    """One row for each kind of work and company. All methods raise StoreUnavailable.

    A worker that dies loses its lease when it runs out, and the work is claimed again. Attempts are counted when work
    is claimed, so that work which kills its worker is parked too.
    """

    async def claim(
        self, worker: str, *, at: datetime, until: datetime, kinds: Collection[WorkKind] = tuple(WorkKind)
    ) -> ClaimedWork | None:
        """The work that has been due longest, held until `until`; None if nothing is due. No two workers hold one.

        Only of these kinds: what a worker cannot do waits for one that can, as when versions run side by side.
        """
        ...

    async def extend(self, claimed: ClaimedWork, *, until: datetime) -> bool:
        """Hold on for longer. False: the lease was lost, and what is being computed is in vain."""
        ...

    async def give_back(self, claimed: ClaimedWork, *, at: datetime, reason: str | None) -> None:
        """The work is not done. With a reason it failed: it is tried again later, or parked after its last attempt.

        Without one it is due again at once, and the attempt does not count. Nothing happens if the lease was lost.
        """
        ...

    async def parked(self) -> Sequence[ParkedWork]:
        """What failed too often, by company."""
        ...

    async def load(self, *, at: datetime) -> WorkLoad:
        """How much is waiting."""
        ...


class WorkReplay(Protocol):
    """Parked work, set going again by a person."""

    async def replay(self, kind: WorkKind, company: CompanyId, *, at: datetime) -> bool:
        """Due at once, with all its attempts. False: it was not parked."""
        ...
