"""Text to CSV rows, each with the physical line on which it begins. Quoted values may hold line ends."""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Final

import attrs

from ports.facts_reader import InputFile, UnreadableFile
from ports.file_formats.records import shown
from ports.file_formats.text import beginning_of

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


def unknown_headings(file: InputFile) -> tuple[str, ...]:
    """The first row, of a file that looks like CSV with headings: words in it, and below it as many values; else none.
    Never raises."""
    text = beginning_of(file.content)
    if text.startswith(("{", "[", "<", "%PDF", "PK")):
        return ()
    rows = first_csv_rows(text, likely_separator(text.split("\n", 1)[0]), 2)
    if len(rows) < 2 or len(rows[0].values) < 2 or len(rows[0].values) != len(rows[1].values):
        return ()
    words = all(value and not any(map(str.isdigit, value)) and value.isprintable() for value in rows[0].values)
    return rows[0].values if words and any(character.isdigit() for character in "".join(rows[1].values)) else ()


def no_known_heading(file: InputFile, headings: Sequence[str]) -> UnreadableFile:
    """The refusal of a file of which no reader knows a heading."""
    reason = f"none of its headings is known here: {', '.join(map(shown, headings[:8]))}"
    return UnreadableFile(file=file.name, place="line 1", reason=reason, columns="date=…,amount=…,text=…")


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
