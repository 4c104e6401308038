"""Plaid JSON: sign, decimals, pages, corrections, and what is bad in it."""

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.plaid_api.transactions_reader import PlaidTransactionsReader
from domain.bank_deposit import BankAccountId, BankDeposit, BankDepositId, BankDepositStatus
from domain.money import Currency, Money
from domain.reconciliation_break import BreakKind
from ports.facts_reader import FactsRead, InputFile, UnreadableFile
from tests.ports.facts_reader_contract import FactsReaderContract
from tests.strategies.fact_strategies import bank_deposits
from tests.strategies.stripe_files import major

LINE = {
    "transaction_id": "t1", "account_id": "a1", "amount": -3930.14, "iso_currency_code": "USD", "date": "2026-07-10",
    "name": "Stripe", "original_description": "ORIG CO NAME:STRIPE TRACE#:091000010212946", "pending": False,
    "pending_transaction_id": None, "merchant_name": "Stripe", "payment_meta": {"ppd_id": "1800948598"},
}  # fmt: skip
ACCOUNT = {
    "account_id": "a1", "mask": "9680", "name": "Checking", "official_name": "Business Checking",
    "persistent_account_id": "p1", "balances": {"iso_currency_code": "USD"},
}  # fmt: skip


def page(**lists: object) -> dict[str, object]:
    return {
        "accounts": [ACCOUNT],
        "added": [],
        "modified": [],
        "removed": [],
        "next_cursor": "c",
        "has_more": False,
    } | lists


def read(value: object) -> FactsRead:
    content = value if isinstance(value, str) else json.dumps(value)
    return PlaidTransactionsReader().read(InputFile(name="plaid.json", content=content.encode()))


class TestPlaidTransactionsReader(FactsReaderContract):
    reader = PlaidTransactionsReader()
    good = json.dumps(page(added=[LINE, {**LINE, "transaction_id": "t2"}])).encode()


def test_a_deposit_which_plaid_shows_as_negative_is_positive_and_exact() -> None:
    got = read(page(added=[LINE]))

    assert got.deposits == (
        BankDeposit(
            id=BankDepositId("t1"),
            account=BankAccountId("a1"),
            amount=Money(393014, Currency.of("usd")),
            date=date(2026, 7, 10),
            text="ORIG CO NAME:STRIPE TRACE#:091000010212946",
            counterparty="Stripe",
            company_id="1800948598",
        ),
    )
    assert [(a.mask, a.name, a.persistent_id) for a in got.accounts] == [("9680", "Business Checking", "p1")]


@given(st.lists(bank_deposits(), min_size=1, unique_by=lambda deposit: deposit.id))
def test_amounts_never_differ(deposits: list[BankDeposit]) -> None:
    lines = ",".join(
        f'{{"transaction_id": "{d.id}", "account_id": "{d.account}", "amount": {major(-d.amount)}, '
        f'"iso_currency_code": "{d.amount.currency.code.upper()}", "date": "{d.date}", "name": {json.dumps(d.text)}}}'
        for d in deposits
    )

    got = read(f'{{"transactions": [{lines}]}}')

    assert list(got.deposits) == deposits


def test_words_that_only_one_field_has_are_kept_once() -> None:
    counterparties = [{"name": "Stripe Payments"}]
    line = {**LINE, "original_description": "ACH", "name": "ach", "counterparties": counterparties}
    line["payment_meta"] = {"reference_number": "ST-1"}

    assert read(page(added=[line])).deposits[0].text == "ACH | Stripe | Stripe Payments | ST-1"


@pytest.mark.parametrize("pages", [list, lambda pages: "\n".join(map(json.dumps, pages))])
def test_pages_are_taken_in_their_order(pages: type[list[object]]) -> None:
    pending = {**LINE, "pending": True}
    posted = {**LINE, "transaction_id": "t2", "pending_transaction_id": "t1"}
    first, second = page(added=[pending], has_more=True), page(added=[posted], removed=[{"transaction_id": "t1"}])

    got = read(pages([first, second]))

    assert [(d.id, d.status, d.pending_id) for d in got.deposits] == [
        ("t1", BankDepositStatus.WITHDRAWN, None),
        ("t2", BankDepositStatus.POSTED, "t1"),
    ]
    assert got.breaks == ()


