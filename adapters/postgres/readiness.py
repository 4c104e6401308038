"""Whether requests can be served on this database right now."""

from typing import Final

import asyncpg

from adapters.postgres.errors import translated
from adapters.postgres.migrations import MigrationRefused, missing_steps
from ports.transaction import StoreUnavailable

PATIENCE_SECONDS: Final = 2
"""Whoever waits longer for a connection is not ready, whatever the reason."""


async def why_not_ready(pool: asyncpg.Pool) -> str | None:
    """In words that anybody may see; None if they can."""
    try:
        with translated("looking whether it is ready"):
            async with pool.acquire(timeout=PATIENCE_SECONDS) as connection:
                missing = await missing_steps(connection)
    except (StoreUnavailable, asyncpg.PostgresError):  # gone, or it will not have us: both are its operator's to mend
        return "The database cannot be reached."
    except MigrationRefused:
        return "The database's schema is of another version of Tieout."
    return "The database's schema is not up to date." if missing else None
