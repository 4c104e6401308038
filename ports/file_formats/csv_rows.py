"""Text to CSV rows, each with the physical line on which it begins. Quoted values may hold line ends."""

import csv
import io
from collections.abc import Iterator
from typing import Final

import attrs

from ports.facts_reader import InputFile, UnreadableFile

SEPARATORS: Final = (",", ";", "\t", "|")


@attrs.frozen
class CsvRow:
    """One row: the line on which it begins (1 is the first), and its values, trimmed."""

    line: int
    values: tuple[str, ...]

    @property
    def is_blank(self) -> bool:
        """There is nothing in it."""
        return not any(self.values)


def csv_rows(file: InputFile, text: str, separator: str) -> list[CsvRow]:
    """The rows that are not blank. Raises UnreadableFile: a quote is never closed (truncated), a value is endless."""
    try:
        return list(_rows(text, separator, strict=True))
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            raise UnreadableFile(
                file=file.name, place=_last_line(text), reason="is truncated: a quoted value is never closed"
            ) from error
    try:
        # Some banks write quotes inside quoted values without doubling them: read what is meant.
        return list(_rows(text, separator, strict=False))
    except csv.Error as error:
        raise UnreadableFile(file=file.name, place="", reason=f"is not valid CSV: {error}") from error


def first_csv_rows(text: str, separator: str, count: int) -> list[CsvRow]:
    """The first rows that are not blank, as far as they can be read. Never raises."""
    rows: list[CsvRow] = []
    try:
        for row in _rows(text, separator, strict=False):
            rows.append(row)
            if len(rows) >= count:
                break
    except csv.Error:
        pass
    return rows


def likely_separator(line: str) -> str:
    """The separator that occurs most often in a heading row."""
    return max(SEPARATORS, key=lambda separator: (line.count(separator), -SEPARATORS.index(separator)))


def ends_inside_a_row(text: str) -> bool:
    """The last line has no line end: if it is short of values as well, the file was cut off."""
    return not text.endswith(("\n", "\r"))


def _rows(text: str, separator: str, *, strict: bool) -> Iterator[CsvRow]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=strict)
    line = 1
    for values in reader:
        row = CsvRow(line, tuple([value.strip() for value in values]))
        line = reader.line_num + 1
        if not row.is_blank:
            yield row


def _last_line(text: str) -> str:
    return f"line {text.rstrip().count(chr(10)) + 1}"
