"""The facts of a company in PostgreSQL: appended versions, read through the indexes that the selections need."""

from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Final

import asyncpg

from adapters.postgres import fact_statements as statements
from adapters.postgres.fact_rows import BALANCE_TRANSACTIONS, FACT_TABLES, PAYOUTS, FactTable, Row
from adapters.postgres.fact_selections import reads
from adapters.postgres.pieces import WHOLE_COMPANY_SECONDS
from adapters.postgres.recorded_facts import RecordedFactsInParts
from domain.balance_transaction import BalanceTransactionId
from domain.company import CompanyId
from domain.company_facts import CompanyFacts
from ports.facts import FactCounts, FactSelection, FactSource, RecordedFacts, UnstorableFact

ROWS_AT_ONCE: Final = 20_000
"""A large load is written in pieces of so many rows."""
ROWS_PER_MOMENT: Final = 1_000
"""A large load takes one moment after the other, so that a page of a list by moment has few rows of one to sort."""
_TICK: Final = timedelta(microseconds=1)
COPY_FROM_ROWS: Final = 1_000
"""From here on a temporary table costs less than arrays do."""
_RETRACTED: Final = -1
"""The place of `retracted` in the content of those that have it."""
_SINCE_EVER: Final = datetime.min.replace(tzinfo=UTC)


class PostgresFacts:
    """Keeps the promises of `ports.facts.Facts` on the connection of a transaction."""

    def __init__(self, connection: asyncpg.Connection, company: CompanyId) -> None:
        self._connection = connection
        self._company = company

    async def record(
        self,
        facts: CompanyFacts,
        *,
        source: FactSource,
        at: datetime,
        external_ids: Mapping[str, str] | None = None,
        retracted: Collection[BalanceTransactionId] = (),
    ) -> RecordedFacts:
        """Appends what is new or changed."""
        last = await self._hold_last_moment()
        moment = at if last is None else max(at, last + _TICK)
        told = _Recording(self._connection, self._company, source, moment, external_ids or {})
        with _unstorable():
            for table in FACT_TABLES:
                await told.record(table, facts, retracted if table.can_be_retracted else (), is_first=last is None)
        if told.parts.is_empty:
            return told.parts.recorded_at(last)
        await self._connection.execute(
            "UPDATE fact_moments SET recorded_at = $2 WHERE company_id = $1", self._company, told.moment
        )
        return told.parts.recorded_at(told.moment)

    async def load(self, *wanted: FactSelection, to_change: bool = False) -> CompanyFacts:
        """Each selection by its own index; what two of them find is kept once."""
        if to_change:
            await self._hold_last_moment()
        found: dict[str, dict[str, Any]] = {table.kind: {} for table in FACT_TABLES}
        for selection in wanted:
            for table, sql, arguments in reads(selection):
                cursor = self._connection.cursor(
                    sql, self._company, *arguments, prefetch=1_000, timeout=WHOLE_COMPANY_SECONDS
                )
                kept = found[table.kind]
                async for row in cursor:
                    if not (table.can_be_retracted and row["retracted"]):
                        kept[row[0]] = table.fact(row)
        return CompanyFacts(**{kind: tuple(facts.values()) for kind, facts in found.items()})

    async def stream(self, *, size_max: int = 10_000) -> AsyncIterator[CompanyFacts]:
        """By a cursor on the server for each kind."""
        for table in FACT_TABLES:
            cursor = await self._connection.cursor(statements.current_in_order(table), self._company)
            while rows := await cursor.fetch(size_max):
                yield CompanyFacts(**{table.kind: tuple(map(table.fact, rows))})

    async def changed_since(self, moment: datetime | None) -> RecordedFacts:
        """Up to the last moment that is committed now, so that no table is read further than another."""
        last = await self._connection.fetchval(
            "SELECT recorded_at FROM fact_moments WHERE company_id = $1", self._company
        )
        parts = RecordedFactsInParts()
        if last is None:
            return parts.recorded_at(None)
        since = moment or _SINCE_EVER
        for table in FACT_TABLES:
            corrected: list[Any] = []
            changed = self._connection.cursor(
                statements.changed(table), self._company, since, last, prefetch=1_000, timeout=WHOLE_COMPANY_SECONDS
            )
            async for row in changed:  # since ever, it is everything
                if moment and row["version"] > 1:
                    corrected.append(row)
                else:
                    _compare(parts, table, row, None)
            before = await self._latest(table, [row["id"] for row in corrected], " AND f.recorded_at <= $3", since)
            for row in corrected:
                _compare(parts, table, row, before.get(row["id"]))
        return parts.recorded_at(last)

    async def count(self, stripe_account: str | None = None) -> FactCounts:
        """Counted, not estimated."""
        if stripe_account is None:
            counts = {
                table.kind: await self._connection.fetchval(statements.counted(table), self._company)
                for table in FACT_TABLES
            }
            return FactCounts(**counts)
        payouts, transactions = [
            await self._connection.fetchval(
                statements.counted(table, "f.stripe_account = $2"),
                self._company,
                stripe_account,
                timeout=WHOLE_COMPANY_SECONDS,
            )
            for table in (PAYOUTS, BALANCE_TRANSACTIONS)
        ]
        return FactCounts(payouts=payouts, balance_transactions=transactions, accounts=0, deposits=0)

    async def _hold_last_moment(self) -> datetime | None:
        """The moment of the company's last recording; nobody else records until this transaction ends."""
        held = "SELECT recorded_at FROM fact_moments WHERE company_id = $1 FOR UPDATE"
        row = await self._connection.fetchrow(held, self._company)
        if row is None:
            await self._connection.execute(
                "INSERT INTO fact_moments (company_id) VALUES ($1) ON CONFLICT (company_id) DO NOTHING", self._company
            )
            row = await self._connection.fetchrow(held, self._company)
        last: datetime | None = row["recorded_at"]
        return last

    async def _latest(
        self, table: FactTable[Any], ids: Sequence[str], until: str, *arguments: object
    ) -> dict[str, Sequence[Any]]:
        if not ids:
            return {}
        rows = await self._connection.fetch(statements.latest_of_ids(table, until), self._company, ids, *arguments)
        return {row["id"]: row for row in rows}


