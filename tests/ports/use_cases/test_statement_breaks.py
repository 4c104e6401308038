import pytest

from adapters.in_memory.store import InMemoryStore
from adapters.in_memory.work_list import InMemoryWorkList
from ports.work_list import WorkList
from tests.ports.use_cases.statement_breaks_contract import StatementBreaksContract


@pytest.fixture
def store() -> InMemoryStore:
    return InMemoryStore()


@pytest.fixture
def work_list(store: InMemoryStore) -> WorkList:
    return InMemoryWorkList(store.tables)


class TestStatementBreaksInMemory(StatementBreaksContract):
    pass
