"""Writers on the same keys wait for each other, and never for themselves."""

import asyncio
from datetime import UTC, date, datetime
from itertools import count

import asyncpg
import pytest

from adapters.postgres.store import PostgresStore
from domain.actor import Actor, ActorKind
from domain.company import Company, CompanyId
from domain.money import Currency, Money
from domain.partner import Mode, PartnerId, Tenant
from domain.pushed_deposit import PushedAccount, PushedDeposit, pushed_account_id
from domain.pushed_payout import PushedItem, PushedPayout
from ports.facts import FactCounts
from ports.use_cases.create_company import create_company
from ports.use_cases.push_deposits import push_deposits
from ports.use_cases.push_payouts import push_payouts
from ports.use_cases.put_bank_account import put_bank_account

NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)
USD = Currency.of("usd")
TENANT = Tenant(partner=PartnerId("partner_writers00"), mode=Mode.TEST)
WHO = Actor(kind=ActorKind.PARTNER, id="key_writers")
ACME = CompanyId("co_writers000")
WRITERS, ROUNDS, IDS = 8, 6, 30


async def test_eight_that_push_the_same_payouts_and_lines_in_any_order_never_deadlock(
    postgres_store: PostgresStore,
) -> None:
    await make_acme_with_an_account(postgres_store)
    numbers = count(1)

    async def write(writer: int) -> None:
        for _ in range(ROUNDS):
            number = next(numbers)
            order = [(each * (2 * writer + 1) + number) % IDS for each in range(IDS)]
            if number % 2:
                payouts = [payout(f"out_{each}", number) for each in dict.fromkeys(order)]
                await push_payouts(payouts, company=ACME, tenant=TENANT, who=WHO, at=NOON, store=postgres_store)
            else:
                lines = [line(f"line_{each}", number) for each in dict.fromkeys(order)]
                await push_deposits(lines, company=ACME, tenant=TENANT, who=WHO, at=NOON, store=postgres_store)

    await asyncio.gather(*map(write, range(WRITERS)))

    async with postgres_store.company(ACME) as transaction:
        found = await transaction.facts.count()
        links = await transaction.audit_log.links(after=0, limit=1_000)
    assert found == FactCounts(payouts=IDS, balance_transactions=IDS, accounts=1, deposits=IDS)
    assert len(links) == 2 + WRITERS * ROUNDS


async def test_the_control_without_an_order_and_without_waiting_first_does_deadlock(postgres_database: str) -> None:
    one, other = [await asyncpg.connect(postgres_database, server_settings={"search_path": "tieout"}) for _ in range(2)]
    insert = "INSERT INTO statement_columns (company_id, account, remembered_at) VALUES ($1, $2, $3)"
    await one.execute("BEGIN")
    await other.execute("BEGIN")
    await one.execute(insert, ACME, "a", NOON)
    await other.execute(insert, ACME, "b", NOON)

    with pytest.raises(asyncpg.DeadlockDetectedError):
        crossed = await asyncio.gather(
            one.execute(insert, ACME, "b", NOON), other.execute(insert, ACME, "a", NOON), return_exceptions=True
        )
        raise next(each for each in crossed if isinstance(each, BaseException))

    await one.close()
    await other.close()


async def make_acme_with_an_account(store: PostgresStore) -> None:
    acme = Company(
        id=ACME,
        tenant=TENANT,
        external_id="cust_1",
        name="Acme",
        time_zone="UTC",
        currency=USD,
        created=NOON,
        updated=NOON,
    )
    await create_company(acme, who=WHO, store=store)
    told = PushedAccount(external_id="checking", currency=USD)
    await put_bank_account(told, csv_columns=None, company=ACME, tenant=TENANT, who=WHO, at=NOON, store=store)


def payout(external_id: str, units: int) -> PushedPayout:
    item = PushedItem(external_id="pay", type="charge", amount=Money(units, USD))
    return PushedPayout(external_id=external_id, amount=Money(units, USD), arrival_date=date(2026, 6, 2), items=(item,))


def line(external_id: str, units: int) -> PushedDeposit:
    return PushedDeposit(
        external_id=external_id,
        account=pushed_account_id(ACME, "checking"),
        amount=Money(units, USD),
        date=date(2026, 6, 2),
        text="STRIPE",
    )
