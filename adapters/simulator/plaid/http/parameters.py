"""Kinds of fields. Each reads a JSON value, or refuses it as Plaid does."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

from adapters.simulator.plaid.refused import Refused

Kind = Callable[[Any, str], Any]
"""Takes the value and the field's name; gives the value, or raises Refused."""

_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def text(longest: int = 5_000) -> Kind:
    """A text of at most so many characters; not empty."""

    def read(value: Any, name: str) -> str:
        if not isinstance(value, str) or not value:
            raise _invalid(f"{name} must be a properly formatted, non-empty string")
        if len(value) > longest:
            raise _invalid(f"{name} must be at most {longest} characters")
        return value

    return read


def any_text(longest: int = 5_000) -> Kind:
    """A text that may be empty."""

    def read(value: Any, name: str) -> str:
        if not isinstance(value, str) or len(value) > longest:
            raise _invalid(f"{name} must be a string of at most {longest} characters")
        return value

    return read


def integer(least: int, most: int) -> Kind:
    """A whole number within these bounds."""

    def read(value: Any, name: str) -> int:
        if type(value) is not int or not least <= value <= most:
            raise _invalid(f"{name} must be an integer between {least} and {most}")
        return value

    return read


def flag(value: Any, name: str) -> bool:
    """True or false; null is false."""
    if value is not None and not isinstance(value, bool):
        raise _invalid(f"{name} must be a boolean")
    return bool(value)


def one_of(*words: str) -> Kind:
    """One of these words."""

    def read(value: Any, name: str) -> str:
        if value not in words:
            raise _invalid(f"{name} must be one of {', '.join(words)}")
        return str(value)

    return read


def day(value: Any, name: str) -> date:
    """A date, as in 2026-12-31."""
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise _invalid(f"{name} must be a date in the format YYYY-MM-DD")


def list_of(kind: Kind, most: int = 500) -> Kind:
    """A list of these."""

    def read(value: Any, name: str) -> list[Any]:
        if not isinstance(value, list) or len(value) > most:
            raise _invalid(f"{name} must be an array of at most {most} elements")
        return [kind(each, f"{name}[{place}]") for place, each in enumerate(value)]

    return read


def nested(kinds: Mapping[str, Kind], required: tuple[str, ...] = ()) -> Kind:
    """An object with fields of its own."""

    def read(value: Any, name: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise _invalid(f"{name} must be an object")
        return read_all(value, kinds, required, within=f"{name}.")

    return read


def read_all(
    content: Mapping[str, Any], kinds: Mapping[str, Kind], required: tuple[str, ...], within: str = ""
) -> dict[str, Any]:
    """All fields of a body. Unknown ones are refused (plaid.com/docs/errors/invalid-request; documented).

    The simulator knows fewer fields than Plaid does, and refuses those that it does not know rather than ignore them.
    """
    unknown = [f"{within}{name}" for name in content if name not in kinds]
    if unknown:
        words = f"the following fields are not recognized by this endpoint: {', '.join(unknown)}"
        raise Refused("UNKNOWN_FIELDS", words)
    missing = [f"{within}{name}" for name in required if content.get(name) is None]
    if missing:
        raise Refused("MISSING_FIELDS", f"the following required fields are missing: {', '.join(missing)}")
    return {name: kinds[name](value, f"{within}{name}") for name, value in content.items()}


def _invalid(words: str) -> Refused:
    return Refused("INVALID_FIELD", words)
