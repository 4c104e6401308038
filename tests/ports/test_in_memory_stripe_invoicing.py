from datetime import UTC, datetime

import pytest

from adapters.in_memory.stripe_invoicing import InMemoryStripeInvoicing
from domain.partner import Mode
from domain.secret import Secret
from domain.stripe_account import StripeAccountId
from ports.stripe_feed_reader import FeedAccount
from ports.stripe_invoicing import StripeInvoicing
from tests.ports.stripe_invoicing_contract import StripeInvoicingContract


@pytest.fixture
def stripe() -> StripeInvoicing:
    return InMemoryStripeInvoicing(lambda: datetime(2026, 6, 30, 12, tzinfo=UTC))


@pytest.fixture
def source() -> FeedAccount:
    return FeedAccount(account=StripeAccountId("acct_1"), key=Secret(b"sk_test_1"), is_own=False, mode=Mode.TEST)


class TestInMemoryStripeInvoicing(StripeInvoicingContract):
    pass
