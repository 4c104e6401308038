"""Finding out how a bank wrote its CSV file: separator, heading row, what stands above it, what is no record below."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

import attrs

from adapters.statement_files.csv_dates import looks_like_a_date
from adapters.statement_files.csv_headings import Headings, Role, headings_in, plain, settled_by_content
from domain.money import Currency, UnknownCurrency
from ports.facts_reader import InputFile, UnreadableFile
from ports.file_formats.csv_rows import SEPARATORS, CsvRow, csv_rows, ends_inside_a_row, first_csv_rows
from ports.file_formats.records import UnreadableRecord, shown

_HEADING_ROWS_MAX: Final = 60
"""How far down the heading row is looked for."""
_TOTALS: Final = re.compile(
    r"(?:sub|grand )?totals?\b|sum\b|summe\b|saldo|(?:opening|closing|ending|starting|beginning|available) |"
    r"endsaldo|anfangssaldo|kontostand|solde|totale|totaal|soma|end of |balance\b"
)
_IBAN: Final = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b")
_NUMBER: Final = re.compile(r"[\dXx*][\dXx*\- ]{2,33}[\dXx*]")
_ACCOUNT_LABEL: Final = re.compile(r"account|konto|compte|cuenta|rekening|conto|conta|iban")
_CURRENCY_LABEL: Final = re.compile(r"currency|wahrung|waehrung|devise|moneda|divisa|valuta|moeda|munt")


@attrs.frozen(kw_only=True)
class Layout:
    """One file's rows, taken apart into heading, records, misfits, and what is no record."""

    headings: Headings
    rows: tuple[CsvRow, ...]
    """The records, each with a value for every column."""
    misfits: tuple[tuple[int, UnreadableRecord], ...]
    account: str | None
    """The account's number or IBAN, if it stands above the heading row."""
    currency: Currency | None
    """The currency, if it stands above the heading row."""
    notes: tuple[str, ...]


def heading_row(text: str, named: Mapping[Role, str]) -> tuple[str, Headings] | None:
    """The separator, and the row that most looks like headings; None if no row looks like any. Never raises."""
    best: tuple[str, Headings] | None = None
    for separator in SEPARATORS:
        for row in first_csv_rows(text, separator, _HEADING_ROWS_MAX):
            if len(row.values) < 2 or len(row.values) > 500 or any(map(looks_like_a_date, row.values)):
                continue
            found = headings_in(row.values, row.line, named)
            if found.score and (best is None or found.score > best[1].score):
                best = separator, found
    return best


def layout_of(file: InputFile, text: str, named: Mapping[Role, str]) -> Layout:
    """The file's layout. Raises UnreadableFile: no usable heading row, a named column is missing, truncated."""
    found = heading_row(text[:200_000], named)
    headings = None if found is None else found[1]
    for role, name in named.items():
        if headings is None or role not in headings.columns:
            place = f"line {headings.line if headings else 1}"
            raise UnreadableFile(file=file.name, place=place, reason=f"has no column “{name}” (named as {role})")
    if found is None or headings is None or not headings.is_usable:
        raise _no_heading(file, text, headings)
    separator = found[0]
    above, below = list[CsvRow](), list[CsvRow]()
    for row in csv_rows(file, text, separator):
        (above if row.line < headings.line else below).append(row)
    headings = settled_by_content(headings, [row.values for row in below], looks_like_a_date)
    records, misfits, others = _records(file, text, headings, [row for row in below if row.line > headings.line])
    notes = []
    if others:
        lines = ", ".join(str(line) for line in others[:5]) + (", …" if len(others) > 5 else "")
        notes.append(
            f"{'line' if len(others) == 1 else 'lines'} {lines} after the headings: no records (totals or remarks)"
        )
    for role in (Role.AMOUNT, Role.DEBIT, Role.CREDIT):
        column = headings.column(role)
        if column is not None and (same := _called_the_same(headings.names, column)) > 1:
            notes.append(f"{same} columns are called {shown(headings.names[column])}: the first of them is used")
    account, currency = _said_above(above)
    return Layout(
        headings=headings,
        rows=tuple(records),
        misfits=tuple(misfits),
        account=account,
        currency=currency,
        notes=tuple(notes),
    )


