import pytest

from adapters.in_memory.store import InMemoryStore
from adapters.in_memory.work_list import InMemoryWorkList
from ports.work_list import WorkList
from tests.ports.use_cases.what_if_contract import WhatIfContract


@pytest.fixture
def store() -> InMemoryStore:
    return InMemoryStore()


@pytest.fixture
def work_list(store: InMemoryStore) -> WorkList:
    return InMemoryWorkList(store.tables)


class TestWhatIfInMemory(WhatIfContract):
    pass
