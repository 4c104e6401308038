"""Events that leave the house: recorded in the transaction that makes them true."""

from collections.abc import Sequence
from typing import Protocol

from domain.company_event import CompanyEvent


class Outbox(Protocol):
    """Part of a company's transaction."""

    async def append(self, events: Sequence[CompanyEvent]) -> None:
        """These happened, in this order, after everything appended before.

        When the transaction commits, and only then, each event has the company's next number, without a gap whatever
        other transactions do, and can be read and delivered. Numbers follow the order of commits.
        """
        ...
