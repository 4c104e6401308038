"""Text to JSON values: one document, or several one after the other (JSON lines). Amounts stay exact.

Numbers with a point or an exponent become Decimal, as do NaN and Infinity, so that the reader of a field can say what
is wrong with it; whole numbers become int unless they are longer than Python converts, then Decimal too.
"""

import json
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Final, TypeAlias

from ports.facts_reader import InputFile, UnreadableFile
from ports.file_formats.text import text_of

JsonValue: TypeAlias = "str | int | bool | Decimal | Sequence[JsonValue] | Mapping[str, JsonValue] | None"
JsonObject: TypeAlias = Mapping[str, JsonValue]

_BLANK: Final = re.compile(r"[ \t\r\n\x1e]*")  # a record separator may stand before each value (RFC 7464)


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal("NaN")


def json_values(file: InputFile) -> list[JsonValue]:
    """The values of the file in their order. Raises UnreadableFile: empty, not UTF-8 or UTF-16, not JSON, truncated."""
    text, _ = text_of(file, windows_1252_allowed=False)
    try:
        return _values(file, text, json.JSONDecoder(parse_float=_decimal, parse_constant=_decimal))
    except ValueError:  # an integer of more digits than Python converts
        return _values(file, text, json.JSONDecoder(parse_float=_decimal, parse_constant=_decimal, parse_int=_integer))


def _integer(text: str) -> int | Decimal:
    return int(text) if len(text) <= 40 else _decimal(text)  # type: ignore[return-value,unused-ignore]


def _values(file: InputFile, text: str, decoder: json.JSONDecoder) -> list[JsonValue]:
    values: list[JsonValue] = []
    start = _end_of_blank(text, 0)
    while start < len(text):
        try:
            value, end = decoder.raw_decode(text, start)
        except json.JSONDecodeError as error:
            raise UnreadableFile(
                file=file.name, place=f"line {error.lineno} column {error.colno}", reason=_reason(error, text)
            ) from error
        except RecursionError as error:
            raise UnreadableFile(file=file.name, place="", reason="is nested too deeply to be an export") from error
        values.append(value)
        start = _end_of_blank(text, end)
    return values


def _end_of_blank(text: str, start: int) -> int:
    blank = _BLANK.match(text, start)
    return blank.end() if blank else start


def _reason(error: json.JSONDecodeError, text: str) -> str:
    if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string"):
        return "is truncated: the JSON ends in the middle"
    return f"is not valid JSON: {error.msg[0].lower()}{error.msg[1:]}"
