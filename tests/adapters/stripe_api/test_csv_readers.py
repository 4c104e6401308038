"""Stripe's CSVs: the itemised report, the Dashboard's payouts, the Dashboard's balance history."""

import random
from datetime import UTC, date, datetime

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.stripe_api.balance_history_reader import BalanceHistoryReader
from adapters.stripe_api.dashboard_payouts_reader import DashboardPayoutsReader
from adapters.stripe_api.report_csv_reader import StripeReportReader
from domain.balance_transaction import BalanceTransaction
from domain.money import Currency, Money
from domain.payout import Payout, PayoutStatus
from domain.reconciliation_break import BreakKind
from ports.facts_reader import FactsRead, FactsReader, InputFile, UnreadableFile
from tests.ports.facts_reader_contract import FactsReaderContract
from tests.strategies.fact_strategies import balance_transactions, payouts
from tests.strategies.stripe_files import csv_bytes, major

USD = Currency.of("usd")
REPORT = b"""automatic_payout_id,automatic_payout_effective_at_utc,balance_transaction_id,created_utc,available_on_utc,\
currency,gross,fee,net,reporting_category,source_id,description,trace_id,trace_id_status,connected_account_id
po_1,2026-06-03 00:00:00,txn_1,2026-06-01 10:11:12,2026-06-03 00:00:00,USD,100,3.2,96.8,charge,ch_1,"two
lines",091000010212946,supported,acct_1
po_1,2026-06-03 00:00:00,txn_2,2026-06-01 11:00:00,2026-06-03 00:00:00,usd,-10.00,0.00,-10.00,refund,re_1,,,,acct_1
"""
PAYOUTS = b"""id,Amount,Created (UTC),Currency,Livemode,Arrival Date (UTC),Source Type,Destination,Status,Type,Method,\
Description,Balance Transaction,Failure Balance Transaction,Failure Message,Failure Code,Statement Descriptor,Trace ID,\
Trace ID Status,Destination Name,Destination Country,Destination Last 4
po_a,3930.14,2026-07-10 00:18,usd,true,2026-07-10 00:00,card,ba_x,paid,bank_account,standard,STRIPE PAYOUT,txn_a,,,,\
Tekmetric Payments,091000010212946,supported,"JPMORGAN CHASE BANK, NA",US,9680
po_b,12,2026-07-11 00:18,usd,true,2026-07-13 00:00,card,ba_x,in_transit,bank_account,standard,STRIPE PAYOUT,txn_b,,,,\
,123,pending,"JPMORGAN CHASE BANK, NA",US,9680
"""
HISTORY = b"""id,Type,Source,Amount,Fee,Destination Platform Fee,Destination Platform Fee Currency,Net,Currency,\
Created (UTC),Available On (UTC),Description,Customer Facing Amount,Customer Facing Currency,\
Transfer,Transfer Date (UTC),Transfer Group
txn_1,charge,ch_1,30.00,1.17,,,28.83,usd,2026-04-23 21:56,2026-04-30 00:00,Invoice,30.00,usd,po_1,2026-04-30 00:00,
txn_2,payout,po_1,-28.83,0.00,,,-28.83,usd,2026-04-29 21:56,2026-04-30 00:00,STRIPE PAYOUT,,,po_1,2026-04-30 00:00,
txn_3,payout_failure,po_1,28.83,0.00,,,28.83,usd,2026-05-04 21:56,2026-05-04 00:00,REFUND,,,po_2,2026-05-06 00:00,
"""


def read(reader: FactsReader, content: bytes) -> FactsRead:
    return reader.read(InputFile(name="stripe.csv", content=content))


class TestStripeReportReader(FactsReaderContract):
    reader = StripeReportReader()
    good = REPORT


class TestDashboardPayoutsReader(FactsReaderContract):
    reader = DashboardPayoutsReader()
    good = PAYOUTS


class TestBalanceHistoryReader(FactsReaderContract):
    reader = BalanceHistoryReader()
    good = HISTORY


def test_the_report_names_its_payout_and_the_items_make_its_amount() -> None:
    got = read(StripeReportReader(), REPORT)

    (payout,) = got.payouts
    assert (payout.id, payout.amount, payout.amount_from_items) == ("po_1", Money(8680, USD), True)
    assert (payout.status, payout.arrival_date) == (PayoutStatus.UNKNOWN, date(2026, 6, 3))
    assert (payout.trace_id, payout.stripe_account, payout.automatic) == ("091000010212946", "acct_1", True)
    assert got.balance_transactions[0].amount == Money(10000, USD)
    assert got.balance_transactions[0].created == datetime(2026, 6, 1, 10, 11, 12, tzinfo=UTC)


def test_a_payouts_own_row_in_the_report_states_its_amount() -> None:
    own = b"po_1,2026-06-03 00:00:00,txn_3,2026-06-02 11:00:00,2026-06-03 00:00:00,usd,-86.80,0,-86.8,payout,po_1,,,,\n"

    (payout,) = read(StripeReportReader(), REPORT + own).payouts

    assert (payout.amount, payout.amount_from_items) == (Money(8680, USD), False)


