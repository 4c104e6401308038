"""A Stripe CSV as a table: columns found by name in any order and case, decimals in major units, times in UTC."""

import functools
import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import Final

import attrs

from domain.money import Currency, Money, UnknownCurrency
from ports.facts_reader import InputFile, UnreadableFile
from ports.file_formats.amounts import exact_money
from ports.file_formats.csv_rows import CsvRow, csv_rows, ends_inside_a_row, first_csv_rows, likely_separator
from ports.file_formats.records import UnreadableRecord, shown
from ports.file_formats.text import beginning_of, is_plain_id, printable, text_of

_POINT: Final = re.compile(r"[+-]?\d+(?:\.\d+)?", re.ASCII)
_COMMA: Final = re.compile(r"[+-]?\d+(?:,\d+)?", re.ASCII)
_COMMA_DECIMALS: Final = re.compile(r"[+-]?\d+,\d{1,2}", re.ASCII)
_MOMENT: Final = re.compile(
    r"(\d{4})-(\d\d?)-(\d\d?)(?:[ T](\d\d?):(\d\d)(?::(\d\d)(?:\.\d+)?)?)?(?:Z| ?UTC|\+00:?00)?", re.ASCII
)


def headings_of(content: bytes) -> frozenset[str]:
    """The column names in the first row, lower-case; empty if there is no such row. Never raises."""
    beginning = beginning_of(content)
    first = beginning.split("\n", 1)[0]
    rows = first_csv_rows(beginning, likely_separator(first), 1)
    return frozenset(value.lower() for value in rows[0].values) if rows and len(rows[0].values) > 1 else frozenset()


@attrs.frozen
class Row:
    """One data row; columns are asked for by the first of several names that the table has."""

    line: int
    values: tuple[str, ...]
    columns: dict[str, int]
    decimal_comma: bool

    def text(self, *names: str) -> str | None:
        """The first non-blank value of these columns, cleaned; None if there is none."""
        for name in names:
            index = self.columns.get(name)
            if index is not None and self.values[index]:
                return printable(self.values[index]) or None
        return None

    def has(self, name: str) -> bool:
        """The table has this column."""
        return name in self.columns

    def required_id(self, name: str) -> str:
        """An id that must be there."""
        value = self.values[self.columns[name]]
        if not is_plain_id(value):
            raise UnreadableRecord(f"{name} is {shown(value) if value else 'blank'}, not an id")
        return value

    def currency(self, name: str = "currency") -> Currency:
        """The currency of the row, in either case."""
        value = self.values[self.columns[name]]
        try:
            return Currency.of(value)
        except UnknownCurrency as error:
            reason = f"{name} {shown(value)} is not known" if value else f"{name} is blank"
            raise UnreadableRecord(reason) from error

    def money(self, name: str, of: Currency, *, blank_is_zero: bool = False) -> Money:
        """Money from plain decimals of major units: no thousands separators, no exponent, no rounding."""
        value = self.values[self.columns[name]]
        if not value and blank_is_zero:
            return Money.zero(of)
        if not (_COMMA if self.decimal_comma else _POINT).fullmatch(value):
            raise UnreadableRecord(f"{name} is {shown(value) if value else 'blank'}, not a plain decimal amount")
        return exact_money(name, value, value.replace(",", "."), of)

    def moment(self, *names: str) -> datetime | None:
        """The time in the first of these columns that has one, taken as UTC; None if none has."""
        for name in names:
            value = self.text(name)
            if value is not None:
                return _moment(name, value)
        return None

    def day(self, *names: str) -> date | None:
        """The date in the first of these columns that has one; None if none has."""
        at = self.moment(*names)
        return None if at is None else at.date()


