import pytest

from adapters.postgres.store import PostgresStore
from ports.work_list import WorkList
from tests.ports.use_cases.statement_breaks_contract import StatementBreaksContract


@pytest.fixture
def store(postgres_store: PostgresStore) -> PostgresStore:
    return postgres_store


@pytest.fixture
def work_list(store: PostgresStore) -> WorkList:
    return store.work_list()


class TestStatementBreaksInPostgres(StatementBreaksContract):
    pass
