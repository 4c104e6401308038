import pytest

from adapters.in_memory.store import InMemoryStore
from ports.transaction import Store
from tests.ports.access_contract import AccessContract


class TestInMemoryAccess(AccessContract):
    @pytest.fixture
    def store(self) -> Store:
        return InMemoryStore()
