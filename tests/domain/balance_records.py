"""Short ways to write payouts and balance transactions in tests."""

from datetime import UTC, date, datetime, timedelta

from domain.balance_transaction import BalanceTransaction, BalanceTransactionId
from domain.money import Currency, Money
from domain.payout import Payout, PayoutId, PayoutStatus, ReconciliationStatus

USD = Currency.of("usd")
FIRST_DAY = date(2026, 6, 1)


def usd(minor_units: int) -> Money:
    return Money(minor_units, USD)


def moment(day: int) -> datetime:
    """Noon of a day, counted from the first of June 2026."""
    return datetime.combine(FIRST_DAY + timedelta(days=day), datetime.min.time(), UTC) + timedelta(hours=12)


def payout(
    id: str,
    minor_units: int,
    *,
    day: int = 10,
    automatic: bool | None = True,
    method: str = "standard",
    status: PayoutStatus = PayoutStatus.PAID,
    reconciliation: ReconciliationStatus = ReconciliationStatus.UNKNOWN,
    currency: str = "usd",
    source_type: str | None = None,
    balance_transaction: str | None = None,
    amount_from_items: bool = False,
) -> Payout:
    """Created on `day`, expected two days later."""
    return Payout(
        id=PayoutId(id),
        amount=Money(minor_units, Currency.of(currency)),
        arrival_date=FIRST_DAY + timedelta(days=day + 2),
        status=status,
        created=moment(day),
        automatic=automatic,
        method=method,
        reconciliation_status=reconciliation,
        source_type=source_type,
        balance_transaction=balance_transaction,
        amount_from_items=amount_from_items,
    )


def transaction(
    id: str,
    minor_units: int,
    fee: int = 0,
    *,
    type: str | None = "charge",
    category: str | None = None,
    payout: str | None = None,
    source: str | None = None,
    day: int = 1,
    available: int | None = None,
    currency: str = "usd",
    source_type: str | None = None,
) -> BalanceTransaction:
    """Created on `day`, available on the same day unless said."""
    unit = Currency.of(currency)
    return BalanceTransaction(
        id=BalanceTransactionId(id),
        amount=Money(minor_units, unit),
        fee=Money(fee, unit),
        net=Money(minor_units - fee, unit),
        type=type,
        reporting_category=category,
        payout=PayoutId(payout) if payout else None,
        source=source,
        created=moment(day),
        available_on=FIRST_DAY + timedelta(days=day if available is None else available),
        source_type=source_type,
    )
