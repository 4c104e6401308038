import pytest

from adapters.in_memory.store import InMemoryStore
from ports.transaction import Store
from tests.ports.deliveries_contract import (
    DeliveriesContract,
    DeliveryLogContract,
    PartnerEventsContract,
    WebhookEndpointsContract,
)


@pytest.fixture
def store() -> Store:
    return InMemoryStore()


class TestInMemoryWebhookEndpoints(WebhookEndpointsContract):
    pass


class TestInMemoryDeliveries(DeliveriesContract):
    pass


class TestInMemoryPartnerEvents(PartnerEventsContract):
    pass


class TestInMemoryDeliveryLog(DeliveryLogContract):
    pass
