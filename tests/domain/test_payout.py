"""Payouts: which of them came back."""

import pytest

from domain.payout import PayoutStatus
from tests.domain.balance_records import payout


@pytest.mark.parametrize("status", PayoutStatus)
def test_only_failed_and_canceled_payouts_came_back(status: PayoutStatus) -> None:
    came_back = payout("po_1", 100, status=status).came_back

    assert came_back is (status in (PayoutStatus.FAILED, PayoutStatus.CANCELED))
