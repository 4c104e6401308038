import pytest

from adapters.in_memory.store import InMemoryStore
from ports.transaction import Store
from tests.ports.secrets_contract import SecretsContract


class TestInMemorySecrets(SecretsContract):
    @pytest.fixture
    def store(self) -> Store:
        return InMemoryStore()
