"""The benchmark of the load measures what it says; nothing is asserted of the times."""

import attrs

from adapters.postgres.store import PostgresStore
from entrypoints.benchmarks.facts_load import COMPANY, FactsLoadReport, LoadTimes, facts_of, run_facts_load
from ports.facts import FactCounts


async def test_it_loads_by_both_ways_reads_all_back_and_leaves_nothing(postgres_database: str) -> None:
    said: list[tuple[str, int, int]] = []

    report = await run_facts_load(
        postgres_database, rows=400, rounds=2, progress=lambda what, done, of: said.append((what, done, of))
    )

    assert (report.rows, len(report.copy.seconds), len(report.record.cpu_seconds)) == (400, 2, 2)
    assert said == [("load of facts", 1, 2), ("load of facts", 2, 2)]
    store = await PostgresStore.open(postgres_database)
    async with store.company(COMPANY) as transaction:
        assert await transaction.facts.count() == FactCounts(payouts=0, balance_transactions=0, accounts=0, deposits=0)
    await store.close()


def test_the_facts_are_as_many_as_asked_for() -> None:
    facts = facts_of(10)

    assert (len(facts.payouts), len(facts.deposits)) == (5, 5)
    assert len({*(each.id for each in facts.payouts), *(each.id for each in facts.deposits)}) == 10


def test_a_run_whose_control_drifts_is_reported_as_rejected() -> None:
    steady = LoadTimes(seconds=(1.0, 1.1), cpu_seconds=(1.0, 1.0))
    report = FactsLoadReport(
        rows=1_000, copy=steady, record=LoadTimes(seconds=(2.0, 2.2), cpu_seconds=(3.0, 3.0)), read_rows_per_second=1e5
    )
    drifting = attrs.evolve(report, copy=attrs.evolve(steady, seconds=(1.0, 1.2)))

    assert report.ratio == 0.5
    assert not report.is_rejected
    assert drifting.is_rejected
    assert "REJECTED" in drifting.as_text()
