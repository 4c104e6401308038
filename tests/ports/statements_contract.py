"""What every memory of statement files promises, whatever it is kept in."""

from datetime import date, timedelta

from domain.bank_deposit import BankAccountId
from domain.covered_period import CoveredPeriod
from ports.transaction import Store
from tests.ports.facts_contract import LATER, NOON, fresh_company

CHECKING, SAVINGS = BankAccountId("checking"), BankAccountId("savings")
MAY = CoveredPeriod(first_day=date(2026, 5, 1), last_day=date(2026, 5, 31))
JUNE = CoveredPeriod(first_day=date(2026, 6, 1), last_day=date(2026, 6, 30))


class StatementsContract:
    """Subclass it with a fixture `store` for each adapter."""

    async def test_the_last_word_on_an_accounts_columns_counts(self, store: Store) -> None:
        company = fresh_company()
        async with store.company(company) as transaction:
            await transaction.statements.remember_columns(CHECKING, "date=Posted", at=LATER)
            await transaction.statements.remember_columns(CHECKING, "date=Booked", at=NOON)
            await transaction.statements.remember_columns(SAVINGS, "date=Old", at=NOON)
            await transaction.statements.remember_columns(SAVINGS, None, at=NOON + timedelta(seconds=1))

        async with store.company(company) as transaction:
            assert await transaction.statements.columns(CHECKING) == "date=Posted"
            assert await transaction.statements.columns(SAVINGS) is None
        async with store.company(fresh_company()) as transaction:
            assert await transaction.statements.columns(CHECKING) is None

    async def test_periods_are_kept_once_and_in_order(self, store: Store) -> None:
        company = fresh_company()
        async with store.company(company) as transaction:
            for period in (JUNE, MAY, JUNE):
                await transaction.statements.add_period(CHECKING, period, at=NOON)

        async with store.company(company) as transaction:
            assert list(await transaction.statements.periods(CHECKING)) == [MAY, JUNE]
            assert list(await transaction.statements.periods(SAVINGS)) == []
        async with store.company(fresh_company()) as transaction:
            assert list(await transaction.statements.periods(CHECKING)) == []
