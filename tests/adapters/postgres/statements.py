"""Connections that look at, or tamper with, the statements that pass through them."""

import re
from typing import Any, Final

import asyncpg
import sqlglot
from sqlglot import expressions

_COMPANY_FILTER: Final = re.compile(r"(\b\w+\.)?\bcompany_id\s*=\s*(\$\d+)")


class TamperingConnection(asyncpg.Connection):  # type: ignore[misc]  # asyncpg has no types
    """Passes every statement through `seen` before it goes to the server."""

    def seen(self, sql: str) -> str:
        """The statement to send instead."""
        raise NotImplementedError

    async def execute(self, query: str, *args: Any, **options: Any) -> str:
        return str(await super().execute(self.seen(query), *args, **options))

    async def executemany(self, command: str, args: Any, **options: Any) -> None:
        await super().executemany(self.seen(command), args, **options)

    async def fetch(self, query: str, *args: Any, **options: Any) -> Any:
        return await super().fetch(self.seen(query), *args, **options)

    async def fetchrow(self, query: str, *args: Any, **options: Any) -> Any:
        return await super().fetchrow(self.seen(query), *args, **options)

    async def fetchval(self, query: str, *args: Any, **options: Any) -> Any:
        return await super().fetchval(self.seen(query), *args, **options)

    async def prepare(self, query: str, **options: Any) -> Any:
        return await super().prepare(self.seen(query), **options)

    def cursor(self, query: str, *args: Any, **options: Any) -> Any:
        return super().cursor(self.seen(query), *args, **options)


class RecordingConnection(TamperingConnection):
    """Notes every statement, of all connections of this class."""

    statements: Final[set[str]] = set()

    def seen(self, sql: str) -> str:
        self.statements.add(sql)
        return sql


class ForgetfulConnection(TamperingConnection):
    """Takes the company's filter out of every statement, as a careless change might."""

    forgotten: Final[set[str]] = set()

    def seen(self, sql: str) -> str:
        without = _COMPANY_FILTER.sub(r"(\2::text IS NOT NULL)", sql)
        if without != sql:
            self.forgotten.add(sql)
        return without


def tables_without_company(sql: str, company_tables: frozenset[str]) -> list[str]:
    """The company tables that a statement touches without saying which company's rows it means.

    A table says so if its `company_id` is compared with a parameter, or with that of another table; an insertion if it
    gives `company_id` first.
    """
    missing: list[str] = []
    if not any(re.search(rf"\b{table}\b", sql) for table in company_tables):
        return missing
    for statement in sqlglot.parse(sql, read="postgres"):
        if statement is None or isinstance(statement, expressions.Command):
            continue
        compared = _compared(statement)
        inserted = _inserted(statement)
        for table in statement.find_all(expressions.Table):
            if table.name not in company_tables or table.find_ancestor(expressions.Create):
                continue
            if inserted is not None and table is inserted[0]:
                if inserted[1][:1] != ["company_id"]:
                    missing.append(table.name)
            elif not {(None, table.alias_or_name), (_scope(table), "")} & compared:
                missing.append(table.name)
    return missing


def _compared(statement: sqlglot.Expr) -> set[tuple[int | None, str]]:
    """Names of the tables whose company is compared; where a column names no table, the query that it stands in."""
    return {
        (None, column.table) if column.table else (_scope(column), "")
        for equality in statement.find_all(expressions.EQ)
        if equality.find_ancestor(expressions.Where, expressions.Join)
        for column in (equality.left, equality.right)
        if isinstance(column, expressions.Column) and column.name == "company_id"
    }


def _scope(node: sqlglot.Expr) -> int:
    """The query that something stands in."""
    return id(node.find_ancestor(expressions.Select, expressions.Update, expressions.Delete, expressions.Insert))


def _inserted(statement: sqlglot.Expr) -> tuple[expressions.Table, list[str]] | None:
    insertion = statement.find(expressions.Insert)
    if insertion is None:
        return None
    target = insertion.this
    if isinstance(target, expressions.Schema):
        return target.this, [each.name for each in target.expressions]
    return target, []
