"""The partners."""

from collections.abc import Sequence
from typing import Protocol

from domain.partner import Partner, PartnerId


class Partners(Protocol):
    """Part of a control transaction."""

    async def add(self, partner: Partner) -> None:
        """A new partner; the same one again changes nothing. Raises ValueError for another one under its id."""
        ...

    async def rename(self, id: PartnerId, name: str) -> bool:
        """Gives the partner another name. False: there is none of this id."""
        ...

    async def find(self, id: PartnerId) -> Partner | None:
        """The partner of this id."""
        ...

    async def all(self) -> Sequence[Partner]:
        """Every partner, by id."""
        ...
