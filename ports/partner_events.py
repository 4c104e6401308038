"""All events of a partner in one order, across its companies."""

from collections.abc import Sequence
from typing import Protocol

import attrs

from domain.company import CompanyId
from domain.partner import Tenant


@attrs.frozen(kw_only=True)
class EventRange:
    """Some events of one company that follow one another."""

    company: CompanyId
    first: int
    last: int


class PartnerEvents(Protocol):
    """Part of a control transaction.

    An event takes its place when it is handed out, a moment after it was recorded. Places never change, and nothing
    ever appears before a place that was shown: who goes on after the last one it saw misses nothing.
    """

    async def after(self, tenant: Tenant, place: tuple[CompanyId, int] | None, *, limit: int) -> Sequence[EventRange]:
        """What follows the event of that company and number; from the start if none is named, or it is not known.

        At most `limit` ranges, none of them empty, in order; the first may be the rest of one.
        """
        ...
