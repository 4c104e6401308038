"""A world as the files that its owner would download: from Stripe's API and Dashboard, from Plaid, from the bank."""

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal

from domain.balance_transaction import BalanceTransaction
from domain.bank_deposit import BankAccount, BankDeposit, BankDepositStatus
from domain.company_facts import CompanyFacts
from domain.money import Money
from domain.payout import Payout


def _seconds(moment: datetime | date | None) -> int | None:
    if moment is None:
        return None
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day, tzinfo=UTC)
    return int(moment.timestamp())


def _major(money: Money) -> str:
    exponent = money.currency.exponent
    return f"{Decimal(money.minor_units).scaleb(-exponent):.{exponent}f}"


def payout_object(payout: Payout) -> dict[str, object]:
    """The payout as Stripe's API writes it (version 2026-10-28)."""
    trace: dict[str, object] = {"status": "pending", "value": None}
    if payout.trace_id is not None:
        trace = {"status": "supported", "value": payout.trace_id}
    return {
        "id": payout.id,
        "object": "payout",
        "amount": payout.amount.minor_units,
        "application_fee": None,
        "application_fee_amount": None,
        "arrival_date": _seconds(payout.arrival_date),
        "automatic": payout.automatic,
        "balance_transaction": payout.balance_transaction,
        "created": _seconds(payout.created),
        "currency": payout.amount.currency.code,
        "description": "STRIPE PAYOUT" if payout.automatic else None,
        "destination": payout.destination
        if payout.destination_last4 is None
        else {
            "id": payout.destination,
            "object": "bank_account",
            "currency": payout.amount.currency.code,
            "last4": payout.destination_last4,
        },
        "failure_balance_transaction": payout.failure_balance_transaction,
        "failure_code": payout.failure_code,
        "failure_message": "The bank account has been closed." if payout.failure_code else None,
        "livemode": bool(payout.livemode),
        "metadata": {},
        "method": payout.method,
        "original_payout": payout.original_payout,
        "payout_method": None,
        "reconciliation_status": payout.reconciliation_status.value,
        "reversed_by": payout.reversed_by,
        "source_type": payout.source_type or "card",
        "statement_descriptor": payout.statement_descriptor,
        "status": payout.status.value,
        "trace_id": trace,
        "type": "bank_account",
    }


def transaction_object(item: BalanceTransaction) -> dict[str, object]:
    """The balance transaction as Stripe's API writes it."""
    currency, fee = item.amount.currency.code, item.fee.minor_units
    details = {"amount": fee, "application": None, "currency": currency, "description": "Stripe processing fees"}
    return {
        "id": item.id,
        "object": "balance_transaction",
        "amount": item.amount.minor_units,
        "available_on": _seconds(item.available_on),
        "balance_type": item.balance_type,
        "created": _seconds(item.created),
        "currency": currency,
        "description": item.description,
        "exchange_rate": None,
        "fee": fee,
        "fee_details": [{**details, "type": "stripe_fee"}] if fee else [],
        "net": item.net.minor_units,
        "reporting_category": item.reporting_category,
        "source": item.source,
        "status": item.status or "available",
        "type": item.type,
    }


def _json(value: object) -> bytes:
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode()


def _newest_first(payouts: Iterable[Payout]) -> list[Payout]:
    return sorted(payouts, key=lambda payout: (_seconds(payout.created) or 0, payout.id), reverse=True)


def payouts_json(payouts: Iterable[Payout]) -> bytes:
    """`GET /v1/payouts`, all pages in one list, newest first."""
    listed = [payout_object(payout) for payout in _newest_first(payouts)]
    return _json({"object": "list", "url": "/v1/payouts", "has_more": False, "data": listed})


def balance_transactions_by_payout_json(items: Iterable[BalanceTransaction]) -> bytes:
    """For each automatic payout its list, `GET /v1/balance_transactions?payout=…`; then what is in no payout's list."""
    inside: dict[str, list[dict[str, object]]] = defaultdict(list)
    loose: list[dict[str, object]] = []
    for item in items:
        (loose if item.payout is None else inside[item.payout]).append(transaction_object(item))
    listed: list[object] = [{"payout": payout, "data": data} for payout, data in inside.items()]
    return _json([*listed, *loose])


