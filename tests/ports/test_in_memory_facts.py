import pytest

from adapters.in_memory.store import InMemoryStore
from ports.transaction import Store
from tests.ports.amounts_within_contract import AmountsWithinContract
from tests.ports.companies_contract import CompaniesContract
from tests.ports.fact_lists_contract import FactListsContract
from tests.ports.facts_contract import FactsContract
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


class TestInMemoryFactLists(FactListsContract):
    pass


class TestInMemoryStatements(StatementsContract):
    pass
