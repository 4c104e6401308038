import pytest

from adapters.in_memory.erasure import InMemoryErasure
from adapters.in_memory.store import InMemoryStore
from adapters.in_memory.stripe_events import InMemoryStripeInbox
from ports.erasure import Erasure
from ports.stripe_events import StripeInbox
from ports.transaction import Store
from tests.ports.erasure_contract import ErasureContract


class TestInMemoryErasure(ErasureContract):
    @pytest.fixture
    def store(self) -> Store:
        return InMemoryStore()

    def inbox(self, store: Store) -> StripeInbox:
        assert isinstance(store, InMemoryStore)
        return InMemoryStripeInbox(store.tables)

    def erasure(self, store: Store) -> Erasure:
        assert isinstance(store, InMemoryStore)
        return InMemoryErasure(store.tables)