@functools.lru_cache(maxsize=65_536)
def _moment(name: str, value: str) -> datetime:
    parts = _MOMENT.fullmatch(value)
    if parts is None:
        raise UnreadableRecord(f"{name} is {shown(value)}, not a date such as 2026-12-31 23:59")
    try:
        found = datetime(*(int(part or 0) for part in parts.groups()), tzinfo=UTC)  # type: ignore[arg-type,misc]
    except ValueError as error:
        raise UnreadableRecord(f"{name} is {shown(value)}: there is no such date") from error
    if not 2000 <= found.year < 2100:
        raise UnreadableRecord(f"{name} is {shown(value)}, not a date between 2000 and 2100")
    return found


@attrs.frozen
class BrokenRow:
    """A row that cannot be read: its line, its values as they stand, and why."""

    line: int
    values: tuple[str, ...]
    error: UnreadableRecord


@attrs.frozen
class Table:
    """The rows of one file that can be looked at, and what was assumed in reading."""

    columns: dict[str, int]
    rows: tuple[Row, ...]
    misfits: tuple[BrokenRow, ...]
    """Rows that have more or fewer values than there are columns."""
    notes: tuple[str, ...]

    @property
    def records(self) -> int:
        """All data rows."""
        return len(self.rows) + len(self.misfits)


def table_of(file: InputFile, *, required: Iterable[str], amounts: Iterable[str]) -> Table:
    """The file as a table. Raises UnreadableFile: not text, a required column is missing, cut off inside a row."""
    text, notes = text_of(file, windows_1252_allowed=True)
    rows = csv_rows(file, text, likely_separator(text.lstrip().split("\n", 1)[0]))
    columns = _columns(rows[0].values) if rows else {}
    missing = [name for name in required if name not in columns]
    if missing:
        raise UnreadableFile(
            file=file.name, place=f"line {rows[0].line if rows else 1}", reason=_no_columns(missing, columns)
        )
    width, whole, misfits = len(rows[0].values), list[CsvRow](), list[BrokenRow]()
    for row in rows[1:]:
        if len(row.values) >= width and not any(row.values[width:]):
            whole.append(row)
        elif row is rows[-1] and len(row.values) < width and ends_inside_a_row(text):
            raise UnreadableFile(
                file=file.name,
                place=f"line {row.line}",
                reason=f"is truncated: the last row has {len(row.values)} of {width} values and no line end",
            )
        else:
            error = UnreadableRecord(f"has {len(row.values)} values, but there are {width} columns")
            misfits.append(BrokenRow(row.line, row.values, error))
    comma = _has_decimal_comma(whole, [columns[name] for name in amounts if name in columns])
    return Table(
        columns,
        tuple(Row(row.line, row.values, columns, comma) for row in whole),
        tuple(misfits),
        (*notes, *(("decimals are written with a comma",) if comma else ())),
    )


def _columns(headings: tuple[str, ...]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for index, heading in enumerate(headings):
        columns.setdefault(heading.lower(), index)
    return columns


def _no_columns(missing: list[str], columns: dict[str, int]) -> str:
    named = ", ".join(f"“{name}”" for name in missing)
    found = ", ".join(shown(name) for name in list(columns)[:8]) or "nothing"
    return f"has no column {named}; the heading row has {found}{', …' if len(columns) > 8 else ''}"


def _has_decimal_comma(rows: list[CsvRow], columns: list[int]) -> bool:
    """Newer report versions can be asked for a decimal comma: some amounts show it, and none has a point."""
    comma = False
    for row in rows:
        for index in columns:
            value = row.values[index]
            if "." in value:
                return False
            comma = comma or ("," in value and _COMMA_DECIMALS.fullmatch(value) is not None)
    return comma


def each_row(table: Table, read: Callable[[Row], None]) -> list[BrokenRow]:
    """Read every row; what cannot be read comes back, in the order of the file."""
    broken = list(table.misfits)
    for row in table.rows:
        try:
            read(row)
        except UnreadableRecord as error:
            broken.append(BrokenRow(row.line, row.values, error))
    return sorted(broken, key=lambda row: row.line)
