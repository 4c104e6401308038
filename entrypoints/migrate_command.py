"""`tieout migrate`: the schema, brought up to this version's. `tieout serve` does it by itself."""

import asyncio

from entrypoints.composition.service import opened_database, up_to_date
from entrypoints.settings import Settings


def run_migrate(settings: Settings) -> int:
    """Says what it applied. Raises CannotStart."""
    applied = asyncio.run(_migrate(settings))
    for name in applied:
        print(f"applied {name}")
    print("The schema is up to date.")
    return 0


async def _migrate(settings: Settings) -> tuple[str, ...]:
    async with opened_database(settings) as database:
        return await up_to_date(database)