def _csv(rows: Iterable[Iterable[object]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue().encode()


def payouts_csv(payouts: Iterable[Payout]) -> bytes:
    """The Dashboard's Payouts export."""
    heading = (
        "id,Amount,Created (UTC),Currency,Livemode,Arrival Date (UTC),Source Type,Destination,Status,Type,Method,"
        "Description,Balance Transaction,Failure Balance Transaction,Failure Message,Failure Code,"
        "Statement Descriptor,Trace ID,Trace ID Status,Destination Name,Destination Country,Destination Last 4"
    )
    rows: list[list[object]] = [[*heading.split(",")]]
    for payout in _newest_first(payouts):
        rows += [
            [
                payout.id,
                _major(payout.amount),
                f"{payout.created:%Y-%m-%d %H:%M}" if payout.created else "",
                payout.amount.currency.code,
                "true" if payout.livemode else "false",
                f"{payout.arrival_date:%Y-%m-%d} 00:00",
                payout.source_type or "card",
                payout.destination or "",
                payout.status.value,
                "bank_account",
                payout.method,
                "STRIPE PAYOUT" if payout.automatic else "",
                payout.balance_transaction or "",
                payout.failure_balance_transaction or "",
                "",
                payout.failure_code or "",
                payout.statement_descriptor or "",
                payout.trace_id or "",
                "supported" if payout.trace_id else "pending",
                "JPMORGAN CHASE BANK, NA",
                "US",
                payout.destination_last4 or "",
            ]
        ]
    return _csv(rows)


def itemized_csv(payouts: Iterable[Payout], items: Iterable[BalanceTransaction]) -> bytes:
    """The payout reconciliation report, itemized: what is inside automatic payouts, one row a balance transaction."""
    arrivals = {payout.id: payout.arrival_date for payout in payouts}
    heading = (
        "automatic_payout_id,automatic_payout_effective_at_utc,balance_transaction_id,created_utc,available_on_utc,"
        "currency,gross,fee,net,reporting_category,source_id,description"
    )
    rows: list[list[object]] = [[*heading.split(",")]]
    for item in items:
        if item.payout is None or item.is_payout_itself:
            continue
        rows.append(
            [
                item.payout,
                f"{arrivals[item.payout]:%Y-%m-%d} 00:00:00",
                item.id,
                f"{item.created:%Y-%m-%d %H:%M:%S}" if item.created else "",
                f"{item.available_on:%Y-%m-%d} 00:00:00" if item.available_on else "",
                item.amount.currency.code,
                _major(item.amount),
                _major(item.fee),
                _major(item.net),
                item.reporting_category or "",
                item.source or "",
                item.description or "",
            ]
        )
    return _csv(rows)


def plaid_sync_json(facts: CompanyFacts) -> bytes:
    """`/transactions/sync`, all pages in one: amounts are floats and positive when money leaves the account."""
    added = [_plaid_transaction(line) for line in sorted(facts.deposits, key=lambda line: (line.date, line.id))]
    return _json(
        {
            "accounts": [_plaid_account(account) for account in facts.accounts],
            "added": [entry for entry in added if entry is not None],
            "modified": [],
            "removed": [
                {"transaction_id": line.id, "account_id": line.account}
                for line in facts.deposits
                if line.status is BankDepositStatus.WITHDRAWN
            ],
            "next_cursor": "eyJjdXJzb3IiOiAxfQ==",
            "has_more": False,
            "request_id": "Wvhy9PZHQLV8njG",
            "transactions_update_status": "HISTORICAL_UPDATE_COMPLETE",
        }
    )


def _plaid_account(account: BankAccount) -> dict[str, object]:
    return {
        "account_id": account.id,
        "balances": {"iso_currency_code": account.currency.code.upper() if account.currency else None},
        "mask": account.mask,
        "name": account.name,
        "official_name": account.name,
        "persistent_account_id": account.persistent_id,
        "subtype": "checking",
        "type": "depository",
    }


def _plaid_transaction(line: BankDeposit) -> dict[str, object] | None:
    if line.status is BankDepositStatus.WITHDRAWN:
        return None
    parties = [{"name": line.counterparty, "type": "merchant", "entity_id": None}] if line.counterparty else []
    return {
        "transaction_id": line.id,
        "account_id": line.account,
        "amount": float(_major(-line.amount)),
        "iso_currency_code": line.amount.currency.code.upper(),
        "unofficial_currency_code": None,
        "date": line.date.isoformat(),
        "authorized_date": None,
        "name": line.text,
        "original_description": line.text,
        "merchant_name": None,
        "pending": line.status is BankDepositStatus.PENDING,
        "pending_transaction_id": line.pending_id,
        "payment_channel": "other",
        "payment_meta": {"ppd_id": line.company_id},
        "counterparties": parties,
        "transaction_code": None,
    }


def bank_csv(lines: Iterable[BankDeposit], opening_minor_units: int = 1_250_000) -> bytes:
    """A bank's CSV in the manner of Chase: newest first, American dates, a running balance."""
    rows: list[list[object]] = []
    balance = opening_minor_units
    for line in sorted(lines, key=lambda each: (each.date, each.id)):
        if line.status is not BankDepositStatus.POSTED:
            continue
        balance += line.amount.minor_units
        credit = line.amount.minor_units >= 0
        kind = ("ACH_CREDIT" if "ORIG CO NAME" in line.text else "DEPOSIT") if credit else "ACH_DEBIT"
        if line.text.startswith("CARD PURCHASE"):
            kind = "DEBIT_CARD"
        left = _major(Money(balance, line.amount.currency))
        details = "CREDIT" if credit else "DEBIT"
        rows.append([details, f"{line.date:%m/%d/%Y}", line.text, _major(line.amount), kind, left, ""])
    heading = ["Details", "Posting Date", "Description", "Amount", "Type", "Balance", "Check or Slip #"]
    return _csv([heading, *reversed(rows)])
