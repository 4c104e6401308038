"""Eight writers on the same keys, for seconds; `tieout prove deadlocks` does it for as long as wanted."""

import attrs

from adapters.postgres.store import PostgresStore
from entrypoints.proofs.deadlocks import DeadlockReport, run_writers


async def test_eight_writers_of_everything_never_deadlock_and_the_unsorted_control_does(postgres_database: str) -> None:
    store = await PostgresStore.open(postgres_database)
    try:
        report = await run_writers(store, store.work_list(), postgres_database, seconds=4, seed=1)
    finally:
        await store.close()

    assert report.holds, report.as_text()


def test_a_control_that_did_not_deadlock_proves_nothing() -> None:
    done = {"payouts": 1, "bank_lines": 1, "verdicts": 1, "reconciliations": 1}
    report = DeadlockReport(
        seconds=1, done=done, refused={}, failed={}, deadlocks=0, control_deadlocks=1, control_seconds=1
    )

    assert report.holds
    assert not attrs.evolve(report, control_deadlocks=0).holds
    assert not attrs.evolve(report, deadlocks=1).holds
    assert not attrs.evolve(report, failed={"DeadlockDetectedError": 1}).holds
    assert not attrs.evolve(report, done={"payouts": 1}).holds
