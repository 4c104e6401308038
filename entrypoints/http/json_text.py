"""JSON as it comes from outside: strictly UTF-8, no key twice, no number that is not one, no endless nesting."""

import json
import re
from typing import Any, Final

DIGITS_MAX: Final = 30
UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")
"""What JSON can escape, but neither UTF-8 nor the database can hold."""


class NotJson(ValueError):
    """The bytes are not acceptable JSON. The message says why."""


def read_json(content: bytes) -> Any:  # it is whatever the bytes say
    """The value. Fractions come as `Fraction`, so that nobody takes them for whole numbers. Raises NotJson."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotJson(f"not UTF-8: byte {error.start} cannot be read") from None
    try:
        return json.loads(
            text, object_pairs_hook=_once, parse_int=_whole, parse_float=Fractional, parse_constant=_no_constant
        )
    except json.JSONDecodeError as error:
        raise NotJson(f"line {error.lineno}, column {error.colno}: {error.msg}") from None
    except RecursionError:  # the parser's own bound
        raise NotJson("nested too deeply") from None


class Fractional(str):
    """A number with a fraction or an exponent, as it was written."""

    __slots__ = ()


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise NotJson(f"the key {twice[:100]!r} stands there twice")
    if any(map(UNSTORABLE.search, found)):  # it could not even be repeated in the answer
        raise NotJson("a key contains U+0000 or half a surrogate pair")
    return found


def _whole(digits: str) -> int | Fractional:
    return int(digits) if len(digits) <= DIGITS_MAX else Fractional(digits)


def _no_constant(name: str) -> Any:
    raise NotJson(f"{name} is not JSON")
