"""Values that JSON can carry, frozen, and the one text that each of them has.

No floats: money is an int of minor units, and a probability is written in a unit of its own. The text is JSON with keys
in order, nothing between its parts, and ASCII only, so that equal values have equal bytes on every machine.
"""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final, TypeAlias

JsonValue: TypeAlias = "bool | int | str | tuple[JsonValue, ...] | Mapping[str, JsonValue] | None"
JsonObject: TypeAlias = Mapping[str, JsonValue]

_UNSAFE: Final = re.compile(r"[^ !#-\[\]-~]")
"""What does not stand for itself between the quotes."""
_ESCAPES: Final = {
    '"': '\\"',
    "\\": "\\\\",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
}
_PLAIN: Final = frozenset({str, int, bool, type(None)})
"""Values of these very types stay as they are; those of types derived from them do not."""


def frozen_object(value: Mapping[str, Any]) -> JsonObject:
    """A copy of the mapping that nobody can change. Raises TypeError, saying where, for what JSON or money forbids."""
    if not isinstance(value, Mapping):
        raise TypeError(f"an object is wanted, not {type(value).__name__}")
    return _frozen_mapping(value, "$")


def _frozen_mapping(value: Mapping[Any, Any], where: str) -> JsonObject:
    frozen: dict[str, JsonValue] = {}
    for key, item in value.items():
        if not isinstance(key, str):
            raise TypeError(f"{where}: a key is {type(key).__name__}, not text")
        frozen[str(key)] = item if type(item) in _PLAIN else _frozen(item, f"{where}.{key}")
    return MappingProxyType(frozen)


def _frozen(value: Any, where: str) -> JsonValue:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, str):
        return str(value)
    if isinstance(value, Mapping):
        return _frozen_mapping(value, where)
    if isinstance(value, Sequence) and not isinstance(value, bytes | bytearray | memoryview):
        if type(value) is tuple and _PLAIN.issuperset(map(type, value)):
            return value
        return tuple(_frozen(item, f"{where}[{place}]") for place, item in enumerate(value))
    raise TypeError(f"{where}: {type(value).__name__} has no exact JSON")


def canonical_text(value: JsonValue) -> str:
    """The one JSON text of a value."""
    if isinstance(value, str):  # the most frequent first
        return _quoted(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, tuple):
        return "[" + ",".join([canonical_text(item) for item in value]) + "]"
    return "{" + ",".join([f"{_quoted(key)}:{canonical_text(value[key])}" for key in sorted(value)]) + "}"


def _quoted(text: str) -> str:
    return '"' + _UNSAFE.sub(_escaped, text) + '"'


def _escaped(found: re.Match[str]) -> str:
    character = found[0]
    if character in _ESCAPES:
        return _ESCAPES[character]
    code = ord(character)
    if code <= 0xFFFF:
        return f"\\u{code:04x}"
    high, low = divmod(code - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"