def test_a_row_that_cannot_be_read_leaves_its_payouts_amount_unknown() -> None:
    bad = b"po_1,2026-06-03 00:00:00,txn_3,,,usd,12..34,0,1,refund,re_2,,,,\n"

    got = read(StripeReportReader(), REPORT + bad)

    assert got.payouts == ()
    assert [(found.where, found.kind) for found in got.breaks] == [
        ("stripe.csv:line 5", BreakKind.UNREADABLE_RECORD),
        ("stripe.csv:po_1", BreakKind.OTHER),
    ]


@pytest.mark.parametrize(
    ("shown", "arrival"),
    [("2026-06-03 00:00:00", 3), ("2026-06-02 19:00:00", 3), ("2026-06-03 09:00:00", 3), ("2026-06-02 17:00:00", 3)],
)
def test_an_arrival_shown_in_another_time_zone_is_still_midnight_utc(shown: str, arrival: int) -> None:
    content = REPORT.replace(b"automatic_payout_effective_at_utc", b"automatic_payout_effective_at")
    content = content.replace(b"2026-06-03 00:00:00,txn", shown.encode() + b",txn")

    assert read(StripeReportReader(), content).payouts[0].arrival_date == date(2026, 6, arrival)


REPORT_COLUMNS = [
    "balance_transaction_id", "currency", "gross", "fee", "net", "reporting_category", "created_utc",
    "available_on_utc", "source_id", "description", "automatic_payout_id", "automatic_payout_effective_at_utc",
    "customer_name",
]  # fmt: skip


@given(st.lists(balance_transactions(), min_size=1, unique_by=lambda t: t.id), st.randoms(), st.sampled_from(",;\t"))
def test_whatever_the_order_of_columns_the_amounts_are_the_same(
    some: list[BalanceTransaction], chance: random.Random, separator: str
) -> None:
    columns = REPORT_COLUMNS[:]
    chance.shuffle(columns)
    rows = [
        {
            "balance_transaction_id": t.id,
            "currency": chance.choice([t.amount.currency.code, t.amount.currency.code.upper()]),
            "gross": major(t.amount),
            "fee": major(t.fee),
            "net": major(t.net),
            "reporting_category": t.reporting_category,
            "created_utc": f"{t.created:%Y-%m-%d %H:%M:%S}",
            "available_on_utc": f"{t.available_on:%Y-%m-%d} 00:00:00",
            "source_id": t.source,
            "description": t.description,
            "automatic_payout_id": t.payout,
            "automatic_payout_effective_at_utc": "2026-06-03 00:00:00" if t.payout else None,
        }
        for t in some
    ]

    got = read(StripeReportReader(), csv_bytes(rows, columns, separator))

    assert list(got.balance_transactions) == [
        attrs.evolve(t, type=None, status=None, balance_type="payments", fee_parts=None) for t in some
    ]
    assert got.records == len(some)


def test_the_dashboards_payouts_are_read_whole() -> None:
    first, second = read(DashboardPayoutsReader(), PAYOUTS).payouts

    assert (first.amount, first.status, first.destination_last4) == (Money(393014, USD), PayoutStatus.PAID, "9680")
    assert (first.trace_id, first.statement_descriptor) == ("091000010212946", "Tekmetric Payments")
    assert (second.amount, second.trace_id, second.livemode) == (Money(1200, USD), None, True)


@given(st.lists(payouts(), min_size=1, unique_by=lambda payout: payout.id))
def test_the_dashboards_amounts_are_exact(some: list[Payout]) -> None:
    rows = [
        {
            "id": payout.id,
            "Amount": major(payout.amount),
            "Currency": payout.amount.currency.code.upper(),
            "Arrival Date (UTC)": f"{payout.arrival_date:%Y-%m-%d} 00:00",
            "Status": payout.status.value,
        }
        for payout in some
    ]

    got = read(DashboardPayoutsReader(), csv_bytes(rows, list(rows[0])))

    assert [(p.id, p.amount, p.arrival_date) for p in got.payouts] == [(p.id, p.amount, p.arrival_date) for p in some]


