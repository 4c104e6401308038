"""What the object behind a balance transaction says of it."""

import json
from typing import Any

import pytest

from adapters.stripe_api.json_reader import StripeJsonReader
from domain.balance_transaction import BalanceTransaction
from domain.fee_part import FeePart
from domain.money import Currency, Money
from ports.facts_reader import InputFile

PLAIN = {
    "id": "txn_1", "object": "balance_transaction", "amount": -1000, "fee": 0, "net": -1000, "currency": "usd",
    "type": "refund", "reporting_category": "refund",
}  # fmt: skip


def read(**said: Any) -> BalanceTransaction:
    content = json.dumps({**PLAIN, **said}).encode()
    (found,) = StripeJsonReader().read(InputFile(name="stripe.json", content=content)).balance_transactions
    return found


def usd(units: int) -> Money:
    return Money(units, Currency.of("usd"))


PAID = {"charge": "ch_1", "payment_intent": "pi_1"}
OF_CHARGE = {"of_charge": "ch_1", "payment_intent": "pi_1"}


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("re_1", {}),
        ({"id": "re_1", "object": "refund", **PAID}, OF_CHARGE),
        ({"id": "re_1", "object": "refund", "charge": {"id": "ch_1", "object": "charge"}}, {"of_charge": "ch_1"}),
        ({"id": "ch_1", "object": "charge", "payment_intent": "pi_1"}, {"payment_intent": "pi_1"}),
        ({"id": "ch_1", "object": "charge", "invoice": "in_1"}, {"invoice": "in_1"}),
        ({"id": "py_1", "object": "charge", "payment_intent": None, "source_transfer": "tr_1"}, {"of_source": "tr_1"}),
        ({"id": "du_1", "object": "dispute", **PAID, "status": "lost"}, {**OF_CHARGE, "dispute_status": "lost"}),
        ({"id": "fee_1", "object": "application_fee", "charge": "ch_1"}, {"of_charge": "ch_1"}),
        ({"id": "fr_1", "object": "fee_refund", "fee": "fee_1"}, {"of_source": "fee_1"}),
        ({"id": "tr_1", "object": "transfer", "source_transaction": "ch_1"}, {"of_charge": "ch_1"}),
        ({"id": "tr_1", "object": "transfer", "source_transaction": None}, {}),
        ({"id": "trr_1", "object": "transfer_reversal", "transfer": "tr_1"}, {"of_source": "tr_1"}),
        ({"id": "po_2", "object": "payout", "original_payout": "po_1"}, {"of_source": "po_1"}),
        ({"id": "xx_1", "object": "invented_later", "charge": "ch_1"}, {}),
    ],
)
def test_each_kind_of_source_says_what_it_knows(source: Any, said: dict[str, str]) -> None:
    names = ("of_charge", "payment_intent", "invoice", "of_source", "dispute_status")
    found = read(source=source)

    assert {name: getattr(found, name) for name in names if getattr(found, name) is not None} == said
    assert found.source == (source if isinstance(source, str) else source["id"])


def test_the_charge_of_a_movement_is_its_source_or_what_its_source_says() -> None:
    assert read(source="ch_1").charge == "ch_1"
    assert read(source={"id": "re_1", "object": "refund", "charge": "py_1"}).charge == "py_1"
    assert read(source="re_1").charge is None


def test_the_parts_of_a_fee_are_read_whatever_their_order() -> None:
    stripe = {"amount": 320, "currency": "usd", "description": "Stripe's", "type": "stripe_fee"}
    ours = {"amount": 100, "currency": "usd", "description": "Ours", "type": "application_fee", "application": "ca_1"}
    parts = (
        FeePart(kind="application_fee", amount=usd(100), description="Ours", application="ca_1"),
        FeePart(kind="stripe_fee", amount=usd(320), description="Stripe's"),
    )

    assert read(fee=420, net=-1420, fee_details=[stripe, ours]).fee_parts == parts
    assert read(fee=420, net=-1420, fee_details=[ours, stripe]).fee_parts == parts
    assert read(fee_details=[]).fee_parts == ()
    assert read().fee_parts is None
