"""Stripe API JSON, in the shapes in which people keep it, good and bad."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.stripe_api.json_reader import StripeJsonReader
from domain.balance_transaction import BalanceTransaction
from domain.payout import Payout, PayoutId
from domain.reconciliation_break import BreakKind, ReconciliationBreak
from ports.facts_reader import FactsRead, InputFile, UnreadableFile
from tests.ports.facts_reader_contract import FactsReaderContract
from tests.strategies.fact_strategies import balance_transactions, payouts
from tests.strategies.stripe_files import balance_transaction_json, payout_json

PAYOUT = {
    "id": "po_1", "object": "payout", "amount": 12345, "currency": "usd", "arrival_date": 1_780_272_000,
    "status": "paid", "livemode": True, "automatic": True,
    "trace_id": {"status": "supported", "value": "091000010212946"},
}  # fmt: skip
CHARGE = {
    "id": "txn_1", "object": "balance_transaction", "amount": 13000, "fee": 655, "net": 12345, "currency": "usd",
    "type": "charge", "reporting_category": "charge", "source": "ch_1",
}  # fmt: skip


def read(value: object) -> FactsRead:
    content = value if isinstance(value, str) else json.dumps(value)
    return StripeJsonReader().read(InputFile(name="stripe.json", content=content.encode()))


class TestStripeJsonReader(FactsReaderContract):
    reader = StripeJsonReader()
    good = json.dumps(
        {"object": "list", "data": [PAYOUT, {**PAYOUT, "id": "po_2"}, CHARGE], "has_more": False}
    ).encode()


@given(st.lists(payouts()), st.lists(balance_transactions()))
def test_what_the_api_shows_is_what_is_read(some: list[Payout], others: list[BalanceTransaction]) -> None:
    lists = [{"payout": t.payout, "data": [balance_transaction_json(t)]} for t in others if t.payout]
    plain = [balance_transaction_json(t) for t in others if not t.payout]

    got = read([*map(payout_json, some), *lists, {"object": "list", "data": plain}])

    assert list(got.payouts) == some
    assert sorted(got.balance_transactions, key=str) == sorted(others, key=str)
    assert (got.breaks, got.records) == ((), len(some) + len(others))


@pytest.mark.parametrize(
    "shape",
    [
        {"object": "list", "data": [PAYOUT], "has_more": False},
        [PAYOUT],
        PAYOUT,
        json.dumps(PAYOUT) + "\n",
        json.dumps({"object": "list", "data": [PAYOUT]}, indent=2) + "\n" + json.dumps({"data": [], "has_more": False}),
        {"payouts": {"data": [PAYOUT]}, "balance_transactions": []},
        {k: v for k, v in PAYOUT.items() if k != "object"},
    ],
)
def test_every_shape_of_a_list_is_understood(shape: object) -> None:
    assert [payout.id for payout in read(shape).payouts] == ["po_1"]


def test_arrival_is_the_date_in_utc_and_the_supported_trace_id_counts() -> None:
    (payout,) = read(PAYOUT).payouts

    assert (payout.arrival_date, payout.trace_id) == (date(2026, 6, 1), "091000010212946")


@pytest.mark.parametrize("trace", [None, {"status": "pending", "value": None}, {"status": "unsupported", "value": "1"}])
def test_a_trace_id_that_is_not_supported_does_not_count(trace: object) -> None:
    assert read({**PAYOUT, "trace_id": trace}).payouts[0].trace_id is None


def test_a_list_for_a_payout_puts_its_transactions_in_it() -> None:
    own = {**CHARGE, "id": "txn_2", "type": "payout", "source": "po_1", "amount": -12345, "fee": 0, "net": -12345}

    got = read({"payout": "po_1", "data": [CHARGE, own]})

    assert [t.payout for t in got.balance_transactions] == ["po_1", "po_1"]


def test_a_plain_list_says_of_a_payouts_own_movement_only_which_payout_it_is_in() -> None:
    own = {**CHARGE, "id": "txn_2", "type": "payout", "source": "po_1", "amount": -12345, "fee": 0, "net": -12345}

    got = read([CHARGE, own])

    assert [t.payout for t in got.balance_transactions] == [None, "po_1"]


def test_expanded_objects_are_read_as_records_of_their_own() -> None:
    own = {**CHARGE, "id": "txn_2", "type": "payout", "source": "po_1", "amount": -12345, "fee": 0, "net": -12345}
    bank = {"id": "ba_1", "object": "bank_account", "last4": "9680"}

    got = read({**PAYOUT, "balance_transaction": own, "destination": bank})

    assert (got.payouts[0].destination, got.payouts[0].destination_last4) == ("ba_1", "9680")
    assert got.payouts[0].balance_transaction == "txn_2"
    assert [(t.id, t.payout) for t in got.balance_transactions] == [("txn_2", PayoutId("po_1"))]


def test_an_expanded_source_that_is_a_payout_is_read() -> None:
    got = read([{**CHARGE, "type": "payout", "source": PAYOUT}])

    assert [payout.id for payout in got.payouts] == ["po_1"]


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("amount", 12.5, "amount is 12.5, not a whole number of minor units"),
        ("amount", 12345.0, "amount is 12345.0, not a whole number of minor units"),
        ("amount", "12345", "amount is “12345”, not a whole number of minor units"),
        ("amount", True, "amount is True, not a whole number of minor units"),
        ("amount", None, "amount is null, not a whole number of minor units"),
        ("amount", 10**30, f"amount is {10**30}, too large to be an amount of money"),
        ("amount", float("nan"), "amount is NaN, not a whole number of minor units"),
        ("currency", "xyz", "currency “xyz” is not known"),
        ("currency", None, "currency is null, not a currency's code"),
        ("arrival_date", "2026-06-01", "arrival_date is “2026-06-01”, not a time in unix seconds"),
        ("arrival_date", 10**13, "arrival_date is 10000000000000, not a time between 2000 and 2100 in unix seconds"),
        ("arrival_date", None, "arrival_date is missing"),
        ("status", "settled", "status “settled” is not a payout's status"),
        ("id", "", "id is “”, not an id"),
        ("id", "po\x00_1", "id is “po�_1”, not an id"),
        ("livemode", "yes", "livemode is “yes”, neither true nor false"),
    ],
)
def test_a_bad_payout_is_a_break_and_the_rest_goes_on(field: str, value: object, reason: str) -> None:
    got = read([PAYOUT, {**PAYOUT, "id": "po_2", field: value}])

    assert [payout.id for payout in got.payouts] == ["po_1"]
    assert [(found.kind, found.reason) for found in got.breaks] == [(BreakKind.UNREADABLE_RECORD, reason)]
    assert got.records == 2


def test_a_number_of_more_digits_than_python_converts_is_a_break() -> None:
    got = read([PAYOUT, {**PAYOUT, "id": "po_2"}]).payouts
    bad = json.dumps([PAYOUT, {**PAYOUT, "id": "po_2"}]).replace("12345,", "9" * 5000 + ",", 1)

    assert len(got) == 2
    assert [payout.id for payout in read(bad).payouts] == ["po_2"]


def test_a_net_that_is_not_amount_less_fee_is_a_break_of_its_own_kind() -> None:
    got = read([CHARGE, {**CHARGE, "id": "txn_2", "net": 12344}])

    assert [found.kind for found in got.breaks] == [BreakKind.NET_MISMATCH]


def test_a_list_without_its_last_page_is_said_to_be_incomplete() -> None:
    page = {"payout": "po_1", "data": [CHARGE], "has_more": True}

    assert read(page).breaks == (
        ReconciliationBreak(
            kind=BreakKind.ITEMS_MISSING,
            where="po_1",
            reason="the list goes on (has_more), but its further pages are not in the file",
        ),
    )
    assert read([page, {**page, "has_more": False}]).breaks == ()


def test_a_list_of_payouts_without_its_last_page_leaves_a_question_open() -> None:
    (found,) = read({"object": "list", "data": [PAYOUT], "has_more": True}).breaks

    assert (found.kind, found.where) == (BreakKind.OTHER, "stripe.json")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"object": "list", "data": [{"id": "po_1"', "stripe.json: line 1 column 42: is truncated"),
        ('[\n{"object": "payout",}\n]', "stripe.json: line 2 column 2"),
        (json.dumps(PAYOUT) + '\n{"object": "pay', "stripe.json: line 2 column 12: is truncated"),
        ("[" * 100_000, "stripe.json: is nested too deeply"),
        ("[" * 300 + "]" * 300, "nested too deeply"),
        (json.dumps([PAYOUT, {**PAYOUT, "livemode": False}]), "mixes test mode and live mode"),
        (json.dumps({"error": {"message": "Invalid API Key"}}), "an error that Stripe answered, not records: “Invalid"),
        (json.dumps([{"object": "charge", "id": "ch_1"}]), "object “charge” is neither a payout nor a balance"),
        (json.dumps([{**PAYOUT, "amount": 1.5}]), "its only record cannot be used: amount is 1.5"),
    ],
)
def test_an_unusable_file_is_refused_with_place_and_reason(content: str, said: str) -> None:
    with pytest.raises(UnreadableFile) as refusal:
        read(content)

    assert said in str(refusal.value)


@pytest.mark.parametrize("content", ["[]", '{"object":"list","data":[],"has_more":false}'])
def test_a_list_of_nothing_is_fine_and_says_so(content: str) -> None:
    got = read(content)

    assert (got.records, got.notes) == (0, ("holds no records",))


def test_plaids_json_is_not_taken_for_stripes() -> None:
    plaid = InputFile(name="x", content=b'{"added": [{"transaction_id": "a"}], "next_cursor": "c"}')

    assert not StripeJsonReader().recognises(plaid)
