import pytest

from adapters.postgres import many_rows, pieces
from adapters.postgres.store import PostgresStore
from ports.transaction import Store
from tests.ports.decisions_contract import DecisionsContract
from tests.ports.reconciliation_contract import ReconciliationRecordContract
from tests.ports.reconciliation_lists_contract import ReconciliationListsContract
from tests.ports.what_ifs_contract import WhatIfsContract


@pytest.fixture
def store(postgres_store: PostgresStore) -> Store:
    return postgres_store


class TestPostgresReconciliationRecord(ReconciliationRecordContract):
    pass


class TestPostgresReconciliationLists(ReconciliationListsContract):
    pass


class TestPostgresDecisions(DecisionsContract):
    pass


class TestPostgresReconciliationRecordOfMany(ReconciliationRecordContract):
    """As if there were too many rows for arrays, and for one piece."""

    @pytest.fixture(autouse=True)
    def _many(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(many_rows, "COPY_FROM_ROWS", 1)
        monkeypatch.setattr(pieces, "_FEW", 0)


class TestPostgresWhatIfs(WhatIfsContract):
    pass
