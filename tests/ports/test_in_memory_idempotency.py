import pytest

from adapters.in_memory.idempotency import InMemoryIdempotency
from adapters.in_memory.store import InMemoryStore
from ports.idempotency import Idempotency
from ports.transaction import Store
from tests.ports.idempotency_contract import IdempotencyContract


class TestInMemoryIdempotency(IdempotencyContract):
    @pytest.fixture
    def store(self) -> Store:
        return InMemoryStore()

    def keys(self, store: Store) -> Idempotency:
        assert isinstance(store, InMemoryStore)
        return InMemoryIdempotency(store.tables)
