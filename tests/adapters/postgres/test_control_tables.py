"""The contracts of what stands above companies, kept by PostgreSQL."""

import pytest

from adapters.postgres.store import PostgresStore
from ports.idempotency import Idempotency
from ports.transaction import Store
from tests.ports.access_contract import AccessContract
from tests.ports.idempotency_contract import IdempotencyContract
from tests.ports.work_list_contract import ListWithReplay, WorkListContract


@pytest.fixture
def store(postgres_store: PostgresStore) -> Store:
    return postgres_store


class TestPostgresAccess(AccessContract):
    pass


class TestPostgresWorkList(WorkListContract):
    def the_list(self, store: Store) -> ListWithReplay:
        assert isinstance(store, PostgresStore)
        return store.work_list()


class TestPostgresIdempotency(IdempotencyContract):
    def keys(self, store: Store) -> Idempotency:
        assert isinstance(store, PostgresStore)
        return store.idempotency()