def test_a_modified_line_replaces_what_was_said_before() -> None:
    got = read([page(added=[LINE]), page(modified=[{**LINE, "amount": -1.10}])])

    assert [d.amount.minor_units for d in got.deposits] == [110]
    assert got.corrected == ("t1",)


def test_a_removed_line_that_the_file_does_not_show_is_passed_on() -> None:
    got = read(page(removed=[{"transaction_id": "t9", "account_id": "a1"}]))

    assert (got.deposits, got.withdrawn, got.breaks) == ((), ("t9",), ())


def test_the_same_id_added_with_other_content_is_kept_twice_for_the_gathering_to_refuse() -> None:
    got = read(page(added=[LINE, LINE, {**LINE, "amount": -1}]))

    assert [d.amount.minor_units for d in got.deposits] == [393014, 100]


def test_a_last_page_that_is_missing_is_said() -> None:
    assert [found.kind for found in read(page(added=[LINE], has_more=True)).breaks] == [BreakKind.OTHER]


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("amount", "12.50", "amount is “12.50”, not a number"),
        ("amount", True, "amount is True, not a number"),
        ("amount", None, "amount is missing, not a number"),
        ("amount", 12.345, "amount is 12.345: it has more than 2 decimals"),
        ("amount", float("nan"), "amount is NaN: it is not a finite number"),
        ("amount", 1e300, "amount is 1E+300: it is too large to be an amount of money"),
        ("amount", "BIG", None),
        ("date", "2026-02-30", "date is “2026-02-30”, not a date such as 2026-12-31"),
        ("date", "10/07/2026", "date is “10/07/2026”, not a date such as 2026-12-31"),
        ("iso_currency_code", None, "iso_currency_code is missing, not a currency's code"),
        ("iso_currency_code", "ZZZ", "iso_currency_code “ZZZ” is not known"),
        ("transaction_id", 7, "transaction_id is 7, not an id"),
        ("pending", "no", "pending is “no”, neither true nor false"),
    ],
)
def test_a_bad_line_is_a_break_and_the_rest_goes_on(field: str, value: object, reason: str | None) -> None:
    bad = {**LINE, "transaction_id": "t2", field: value}
    content = json.dumps(page(added=[LINE, bad])).replace('"BIG"', "9" * 5000)

    got = read(content)

    assert [deposit.id for deposit in got.deposits] == ["t1"]
    assert [found.kind for found in got.breaks] == [BreakKind.UNREADABLE_RECORD]
    assert reason is None or got.breaks[0].reason == reason


def test_an_unofficial_currency_is_a_break() -> None:
    bad = {**LINE, "transaction_id": "t2", "iso_currency_code": None, "unofficial_currency_code": "DOGE"}

    assert "unofficial currency “DOGE” is not known" in read(page(added=[LINE, bad])).breaks[0].reason


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('{"added": [{"transaction_id": "t1"', "is truncated"),
        ('{"error_code": "ITEM_LOGIN_REQUIRED", "error_message": "log in"}', "an error that Plaid answered"),
        ('{"added": {}, "removed": []}', "plaid.json: added: is not a list"),
        ('{"hello": 1}', "is not an answer of Plaid's"),
        (json.dumps(page(added=[{**LINE, "amount": None}])), "its only record cannot be used"),
    ],
)
def test_an_unusable_file_is_refused_with_place_and_reason(content: str, said: str) -> None:
    with pytest.raises(UnreadableFile) as refusal:
        read(content)

    assert said in str(refusal.value)


def test_the_sandboxs_custom_user_is_read_too() -> None:
    transaction = {"date_posted": "2026-08-22", "amount": -7500, "description": "Stripe", "currency": "USD"}
    account = {"type": "depository", "numbers": {"account": "1111222233335555"}, "transactions": [transaction]}

    got = read({"override_accounts": [account]})

    assert [(d.id, d.amount, d.account) for d in got.deposits] == [
        ("plaid.json:1.1", Money.from_major(Decimal(7500), Currency.of("usd")), "1111222233335555")
    ]
    assert [account.mask for account in got.accounts] == ["5555"]


def test_stripes_json_is_not_taken_for_plaids() -> None:
    stripe = InputFile(
        name="x", content=b'{"object": "list", "data": [{"id": "po_1", "metadata": {"account_id": "a"}}]}'
    )

    assert not PlaidTransactionsReader().recognises(stripe)
