"""Gathering with the readers of real formats: what is recognised under which option, and what is refused, in words."""

import json
from datetime import UTC, date, datetime

import pytest

from adapters.plaid_api.transactions_reader import PlaidTransactionsReader
from adapters.statement_files.bai2_reader import Bai2Reader
from adapters.statement_files.bank_csv_reader import BankCsvReader
from adapters.statement_files.camt_reader import CamtReader
from adapters.statement_files.mt940_reader import Mt940Reader
from adapters.statement_files.ofx_reader import OfxReader
from adapters.stripe_api.balance_history_reader import BalanceHistoryReader
from adapters.stripe_api.dashboard_payouts_reader import DashboardPayoutsReader
from adapters.stripe_api.json_reader import StripeJsonReader
from adapters.stripe_api.report_csv_reader import StripeReportReader
from domain.money import Currency, Money
from ports.facts_reader import InputFile, UnreadableFile
from ports.use_cases.gather_facts import GatheredFacts, gather_facts


def real(stripe_files: dict[str, bytes], bank_files: dict[str, bytes]) -> GatheredFacts:
    return gather_facts(
        stripe=tuple(InputFile(name=name, content=content) for name, content in stripe_files.items()),
        bank=tuple(InputFile(name=name, content=content) for name, content in bank_files.items()),
        stripe_readers=(StripeJsonReader(), StripeReportReader(), DashboardPayoutsReader(), BalanceHistoryReader()),
        bank_readers=(
            Mt940Reader(),
            PlaidTransactionsReader(),
            OfxReader(),
            CamtReader(),
            Bai2Reader(),
            BankCsvReader(),
        ),
    )


STRIPE_JSON = (
    b'[{"id":"po_1","object":"payout","amount":12345,"currency":"eur","arrival_date":1780272000,"status":"paid"}]'
)
BANK_CSV = b"Date,Text,Amount\n2026-06-01,STRIPE,123.45\n"


def test_a_statement_that_names_no_currency_is_in_the_payouts() -> None:
    got = real({"a.json": STRIPE_JSON}, {"b.csv": BANK_CSV})

    assert [deposit.amount for deposit in got.facts.deposits] == [Money(12345, Currency.of("eur"))]
    assert got.inputs[1].notes == ("names no currency: taken to be EUR, as the payouts are",)


@pytest.mark.parametrize(
    ("stripe_files", "bank_files", "said"),
    [
        ({"a": BANK_CSV}, {}, "a: looks like a bank's file: give it under --bank"),
        ({}, {"a": STRIPE_JSON}, "a: looks like a file of Stripe's: give it under --stripe"),
        ({}, {"a": b"id,Amount,Currency,Arrival Date (UTC),Status\n"}, "looks like a file of Stripe's"),
        ({"a": b'{"added": [], "next_cursor": ""}'}, {}, "looks like a bank's file"),
        ({}, {"a": b""}, "a: is empty"),
        ({"a": b"\xef\xbb\xbf"}, {}, "a: is empty"),
        ({"a": b"%PDF-1.7"}, {}, "a: is a PDF"),
        ({}, {"a": b"PK\x03\x04..."}, "a: is a workbook or an archive: save it as CSV"),
        ({}, {"a": b":20:GENERIC\r\n:77E:1/2"}, "a: begins like MT940, but has no statement in it"),
        ({}, {"a": b"{1:F01ABNANL2AXXXX0}{2:I103}{4:\r\n:32A:"}, "has no MT940 or MT942 statement in it"),
        ({}, {"a": b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02">'}, "a: line 1: is truncated"),
        ({}, {"a": b"01,122099999,123456789,040621,0200,1,65,,2/"}, "a: line 1: is BAI2, but holds no account (03)"),
        ({"a": b":20:S\r\n:25:1\r\n:60F:C260601EUR1,00\r\n:62F:C260601EUR1,00"}, {}, "a: looks like a bank's file"),
        ({}, {"a": b"06/30/2026,STRIPE TRANSFER,100.00"}, "a: line 1: looks like CSV without a heading row"),
        ({"a": b"hello there"}, {}, "a: is in no format that is known here; it begins with “hello there”"),
        (
            {},
            {"b.csv": BANK_CSV},
            "b.csv: line 1: nothing says in which currency the amounts are: name it",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_by_name(
    stripe_files: dict[str, bytes], bank_files: dict[str, bytes], said: str
) -> None:
    with pytest.raises(UnreadableFile) as refusal:
        real(stripe_files, bank_files)

    assert said in str(refusal.value)


@pytest.mark.parametrize("option", [0, 1])
def test_an_empty_list_is_read_under_either_option(option: int) -> None:
    files: list[dict[str, bytes]] = [{}, {}]
    files[option] = {"a": b"[]"}

    assert [summary.notes for summary in real(*files).inputs] == [("holds no records",)]


def test_the_same_payout_in_every_format_of_stripes_is_one() -> None:
    api = {
        "id": "po_1", "object": "payout", "amount": 8680, "currency": "usd", "arrival_date": 1_780_444_800,
        "created": 1_780_308_672, "status": "paid", "livemode": True, "method": "standard", "automatic": True,
    }  # fmt: skip
    charge = {
        "id": "txn_1", "object": "balance_transaction", "amount": 10_000, "fee": 320, "net": 9_680, "currency": "usd",
        "type": "charge", "reporting_category": "charge", "source": "ch_1", "created": 1_780_308_672,
        "status": "pending",
    }  # fmt: skip
    files = {
        "api.json": json.dumps([api, {"payout": "po_1", "data": [charge]}]).encode(),
        "payouts.csv": b"id,Amount,Created (UTC),Currency,Livemode,Arrival Date (UTC),Status,Method,"
        b"Destination Last 4\n"
        b"po_1,86.80,2026-06-01 10:11,USD,true,2026-06-03 00:00,paid,standard,9680\n",
        "report.csv": b"automatic_payout_id,automatic_payout_effective_at,balance_transaction_id,created,currency,"
        b"gross,fee,net,reporting_category\n"
        b"po_1,2026-06-02 20:00:00,txn_1,2026-06-01 06:11:12,usd,100,3.2,96.8,charge\n"
        b"po_1,2026-06-02 20:00:00,txn_2,2026-06-01 07:00:00,usd,-10,0,-10,refund\n",
        "history.csv": b"id,Type,Source,Amount,Fee,Net,Currency,Created (UTC),Available On (UTC),Transfer,"
        b"Transfer Date (UTC)\n"
        b"txn_1,charge,ch_1,100.00,3.20,96.80,usd,2026-06-01 10:11,2026-06-03 00:00,po_1,2026-06-03 00:00\n"
        b"txn_3,payout,po_1,-86.80,0.00,-86.80,usd,2026-06-01 21:00,2026-06-03 00:00,po_1,2026-06-03 00:00\n",
    }

    got = real(files, {})

    assert got.breaks == ()
    (payout,) = got.facts.payouts
    assert (payout.amount, payout.arrival_date, payout.destination_last4) == (
        Money(8680, Currency.of("usd")),
        date(2026, 6, 3),
        "9680",
    )
    assert (payout.created, payout.balance_transaction) == (datetime(2026, 6, 1, 10, 11, 12, tzinfo=UTC), "txn_3")
    assert [(t.id, t.payout, t.type) for t in got.facts.balance_transactions] == [
        ("txn_1", "po_1", "charge"), ("txn_2", "po_1", None), ("txn_3", "po_1", "payout"),
    ]  # fmt: skip
