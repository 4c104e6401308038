"""Facts with any value in any field, for what must keep all of them: storage, and what is read back from it."""

from datetime import UTC, date, datetime
from typing import Any, Final

import attrs
from hypothesis import strategies as st

from domain.balance_transaction import BalanceTransaction
from domain.bank_deposit import BankAccount, BankDeposit, BankDepositStatus
from domain.company_facts import CompanyFacts
from domain.money import Currency, Money
from domain.payout import Payout, PayoutStatus, ReconciliationStatus

CURRENCIES: Final = st.sampled_from(["usd", "eur", "jpy", "kwd"]).map(Currency.of)
DAYS: Final = st.dates(date(1900, 1, 1), date(2199, 12, 31))
MOMENTS: Final = st.datetimes(datetime(1970, 1, 1), datetime(2199, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
TEXTS: Final = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
MINOR_UNITS: Final = st.integers(-(2**62), 2**62)
IDS: Final = st.text("abcXYZ019_:/ é", min_size=1, max_size=8)


def _any(type_: type, **said: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Builds the type out of a strategy for each of its fields; a field without one is an error."""
    assert set(said) == {field.name for field in attrs.fields(type_)}
    return st.builds(type_, **said)


def _perhaps(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


MONEY: Final = st.builds(Money, MINOR_UNITS, CURRENCIES)
PAYOUTS: Final = _any(
    Payout,
    id=IDS,
    amount=MONEY,
    arrival_date=DAYS,
    status=st.sampled_from(PayoutStatus),
    created=_perhaps(MOMENTS),
    automatic=_perhaps(st.booleans()),
    method=TEXTS,
    stripe_account=_perhaps(TEXTS),
    destination=_perhaps(TEXTS),
    destination_last4=_perhaps(TEXTS),
    trace_id=_perhaps(TEXTS),
    statement_descriptor=_perhaps(TEXTS),
    source_type=_perhaps(TEXTS),
    balance_transaction=_perhaps(TEXTS),
    failure_balance_transaction=_perhaps(TEXTS),
    failure_code=_perhaps(TEXTS),
    original_payout=_perhaps(IDS),
    reversed_by=_perhaps(IDS),
    reconciliation_status=st.sampled_from(ReconciliationStatus),
    livemode=_perhaps(st.booleans()),
    amount_from_items=st.booleans(),
)


@st.composite
def _transactions(draw: st.DrawFn) -> BalanceTransaction:
    currency, amount, fee = draw(CURRENCIES), draw(MINOR_UNITS), draw(st.integers(-(2**40), 2**40))
    found: BalanceTransaction = draw(
        _any(
            BalanceTransaction,
            id=IDS,
            amount=st.just(Money(amount, currency)),
            fee=st.just(Money(fee, currency)),
            net=st.just(Money(amount - fee, currency)),
            type=_perhaps(TEXTS),
            reporting_category=_perhaps(TEXTS),
            payout=_perhaps(IDS),
            source=_perhaps(TEXTS),
            created=_perhaps(MOMENTS),
            available_on=_perhaps(DAYS),
            description=_perhaps(TEXTS),
            status=_perhaps(TEXTS),
            balance_type=TEXTS,
            source_type=_perhaps(TEXTS),
        )
    )
    return found


ACCOUNTS: Final = _any(
    BankAccount,
    id=IDS,
    feed=TEXTS,
    institution=_perhaps(TEXTS),
    name=_perhaps(TEXTS),
    mask=_perhaps(TEXTS),
    persistent_id=_perhaps(TEXTS),
    currency=_perhaps(CURRENCIES),
    covered_from=_perhaps(DAYS),
    covered_to=_perhaps(DAYS),
)
DEPOSITS: Final = _any(
    BankDeposit,
    id=IDS,
    account=IDS,
    amount=MONEY,
    date=DAYS,
    text=TEXTS,
    status=st.sampled_from(BankDepositStatus),
    pending_id=_perhaps(IDS),
    counterparty=_perhaps(TEXTS),
    company_id=_perhaps(TEXTS),
)


def _several(facts: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(facts, max_size=4, unique_by=lambda fact: fact.id).map(tuple)


ANY_FACTS: Final = st.builds(
    CompanyFacts,
    payouts=_several(PAYOUTS),
    balance_transactions=_several(_transactions()),
    accounts=_several(ACCOUNTS),
    deposits=_several(DEPOSITS),
)
"""A company's facts, few of each kind."""
