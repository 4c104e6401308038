"""Reads the Balance-history CSV that Stripe's Dashboard exports, and the payouts that its rows show.

`Transfer` is the payout that a row is paid out in. A row of type `payout` is the payout's own movement; it states the
payout's amount. Rows of type `payout_failure` and `payout_cancel` say that the payout of their source came back.
"""

from typing import Final

from adapters.stripe_api.csv_table import Row, each_row, headings_of, table_of
from adapters.stripe_api.payouts_from_items import NamedPayout, mark_incomplete, payouts_named
from domain.balance_transaction import BalanceTransaction, BalanceTransactionId, NetMismatch
from domain.payout import PayoutId, PayoutStatus
from domain.reconciliation_break import BreakKind
from ports.facts_reader import FactsRead, InputFile
from ports.file_formats.records import UnreadableRecord, broken_record, refuse_if_nothing_usable

_REQUIRED: Final = ("id", "type", "amount", "fee", "net", "currency")
_RETURNS: Final = {"payout_failure": PayoutStatus.FAILED, "payout_cancel": PayoutStatus.CANCELED}


class BalanceHistoryReader:
    """Balance transactions and their payouts out of the Dashboard's Balance export."""

    def recognises(self, file: InputFile) -> bool:
        """A heading row with the columns that only this export has together."""
        headings = headings_of(file.content)
        return "available on (utc)" in headings or {"id", "type", "source", "net", "transfer"} <= headings

    def read(self, file: InputFile) -> FactsRead:
        """All rows. Raises UnreadableFile."""
        table = table_of(file, required=_REQUIRED, amounts=("amount", "fee", "net"))
        transactions: list[BalanceTransaction] = []
        named: dict[PayoutId, NamedPayout] = {}
        returned: dict[PayoutId, PayoutStatus] = {}

        def take(row: Row) -> None:
            transaction = _transaction(row)
            if transaction.payout is not None:
                arrival = row.day("transfer date (utc)")
                if transaction.is_payout_itself:
                    arrival = arrival or transaction.available_on
                payout = named.setdefault(transaction.payout, NamedPayout(transaction.payout))
                if transaction.is_payout_itself or payout.own is None:
                    payout.arrival_date = arrival or payout.arrival_date
                payout.add(transaction)
            if transaction.type in _RETURNS and transaction.source is not None:
                returned[PayoutId(transaction.source)] = _RETURNS[transaction.type]
            transactions.append(transaction)

        broken = each_row(table, take)
        breaks = [broken_record(file, f"line {row.line}", row.error) for row in broken]
        refuse_if_nothing_usable(file, len(transactions), breaks)
        for row in broken:
            mark_incomplete(named, row.values)
        for payout in named.values():
            payout.status = returned.get(payout.id, PayoutStatus.UNKNOWN)
        payouts, unusable = payouts_named(file.name, named)
        return FactsRead(
            kind="Stripe Dashboard balance history",
            records=table.records,
            payouts=payouts,
            balance_transactions=tuple(transactions),
            breaks=(*breaks, *unusable),
            notes=(*table.notes, *(() if table.records else ("has its headings, but no records",))),
        )


def _transaction(row: Row) -> BalanceTransaction:
    id_, currency = row.required_id("id"), row.currency()
    kind, source, payout = row.text("type"), row.text("source"), row.text("transfer")
    if payout is None and kind == "payout":
        payout = source
    if payout is not None and not payout.startswith(("po_", "tr_")):
        raise UnreadableRecord(f"transfer is “{payout}”, not a payout's id")
    try:
        return BalanceTransaction(
            id=BalanceTransactionId(id_),
            amount=row.money("amount", currency),
            fee=row.money("fee", currency, blank_is_zero=True),
            net=row.money("net", currency),
            type=kind,
            payout=PayoutId(payout) if payout else None,
            source=source,
            created=row.moment("created (utc)"),
            available_on=row.day("available on (utc)"),
            description=row.text("description"),
        )
    except NetMismatch as error:
        raise UnreadableRecord(str(error), BreakKind.NET_MISMATCH) from error
