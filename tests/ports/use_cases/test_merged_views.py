"""Views of one balance transaction agree on what each knows, and whoever knows less takes nothing back."""

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.fee_part import FeePart
from ports.use_cases.merged_views import Contradiction, is_fully_said, knowing, merged_balance_transaction
from tests.domain.balance_records import transaction, usd

PLAIN = transaction("txn_1", -1_000, type="refund", category="refund")
SAID = {
    "payout": st.just("po_1"),
    "of_charge": st.just("ch_1"),
    "payment_intent": st.just("pi_1"),
    "invoice": st.just("in_1"),
    "of_source": st.just("tr_1"),
    "dispute_status": st.just("lost"),
    "fee_parts": st.just((FeePart(kind="stripe_fee", amount=usd(1)), FeePart(kind="stripe_fee", amount=usd(-1)))),
}
VIEWS = st.fixed_dictionaries({}, optional=SAID).map(lambda said: attrs.evolve(PLAIN, **said))  # type: ignore[arg-type]


@given(VIEWS, VIEWS)
def test_partial_views_make_one_that_knows_what_either_does(one, other) -> None:  # type: ignore[no-untyped-def]
    both = merged_balance_transaction((one, other)) if one != other else one

    assert both == knowing(one, other) == knowing(other, one)


@given(VIEWS, VIEWS)
def test_what_was_read_again_and_says_less_is_no_change(kept, told) -> None:  # type: ignore[no-untyped-def]
    known = knowing(told, kept)

    assert knowing(PLAIN, known) == known
    assert knowing(known, PLAIN) == known
    assert not is_fully_said(PLAIN)


def test_what_is_told_goes_before_what_was_known() -> None:
    before = attrs.evolve(PLAIN, dispute_status="needs_response")

    assert knowing(attrs.evolve(PLAIN, dispute_status="lost"), before).dispute_status == "lost"


def test_a_report_that_names_a_part_of_a_fee_agrees_with_the_api() -> None:
    charge = transaction("txn_1", 10_000, 420, type="charge", category="charge")
    whole = (FeePart(kind="stripe_fee", amount=usd(400)), FeePart(kind="withheld_tax", amount=usd(20)))
    views = (attrs.evolve(charge, fee_parts=whole[1:]), attrs.evolve(charge, fee_parts=whole))

    assert merged_balance_transaction(views).fee_parts == whole
    assert merged_balance_transaction(views[::-1]).fee_parts == whole


def test_of_two_views_of_a_dispute_the_one_that_calls_it_decided_was_taken_later() -> None:
    views = [attrs.evolve(PLAIN, dispute_status=status) for status in ("needs_response", "won", "under_review")]

    assert merged_balance_transaction(views).dispute_status == "won"
    assert merged_balance_transaction(views[::2]).dispute_status == "needs_response"


def test_two_charges_behind_one_movement_are_a_contradiction() -> None:
    with pytest.raises(Contradiction, match="of_charge: ch_1 or ch_2"):
        merged_balance_transaction([attrs.evolve(PLAIN, of_charge=charge) for charge in ("ch_1", "ch_2")])