def test_the_balance_history_shows_payouts_by_their_own_movement_and_their_failure() -> None:
    got = read(BalanceHistoryReader(), HISTORY)

    first, second = got.payouts
    assert (first.id, first.amount, first.amount_from_items) == ("po_1", Money(2883, USD), False)
    assert (first.status, first.arrival_date) == (PayoutStatus.FAILED, date(2026, 4, 30))
    assert (second.id, second.amount, second.amount_from_items) == ("po_2", Money(2883, USD), True)
    assert [t.payout for t in got.balance_transactions] == ["po_1", "po_1", "po_2"]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ('"1,234.5"', "gross is “1,234.5”, not a plain decimal amount"),
        ("12..34", "gross is “12..34”, not a plain decimal amount"),
        ("1e3", "gross is “1e3”, not a plain decimal amount"),
        ("NaN", "gross is “NaN”, not a plain decimal amount"),
        ("", "gross is blank, not a plain decimal amount"),
        ("1.234", "gross is “1.234”: it has more than 2 decimals"),
        ("9" * 20, f"gross is “{'9' * 20}”: it is too large to be an amount of money"),
        ("1." + "0" * 40 + "1", f"gross is “1.{'0' * 40}1”: it has too many digits to be an amount of money"),
        ("٣", "gross is “٣”, not a plain decimal amount"),
    ],
)
def test_a_bad_amount_is_a_break_and_the_rest_goes_on(bad: str, reason: str) -> None:
    row = f",,txn_9,,,usd,{bad},0,1.00,charge,ch_1,,,,\n"

    got = read(StripeReportReader(), REPORT + row.encode())

    assert [(found.where, found.reason) for found in got.breaks] == [("stripe.csv:line 5", reason)]
    assert (len(got.balance_transactions), got.records) == (2, 3)


@pytest.mark.parametrize(
    ("reader", "content", "said"),
    [
        (StripeReportReader(), REPORT[:-30], "line 4: is truncated: the last row has"),
        (StripeReportReader(), REPORT[:350], "is truncated"),
        (
            StripeReportReader(),
            REPORT.replace(b"gross", b"grossly"),
            "line 1: has no column “gross”; the heading row has",
        ),
        (DashboardPayoutsReader(), PAYOUTS.replace(b"Status,Type", b"Stat,Type"), "line 1: has no column “status”"),
        (DashboardPayoutsReader(), PAYOUTS.replace(b"usd,true", b"usd,false", 1), "mixes test mode and live mode"),
        (BalanceHistoryReader(), HISTORY.replace(b",Net,", b",Netto,"), "has no column “net”"),
        (
            BalanceHistoryReader(),
            HISTORY.replace(b",usd,", b",xyz,"),
            "none of its 3 records can be used; the first: cur",
        ),
    ],
)
def test_an_unusable_file_is_refused_with_place_and_reason(reader: FactsReader, content: bytes, said: str) -> None:
    with pytest.raises(UnreadableFile) as refusal:
        read(reader, content)

    assert said in str(refusal.value)


@pytest.mark.parametrize(
    ("reader", "content"),
    [(StripeReportReader(), REPORT), (DashboardPayoutsReader(), PAYOUTS), (BalanceHistoryReader(), HISTORY)],
)
def test_headings_without_records_are_fine_and_say_so(reader: FactsReader, content: bytes) -> None:
    got = read(reader, content.split(b"\n", 1)[0] + b"\n")

    assert got.records == 0
    assert "has its headings, but no records" in got.notes


def test_the_payouts_report_states_amount_arrival_and_status() -> None:
    content = (
        b"payout_id,effective_at,currency,balance_transaction_id,gross,fee,net,reporting_category,"
        b"payout_expected_arrival_date,payout_status\n"
        b"po_1,2026-06-03 00:00:00,usd,txn_1,-86.80,0,-86.80,payout,2026-06-03 00:00:00,failed\n"
        b"po_1,2026-06-09 00:00:00,usd,txn_2,86.80,0,86.80,payout_reversal,2026-06-03 00:00:00,failed\n"
    )

    got = read(StripeReportReader(), content)

    (payout,) = got.payouts
    assert (payout.amount, payout.status) == (Money(8680, USD), PayoutStatus.FAILED)
    assert (payout.arrival_date, payout.amount_from_items) == (date(2026, 6, 3), False)
    assert [t.payout for t in got.balance_transactions] == ["po_1", None]


def test_a_report_says_which_charge_payment_and_invoice_a_row_is_about_and_what_was_withheld() -> None:
    head = (
        "balance_transaction_id,currency,gross,fee,net,reporting_category,source_id,charge_id,payment_intent_id,"
        "invoice_id,withheld_tax,connected_account_direct_charge_id"
    )
    rows = (
        "txn_1,usd,100.00,4.20,95.80,charge,ch_1,ch_1,pi_1,in_1,0.20,",
        "txn_2,usd,-10.00,0.00,-10.00,refund,re_1,ch_1,pi_1,,,",
        "txn_3,usd,1.00,0.00,1.00,platform_earning,fee_1,,,,0.00,ch_9",
    )
    charge, refund, earning = read(StripeReportReader(), "\n".join([head, *rows, ""]).encode()).balance_transactions

    assert (charge.of_charge, charge.charge, charge.payment_intent, charge.invoice) == (None, "ch_1", "pi_1", "in_1")
    assert [(part.kind, part.amount.minor_units) for part in charge.fee_parts or ()] == [("withheld_tax", 20)]
    assert (refund.charge, refund.payment_intent, refund.invoice, refund.fee_parts) == ("ch_1", "pi_1", None, None)
    assert (earning.charge, earning.fee_parts) == ("ch_9", None)
