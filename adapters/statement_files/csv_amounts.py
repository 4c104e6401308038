"""Amounts as banks write them: several marks for thousands and decimals, several ways to say minus.

The decimal mark is decided once, from all amounts of the file; a value that does not fit it is a bad record, never
read another way. After thousands separators an amount has all its decimals or none: `1,234.5` is refused.
"""

import re
from collections.abc import Collection, Iterable
from decimal import Decimal
from typing import Final

import attrs

from domain.money import Currency, Money
from ports.file_formats.amounts import exact_money
from ports.file_formats.records import UnreadableRecord, shown

_BLANKS: Final = re.compile(r"[\s\u00a0\u202f\u2009]+")
_CURRENCY: Final = re.compile(
    r"^(US\$|CA\$|A\$|C\$|NZ\$|[A-Za-z]{3}(?=[\s\d(+.,−-])|[€£$¥₹])|(US\$|[A-Za-z]{3}|[€£$¥₹])$"
)
_BARE: Final = re.compile(r"-?\d[\d.,]*", re.ASCII)
"""Most amounts are digits, marks, and at most a minus before them: they need no taking apart."""
_ENDS: Final = re.compile(r"(?<=[\d).,\s-])\s*(CR|DR|DB|C|D|H|S)\.?$", re.IGNORECASE)
_POINT: Final = re.compile(r"(?:\d{1,3}(?:[,'’ ]\d{3})+(?:\.\d{2,3})?|\d+(?:\.\d+)?|\.\d+)\.?", re.ASCII)
_COMMA: Final = re.compile(r"(?:\d{1,3}(?:[.'’ ]\d{3})+(?:,\d{2,3})?|\d+(?:,\d+)?|,\d+),?", re.ASCII)
_LAKH: Final = re.compile(r"\d{1,2}(?:,\d\d)+,\d{3}(?:\.\d\d)?", re.ASCII)
_LAKH_CURRENCIES: Final = frozenset({"inr", "npr", "bdt", "pkr", "lkr"})
"""Currencies of countries that set hundreds apart above the first thousand: 1,23,456.00."""
_ONE_MARK_THREE: Final = re.compile(r"\d{1,3}[.,]\d{3}", re.ASCII)
_SIGNS: Final = {"US$": "usd", "CA$": "cad", "C$": "cad", "A$": "aud", "NZ$": "nzd", "€": "eur", "£": "gbp", "₹": "inr"}
_DEBIT: Final = frozenset({"DR", "DB", "D", "S"})


@attrs.frozen
class WrittenAmount:
    """An amount taken apart: its digits and marks, whether it is negative, and what currency it names."""

    digits: str
    negative: bool
    currency: str | None
    """A currency's code in lower case, or `$` where the sign does not say which dollar."""


def taken_apart(value: str) -> WrittenAmount:
    """The parts of an amount as written; what is not understood stays in `digits`."""
    if _BARE.fullmatch(value):
        return WrittenAmount(value.lstrip("-"), value[0] == "-", None)
    rest, negative, currency = _BLANKS.sub(" ", value).strip().replace("−", "-").replace("–", "-"), False, None
    if rest.startswith("(") and rest.endswith(")"):
        rest, negative = rest[1:-1].strip(), True
    signed = negative
    for _ in range(3):
        if rest[:1] in ("-", "+") and not signed:
            rest, negative, signed = rest[1:].strip(), rest[0] == "-", True
        elif rest[-1:] in ("-", "+") and rest[:-1] and not signed:
            rest, negative, signed = rest[:-1].strip(), rest[-1] == "-", True
        elif ending := _ENDS.search(rest):
            rest, negative = rest[: ending.start()].strip(), negative or ending[1].upper() in _DEBIT
        elif sign := _CURRENCY.search(rest):
            rest, currency = (rest[: sign.start()] + rest[sign.end() :]).strip(), sign[0]
    if rest.startswith("(") and rest.endswith(")"):
        rest, negative = rest[1:-1].strip(), True
    return WrittenAmount(rest, negative, None if currency is None else _SIGNS.get(currency.upper(), currency.lower()))


def decimal_mark_of(values: Iterable[str]) -> str | None:
    """The decimal mark that the amounts show; None if none shows any. Raises UnreadableRecord on as many of each."""
    points, commas = 0, 0
    for value in values:
        digits = taken_apart(value).digits
        if _ONE_MARK_THREE.fullmatch(digits):
            continue  # 1,234 and 1.234: thousands or decimals
        points += _is_only(digits, _POINT, _COMMA)
        commas += _is_only(digits, _COMMA, _POINT)
    if points == commas:
        if points:
            raise UnreadableRecord(f"as many amounts have a decimal comma as a decimal point ({points} each)")
        return None
    return "." if points > commas else ","


def notes_on_undecided_mark(values: Iterable[str], currencies: Collection[Currency]) -> tuple[str, ...]:
    """What `read_amount` assumes of these where `decimal_mark_of` finds no mark."""
    digits = [taken_apart(value).digits for value in values if value]
    notes = []
    if any("," in each or "." in each for each in digits):
        said = {
            "thousands": sorted(each.code.upper() for each in currencies if each.exponent != 3),
            "decimals": sorted(each.code.upper() for each in currencies if each.exponent == 3),
        }
        notes += [
            f"no amount shows decimals: a mark before three digits is taken to set {what} apart, in {', '.join(codes)}"
            for what, codes in said.items()
            if codes
        ]
    elif digits and any(each.exponent for each in currencies):
        codes = sorted(each.code.upper() for each in currencies if each.exponent)
        notes.append(f"no amount has decimals: they are taken to be whole {', '.join(codes)}, not hundredths")
    return tuple(notes)


def _is_only(digits: str, this: re.Pattern[str], other: re.Pattern[str]) -> bool:
    return this.fullmatch(digits) is not None and other.fullmatch(digits) is None


def read_amount(field: str, value: str, mark: str | None, currency: Currency) -> Money:
    """The amount as money; `mark` is the file's decimal mark, None where no amount has decimals.

    Raises UnreadableRecord.
    """
    written = taken_apart(value)
    if mark is None:
        # Only groups of three follow a mark: decimals in currencies that have three of them, else thousands.
        mark = "." if currency.exponent == 3 or "," in written.digits else ","
    in_lakhs = currency.code in _LAKH_CURRENCIES and mark == "." and _LAKH.fullmatch(written.digits)
    if not in_lakhs and not (_POINT if mark == "." else _COMMA).fullmatch(written.digits):
        raise UnreadableRecord(f"{field} is {shown(value) if value else 'blank'}, not an amount with decimal “{mark}”")
    decimal = Decimal(re.sub(r"[,'’ ]" if mark == "." else r"[.'’ ]", "", written.digits).replace(",", ".").rstrip("."))
    return exact_money(field, value, decimal.copy_negate() if written.negative else decimal, currency)
