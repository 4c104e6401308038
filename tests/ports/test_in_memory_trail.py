import pytest

from adapters.in_memory.store import InMemoryStore
from ports.transaction import Store
from tests.ports.partner_trail_contract import CheckpointsContract, PartnerTrailContract
from tests.ports.trail_contract import AuditTrailContract, OutboxContract


@pytest.fixture
def store() -> Store:
    return InMemoryStore()


class TestInMemoryOutbox(OutboxContract):
    pass


class TestInMemoryAuditTrail(AuditTrailContract):
    pass


class TestInMemoryPartnerTrail(PartnerTrailContract):
    pass


class TestInMemoryCheckpoints(CheckpointsContract):
    pass
