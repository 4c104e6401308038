import pytest

from adapters.in_memory.store import InMemoryStore
from adapters.in_memory.stripe_events import InMemoryStripeInbox
from adapters.in_memory.work_list import InMemoryWorkList
from ports.stripe_events import StripeInbox
from ports.transaction import Store
from ports.work_list import WorkList
from tests.ports.invoice_requests_contract import InvoiceRequestsContract
from tests.ports.invoices_contract import InvoicesContract, InvoiceStandingsContract
from tests.ports.stripe_accounts_contract import StripeAccountsContract
from tests.ports.stripe_authorizations_contract import StripeAuthorizationsContract
from tests.ports.stripe_events_contract import StripeEventsContract
from tests.ports.stripe_feeds_contract import StripeFeedsContract
from tests.ports.stripe_integrations_contract import StripeIntegrationsContract


@pytest.fixture
def store() -> Store:
    return InMemoryStore()


class TestInMemoryStripeIntegrations(StripeIntegrationsContract):
    pass


class TestInMemoryStripeAccounts(StripeAccountsContract):
    pass


class TestInMemoryStripeAuthorizations(StripeAuthorizationsContract):
    pass


class TestInMemoryStripeFeeds(StripeFeedsContract):
    pass


class TestInMemoryStripeEvents(StripeEventsContract):
    def inbox(self, store: Store) -> StripeInbox:
        assert isinstance(store, InMemoryStore)
        return InMemoryStripeInbox(store.tables)

    def work_list(self, store: Store) -> WorkList:
        assert isinstance(store, InMemoryStore)
        return InMemoryWorkList(store.tables)


class TestInMemoryInvoices(InvoicesContract):
    pass


class TestInMemoryInvoiceRequests(InvoiceRequestsContract):
    pass


class TestInMemoryInvoiceStandings(InvoiceStandingsContract):
    pass
