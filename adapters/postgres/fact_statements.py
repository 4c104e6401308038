"""The SQL on the tables of facts. Every statement carries the company's id, and reads the current versions only."""

from collections.abc import Iterable
from typing import Any

from adapters.postgres.fact_rows import FactTable

RECORDED = ("version", "integer"), ("external_id", "text"), ("told_by", "text"), ("recorded_at", "timestamptz")
"""The columns that stand behind the content."""


def is_current(table: FactTable[Any], *, of_all: bool = False) -> str:
    """A condition on `f`: no later version follows. `later.version > 1` lets the small index of corrections answer.

    Where few facts are looked for, a fence keeps it one look-up for each: as a join, it would read all corrections that
    there ever were, once they are known to be few beside the facts. `of_all`: of a whole company, that is best.
    """
    fence = "" if of_all else " OFFSET 0"
    return (
        f"NOT EXISTS (SELECT FROM {table.name} later WHERE later.company_id = $1 AND later.id = f.id "
        f"AND later.version = f.version + 1 AND later.version > 1{fence})"
    )


def not_retracted(table: FactTable[Any]) -> str:
    """A condition on `f`, empty or with AND before it."""
    return " AND NOT f.retracted" if table.can_be_retracted else ""


def current(table: FactTable[Any], condition: str = "") -> str:
    """The content of current facts that meet the condition on `f`."""
    wanted = f" AND {condition}" if condition else ""
    return (
        f"SELECT {table.content} FROM {table.name} f "
        f"WHERE f.company_id = $1{wanted} AND {is_current(table, of_all=not wanted)}{not_retracted(table)}"
    )


def current_in_order(table: FactTable[Any]) -> str:
    """The content of all current facts, by id."""
    return f"{current(table)} ORDER BY f.id"


def counted(table: FactTable[Any], of: str = "") -> str:
    """How many there are that meet the condition `of` on `f`."""
    condition = f"{of}{' AND ' if of else ''}{is_current(table, of_all=True)}{not_retracted(table)}"
    return f"SELECT count(*) FROM {table.name} f WHERE f.company_id = $1 AND {condition}"


def latest_of_ids(table: FactTable[Any], until: str = "") -> str:
    """The last version of each of the ids in $2, retracted or not: one row read for each. `until`: condition on `f`."""
    return _last_of_ids(table, f"{table.content}, f.version, f.external_id", until)


def told_of_ids(table: FactTable[Any]) -> str:
    """The same, with how each came."""
    return _last_of_ids(table, f"{table.content}, {_how_it_came(table)}", "")


def _last_of_ids(table: FactTable[Any], columns: str, until: str) -> str:
    return (
        "SELECT latest.* FROM unnest($2::text[]) AS wanted (id) CROSS JOIN LATERAL ("
        f"SELECT {columns} FROM {table.name} f "
        f"WHERE f.company_id = $1 AND f.id = wanted.id{until} ORDER BY f.version DESC LIMIT 1) AS latest"
    )


def of_amounts(table: FactTable[Any]) -> str:
    """Current facts of the amounts ($2 currencies, $3 minor units) from day $4 to day $5: one look-up for each."""
    return (
        "SELECT found.* FROM unnest($2::text[], $3::bigint[]) AS wanted (currency, minor_units) CROSS JOIN LATERAL ("
        f"SELECT {table.content} FROM {table.name} f WHERE f.company_id = $1 AND f.currency = wanted.currency "
        f"AND f.minor_units = wanted.minor_units AND f.amount_day BETWEEN $4 AND $5 AND {is_current(table)} "
        "OFFSET 0) AS found"  # the fence keeps it a look-up in the index, whatever the statistics say
    )


def amounts_within(table: FactTable[Any], condition: str = "") -> str:
    """Current facts of the amounts ($2 currencies, $3 minor units), each from its day in $4 to its day in $5.

    `condition`: on `f`, and on `wanted`, which has what $6 says as `must_trace`.
    """
    return (
        "SELECT found.* FROM unnest($2::text[], $3::bigint[], $4::date[], $5::date[], $6::boolean[]) "
        "AS wanted (currency, minor_units, first_day, last_day, must_trace) CROSS JOIN LATERAL ("
        f"SELECT {table.content} FROM {table.name} f WHERE f.company_id = $1 AND f.currency = wanted.currency "
        f"AND f.minor_units = wanted.minor_units AND f.amount_day BETWEEN wanted.first_day AND wanted.last_day"
        f"{condition} AND {is_current(table)} OFFSET 0) AS found"
    )


def changed(table: FactTable[Any]) -> str:
    """Current versions, retracted ones too, recorded after $2 and not after $3."""
    return (
        f"SELECT {table.content}, f.version FROM {table.name} f "
        f"WHERE f.company_id = $1 AND f.recorded_at > $2 AND f.recorded_at <= $3 AND {is_current(table)}"
    )


def _how_it_came(table: FactTable[Any]) -> str:
    return (
        "f.external_id, f.told_by, f.recorded_at, (SELECT earlier.recorded_at "
        f"FROM {table.name} earlier WHERE earlier.company_id = $1 AND earlier.id = f.id "
        "AND earlier.version = f.version - 1) AS previous_at"
    )


def listed(table: FactTable[Any], order: str | None) -> str:
    """The beginning of a list: content, how it came, and what the list is ordered by before the id."""
    return f"SELECT {table.content}, {_how_it_came(table)}, {order or 'NULL'} AS list_order FROM {table.name} f"


def possible_ids(ids: Iterable[str]) -> list[str]:
    """The ids under which something can be kept, each once, sorted."""
    return sorted({id_ for id_ in ids if "\0" not in id_ and id_ == id_.encode(errors="ignore").decode()})


def written(table: FactTable[Any]) -> list[tuple[str, str]]:
    """Name and type of every column but the company's."""
    return [*table.columns, *RECORDED]


def insert_rows(table: FactTable[Any]) -> str:
    """Inserts rows given as one array for each column."""
    columns = written(table)
    arrays = ", ".join(f"${place}::{type_}[]" for place, (_, type_) in enumerate(columns, 2))
    names = ", ".join(name for name, _ in columns)
    return f"INSERT INTO {table.name} (company_id, {names}) SELECT $1, told.* FROM unnest({arrays}) AS told ({names})"


def incoming(table: FactTable[Any]) -> str:
    """The name of the temporary table that a large load is copied into: COPY cannot pass row-level security."""
    return f"incoming_{table.name}"


def create_incoming(table: FactTable[Any]) -> str:
    """Makes it, until the transaction ends."""
    columns = ", ".join(f"{name} {type_}" for name, type_ in written(table))
    return f"CREATE TEMPORARY TABLE IF NOT EXISTS {incoming(table)} ({columns}) ON COMMIT DROP"


def insert_incoming(table: FactTable[Any]) -> str:
    """Inserts what was copied there."""
    names = ", ".join(name for name, _ in written(table))
    return f"INSERT INTO {table.name} (company_id, {names}) SELECT $1, {names} FROM pg_temp.{incoming(table)}"
