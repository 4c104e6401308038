import pytest

from adapters.in_memory.store import InMemoryStore
from ports.transaction import Store
from tests.ports.decisions_contract import DecisionsContract
from tests.ports.reconciliation_contract import ReconciliationRecordContract
from tests.ports.reconciliation_lists_contract import ReconciliationListsContract
from tests.ports.what_ifs_contract import WhatIfsContract


@pytest.fixture
def store() -> Store:
    return InMemoryStore()


class TestInMemoryReconciliationRecord(ReconciliationRecordContract):
    pass


class TestInMemoryReconciliationLists(ReconciliationListsContract):
    pass


class TestInMemoryDecisions(DecisionsContract):
    pass


class TestInMemoryWhatIfs(WhatIfsContract):
    pass
