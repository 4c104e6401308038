"""Rows that are handed to a statement: a few as arrays, many through a temporary table.

COPY cannot pass row-level security, and so not write into a company's table; but into a temporary one it can, which
costs this process a fifth of what arrays cost it.
"""

from collections.abc import Sequence
from typing import Any, Final

import asyncpg
import attrs

COPY_FROM_ROWS: Final = 1_000
"""From here on a temporary table costs less than arrays do."""
_ROWS: Final = "{rows}"
_COLLATED: Final = {"text": 'text COLLATE "C"'}
"""As all ids are, so that they can be compared."""


@attrs.frozen
class RowsStatement:
    """A statement that reads the rows it is given `FROM {rows}`, where they are called `t`.

    Its other parameters are numbered from `$1`, without a gap.
    """

    sql: str
    name: str
    """Of the temporary table."""
    columns: tuple[tuple[str, str], ...]
    """Name and SQL type of each column of the rows."""
    others: int
    """How many other parameters it has."""

    @property
    def from_arrays(self) -> str:
        """The rows come as parameters, an array for each column, after the others."""
        arrays = ", ".join(f"${place}::{type_}[]" for place, (_, type_) in enumerate(self.columns, self.others + 1))
        return self.sql.replace(_ROWS, f"unnest({arrays}) AS t ({', '.join(name for name, _ in self.columns)})")

    @property
    def from_copied(self) -> str:
        """The rows are in the temporary table."""
        return self.sql.replace(_ROWS, f"pg_temp.{self.name} AS t")

    @property
    def create(self) -> str:
        """Makes the temporary table, until the transaction ends."""
        columns = ", ".join(f"{name} {_COLLATED.get(type_, type_)}" for name, type_ in self.columns)
        return f"CREATE TEMPORARY TABLE IF NOT EXISTS {self.name} ({columns}) ON COMMIT DROP"

    async def run(
        self, connection: asyncpg.Connection, rows: Sequence[tuple[Any, ...]], *others: object
    ) -> list[asyncpg.Record]:
        """What the statement returns."""
        if not rows:
            return []
        if len(rows) < COPY_FROM_ROWS:
            columns = [list(column) for column in zip(*rows, strict=True)]
            return list(await connection.fetch(self.from_arrays, *others, *columns))
        await connection.execute(self.create)
        await connection.copy_records_to_table(self.name, schema_name="pg_temp", records=rows)
        found = list(await connection.fetch(self.from_copied, *others))
        await connection.execute(f"TRUNCATE pg_temp.{self.name}")
        return found


def columns_of(described: str) -> tuple[tuple[str, str], ...]:
    """`match_id, day:date`: text unless said otherwise."""
    pairs = (part.strip().partition(":") for part in described.split(","))
    return tuple((name, type_ or "text") for name, _, type_ in pairs)
