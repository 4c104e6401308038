"""Asking for work, and ending it, inside the transaction that makes it necessary or holds its results."""

from datetime import datetime
from typing import Protocol

from domain.company import CompanyId
from domain.work import ClaimedWork, WorkKind


class LeaseLost(Exception):
    """The work was claimed again since: what was computed under the old lease must not be kept. Roll back."""

    def __init__(self, claimed: ClaimedWork) -> None:
        super().__init__(f"{claimed.kind} of {claimed.company}: lease {claimed.lease} is no longer the last")
        self.claimed = claimed


class WorkRequests(Protocol):
    """Part of a transaction: what it asks for is asked for if the transaction commits, and only then.

    Call these last in a transaction: they hold the work's row until it ends.
    """

    async def request(self, kind: WorkKind, company: CompanyId, *, at: datetime) -> None:
        """This company needs this done from `at` on. Asked for during a run, the work runs once more after it.

        Requests coalesce: the earliest `at` counts. Parked work gets a new chance.
        """
        ...

    async def finish(self, claimed: ClaimedWork, *, next_at: datetime | None = None) -> None:
        """The work is done as of the claim; it runs again at what was asked for since, or at `next_at`.

        Raises LeaseLost, also if the work was finished already.
        """
        ...