class _Recording:
    """One recording."""

    def __init__(
        self,
        connection: asyncpg.Connection,
        company: CompanyId,
        source: FactSource,
        moment: datetime,
        external_ids: Mapping[str, str],
    ) -> None:
        self.parts = RecordedFactsInParts()
        self._connection = connection
        self._company = company
        self._source = source.value
        self.moment = moment
        self._rows_of_moment = 0
        self._external_ids = external_ids

    async def record(
        self, table: FactTable[Any], facts: CompanyFacts, retracted: Collection[str], *, is_first: bool
    ) -> None:
        """Appends versions of one kind, piece by piece, in the order of the ids."""
        told = {fact.id: fact for fact in table.of(facts)}
        if len(told) < len(table.of(facts)):
            raise ValueError(f"two of the {table.name.replace('_', ' ')} told have the same id")
        ids = iter(sorted({*told, *retracted}))
        while piece := list(islice(ids, ROWS_AT_ONCE)):
            kept = {} if is_first else await self._kept(table, piece)
            rows: list[Row] = []
            for id_ in piece:
                fact = told.get(id_)
                row = self._retraction(kept.get(id_)) if fact is None else table.row(fact)
                if row is not None and (version := self._settle(table, row, fact, kept.get(id_))):
                    rows.append(self._written(row, version, kept.get(id_)))
            await self._write(table, rows)

    async def _kept(self, table: FactTable[Any], ids: list[str]) -> dict[str, Row]:
        """The last versions of these ids: content, version, external id."""
        rows = await self._connection.fetch(statements.latest_of_ids(table), self._company, ids)
        return {row[0]: tuple(row) for row in rows}

    @staticmethod
    def _retraction(kept: Row | None) -> Row | None:
        return None if kept is None else (*kept[: len(BALANCE_TRANSACTIONS.columns)][:_RETRACTED], True)

    def _settle(self, table: FactTable[Any], row: Row, fact: object | None, kept: Row | None) -> int:
        """Says what the row is, compared with what is kept, and returns its version; 0: it is kept already."""
        if kept is None:
            self.parts.new[table.kind].append(fact)
            return 1
        content, version = kept[: len(table.columns)], kept[len(table.columns)]
        if content == row:
            if fact is not None:
                self.parts.unchanged[table.kind].append(fact)
            return 0
        if fact is None:
            self.parts.retracted.append(table.fact(content))
        elif table.can_be_retracted and content[_RETRACTED]:
            self.parts.new[table.kind].append(fact)
        else:
            self.parts.changed[table.kind].append(fact)
            self.parts.before[table.kind].append(table.fact(content))
        return int(version) + 1

    def _written(self, row: Row, version: int, kept: Row | None) -> Row:
        if self._rows_of_moment == ROWS_PER_MOMENT:
            self.moment, self._rows_of_moment = self.moment + _TICK, 0
        self._rows_of_moment += 1
        external_id = self._external_ids.get(row[0], None if kept is None else kept[len(row) + 1])
        return (*row, version, external_id, self._source, self.moment)

    async def _write(self, table: FactTable[Any], rows: list[Row]) -> None:
        if len(rows) >= COPY_FROM_ROWS:
            name = statements.incoming(table)
            await self._connection.execute(statements.create_incoming(table))
            await self._connection.copy_records_to_table(name, schema_name="pg_temp", records=rows)
            await self._connection.execute(statements.insert_incoming(table), self._company)
            await self._connection.execute(f"TRUNCATE pg_temp.{name}")
        elif rows:
            await self._connection.execute(statements.insert_rows(table), self._company, *zip(*rows, strict=True))


def _compare(
    parts: RecordedFactsInParts, table: FactTable[Any], row: Sequence[Any], before: Sequence[Any] | None
) -> None:
    """Files a version under what it is, compared with the one before the span."""
    content = tuple(row)[: len(table.columns)]
    earlier = None if before is None else tuple(before)[: len(table.columns)]
    if earlier is not None and table.can_be_retracted and earlier[_RETRACTED]:
        earlier = None
    is_gone = table.can_be_retracted and content[_RETRACTED]
    if earlier is None:
        if not is_gone:
            parts.new[table.kind].append(table.fact(content))
    elif is_gone:
        parts.retracted.append(table.fact(earlier))
    elif content != earlier:
        parts.changed[table.kind].append(table.fact(content))
        parts.before[table.kind].append(table.fact(earlier))


@contextmanager
def _unstorable() -> Iterator[None]:
    """The causes print the value; a refusal must not."""
    try:
        yield
    except (asyncpg.DataError, UnicodeEncodeError, OverflowError) as error:
        raise UnstorableFact(f"a value cannot be kept: {type(error).__name__}") from None
