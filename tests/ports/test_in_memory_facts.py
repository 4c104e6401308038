import pytest

from adapters.in_memory.store import InMemoryStore
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
def store() -> Store:
    return InMemoryStore()


class TestInMemoryCompanies(CompaniesContract):
    pass


class TestInMemoryFacts(FactsContract):
    pass


class TestInMemoryAmountsWithin(AmountsWithinContract):
    pass


class TestInMemoryOfPayments(OfPaymentsContract):
    pass


class TestInMemoryFactLists(FactListsContract):
    pass


class TestInMemoryCaseKeys(CaseKeysContract):
    pass


class TestInMemoryStatements(StatementsContract):
    pass


class TestInMemoryStatementHistory(StatementHistoryContract):
    pass
