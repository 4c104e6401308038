import pytest

from adapters.postgres.store import PostgresStore
from ports.transaction import Store
from tests.ports.decisions_contract import DecisionsContract
from tests.ports.reconciliation_contract import ReconciliationRecordContract
from tests.ports.reconciliation_lists_contract import ReconciliationListsContract


@pytest.fixture
def store(postgres_store: PostgresStore) -> Store:
    return postgres_store


class TestPostgresReconciliationRecord(ReconciliationRecordContract):
    pass


class TestPostgresReconciliationLists(ReconciliationListsContract):
    pass


class TestPostgresDecisions(DecisionsContract):
    pass
