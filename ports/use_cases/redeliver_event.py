"""Sends an event to an endpoint once more, because somebody asks for it."""

from datetime import datetime

from domain.company_event import EventId, read_event_id
from domain.partner import Tenant
from domain.webhook_endpoint import WebhookEndpointId
from ports.transaction import Store


class NoSuchEndpoint(Exception):
    """The tenant has no such endpoint."""


class NoSuchEvent(Exception):
    """The tenant has no such event."""


async def redeliver_event(
    endpoint: WebhookEndpointId, event: EventId, *, tenant: Tenant, store: Store, at: datetime
) -> None:
    """Due at once, apart from its turn, under the id that it always had. Raises NoSuchEndpoint, NoSuchEvent."""
    named = read_event_id(event)
    if named is None:
        raise NoSuchEvent(event)
    company, sequence = named
    async with store.control() as transaction:
        if await transaction.webhook_endpoints.find(tenant, endpoint) is None:
            raise NoSuchEndpoint(endpoint)
        if await transaction.companies.find(tenant, company) is None:
            raise NoSuchEvent(event)
    async with store.company(company) as of_company:
        if await of_company.events.numbered(sequence) is None:
            raise NoSuchEvent(event)
    async with store.control() as transaction:
        await transaction.delivery_log.ask_again(endpoint, company, sequence, at=at)
