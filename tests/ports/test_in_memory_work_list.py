import pytest

from adapters.in_memory.store import InMemoryStore
from adapters.in_memory.work_list import InMemoryWorkList
from ports.transaction import Store
from tests.ports.work_list_contract import ListWithReplay, WorkListContract


class TestInMemoryWorkList(WorkListContract):
    @pytest.fixture
    def store(self) -> Store:
        return InMemoryStore()

    def the_list(self, store: Store) -> ListWithReplay:
        assert isinstance(store, InMemoryStore)
        return InMemoryWorkList(store.tables)
