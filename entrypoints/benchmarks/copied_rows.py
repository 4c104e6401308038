"""`L_copy`: the rows that a transaction left in its tables, taken out, and brought back by COPY alone.

In PostgreSQL's own binary form from a file, by a role that row-level security does not bind, into the same tables with
the same indexes: nothing can make the same rows durable faster, except without indexes. Afterwards all is as before.
"""

import time
from collections.abc import Sequence
from pathlib import Path

import asyncpg


async def copied_again(
    connection: asyncpg.Connection, tables: Sequence[str], folder: Path, *, rounds: int
) -> tuple[float, ...]:
    """Seconds of each round: all tables in one transaction."""
    for table in tables:
        await connection.copy_from_table(table, output=folder / table, format="binary")
    seconds = []
    for _ in range(rounds):
        await emptied(connection, tables)
        begun = time.perf_counter()
        async with connection.transaction():
            for table in tables:
                await connection.copy_to_table(table, source=folder / table, format="binary", timeout=3_600)
        seconds.append(time.perf_counter() - begun)
    for table in tables:
        (folder / table).unlink()
    return tuple(seconds)


async def emptied(connection: asyncpg.Connection, tables: Sequence[str]) -> None:
    """Without rows, and nothing left for the server to write behind our back."""
    await connection.execute(f"TRUNCATE {', '.join(tables)}; CHECKPOINT")
