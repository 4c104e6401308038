"""Payouts as a partner tells them by its own ids, with what is inside, and the facts that they are."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

import attrs

from domain.balance_transaction import BalanceTransaction, BalanceTransactionId
from domain.company import CompanyId
from domain.identifiers import derived_id
from domain.money import CurrencyMismatch, Money
from domain.payout import Payout, PayoutId, PayoutStatus, ReconciliationStatus
from domain.refused_field import RefusedField, refused_amount, refused_day, refused_repetitions, refused_text


@attrs.frozen(kw_only=True)
class PushedItem:
    """One movement inside a payout. net = amount − fee."""

    external_id: str
    """The partner's own id of it; unique within the payout."""
    amount: Money
    """Gross; positive adds to the payout."""
    fee: Money | None = None
    """Positive reduces; None: there is none."""
    net: Money | None = None
    """If it is given, it is checked."""
    type: str
    """As Stripe names its types (`charge`, `refund`, `stripe_fee`); others wait in suspense, and count in every sum."""
    created: datetime | None = None
    available_on: date | None = None
    description: str | None = None

    @property
    def fee_or_zero(self) -> Money:
        """The fee as an amount."""
        return Money.zero(self.amount.currency) if self.fee is None else self.fee


@attrs.frozen(kw_only=True)
class PushedPayout:
    """One payout, in the bank's view. Told again, it replaces what was told before."""

    external_id: str
    """The partner's own id of it; unique within the company."""
    amount: Money
    arrival_date: date
    status: PayoutStatus = PayoutStatus.PAID
    created: datetime | None = None
    automatic: bool | None = None
    method: str = "standard"
    destination_last4: str | None = None
    trace_id: str | None = None
    statement_descriptor: str | None = None
    failure_code: str | None = None
    items: tuple[PushedItem, ...] | None = None
    """All that is inside. None: nothing is said of it, and what was said before stays."""


def pushed_payout_id(company: CompanyId, external_id: str) -> PayoutId:
    """The id under which a pushed payout is kept."""
    return PayoutId(derived_id("po", company, external_id))


def pushed_item_id(company: CompanyId, payout_external_id: str, external_id: str) -> BalanceTransactionId:
    """The id under which an item of a pushed payout is kept."""
    return BalanceTransactionId(derived_id("txn", company, payout_external_id, external_id))


def payout_of(pushed: PushedPayout, company: CompanyId, *, is_itemised: bool, is_live: bool) -> Payout:
    """The payout as a fact. `is_itemised`: its items have been told, now or before."""
    return Payout(
        id=pushed_payout_id(company, pushed.external_id),
        amount=pushed.amount,
        arrival_date=pushed.arrival_date,
        status=pushed.status,
        created=pushed.created,
        automatic=pushed.automatic,
        method=pushed.method,
        destination_last4=pushed.destination_last4,
        trace_id=pushed.trace_id,
        statement_descriptor=pushed.statement_descriptor,
        failure_code=pushed.failure_code,
        reconciliation_status=ReconciliationStatus.COMPLETED if is_itemised else ReconciliationStatus.UNKNOWN,
        livemode=is_live,
    )


def items_of(pushed: PushedPayout, company: CompanyId) -> Iterator[BalanceTransaction]:
    """The items that were told, as facts."""
    for item in pushed.items or ():
        yield BalanceTransaction(
            id=pushed_item_id(company, pushed.external_id, item.external_id),
            amount=item.amount,
            fee=item.fee_or_zero,
            net=item.amount - item.fee_or_zero,
            type=item.type,
            payout=pushed_payout_id(company, pushed.external_id),
            created=item.created,
            available_on=item.available_on,
            description=item.description,
        )


def refused_in_payouts(payouts: Sequence[PushedPayout], pointer: str, *, today: date) -> list[RefusedField]:
    """All that cannot be taken of payouts told together; `pointer` is that of their list."""
    refused = refused_repetitions(pointer, [payout.external_id for payout in payouts])
    for index, payout in enumerate(payouts):
        refused += _refused_in_payout(payout, f"{pointer}/{index}", today)
    return refused


def _refused_in_payout(payout: PushedPayout, at: str, today: date) -> list[RefusedField]:
    refused = [
        *refused_text(f"{at}/external_id", payout.external_id),
        *refused_amount(f"{at}/amount/minor_units", payout.amount),
        *refused_day(f"{at}/arrival_date", payout.arrival_date, today=today),
        *refused_day(f"{at}/created", payout.created and payout.created.date(), today=today),
        *refused_text(f"{at}/method", payout.method),
        *refused_text(f"{at}/destination_last4", payout.destination_last4, length_max=4),
        *refused_text(f"{at}/trace_id", payout.trace_id),
        *refused_text(f"{at}/statement_descriptor", payout.statement_descriptor),
        *refused_text(f"{at}/failure_code", payout.failure_code),
        *refused_repetitions(f"{at}/items", [item.external_id for item in payout.items or ()]),
    ]
    for index, item in enumerate(payout.items or ()):
        refused += _refused_in_item(item, payout, f"{at}/items/{index}", today)
    return refused


def _refused_in_item(item: PushedItem, payout: PushedPayout, at: str, today: date) -> list[RefusedField]:
    refused = [
        *refused_text(f"{at}/external_id", item.external_id),
        *refused_text(f"{at}/type", item.type),
        *refused_text(f"{at}/description", item.description, length_max=1_000),
        *refused_day(f"{at}/created", item.created and item.created.date(), today=today),
        *refused_day(f"{at}/available_on", item.available_on, today=today),
    ]
    for field in ("amount", "fee", "net"):
        money: Money | None = getattr(item, field)
        if money is not None:
            refused += refused_amount(f"{at}/{field}/minor_units", money, zero_allowed=True)
            if money.currency != payout.amount.currency:
                reason = f"is {money.currency}, but the payout is in {payout.amount.currency}"
                refused.append(RefusedField(pointer=f"{at}/{field}/currency", reason=reason))
    return refused or _refused_sums(item, at)


def _refused_sums(item: PushedItem, at: str) -> list[RefusedField]:
    try:
        net = item.amount - item.fee_or_zero
    except CurrencyMismatch as mismatch:
        return [RefusedField(pointer=f"{at}/fee/currency", reason=str(mismatch))]
    if not item.amount and not net:
        return [RefusedField(pointer=f"{at}/amount/minor_units", reason="is zero, and so is the fee: nothing moved")]
    if item.net is not None and item.net != net:
        reason = f"is {item.net}, but the amount less the fee is {net}"
        return [RefusedField(pointer=f"{at}/net/minor_units", reason=reason)]
    return []
