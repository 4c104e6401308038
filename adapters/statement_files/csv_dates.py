"""Dates as banks write them. The order of day and month is decided once, from the whole file, never row by row."""

import itertools
import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from typing import Final

import attrs

from ports.file_formats.records import UnreadableRecord, shown

_TIME: Final = (
    r"(?:[T,]?\s*\d{1,2}[:.]\d\d(?:[:.]\d\d(?:[.,]\d+)?)?\s*(?:[AaPp]\.?[Mm]\.?)?\s*(?:Z|UTC|GMT|[+-]\d\d:?\d\d)?)?"
)
_YEAR_FIRST: Final = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})" + _TIME, re.ASCII)
_COMPACT: Final = re.compile(r"((?:19|20)\d\d)(\d\d)(\d\d)", re.ASCII)
_YEAR_LAST: Final = re.compile(r"(\d{1,2})([-/.])\s?(\d{1,2})\2\s?(\d{4}|\d\d)" + _TIME, re.ASCII)
_DAY_NAME: Final = re.compile(
    r"(?:[A-Za-z]{2,9}\.?,?\s+)?(\d{1,2})\.?[\s\-/]+([A-Za-z]{3,12})\.?,?[\s\-/]+(\d{4}|\d\d)" + _TIME
)
_NAME_DAY: Final = re.compile(r"(?:[A-Za-z]{2,9}\.?,?\s+)?([A-Za-z]{3,12})\.?[\s\-]+(\d{1,2}),?[\s\-]+(\d{4})" + _TIME)
_MONTHS: Final = tuple(
    names.split()
    for names in (
        "january januar janvier enero januari gennaio janeiro jan jaen ene gen janv",
        "february februar fevrier febrero februari febbraio fevereiro feb febr fev fevr",
        "march marz maerz mars marzo maart marco mar mrz mrt mars maa",
        "april avril abril aprile apr avr abr",
        "may mai mayo mei maggio maio mag",
        "june juni juin junio giugno junho jun giu",
        "july juli juillet julio luglio julho jul juil lug",
        "august aout agosto augustus aug ago aou",
        "september septembre septiembre settembre setembro sep sept set setiembre",
        "october oktober octobre octubre ottobre outubro oct okt ott out",
        "november novembre noviembre novembro nov",
        "december dezember decembre diciembre dicembre dezembro dec dez dic des desember",
    )
)
_MONTH_BY_NAME: Final = {name: month for month, names in enumerate(_MONTHS, start=1) for name in names}


@attrs.frozen
class DateOrder:
    """How numeric dates with the year last are read in one file, and why."""

    day_first: bool
    note: str | None


class UndecidedDates(Exception):
    """Day and month cannot be told apart, and nothing helps."""


def order_of(columns: Sequence[Sequence[str]], *, told: bool | None, hint: bool | None, hint_why: str) -> DateOrder:
    """Decide whether the day comes first, from all date columns of a file together. Raises UndecidedDates.

    In turn: what the user said; a value above 12; dots, which are only written day first; the order that leaves the
    rows sorted by date; `hint` (the heading's language, the currency), which says so in a note.
    """
    numeric = [found for column in columns for value in column if (found := _YEAR_LAST.fullmatch(value))]
    if told is not None:
        return DateOrder(told, None)
    if not numeric:
        return DateOrder(True, None)
    day = next((found[0] for found in numeric if int(found[1]) > 12), None)
    month = next((found[0] for found in numeric if int(found[3]) > 12), None)
    days, months = sum(int(f[1]) > 12 for f in numeric), sum(int(f[3]) > 12 for f in numeric)
    if days != months:
        first = days > months
        return DateOrder(first, f"dates are {'day' if first else 'month'} first ({day if first else month} occurs)")
    if days:
        raise UndecidedDates(f"{day} can only be day first, and {month} only month first")
    if all(found[2] == "." for found in numeric):
        return DateOrder(True, None)
    if all(found[1] == found[3] for found in numeric):
        return DateOrder(True, None)
    as_days, as_months = _sorted_columns(columns, True), _sorted_columns(columns, False)
    if as_days != as_months:
        first = as_days > as_months
        return DateOrder(first, f"dates are read {'day' if first else 'month'} first: so the rows are in their order")
    if hint is None:
        raise UndecidedDates("every day is at most 12, so that day and month cannot be told apart")
    return DateOrder(hint, f"no day is above 12: dates are taken to be {'day' if hint else 'month'} first, {hint_why}")


def _sorted_columns(columns: Sequence[Sequence[str]], day_first: bool) -> int:
    """How many columns are in order of date, up or down, when read this way."""
    count = 0
    for column in columns:
        days: list[date] = []
        for value in column:
            try:
                days.append(read_date("date", value, day_first))
            except UnreadableRecord:
                continue
        steps = list(itertools.pairwise(days))
        rising, falling = all(a <= b for a, b in steps), all(a >= b for a, b in steps)
        count += len(set(days)) > 2 and (rising or falling)
    return count


def read_date(field: str, value: str, day_first: bool) -> date:
    """The date; a time after it is left out. Raises UnreadableRecord."""
    try:
        found = _parts(value, day_first)
    except ValueError as error:
        raise UnreadableRecord(f"{field} is {shown(value)}: there is no such date") from error
    if found is None:
        raise UnreadableRecord(f"{field} is {shown(value) if value else 'blank'}, not a date")
    if not 1970 <= found.year < 2100:
        raise UnreadableRecord(f"{field} is {shown(value)}, not a date between 1970 and 2100")
    return found


def looks_like_a_date(value: str) -> bool:
    """It has the form of a date, be there such a day or not."""
    try:
        return _parts(value, True) is not None
    except ValueError:
        return True


def _parts(value: str, day_first: bool) -> date | None:
    if found := _YEAR_FIRST.fullmatch(value):
        return date(int(found[1]), int(found[3]), int(found[4]))
    if found := _YEAR_LAST.fullmatch(value):
        day, month = (found[1], found[3]) if day_first else (found[3], found[1])
        return date(_year(found[4]), int(month), int(day))
    if found := _COMPACT.fullmatch(value):
        return date(int(found[1]), int(found[2]), int(found[3]))
    folded = "".join(part for part in unicodedata.normalize("NFKD", value) if not unicodedata.combining(part))
    if (found := _DAY_NAME.fullmatch(folded)) and (month_number := _MONTH_BY_NAME.get(found[2].lower())):
        return date(_year(found[3]), month_number, int(found[1]))
    if (found := _NAME_DAY.fullmatch(folded)) and (month_number := _MONTH_BY_NAME.get(found[1].lower())):
        return date(_year(found[3]), month_number, int(found[2]))
    return None


def _year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else 2000 + int(digits)
