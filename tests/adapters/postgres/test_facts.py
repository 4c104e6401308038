import pytest

from adapters.postgres.store import PostgresStore
from ports.transaction import Store
from tests.ports.amounts_within_contract import AmountsWithinContract
from tests.ports.case_keys_contract import CaseKeysContract
from tests.ports.companies_contract import CompaniesContract
from tests.ports.fact_lists_contract import FactListsContract
from tests.ports.facts_contract import FactsContract
from tests.ports.of_payments_contract import OfPaymentsContract
from tests.ports.statement_history_contract import StatementHistoryContract
from tests.ports.statements_contract import StatementsContract


@pytest.fixture
def store(postgres_store: PostgresStore) -> Store:
    return postgres_store


class TestPostgresCompanies(CompaniesContract):
    pass


class TestPostgresFacts(FactsContract):
    pass


class TestPostgresAmountsWithin(AmountsWithinContract):
    pass


class TestPostgresOfPayments(OfPaymentsContract):
    pass


class TestPostgresFactLists(FactListsContract):
    pass


class TestPostgresCaseKeys(CaseKeysContract):
    pass


class TestPostgresStatements(StatementsContract):
    pass


class TestPostgresStatementHistory(StatementHistoryContract):
    pass
