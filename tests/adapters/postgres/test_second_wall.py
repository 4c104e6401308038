"""The second wall: with the company's filter taken out of every statement, row-level security still shows nothing.

The contracts run as they are, on connections that forget the filter, beside a neighbour who has the same ids: whoever
saw a row of the neighbour's, or changed one, would break them.
"""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from adapters.postgres.store import PostgresStore
from domain.company import CompanyId
from domain.company_facts import CompanyFacts
from ports.facts import Everything
from ports.transaction import Store
from tests.adapters.postgres.statements import ForgetfulConnection
from tests.ports.case_keys_contract import CaseKeysContract
from tests.ports.fact_lists_contract import FactListsContract
from tests.ports.facts_contract import CHECKING, FactsContract, item, line, payout, told
from tests.ports.statement_history_contract import StatementHistoryContract
from tests.ports.statements_contract import StatementsContract

NEIGHBOUR, ME = CompanyId("co_neighbour000"), CompanyId("co_me00000000000")
THEIRS = CompanyFacts(
    payouts=tuple(payout(f"po_{i}", units=77_777) for i in range(6)),
    balance_transactions=tuple(item(f"txn_{i}", units=77_777) for i in range(6)),
    accounts=(CHECKING,),
    deposits=tuple(line(f"dep_{i}", units=77_777) for i in range(6)),
)


@pytest_asyncio.fixture
async def store(
    postgres_store: PostgresStore, shared_postgres_store: tuple[PostgresStore, asyncpg.Connection]
) -> AsyncIterator[Store]:
    """A store that forgets the filter, in the database where the neighbour's facts are."""
    await told(postgres_store, NEIGHBOUR, THEIRS)
    _, everything = shared_postgres_store
    before = await rows_of(everything, NEIGHBOUR)
    forgetful = await forgetful_store(everything)
    yield forgetful
    await forgetful.close()
    assert await rows_of(everything, NEIGHBOUR) == before


class TestFactsBehindTheSecondWall(FactsContract):
    pass


class TestFactListsBehindTheSecondWall(FactListsContract):
    pass


class TestCaseKeysBehindTheSecondWall(CaseKeysContract):
    pass


class TestStatementsBehindTheSecondWall(StatementsContract):
    pass


class TestStatementHistoryBehindTheSecondWall(StatementHistoryContract):
    pass


async def test_the_filter_is_forgotten_indeed(store: Store) -> None:
    async with store.company(ME) as transaction:
        await transaction.facts.load(Everything())

    assert any("payouts" in sql for sql in ForgetfulConnection.forgotten)


async def test_without_row_level_security_the_neighbours_facts_would_show(
    postgres_store: PostgresStore, shared_postgres_store: tuple[PostgresStore, asyncpg.Connection]
) -> None:
    """The control: it is the wall that keeps them apart, and nothing else."""
    await told(postgres_store, NEIGHBOUR, THEIRS)
    forgetful = await forgetful_store(shared_postgres_store[1], role="postgres")
    async with forgetful.company(ME) as transaction:
        found = await transaction.facts.load(Everything())
    await forgetful.close()

    assert {each.id for each in found.payouts} == {each.id for each in THEIRS.payouts}


@pytest.mark.parametrize("bound", ["", "co_me00000000000"])
async def test_nothing_shows_to_whoever_names_no_company_or_another(
    postgres_store: PostgresStore, shared_postgres_store: tuple[PostgresStore, asyncpg.Connection], bound: str
) -> None:
    await told(postgres_store, NEIGHBOUR, THEIRS)
    _, everything = shared_postgres_store
    tables = [row["relname"] for row in await everything.fetch(COMPANY_TABLES)]
    shown = {}
    async with everything.transaction():
        await everything.execute(f"SET LOCAL ROLE tieout_runtime; SET LOCAL tieout.company = '{bound}'")
        for table in tables:
            shown[table] = await everything.fetchval(f"SELECT count(*) FROM tieout.{table}")

    assert shown
    assert set(shown.values()) == {0}


COMPANY_TABLES = (
    "SELECT relname FROM pg_class WHERE relnamespace = 'tieout'::regnamespace AND relrowsecurity AND relkind = 'r'"
)


async def forgetful_store(everything: asyncpg.Connection, role: str = "tieout_runtime") -> PostgresStore:
    host = await everything.fetchval("SHOW unix_socket_directories")
    dsn = f"postgresql://postgres@/tieout_shared?host={host}"
    return await PostgresStore.open(dsn, connection_class=ForgetfulConnection, role=role)


async def rows_of(everything: asyncpg.Connection, company: CompanyId) -> dict[str, list[Any]]:
    """All that is kept of a company, table by table."""
    tables = [row["relname"] for row in await everything.fetch(COMPANY_TABLES)]
    return {
        table: sorted(
            map(str, await everything.fetch(f"SELECT t::text FROM tieout.{table} AS t WHERE company_id = $1", company))
        )
        for table in tables
    }
