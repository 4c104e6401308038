"""From frozen values to JSON."""

import functools
from collections.abc import Mapping
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any

import attrs
import msgspec

from domain.money import Money


def json_bytes(value: object) -> bytes:
    """The value as JSON: classes become objects with every field, moments end in `Z`."""
    return msgspec.json.encode(plain(value))


@attrs.frozen
class Encoded:
    """An answer whose JSON was made before: of a route that gives one of a few, thousands of times a minute."""

    json: bytes


def plain(value: object) -> Any:  # JSON is of any type
    """The value in JSON's own types. Raises TypeError for what has no form in JSON."""
    match value:
        case None | bool() | int() | float():
            return value
        case Enum():
            return value.value
        case str():
            return str(value)
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case Money():
            return {"minor_units": value.minor_units, "currency": value.currency.code}
        case Mapping():
            return {str(key): plain(each) for key, each in value.items()}
        case tuple() | list():
            return [plain(each) for each in value]
    if attrs.has(type(value)):
        type_: Any = type(value)
        return {name: plain(getattr(value, name)) for name in _names(type_)}
    raise TypeError(f"{type(value).__name__} has no form in JSON")


@functools.cache
def _names(type_: Any) -> tuple[str, ...]:
    return tuple(field.name for field in attrs.fields(type_))
