"""Items of payouts: a part and its rest are the whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.payout_item import PayoutItem
from tests.domain.balance_records import transaction, usd


@given(st.integers(2, 10**9), st.integers(-(10**6), 10**6), st.data())
def test_part_and_rest_add_up_to_the_whole(net: int, fee: int, data: st.DataObject) -> None:
    item = PayoutItem.whole(transaction("txn_1", net + fee, fee))
    taken = data.draw(st.integers(1, net - 1))

    part, rest = item.split(usd(taken))

    assert (part.net, part.is_part, rest.is_part) == (usd(taken), True, True)
    assert (part.amount + rest.amount, part.fee + rest.fee, part.net + rest.net) == (item.amount, item.fee, item.net)
    assert all(each.amount - each.fee == each.net for each in (part, rest))


@pytest.mark.parametrize("taken", [-1, 0, 1_000, 1_001])
def test_a_part_is_more_than_nothing_and_less_than_the_whole(taken: int) -> None:
    item = PayoutItem.whole(transaction("txn_1", 1_030, 30))

    with pytest.raises(ValueError, match="txn_1"):
        item.split(usd(taken))
