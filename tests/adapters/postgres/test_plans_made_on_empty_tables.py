"""A plan may be made while a table is empty, and kept by its connection while the table grows to a million rows.

PostgreSQL plans a prepared statement for good after some runs. What a large transaction runs piece by piece must
therefore never be planned as a read of the whole table, which costs nothing while there is nothing in it.
"""

from datetime import UTC, date, datetime

import asyncpg
import pytest

from adapters.postgres import fact_statements, reconciliation_statements
from adapters.postgres.fact_rows import DEPOSITS, PAYOUTS
from adapters.postgres.store import PostgresStore

NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)
ACME = "co_plansonempty"
DAY = date(2026, 6, 1)


@pytest.mark.parametrize(
    ("sql", "arguments"),
    [
        (reconciliation_statements.KEEP_MATCHES.from_arrays, (1, NOON, ["m"], ["matched"], ["one_to_one"], [b"{}"])),
        (reconciliation_statements.END_MATCHES, (1, NOON, ["m"], ["m"])),
        (
            reconciliation_statements.KEEP_PAYOUTS.from_arrays,
            (NOON, ["p"], ["matched"], [""], [DAY], ["o"], [False], [False], [False], [True]),
        ),
        (reconciliation_statements.ACCEPTED, (["p"], 1)),
        (reconciliation_statements.LEARNED, (["d"],)),
        (fact_statements.latest_of_ids(PAYOUTS), (["p"],)),
        (fact_statements.amounts_within(DEPOSITS), (["usd"], [100], [DAY], [DAY], [False])),
    ],
    ids=["matches", "ends", "payouts", "accepted", "learned", "versions", "amounts"],
)
async def test_it_is_never_planned_to_read_a_table_whole(
    postgres_database: str, sql: str, arguments: tuple[object, ...]
) -> None:
    administrator = await asyncpg.connect(postgres_database)
    await administrator.execute("ANALYZE")  # from here on it is known that nothing is there
    await administrator.close()
    store = await PostgresStore.open(postgres_database)
    try:
        async with store.pool.acquire() as connection, connection.transaction():
            await connection.execute(
                f"SET LOCAL plan_cache_mode = force_generic_plan; SET LOCAL tieout.company = '{ACME}'"
            )
            plan = [row[0] for row in await connection.fetch(f"EXPLAIN {sql}", ACME, *arguments)]
    finally:
        await store.close()

    assert not [line for line in plan if "Seq Scan" in line], "\n".join(plan)
