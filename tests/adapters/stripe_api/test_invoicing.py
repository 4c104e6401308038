"""Invoices written by the official SDK at the simulated Stripe, and what is read of them."""

from collections.abc import AsyncIterator
from typing import Any, Final

import attrs
import pytest
import pytest_asyncio

from adapters.simulator.stripe import credit_notes, invoices
from adapters.stripe_api.invoice_json import credit_note_from_json, invoice_from_json, payment_from_json
from adapters.stripe_api.invoicing import StripeApiInvoicing
from adapters.stripe_api.stripe_requests import StripeRequests
from domain.credit_note import CreditedRefund
from domain.invoice import InvoiceStatus
from domain.money import Currency, Money
from domain.partner import Mode
from domain.secret import Secret
from domain.stripe_account import StripeAccountId
from ports.file_formats.json_values import JsonObject
from ports.file_formats.records import UnreadableRecord
from ports.stripe_feed_reader import FeedAccount
from ports.stripe_invoicing import StripeInvoicing
from tests.adapters.simulator.stripe.shop import Shop, open_shop
from tests.entrypoints.http.invoicing import billed
from tests.ports.stripe_invoicing_contract import StripeInvoicingContract

ACCOUNT: Final = StripeAccountId("acct_1")
USD: Final = Currency.of("usd")


@pytest_asyncio.fixture
async def shop() -> AsyncIterator[Shop]:
    async with open_shop() as running:
        yield running


@pytest_asyncio.fixture
async def stripe(shop: Shop) -> AsyncIterator[StripeInvoicing]:
    async with StripeRequests(api_base=shop.stripe.url, connect_base=shop.stripe.url) as requests:
        yield StripeApiInvoicing(requests)


@pytest.fixture
def source(shop: Shop) -> FeedAccount:
    return FeedAccount(
        account=StripeAccountId(shop.account.id), key=Secret(shop.secret.encode()), is_own=False, mode=Mode.TEST
    )


class TestStripeApiInvoicing(StripeInvoicingContract):
    pass


async def test_every_amount_and_moment_of_an_invoice_is_read(shop: Shop) -> None:
    made = billed(shop.account, 10_000, tax=1_000)
    credit_notes.create(shop.account, made, 1_000)
    invoices.pay(shop.account, made, 10_500, method="us_bank_account")
    read = invoice_from_json(made, ACCOUNT)

    assert (read.status, read.number, read.customer.email) == (InvoiceStatus.PAID, made["number"], "pay@bean.example")
    assert [
        (read.total, read.tax, read.amount_due, read.amount_paid, read.amount_remaining, read.amount_overpaid),
        (read.credited_before_payment, read.credited_after_payment, read.paid_outside_stripe),
    ] == [
        tuple(Money(units, USD) for units in (11_000, 1_000, 10_000, 10_500, 0, 500)),
        tuple(Money(units, USD) for units in (1_000, 0, 0)),
    ]
    assert None not in (read.finalised, read.due, read.paid)
    assert (read.voided, read.marked_uncollectible) == (None, None)


def test_tax_is_what_the_taxes_come_to_where_the_total_without_is_not_said(shop: Shop) -> None:
    made = billed(shop.account, 10_000, tax=1_000) | {"total_excluding_tax": None}

    assert invoice_from_json(made, ACCOUNT).tax == Money(1_000, USD)


async def test_a_credit_note_names_its_refunds(shop: Shop) -> None:
    made = billed(shop.account)
    invoices.pay(shop.account, made)
    note = credit_notes.create(shop.account, made, 3_000, refund_amount=2_500, out_of_band_amount=500)
    outside: JsonObject = {"amount_refunded": 10, "payment_record_refund": {"refund_group": "prg_1"}, "refund": None}
    read = credit_note_from_json({**note, "refunds": [*note["refunds"], outside]}, ACCOUNT)

    assert (read.before_payment, read.after_payment) == (Money(0, USD), Money(3_000, USD))
    assert read.given_outside_stripe == Money(500, USD)
    assert set(read.refunds) == {
        CreditedRefund(refund=note["refunds"][0]["refund"], amount=Money(2_500, USD)),
        CreditedRefund(refund="prg_1", amount=Money(10, USD)),
    }


@pytest.mark.parametrize(
    ("kind", "payment"),
    [
        ("charge", {"type": "charge", "charge": "ch_1"}),
        ("charge", {"type": "charge", "charge": {"id": "ch_1", "object": "charge"}}),
        ("payment_record", {"type": "payment_record", "payment_record": "prec_1"}),
        ("a_later_invention", {"type": "a_later_invention"}),
    ],
)
async def test_whatever_paid_is_read(shop: Shop, kind: str, payment: dict[str, Any]) -> None:
    made = billed(shop.account)
    [id] = shop.account.payments_of[made["id"]]
    read = payment_from_json({**shop.account.get(id), "payment": payment}, ACCOUNT)

    assert (read.made_by, read.charge, read.payment_record, read.payment_intent) == (
        kind,
        "ch_1" if "charge" in payment else None,
        payment.get("payment_record"),
        None,
    )
    assert read.is_outside_stripe is (kind == "payment_record")
    assert attrs.evolve(read, made_by=kind) == read


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("id", None, "id is null, not an id"),
        ("status", "half_paid", "status “half_paid” is not known"),
        ("currency", "xxx", "currency “xxx” is not known"),
        ("total", 1.5, "total is 1.5, not a whole number of minor units"),
        ("amount_paid", None, "amount_paid is null, not a whole number of minor units"),
        ("created", None, "created is missing"),
        ("status_transitions", None, "status_transitions is None, not an object"),
        ("total_taxes", [7], "total_taxes holds 7, not objects"),
    ],
)
async def test_what_cannot_be_read_is_refused_by_name(shop: Shop, field: str, value: Any, reason: str) -> None:
    made = billed(shop.account) | {"total_excluding_tax": None, field: value}

    with pytest.raises(UnreadableRecord) as refused:
        invoice_from_json(made, ACCOUNT)
    assert str(refused.value) == reason
