"""The day to reconcile as of, where none is given: the last on which anything happened."""

from datetime import date, timedelta

import attrs
import pytest

from domain.bank_deposit import BankAccount, BankAccountId, BankDeposit, BankDepositId
from domain.company_facts import CompanyFacts
from domain.payout import PayoutStatus
from ports.use_cases.reconcile_files import NothingHappened, latest_day
from tests.domain.balance_records import FIRST_DAY, payout, transaction, usd


def day(number: int) -> date:
    return FIRST_DAY + timedelta(days=number)


def test_what_happened_counts_and_what_is_expected_does_not() -> None:
    sent = payout("po_1", 100, day=10, status=PayoutStatus.IN_TRANSIT)
    pending = transaction("txn_1", 100, day=9, available=20)

    assert latest_day(CompanyFacts(payouts=(sent,), balance_transactions=(pending,))) == day(10)


def test_a_payout_that_stripe_calls_paid_was_due_before_the_files_were_made() -> None:
    assert latest_day(CompanyFacts(payouts=(payout("po_1", 100, day=10),))) == day(12)


def test_bank_lines_and_covered_days_count() -> None:
    line = BankDeposit(
        id=BankDepositId("line_1"), account=BankAccountId("a"), amount=usd(1), date=day(15), text="STRIPE"
    )
    account = BankAccount(id=BankAccountId("a"), feed="june.ofx", covered_to=day(29))

    assert latest_day(CompanyFacts(deposits=(line,))) == day(15)
    assert latest_day(CompanyFacts(deposits=(line,), accounts=(account,))) == day(29)


def test_an_expectation_is_better_than_nothing() -> None:
    sent = attrs.evolve(payout("po_1", 100, day=10, status=PayoutStatus.PENDING), created=None)

    assert latest_day(CompanyFacts(payouts=(sent,))) == day(12)


def test_without_any_date_there_is_no_day() -> None:
    with pytest.raises(NothingHappened):
        latest_day(CompanyFacts())
