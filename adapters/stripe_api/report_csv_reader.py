"""Reads Stripe's itemised report CSVs: payout reconciliation, balance change from activity, and payouts.

Column set and order vary by version; columns are found by name. Amounts are decimals of major units.
Source: Stripe's report types `payout_reconciliation.itemized.*`, `balance_change_from_activity.itemized.*`,
`payouts.itemized.*`.
"""

from typing import Final

from adapters.stripe_api.csv_table import Row, each_row, headings_of, table_of
from adapters.stripe_api.payout_json import payout_status, supported_trace_id
from adapters.stripe_api.payouts_from_items import NamedPayout, expected_arrival, mark_incomplete, payouts_named
from domain.balance_transaction import CHARGES, BalanceTransaction, BalanceTransactionId, NetMismatch
from domain.fee_part import FeePart
from domain.money import Currency
from domain.payout import PayoutId
from domain.reconciliation_break import BreakKind
from ports.facts_reader import FactsRead, InputFile
from ports.file_formats.records import UnreadableRecord, broken_record, refuse_if_nothing_usable

_REQUIRED: Final = ("balance_transaction_id", "currency", "gross", "fee", "net")
_HALLMARKS: Final = frozenset({"balance_transaction_id", "automatic_payout_id"})


class StripeReportReader:
    """Balance transactions, and the payouts they name, out of an itemised report."""

    def recognises(self, file: InputFile) -> bool:
        """A heading row with one of the columns that only these reports have."""
        return bool(_HALLMARKS & headings_of(file.content))

    def read(self, file: InputFile) -> FactsRead:
        """All rows as balance transactions. Raises UnreadableFile."""
        table = table_of(file, required=_REQUIRED, amounts=("gross", "fee", "net"))
        transactions: list[BalanceTransaction] = []
        named: dict[PayoutId, NamedPayout] = {}

        def take(row: Row) -> None:
            transaction = _transaction(row)
            if transaction.payout is not None:
                payout = named.get(transaction.payout) or NamedPayout(transaction.payout)
                _say(row, payout)
                payout.add(transaction)
                named[payout.id] = payout
            transactions.append(transaction)

        broken = each_row(table, take)
        breaks = [broken_record(file, f"line {row.line}", row.error) for row in broken]
        refuse_if_nothing_usable(file, len(transactions), breaks)
        for row in broken:
            mark_incomplete(named, row.values)
        payouts, unusable = payouts_named(file.name, named)
        notes = list(table.notes)
        if not table.records:
            notes.append("has its headings, but no records")
        if "automatic_payout_id" not in table.columns:
            notes.append("has no column automatic_payout_id: it does not say which payout its rows are in")
        if "created_utc" not in table.columns and "created" in table.columns:
            notes.append("times without a zone are taken as UTC")
        return FactsRead(
            kind="Stripe itemised report",
            records=table.records,
            payouts=payouts,
            balance_transactions=tuple(transactions),
            breaks=(*breaks, *unusable),
            notes=tuple(notes),
        )


def _transaction(row: Row) -> BalanceTransaction:
    id_, currency = row.required_id("balance_transaction_id"), row.currency()
    payout, source = row.text("automatic_payout_id"), row.text("source_id")
    category = row.text("reporting_category")
    if payout is None and category == "payout":
        payout = row.text("payout_id") or (source if source and source.startswith("po_") else None)
    try:
        return BalanceTransaction(
            id=BalanceTransactionId(id_),
            amount=row.money("gross", currency),
            fee=row.money("fee", currency),
            net=row.money("net", currency),
            reporting_category=category.lower() if category else None,
            payout=PayoutId(payout) if payout else None,
            source=source,
            created=row.moment("created_utc", "created"),
            available_on=row.day("available_on_utc", "available_on"),
            description=row.text("description"),
            of_charge=_of_charge(row, source),
            payment_intent=row.text("payment_intent_id"),
            invoice=row.text("invoice_id"),
            fee_parts=_withheld(row, currency),
        )
    except NetMismatch as error:
        raise UnreadableRecord(str(error), BreakKind.NET_MISMATCH) from error


def _of_charge(row: Row, source: str | None) -> str | None:
    """The charge that a row is about beside its source: on a platform's report, that of the account it earned from."""
    charge = row.text("charge_id", "connected_account_direct_charge_id")
    return None if charge is None or charge == source or (source or "").startswith(CHARGES) else charge


def _withheld(row: Row, currency: Currency) -> tuple[FeePart, ...] | None:
    """Of a fee, the newest versions name what was withheld as tax, and nothing else."""
    if not row.text("withheld_tax"):
        return None
    withheld = row.money("withheld_tax", currency)
    return (FeePart(kind="withheld_tax", amount=withheld),) if withheld else None


def _say(row: Row, payout: NamedPayout) -> None:
    """What the row says of the payout that it is in. Raises UnreadableRecord where it contradicts an earlier row."""
    arrival = expected_arrival(
        row.moment("automatic_payout_effective_at_utc", "payout_expected_arrival_date_utc"),
        row.moment("automatic_payout_effective_at", "payout_expected_arrival_date"),
    )
    if arrival is None and row.text("reporting_category") == "payout":
        arrival = row.day("available_on_utc", "available_on")
    trace_id = supported_trace_id(row.text("trace_id_status"), row.text("trace_id"))
    account = row.text("connected_account_id")
    for field, known, new in (
        ("arrival date", payout.arrival_date, arrival),
        ("trace_id", payout.trace_id, trace_id),
    ):
        if known is not None and new is not None and known != new:
            raise UnreadableRecord(f"{field} {new} of {payout.id} contradicts {known} in an earlier row")
    payout.arrival_date = payout.arrival_date or arrival
    payout.trace_id = payout.trace_id or trace_id
    payout.automatic = payout.automatic or (True if row.text("automatic_payout_id") else None)
    stated = row.text("payout_status")
    if stated is not None:
        payout.status = payout_status(stated)
    payout.stripe_account = payout.stripe_account or account
