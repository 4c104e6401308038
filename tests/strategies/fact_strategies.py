"""Any payouts, balance transactions and bank lines, for property-based tests."""

from datetime import UTC, date, datetime
from typing import Final

from hypothesis import strategies as st

from domain.balance_transaction import BalanceTransaction, BalanceTransactionId
from domain.bank_deposit import BankAccountId, BankDeposit, BankDepositId, BankDepositStatus
from domain.fee_part import FeePart, in_order
from domain.money import Currency, Money
from domain.payout import Payout, PayoutId, PayoutStatus, ReconciliationStatus

CURRENCIES: Final = st.sampled_from(["usd", "eur", "gbp", "jpy", "kwd", "isk", "huf"]).map(Currency.of)
DAYS: Final = st.dates(date(2010, 1, 1), date(2099, 12, 30))
MOMENTS: Final = st.datetimes(datetime(2010, 1, 1), datetime(2099, 1, 1)).map(  # noqa: DTZ001  # made UTC at once
    lambda at: at.replace(microsecond=0, tzinfo=UTC)
)
TEXTS: Final = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), max_size=40).map(
    lambda text: " ".join(text.split())
)
WORDS: Final = st.text("abcdefghijklmnopqrstuvwxyzABCXYZ0123456789", min_size=1, max_size=12)
MINOR_UNITS: Final = st.integers(-(10**12), 10**12)


@st.composite
def payouts(draw: st.DrawFn) -> Payout:
    """Any payout as the API shows it, with every field that the API has."""
    return Payout(
        id=PayoutId("po_" + draw(WORDS)),
        amount=Money(draw(MINOR_UNITS), draw(CURRENCIES)),
        arrival_date=draw(DAYS),
        status=draw(st.sampled_from([status for status in PayoutStatus if status is not PayoutStatus.UNKNOWN])),
        created=draw(MOMENTS),
        automatic=draw(st.booleans()),
        method=draw(st.sampled_from(["standard", "instant"])),
        destination=draw(st.none() | WORDS.map("ba_".__add__)),
        trace_id=draw(st.none() | WORDS),
        statement_descriptor=draw(st.none() | TEXTS.filter(bool)),
        source_type=draw(st.sampled_from([None, "card", "bank_account"])),
        balance_transaction=draw(st.none() | WORDS.map("txn_".__add__)),
        failure_balance_transaction=draw(st.none() | WORDS.map("txn_".__add__)),
        failure_code=draw(st.none() | st.just("account_closed")),
        original_payout=draw(st.none() | WORDS.map(lambda word: PayoutId("po_" + word))),
        reversed_by=draw(st.none() | WORDS.map(lambda word: PayoutId("po_" + word))),
        reconciliation_status=draw(st.sampled_from(ReconciliationStatus)),
        livemode=draw(st.just(True)),
    )


@st.composite
def balance_transactions(draw: st.DrawFn) -> BalanceTransaction:
    """Any balance transaction as the API shows it, in a payout's list or not."""
    currency, amount, fee = draw(CURRENCIES), draw(MINOR_UNITS), draw(st.integers(-(10**6), 10**6))
    return BalanceTransaction(
        id=BalanceTransactionId("txn_" + draw(WORDS)),
        amount=Money(amount, currency),
        fee=Money(fee, currency),
        net=Money(amount - fee, currency),
        type=draw(st.sampled_from(["charge", "refund", "adjustment", "invented_later", "stripe_fee"])),
        reporting_category=draw(st.sampled_from([None, "charge", "refund", "dispute", "invented_later"])),
        payout=draw(st.none() | WORDS.map(lambda word: PayoutId("po_" + word))),
        source=draw(st.none() | WORDS.map("ch_".__add__)),
        created=draw(MOMENTS),
        available_on=draw(DAYS),
        description=draw(st.none() | TEXTS.filter(bool)),
        status=draw(st.sampled_from([None, "available", "pending"])),
        balance_type=draw(st.sampled_from(["payments", "issuing"])),
        fee_parts=draw(st.none() | st.lists(_fee_parts(currency), max_size=3).map(in_order)),
    )


def _fee_parts(currency: Currency) -> st.SearchStrategy[FeePart]:
    return st.builds(
        FeePart,
        kind=st.sampled_from(["stripe_fee", "application_fee", "tax", "invented_later"]),
        amount=st.integers(-(10**6), 10**6).map(lambda units: Money(units, currency)),
        description=st.none() | TEXTS.filter(bool),
        application=st.none() | WORDS.map("ca_".__add__),
    )


@st.composite
def bank_deposits(draw: st.DrawFn, account: str = "4711", currency: Currency | None = None) -> BankDeposit:
    """Any posted bank line with an id of the bank's own and a text."""
    return BankDeposit(
        id=BankDepositId("L" + draw(WORDS)),
        account=BankAccountId(account),
        amount=Money(draw(MINOR_UNITS), currency or draw(CURRENCIES)),
        date=draw(DAYS),
        text=draw(TEXTS.filter(bool)),
        status=BankDepositStatus.POSTED,
    )
