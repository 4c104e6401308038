"""Where the money of an invoice is: payment → movement of the balance → payout → deposit."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Final

import attrs

from domain.balance_transaction import CHARGES, BalanceTransaction
from domain.bank_deposit import BankDepositId
from domain.invoice_facts import WholeInvoice
from domain.invoice_payment import InvoicePayment, InvoicePaymentStatus
from domain.json_value import JsonObject
from domain.payout import Payout, PayoutId
from domain.reconciliation_match import MatchStatus
from domain.reconciliation_outcome import PayoutOutcomeKind

_HOLDS: Final = frozenset({MatchStatus.MATCHED, MatchStatus.CONFIRMED})


class MoneyPlace(StrEnum):
    """Where the money of a payment is, as far as is known."""

    NOT_PAID = "not_paid"
    OUTSIDE_STRIPE = "outside_stripe"
    """It was paid, but not through Stripe."""
    AWAITED = "awaited"
    """It was paid; Stripe has not said yet by which movement of the balance."""
    BALANCE = "balance"
    """In the Stripe balance; or paid out by hand, of which Stripe does not say what is inside."""
    PAYOUT = "payout"
    """On its way to the bank."""
    BANK = "bank"
    """Its payout is matched to lines of the bank's."""


@attrs.frozen(kw_only=True)
class PayoutPlace:
    """A payout, and what it is matched to."""

    payout: Payout
    outcome: PayoutOutcomeKind | None = None
    """None: not worked out yet."""
    match: str | None = None
    match_status: MatchStatus | None = None
    deposits: tuple[BankDepositId, ...] = ()

    @property
    def is_at_the_bank(self) -> bool:
        """Its match holds."""
        return self.match_status in _HOLDS


@attrs.frozen(kw_only=True)
class PaymentTrail:
    """One payment of an invoice, followed as far as it can be."""

    payment: InvoicePayment
    place: MoneyPlace
    movement: BalanceTransaction | None = None
    payout: PayoutPlace | None = None


@attrs.frozen(kw_only=True)
class InvoiceTrail:
    """An invoice with its payments followed."""

    whole: WholeInvoice
    payments: tuple[PaymentTrail, ...]

    def told(self) -> JsonObject:
        """What a partner is told of it: when this is other than before, something happened."""
        invoice = self.whole.invoice
        return {
            "invoice": invoice.id,
            "account": invoice.account,
            "number": invoice.number,
            "status": invoice.status.value,
            "currency": invoice.currency.code,
            "total": invoice.total.minor_units,
            "amount_due": invoice.amount_due.minor_units,
            "amount_paid": invoice.amount_paid.minor_units,
            "amount_remaining": invoice.amount_remaining.minor_units,
            "amount_overpaid": invoice.amount_overpaid.minor_units,
            "paid_outside_stripe": invoice.paid_outside_stripe.minor_units,
            "credited": (invoice.credited_before_payment + invoice.credited_after_payment).minor_units,
            "payments": tuple(_payment(each) for each in self.payments),
        }


def _payment(trail: PaymentTrail) -> JsonObject:
    payment, payout = trail.payment, trail.payout
    return {
        "payment": payment.id,
        "status": payment.status.value,
        "amount_paid": None if payment.amount_paid is None else payment.amount_paid.minor_units,
        "place": trail.place.value,
        "balance_transaction": None if trail.movement is None else trail.movement.id,
        "payout": None if payout is None else payout.payout.id,
        "payout_status": None if payout is None else payout.payout.status.value,
        "payout_outcome": None if payout is None or payout.outcome is None else payout.outcome.value,
        "deposits": () if payout is None or not payout.is_at_the_bank else tuple(payout.deposits),
    }


def charge_of(transaction: BalanceTransaction) -> tuple[str, ...]:
    """Under which names a payment may know this movement: its payment intent, its charge; none: it is no charge's."""
    if transaction.source is None or not transaction.source.startswith(CHARGES) or transaction.of_charge is not None:
        return ()
    return tuple(name for name in (transaction.payment_intent, transaction.source) if name is not None)


def names_of(payment: InvoicePayment) -> tuple[str, ...]:
    """Under which names its movement may be known."""
    return tuple(name for name in (payment.payment_intent, payment.charge) if name is not None)


def follow(
    invoices: Iterable[WholeInvoice],
    movements: Sequence[BalanceTransaction],
    payouts: Mapping[PayoutId, PayoutPlace],
) -> tuple[InvoiceTrail, ...]:
    """Each invoice with where its money is. `movements` and `payouts`: what is known of those that may be theirs."""
    by_name: dict[str, BalanceTransaction] = {}
    for movement in sorted(movements, key=lambda each: each.id, reverse=True):  # the first by its id counts
        by_name |= dict.fromkeys(charge_of(movement), movement)
    return tuple(
        InvoiceTrail(whole=whole, payments=tuple(_follow(each, by_name, payouts) for each in whole.payments))
        for whole in invoices
    )


def _follow(
    payment: InvoicePayment, by_name: Mapping[str, BalanceTransaction], payouts: Mapping[PayoutId, PayoutPlace]
) -> PaymentTrail:
    if payment.status is not InvoicePaymentStatus.PAID:
        return PaymentTrail(payment=payment, place=MoneyPlace.NOT_PAID)
    if payment.is_outside_stripe:
        return PaymentTrail(payment=payment, place=MoneyPlace.OUTSIDE_STRIPE)
    movement = next((by_name[name] for name in names_of(payment) if name in by_name), None)
    if movement is None:
        return PaymentTrail(payment=payment, place=MoneyPlace.AWAITED)
    payout = None if movement.payout is None else payouts.get(movement.payout)
    if payout is None or payout.payout.came_back:  # what came back is in the balance again
        return PaymentTrail(payment=payment, place=MoneyPlace.BALANCE, movement=movement, payout=payout)
    place = MoneyPlace.BANK if payout.is_at_the_bank else MoneyPlace.PAYOUT
    return PaymentTrail(payment=payment, place=place, movement=movement, payout=payout)
