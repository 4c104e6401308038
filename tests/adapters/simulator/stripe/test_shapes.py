"""Objects have the fields that the pinned SDK says they have: none is missing, and none is invented."""

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import stripe

from adapters.simulator.stripe import (
    account_links,
    accounts,
    application_fees,
    charges,
    credit_notes,
    customers,
    disputes,
    invoices,
    payouts,
    refunds,
    topups,
    transfers,
)
from adapters.simulator.stripe.account_book import AccountBook
from adapters.simulator.stripe.balances import balance_object
from adapters.simulator.stripe.simulation import Simulation
from adapters.simulator.stripe.switches import Switches
from adapters.simulator.stripe.wire import API_VERSION, DAY, JsonObject

CLASSES: dict[str, Any] = {
    "account": stripe.Account,
    "account_link": stripe.AccountLink,
    "application_fee": stripe.ApplicationFee,
    "balance": stripe.Balance,
    "balance_settings": stripe.BalanceSettings,
    "balance_transaction": stripe.BalanceTransaction,
    "bank_account": stripe.BankAccount,
    "charge": stripe.Charge,
    "credit_note": stripe.CreditNote,
    "customer": stripe.Customer,
    "customer_balance_transaction": stripe.CustomerBalanceTransaction,
    "dispute": stripe.Dispute,
    "event": stripe.Event,
    "fee_refund": stripe.ApplicationFeeRefund,
    "invoice": stripe.Invoice,
    "invoice_payment": stripe.InvoicePayment,
    "invoiceitem": stripe.InvoiceItem,
    "line_item": stripe.InvoiceLineItem,
    "payment_intent": stripe.PaymentIntent,
    "payout": stripe.Payout,
    "refund": stripe.Refund,
    "topup": stripe.Topup,
    "transfer": stripe.Transfer,
    "transfer_reversal": stripe.TransferReversal,
    "webhook_endpoint": stripe.WebhookEndpoint,
}
NOT_IN_THE_SDK = {"balance": {"risk_reserved"}}
"""What Stripe's documentation has and this version of its SDK has not."""


def fields(kind: Any) -> dict[str, bool]:
    """The fields of an SDK class, and whether each must be there."""
    source = ast.parse(Path(inspect.getfile(kind)).read_text(encoding="utf-8"))
    body = next(node for node in source.body if isinstance(node, ast.ClassDef) and node.name == kind.__name__).body
    found = {}
    for node in body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found[node.target.id] = "Optional[" not in ast.unparse(node.annotation)
    found.pop("OBJECT_NAME", None)
    return found


def everything() -> list[JsonObject]:
    """At least one object of each kind."""
    simulation = Simulation(switches=Switches(reserves_mirrored=True))
    platform = simulation.open_platform()
    own, book = simulation.book(platform.id), simulation.open_account()
    simulation.connect(platform, book)
    accounts.set_schedule(own, "manual")
    charge = charges.charge(book, 9_000, application_fee=100)
    refunds.refund(book, charge, 500)
    disputes.open_dispute(book, charges.charge(book, 700))
    charges.charge(book, 800, method="us_bank_account")
    charges.fail(book, 900)
    fee = own.get(charge["application_fee"])
    application_fees.refund(own, fee, book, 50)
    topups.top_up(own, 90_000)
    invoice = invoices.create(book, customers.create(book, name="Ada"))
    for number in range(3):
        invoices.add_item(book, invoice, 1_000 + number, tax_basis_points=1_000)
    invoices.finalize(book, invoice)
    invoices.pay(book, invoice, invoice["amount_remaining"] + 10)
    credit_notes.create(book, invoice, 100, credit_amount=100)
    endpoint = simulation.webhook_endpoints.add(platform.id, "https://ledgerline.example")
    link = simulation.account_links.make(
        platform, book, refresh_url="https://a.example", return_url="https://b.example"
    )
    simulation.advance_silently(8 * DAY)
    transfers.reverse(own, transfers.transfer(own, book, 100), book, 40)
    payouts.request(book, 30, instant=True)
    return [
        *objects(own),
        *objects(book),
        *invoice["lines"]["data"],
        endpoint.as_object(with_secret=True),
        account_links.as_object(link),
    ]


def objects(book: AccountBook) -> Iterator[JsonObject]:
    yield from book.objects()
    yield from (book.account, book.settings, balance_object(book))


@pytest.mark.parametrize("kind", sorted(CLASSES))
def test_an_object_has_the_fields_of_its_class(kind: str) -> None:
    found = [item for item in everything() if item["object"] == kind]
    known = fields(CLASSES[kind])
    needed = {name for name, must in known.items() if must}

    assert found
    for item in found:
        assert set(item) - set(known) <= NOT_IN_THE_SDK.get(kind, set())
        assert needed <= set(item)


def test_every_kind_is_looked_at() -> None:
    assert {item["object"] for item in everything()} == set(CLASSES)


def test_the_pinned_version_is_the_sdks() -> None:
    assert stripe.api_version == API_VERSION


def test_types_and_categories_that_are_written_are_ones_that_stripe_names() -> None:
    annotation = next(
        node
        for node in ast.walk(ast.parse(Path(inspect.getfile(stripe.Event)).read_text(encoding="utf-8")))
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == "type"
    )
    named = {node.value for node in ast.walk(annotation) if isinstance(node, ast.Constant)}

    written = {item["type"] for item in everything() if item["object"] == "event"}

    assert written <= named
    assert len(written) > 20