def _called_the_same(names: Sequence[str], column: int) -> int:
    return sum(plain(name) == plain(names[column]) for name in names)


def _no_heading(file: InputFile, text: str, headings: Headings | None) -> UnreadableFile:
    names = headings.names if headings else tuple(text.strip().split("\n", 1)[0].strip()[:80].split(","))
    line = headings.line if headings else 1
    has_date = headings is not None and (headings.column(Role.DATE) is not None)
    missing = "amount (or debit and credit)" if has_date else "date" if headings else "date and amount"
    return UnreadableFile(
        file=file.name,
        place=f"line {line}",
        reason=f"no heading row with a column for {missing}; best guess: {', '.join(map(shown, names[:8]))}",
        columns=",".join(f"{role}={_named(headings, role)}" for role in (Role.DATE, Role.AMOUNT, Role.TEXT)),
    )


def _named(headings: Headings | None, role: Role) -> str:
    column = None if headings is None else headings.column(role)
    return "…" if headings is None or column is None else headings.names[column]


def _records(
    file: InputFile, text: str, headings: Headings, rows: Sequence[CsvRow]
) -> tuple[list[CsvRow], list[tuple[int, UnreadableRecord]], list[int]]:
    """The data rows as records, as misfits, and the lines of rows that are no records."""
    width = len(headings.names)
    date_column = headings.column(Role.DATE)
    if date_column is None:
        date_column = headings.column(Role.VALUE_DATE) or 0
    amounts = [index for role in (Role.AMOUNT, Role.DEBIT, Role.CREDIT) for index in headings.columns.get(role, ())]
    needed = max(date_column, *amounts) + 1
    records, misfits, others = list[CsvRow](), list[tuple[int, UnreadableRecord]](), list[int]()
    shortest = min((len(row.values) for row in rows[:-1]), default=width)
    for row in rows:
        count = len(row.values)
        dated = count > date_column and looks_like_a_date(row.values[date_column])
        if row is rows[-1] and count < min(width, shortest) and ends_inside_a_row(text) and _is_cut_off(row, dated):
            raise UnreadableFile(
                file=file.name,
                place=f"line {row.line}",
                reason=f"is truncated: the last row has {count} of {width} values and no line end",
            )
        has_amount = any(index < count and row.values[index] for index in amounts)
        if (not dated and not has_amount) or (not (dated and has_amount) and _is_total(row)):
            others.append(row.line)
        elif count < needed or any(row.values[width:]):
            misfits.append((row.line, UnreadableRecord(f"has {count} values, but there are {width} columns")))
        else:
            records.append(CsvRow(row.line, (row.values + ("",) * width)[:width]) if count != width else row)
    return records, misfits, others


def _is_cut_off(row: CsvRow, dated: bool) -> bool:
    """A last row, short and without line end, was a record: dated, or beginning like a date, or of several values."""
    return dated or row.values[0][:1].isdigit() or (len(row.values) > 1 and not _is_total(row))


def _is_total(row: CsvRow) -> bool:
    return any(_TOTALS.match(plain(value) + " ") for value in row.values if value)


def _said_above(rows: Sequence[CsvRow]) -> tuple[str | None, Currency | None]:
    """The account and the currency that stand above the headings, in lines such as `Account number: 1234`."""
    account, currency = None, None
    for row in rows:
        line = " ".join(row.values)
        iban = _IBAN.search(line)
        if iban and account is None:
            account = iban[0].replace(" ", "")
        label = plain(line)
        if account is None and _ACCOUNT_LABEL.search(label) and (number := _NUMBER.search(line)):
            account = number[0].strip()
        if currency is None and _CURRENCY_LABEL.search(label):
            currency = next(filter(None, map(known_currency, re.findall(r"\b[A-Z]{3}\b", line))), None)
    return account, currency


def known_currency(code: str) -> Currency | None:
    """The currency of a code or sign, None if it is not one."""
    try:
        return Currency.of({"€": "eur", "£": "gbp", "euro": "eur", "euros": "eur"}.get(code.lower(), code))
    except UnknownCurrency:
        return None
