"""A page of a partner's events, across its companies."""

from domain.company import CompanyId
from domain.company_event import NumberedEvent
from domain.partner import Tenant
from ports.transaction import Store


async def list_partner_events(
    tenant: Tenant, place: tuple[CompanyId, int] | None, *, limit: int, store: Store
) -> tuple[NumberedEvent, ...]:
    """At most `limit` events after that place. Raises StoreUnavailable."""
    async with store.control() as control:
        ranges = await control.partner_events.after(tenant, place, limit=limit)
    found: list[NumberedEvent] = []
    for each in ranges:
        if len(found) >= limit:
            break
        async with store.company(each.company) as transaction:
            wanted = min(limit - len(found), each.last - each.first + 1)
            found += await transaction.events.after(each.first - 1, limit=wanted)
    return tuple(found)
