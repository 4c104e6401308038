"""Facts written as Stripe writes them: the other direction of the readers, for round trips."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime

from domain.balance_transaction import BalanceTransaction
from domain.fee_part import FeePart
from domain.money import Money
from domain.payout import Payout, ReconciliationStatus


def unix(at: date | datetime) -> int:
    """Unix seconds; a date is its midnight in UTC."""
    moment = at if isinstance(at, datetime) else datetime(at.year, at.month, at.day, tzinfo=UTC)
    return int(moment.timestamp())


def payout_json(payout: Payout) -> dict[str, object]:
    """The API's payout object."""
    status = payout.reconciliation_status
    return {
        "id": payout.id,
        "object": "payout",
        "amount": payout.amount.minor_units,
        "arrival_date": unix(payout.arrival_date),
        "automatic": payout.automatic,
        "balance_transaction": payout.balance_transaction,
        "created": None if payout.created is None else unix(payout.created),
        "currency": payout.amount.currency.code,
        "description": "STRIPE PAYOUT",
        "destination": payout.destination,
        "failure_balance_transaction": payout.failure_balance_transaction,
        "failure_code": payout.failure_code,
        "livemode": payout.livemode,
        "metadata": {"transaction_id": "a merchant's own"},
        "method": payout.method,
        "original_payout": payout.original_payout,
        "reconciliation_status": None if status is ReconciliationStatus.UNKNOWN else status.value,
        "reversed_by": payout.reversed_by,
        "source_type": payout.source_type,
        "statement_descriptor": payout.statement_descriptor,
        "status": payout.status.value,
        "trace_id": {"status": "supported" if payout.trace_id else "pending", "value": payout.trace_id},
        "type": "bank_account",
    }


def balance_transaction_json(transaction: BalanceTransaction) -> dict[str, object]:
    """The API's balance transaction object, which does not say in which payout it is."""
    return {
        "id": transaction.id,
        "object": "balance_transaction",
        "amount": transaction.amount.minor_units,
        "available_on": None if transaction.available_on is None else unix(transaction.available_on),
        "balance_type": transaction.balance_type,
        "created": None if transaction.created is None else unix(transaction.created),
        "currency": transaction.amount.currency.code,
        "description": transaction.description,
        "exchange_rate": 1.0815,
        "fee": transaction.fee.minor_units,
        "fee_details": None if transaction.fee_parts is None else [*map(_fee_detail_json, transaction.fee_parts)],
        "net": transaction.net.minor_units,
        "reporting_category": transaction.reporting_category,
        "source": transaction.source,
        "status": transaction.status,
        "type": transaction.type,
    }


def _fee_detail_json(part: FeePart) -> dict[str, object]:
    return {
        "amount": part.amount.minor_units,
        "application": part.application,
        "currency": part.amount.currency.code,
        "description": part.description,
        "type": part.kind,
    }


def major(money: Money) -> str:
    """Decimals of major units, as reports write them."""
    sign, units, exponent = "-" if money.minor_units < 0 else "", abs(money.minor_units), money.currency.exponent
    digits = str(units).rjust(exponent + 1, "0")
    return sign + (f"{digits[:-exponent]}.{digits[-exponent:]}" if exponent else digits)


def csv_bytes(rows: Sequence[Mapping[str, object]], columns: Sequence[str], separator: str = ",") -> bytes:
    """Rows under these columns."""
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, extrasaction="ignore", restval="", delimiter=separator)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()
