"""What every memory of statements promises, whatever it is kept in."""

from datetime import date, timedelta

import attrs

from domain.bank_deposit import BankAccountId
from domain.bank_statement import BankStatement
from domain.money import Currency, Money
from ports.transaction import Store
from tests.ports.facts_contract import NOON, fresh_company

KWD = Currency.of("kwd")
MAY = BankStatement(
    account=BankAccountId("checking"),
    where="may.sta:line 1",
    currency=KWD,
    number="00005/00002",
    sequence=5,
    page=2,
    opening=Money(-1, KWD),
    closing=Money(10**15, KWD),
    moved=Money(10**15 + 1, KWD),
    lines=3,
    first_day=date(2026, 5, 1),
    last_day=date(2026, 5, 31),
)
JUNE = BankStatement(
    account=BankAccountId("checking"),
    where="june.xml:line 9",
    currency=KWD,
    moved=Money(0, KWD),
    lines=0,
    last_day=date(2026, 6, 30),
    interim=True,
)
SAVINGS = attrs.evolve(MAY, account=BankAccountId("savings"))


class StatementHistoryContract:
    """Subclass it with a fixture `store` for each adapter."""

    async def test_what_was_kept_comes_back_whole_by_account_and_day(self, store: Store) -> None:
        company = fresh_company()
        async with store.company(company) as transaction:
            for statement in (JUNE, MAY, SAVINGS):
                await transaction.statement_history.add(statement, at=NOON)

        async with store.company(company) as transaction:
            found = list(await transaction.statement_history.of(MAY.account))
            assert found == [MAY, JUNE]
            assert [each.where for each in found] == [MAY.where, JUNE.where]
            assert list(await transaction.statement_history.of(SAVINGS.account)) == [SAVINGS]
        async with store.company(fresh_company()) as transaction:
            assert list(await transaction.statement_history.of(MAY.account)) == []

    async def test_an_equal_statement_from_another_file_is_kept_once(self, store: Store) -> None:
        company = fresh_company()
        async with store.company(company) as transaction:
            await transaction.statement_history.add(MAY, at=NOON)
            await transaction.statement_history.add(
                attrs.evolve(MAY, where="copy.sta:line 1"), at=NOON + timedelta(hours=1)
            )

        async with store.company(company) as transaction:
            assert [each.where for each in await transaction.statement_history.of(MAY.account)] == [MAY.where]

    async def test_statements_that_differ_in_anything_are_two(self, store: Store) -> None:
        company = fresh_company()
        others = [
            attrs.evolve(MAY, number="6"),
            attrs.evolve(MAY, sequence=None),
            attrs.evolve(MAY, page=1),
            attrs.evolve(MAY, opening=None),
            attrs.evolve(MAY, closing=Money(1, KWD)),
            attrs.evolve(MAY, moved=Money(1, KWD)),
            attrs.evolve(MAY, lines=4),
            attrs.evolve(MAY, first_day=None),
            attrs.evolve(MAY, last_day=date(2026, 6, 1)),
            attrs.evolve(MAY, interim=True),
        ]
        async with store.company(company) as transaction:
            for statement in (MAY, *others):
                await transaction.statement_history.add(statement, at=NOON)

        async with store.company(company) as transaction:
            assert set(await transaction.statement_history.of(MAY.account)) == {MAY, *others}
