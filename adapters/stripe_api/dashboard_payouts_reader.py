"""Reads the Payouts CSV that Stripe's Dashboard exports. Amounts are decimals of major units, times are UTC."""

from typing import Final

from adapters.stripe_api.csv_table import Row, each_row, headings_of, table_of
from adapters.stripe_api.payout_json import payout_status, supported_trace_id
from domain.payout import Payout, PayoutId
from ports.facts_reader import FactsRead, InputFile, UnreadableFile
from ports.file_formats.records import UnreadableRecord, broken_record, refuse_if_nothing_usable, shown

_REQUIRED: Final = ("id", "amount", "currency", "arrival date (utc)", "status")


class DashboardPayoutsReader:
    """Payouts out of the Dashboard's Payouts export."""

    def recognises(self, file: InputFile) -> bool:
        """A heading row with the arrival date as the Dashboard names it."""
        headings = headings_of(file.content)
        return "arrival date (utc)" in headings or (
            {"id", "amount", "currency", "balance transaction"} <= headings and "source" not in headings
        )

    def read(self, file: InputFile) -> FactsRead:
        """All payouts. Raises UnreadableFile."""
        table = table_of(file, required=_REQUIRED, amounts=("amount",))
        payouts: list[Payout] = []
        broken = each_row(table, lambda row: payouts.append(_payout(row)))
        breaks = [broken_record(file, f"line {row.line}", row.error) for row in broken]
        refuse_if_nothing_usable(file, len(payouts), breaks)
        if len({payout.livemode for payout in payouts} - {None}) > 1:
            raise UnreadableFile(file=file.name, place="", reason="mixes test mode and live mode records")
        return FactsRead(
            kind="Stripe Dashboard payouts",
            records=table.records,
            payouts=tuple(payouts),
            breaks=tuple(breaks),
            notes=(*table.notes, *(() if table.records else ("has its headings, but no records",))),
        )


def _payout(row: Row) -> Payout:
    currency = row.currency()
    arrival_date = row.day("arrival date (utc)")
    if arrival_date is None:
        raise UnreadableRecord("arrival date (utc) is blank")
    return Payout(
        id=PayoutId(row.required_id("id")),
        amount=row.money("amount", currency),
        arrival_date=arrival_date,
        status=payout_status(row.text("status")),
        created=row.moment("created (utc)"),
        automatic=_automatic(row),
        method=(row.text("method") or "standard").lower(),
        destination=row.text("destination"),
        destination_last4=row.text("destination last 4"),
        trace_id=supported_trace_id(row.text("trace id status"), row.text("trace id")),
        statement_descriptor=row.text("statement descriptor"),
        source_type=row.text("source type"),
        balance_transaction=row.text("balance transaction"),
        failure_balance_transaction=row.text("failure balance transaction"),
        failure_code=row.text("failure code"),
        livemode=_livemode(row.text("livemode")),
    )


def _automatic(row: Row) -> bool | None:
    """Automatic payouts are described as `STRIPE PAYOUT`; instant ones and those described otherwise were asked for.

    None where the export has no column of descriptions.
    """
    if (row.text("method") or "").lower() == "instant":
        return False
    if not row.has("description"):
        return None
    return (row.text("description") or "").upper() == "STRIPE PAYOUT"


def _livemode(stated: str | None) -> bool | None:
    if stated is None:
        return None
    known = {"true": True, "false": False}.get(stated.lower())
    if known is None:
        raise UnreadableRecord(f"livemode is {shown(stated)}, neither true nor false")
    return known
