"""Where the money of a payment is, by all that is known, in whatever order it is known."""

from typing import Final

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.balance_transaction import BalanceTransaction, BalanceTransactionId
from domain.bank_deposit import BankDepositId
from domain.invoice import InvoiceStatus
from domain.invoice_facts import WholeInvoice
from domain.invoice_payment import InvoicePayment, InvoicePaymentStatus
from domain.invoice_trail import MoneyPlace, PaymentTrail, PayoutPlace, follow
from domain.payout import PayoutId, PayoutStatus
from domain.reconciliation_match import MatchStatus
from tests.ports.facts_contract import item, payout
from tests.ports.invoices_contract import invoice, note, payment

SENT: Final = PayoutId("po_1")
CHARGE: Final = attrs.evolve(item("txn_1", payout=None), payment_intent="pi_1", source="ch_1")
REFUND: Final = attrs.evolve(item("txn_0", payout=None), payment_intent="pi_1", source="re_1", of_charge="ch_1")
IN_PAYOUT: Final = attrs.evolve(CHARGE, payout=SENT)
PAID: Final = payment(paid=True)
ARRIVED: Final = PayoutPlace(
    payout=payout(SENT), match="match_1", match_status=MatchStatus.MATCHED, deposits=(BankDepositId("dep_1"),)
)


def followed(paid: InvoicePayment, *movements: BalanceTransaction, place: PayoutPlace | None = None) -> PaymentTrail:
    whole = WholeInvoice(invoice=invoice(status=InvoiceStatus.PAID), payments=(paid,))
    [trail] = follow([whole], movements, {} if place is None else {SENT: place})
    return trail.payments[0]


def at(*, status: PayoutStatus = PayoutStatus.PAID, match: MatchStatus | None = None) -> PayoutPlace:
    return attrs.evolve(ARRIVED, payout=attrs.evolve(ARRIVED.payout, status=status), match_status=match)


@pytest.mark.parametrize(
    ("paid", "movements", "place", "where"),
    [
        (payment(), (CHARGE,), None, MoneyPlace.NOT_PAID),
        (attrs.evolve(PAID, status=InvoicePaymentStatus.CANCELED), (CHARGE,), None, MoneyPlace.NOT_PAID),
        (attrs.evolve(PAID, made_by="payment_record", payment_intent=None), (), None, MoneyPlace.OUTSIDE_STRIPE),
        (PAID, (), None, MoneyPlace.AWAITED),
        (PAID, (REFUND,), None, MoneyPlace.AWAITED),
        (PAID, (CHARGE, REFUND), None, MoneyPlace.BALANCE),
        (PAID, (IN_PAYOUT,), None, MoneyPlace.BALANCE),
        (PAID, (IN_PAYOUT,), at(), MoneyPlace.PAYOUT),
        (PAID, (IN_PAYOUT,), at(match=MatchStatus.NEEDS_REVIEW), MoneyPlace.PAYOUT),
        (PAID, (IN_PAYOUT,), at(match=MatchStatus.MATCHED), MoneyPlace.BANK),
        (PAID, (IN_PAYOUT,), at(match=MatchStatus.CONFIRMED), MoneyPlace.BANK),
        (PAID, (IN_PAYOUT,), at(match=MatchStatus.REVERSED), MoneyPlace.PAYOUT),
        (PAID, (IN_PAYOUT,), at(status=PayoutStatus.FAILED), MoneyPlace.BALANCE),
        (PAID, (IN_PAYOUT,), at(status=PayoutStatus.CANCELED), MoneyPlace.BALANCE),
    ],
)
def test_where_the_money_of_a_payment_is(
    paid: InvoicePayment, movements: tuple[BalanceTransaction, ...], place: PayoutPlace | None, where: MoneyPlace
) -> None:
    assert followed(paid, *movements, place=place).place is where


def test_a_payment_without_an_intent_is_found_by_its_charge() -> None:
    old = attrs.evolve(CHARGE, payment_intent=None)

    assert followed(payment(intent=None, paid=True), old).movement == old


def test_one_intent_that_pays_two_invoices_leads_to_one_movement() -> None:
    wholes = [
        WholeInvoice(invoice=invoice(id), payments=(payment(f"inpay_{id}", id, paid=True),)) for id in ("in_1", "in_2")
    ]

    assert [trail.payments[0].movement for trail in follow(wholes, [CHARGE], {})] == [CHARGE, CHARGE]


@given(st.permutations([CHARGE, REFUND, attrs.evolve(CHARGE, id=BalanceTransactionId("txn_2")), item("txn_9")]))
def test_the_order_in_which_movements_are_known_is_nothing(movements: list[BalanceTransaction]) -> None:
    assert followed(PAID, *movements).movement == CHARGE


def test_what_is_told_names_every_step_and_nothing_of_the_customer() -> None:
    whole = WholeInvoice(
        invoice=invoice(status=InvoiceStatus.PAID, paid=10_000), payments=(PAID,), credit_notes=(note(),)
    )
    [trail] = follow([whole], [IN_PAYOUT], {SENT: ARRIVED})

    assert trail.told() == {
        "invoice": "in_1",
        "account": "acct_acme",
        "number": "ACME-0001",
        "status": "paid",
        "currency": "usd",
        "total": 10_000,
        "amount_due": 10_000,
        "amount_paid": 10_000,
        "amount_remaining": 0,
        "amount_overpaid": 0,
        "paid_outside_stripe": 0,
        "credited": 0,
        "payments": (
            {
                "payment": "inpay_1",
                "status": "paid",
                "amount_paid": 10_000,
                "place": "bank",
                "balance_transaction": "txn_1",
                "payout": "po_1",
                "payout_status": "paid",
                "payout_outcome": None,
                "deposits": ("dep_1",),
            },
        ),
    }
