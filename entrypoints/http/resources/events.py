"""What happened to companies, as it is also told by webhook."""

from collections.abc import Sequence
from datetime import datetime

import attrs

from domain.company import CompanyId
from domain.company_event import EventType, NumberedEvent, read_event_id
from entrypoints.http.list_places import unknown_place
from entrypoints.http.problem_details import FieldError, Problem, ProblemKind
from entrypoints.http.route import Call, Route
from entrypoints.http.wire_types import JsonObject, Limit, NoBody, PageBody, TypedId
from ports.use_cases.list_partner_events import list_partner_events


@attrs.frozen(kw_only=True)
class EventBody:
    """One event. A company's first has the `sequence` 1, and no number is left out."""

    id: str
    type: EventType
    timestamp: datetime
    company: str
    sequence: int
    data: JsonObject

    @classmethod
    def of(cls, event: NumberedEvent) -> "EventBody":
        """As it is told."""
        return cls(
            id=event.id,
            type=event.event.type,
            timestamp=event.event.at,
            company=event.company,
            sequence=event.sequence,
            data=event.event.data,
        )


@attrs.frozen(kw_only=True)
class ListEvents:
    """Of one company, or of all; and the page."""

    company: TypedId | None = None
    starting_after: TypedId | None = None
    limit: Limit = 100


async def list_events(call: Call[ListEvents, NoBody]) -> PageBody[EventBody]:
    """In the order in which they happened: go on after the last one you saw, and you miss none.

    With `company`: that company's, by their `sequence`. Without: those of all your companies in one order, in which an
    event appears a moment after it happened. A person's session shows its own company.
    """
    query = call.query
    place = None
    if query.starting_after is not None:
        place = read_event_id(query.starting_after)
        if place is None or not await _may_see(place[0], call):
            raise unknown_place()
    company = call.principal.company if query.company is None else CompanyId(query.company)
    if company is None:
        found = await list_partner_events(
            call.principal.tenant, place, limit=query.limit + 1, store=call.services.store
        )
        return _page(found, query.limit)
    if not await _may_see(company, call):
        error = FieldError(parameter="company", detail="is not the id of a company of yours")
        raise Problem(ProblemKind.INVALID_PARAMETERS, errors=[error])
    if place is not None and place[0] != company:
        raise unknown_place()
    async with call.services.store.company(company) as transaction:
        events = await transaction.events.after(0 if place is None else place[1], limit=query.limit + 1)
    return _page(events, query.limit)


async def _may_see(company: CompanyId, call: Call[ListEvents, NoBody]) -> bool:
    if not call.principal.may_see(company):
        return False
    async with call.services.store.control() as transaction:
        return await transaction.companies.find(call.principal.tenant, company) is not None


def _page(events: Sequence[NumberedEvent], limit: int) -> PageBody[EventBody]:
    return PageBody(data=tuple(map(EventBody.of, events[:limit])), has_more=len(events) > limit)


ROUTES = (
    Route(
        method="GET",
        path="/v1/events",
        handler=list_events,
        summary="List events",
        tag="Events",
        query=ListEvents,
        answer=PageBody[EventBody],
    ),
)
