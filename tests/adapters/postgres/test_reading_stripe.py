"""Stripe accounts read into PostgreSQL, in trouble: the facts are those that Stripe has, and those kept in memory."""

import pytest

from adapters.postgres.store import PostgresStore
from entrypoints.proofs.stripe_cycle import lived_through
from entrypoints.proofs.stripe_flow import flow
from entrypoints.proofs.stripe_orders import ONLY_POLLING, ways
from tests.entrypoints.http.service import Clock, postgres_services


@pytest.mark.parametrize("number", range(2))
async def test_what_stripe_has_is_kept_by_postgresql_whatever_goes_wrong(
    postgres_store: PostgresStore, number: int
) -> None:
    seed = f"postgres {number}"
    steps, (telling, trouble) = flow(seed, 20), ways(seed)
    in_memory = await lived_through(seed, steps, ONLY_POLLING)

    kept = await lived_through(seed, steps, telling, trouble, services=postgres_services(Clock(), postgres_store))

    assert kept.is_true, kept
    assert kept.facts == in_memory.facts
    assert len(kept.matches) == len(in_memory.matches) > 0
