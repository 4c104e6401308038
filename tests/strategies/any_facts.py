"""Facts with any value in any field, for what must keep all of them: storage, and what is read back from it."""

from datetime import UTC, date, datetime
from typing import Any, Final

import attrs
from hypothesis import strategies as st

from domain.balance_transaction import BalanceTransaction
from domain.bank_deposit import BankAccount, BankDeposit, BankDepositStatus
from domain.company_facts import CompanyFacts
from domain.fee_part import FeePart
from domain.money import Currency, Money
from domain.payout import Payout, PayoutStatus, ReconciliationStatus

CURRENCIES: Final = st.sampled_from(["usd", "eur", "jpy", "kwd"]).map(Currency.of)
DAYS: Final = st.dates(date(1900, 1, 1), date(2199, 12, 31))
MOMENTS: Final = st.datetimes(datetime(1970, 1, 1), datetime(2199, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
TEXTS: Final = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
MINOR_UNITS: Final = st.integers(-(2**62), 2**62)
IDS: Final = st.text("abcXYZ019_:/ é", min_size=1, max_size=8)


def any_of(type_: type, **said: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Builds the type out of a strategy for each of its fields; a field without one is an error."""
    assert set(said) == {field.name for field in attrs.fields(type_)}
    return st.builds(type_, **said)


def perhaps(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


MONEY: Final = st.builds(Money, MINOR_UNITS, CURRENCIES)
PAYOUTS: Final = any_of(
    Payout,
    id=IDS,
    amount=MONEY,
    arrival_date=DAYS,
    status=st.sampled_from(PayoutStatus),
    created=perhaps(MOMENTS),
    automatic=perhaps(st.booleans()),
    method=TEXTS,
    stripe_account=perhaps(TEXTS),
    destination=perhaps(TEXTS),
    destination_last4=perhaps(TEXTS),
    trace_id=perhaps(TEXTS),
    statement_descriptor=perhaps(TEXTS),
    source_type=perhaps(TEXTS),
    balance_transaction=perhaps(TEXTS),
    failure_balance_transaction=perhaps(TEXTS),
    failure_code=perhaps(TEXTS),
    original_payout=perhaps(IDS),
    reversed_by=perhaps(IDS),
    reconciliation_status=st.sampled_from(ReconciliationStatus),
    livemode=perhaps(st.booleans()),
    amount_from_items=st.booleans(),
)
FEE_PARTS: Final = any_of(FeePart, kind=TEXTS, amount=MONEY, description=perhaps(TEXTS), application=perhaps(TEXTS))


@st.composite
def _transactions(draw: st.DrawFn) -> BalanceTransaction:
    currency, amount, fee = draw(CURRENCIES), draw(MINOR_UNITS), draw(st.integers(-(2**40), 2**40))
    found: BalanceTransaction = draw(
        any_of(
            BalanceTransaction,
            id=IDS,
            amount=st.just(Money(amount, currency)),
            fee=st.just(Money(fee, currency)),
            net=st.just(Money(amount - fee, currency)),
            type=perhaps(TEXTS),
            reporting_category=perhaps(TEXTS),
            payout=perhaps(IDS),
            source=perhaps(TEXTS),
            created=perhaps(MOMENTS),
            available_on=perhaps(DAYS),
            description=perhaps(TEXTS),
            status=perhaps(TEXTS),
            balance_type=TEXTS,
            stripe_account=perhaps(TEXTS),
            source_type=perhaps(TEXTS),
            of_charge=perhaps(TEXTS),
            payment_intent=perhaps(TEXTS),
            invoice=perhaps(TEXTS),
            of_source=perhaps(TEXTS),
            dispute_status=perhaps(TEXTS),
            fee_parts=perhaps(st.lists(FEE_PARTS, max_size=3).map(tuple)),
        )
    )
    return found


ACCOUNTS: Final = any_of(
    BankAccount,
    id=IDS,
    feed=TEXTS,
    institution=perhaps(TEXTS),
    name=perhaps(TEXTS),
    mask=perhaps(TEXTS),
    persistent_id=perhaps(TEXTS),
    currency=perhaps(CURRENCIES),
    covered_from=perhaps(DAYS),
    covered_to=perhaps(DAYS),
)
DEPOSITS: Final = any_of(
    BankDeposit,
    id=IDS,
    account=IDS,
    amount=MONEY,
    date=DAYS,
    text=TEXTS,
    status=st.sampled_from(BankDepositStatus),
    pending_id=perhaps(IDS),
    counterparty=perhaps(TEXTS),
    company_id=perhaps(TEXTS),
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
