"""Kinds of parameters. Each reads a form's value, or refuses it as Stripe does."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from adapters.simulator.stripe.http.form import Form
from adapters.simulator.stripe.refused import Refused

Kind = Callable[[Any, str], Any]
"""Takes the form's value and the parameter's name; gives the value, or raises Refused."""

_INTEGER: Final = re.compile(r"-?[0-9]{1,18}", re.ASCII)
_CURRENCY: Final = re.compile(r"[A-Za-z]{3,4}", re.ASCII)
_BOUNDS: Final = frozenset({"gt", "gte", "lt", "lte"})


def integer(least: int | None = None, most: int | None = None) -> Kind:
    """A whole number within these bounds."""

    def read(value: Any, name: str) -> int:
        if not isinstance(value, str) or not _INTEGER.fullmatch(value):
            raise Refused(f"Invalid integer: {value}", code="parameter_invalid_integer", param=name)
        number = int(value)
        if least is not None and number < least:
            words = f"This value must be greater than or equal to {least}."
            raise Refused(words, code="parameter_invalid_integer", param=name)
        if most is not None and number > most:
            words = f"This value must be less than or equal to {most}."
            raise Refused(words, code="parameter_invalid_integer", param=name)
        return number

    return read


def text(longest: int = 5_000) -> Kind:
    """A text of at most so many characters; not empty."""

    def read(value: Any, name: str) -> str:
        if not isinstance(value, str):
            raise Refused(f"Invalid string: {value}", code="parameter_invalid_string", param=name)
        if value == "":
            words = f"You passed an empty string for '{name}'. Empty values unset parameters; it cannot be unset."
            raise Refused(words, code="parameter_invalid_empty", param=name)
        if len(value) > longest:
            words = f"Invalid string: {value[:20]}…; must be at most {longest} characters"
            raise Refused(words, code="parameter_invalid_string", param=name)
        return value

    return read


def flag(value: Any, name: str) -> bool:
    """`true` or `false`."""
    if value not in ("true", "false"):
        raise Refused(f"Invalid boolean: {value}", param=name)
    return bool(value == "true")


def currency(value: Any, name: str) -> str:
    """A currency's code, in either case; lower-case from here on."""
    if not isinstance(value, str) or not _CURRENCY.fullmatch(value):
        raise Refused(f"Invalid currency: {value}", param=name)
    return value.lower()


def one_of(*values: str) -> Kind:
    """One of these words."""

    def read(value: Any, name: str) -> str:
        if value not in values:
            *most, last = values
            words = f"{', '.join(most)} or {last}" if most else last
            raise Refused(f"Invalid {name}: must be one of {words}", param=name)
        return str(value)

    return read


def moments(value: Any, name: str) -> Mapping[str, int]:
    """A moment, or a range with gt, gte, lt, lte: always as a range."""
    if isinstance(value, dict):
        unknown = sorted(set(value) - _BOUNDS)
        if unknown:
            raise _unknown(f"{name}[{unknown[0]}]")
        return {bound: integer()(each, f"{name}[{bound}]") for bound, each in value.items()}
    number = integer()(value, name)
    return {"gte": number, "lte": number}


def list_of(kind: Kind, most: int | None = None) -> Kind:
    """A list of these, at most so many."""

    def read(value: Any, name: str) -> list[Any]:
        if not isinstance(value, list):
            raise Refused("Invalid array", param=name)
        if most is not None and len(value) > most:
            raise Refused(f"Array must have at most {most} elements.", param=name)
        return [kind(each, f"{name}[{place}]") for place, each in enumerate(value)]

    return read


def nested(kinds: Mapping[str, Kind], required: tuple[str, ...] = ()) -> Kind:
    """An object of its own parameters."""

    def read(value: Any, name: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise Refused("Invalid object", param=name)
        return read_all(value, kinds, required, within=name)

    return read


def mapping_of(kind: Kind) -> Kind:
    """Free names, each with such a value; an empty text unsets all."""

    def read(value: Any, name: str) -> dict[str, Any]:
        if value == "":
            return {}
        if not isinstance(value, dict):
            raise Refused("Invalid object", param=name)
        return {key: kind(each, f"{name}[{key}]") for key, each in value.items()}

    return read


def any_text(value: Any, name: str) -> str:
    """A text that may be empty."""
    if not isinstance(value, str):
        raise Refused(f"Invalid string: {value}", code="parameter_invalid_string", param=name)
    return value


metadata: Final = mapping_of(any_text)


def read_all(form: Form, kinds: Mapping[str, Kind], required: tuple[str, ...], within: str = "") -> dict[str, Any]:
    """All parameters of a form. Unknown ones are refused (docs.stripe.com/error-codes, parameter_unknown; documented).

    The simulator knows fewer parameters than Stripe does, and refuses those that it does not know rather than ignore
    them.
    """
    named = (lambda key: f"{within}[{key}]") if within else (lambda key: key)
    for key in form:
        if key not in kinds:
            raise _unknown(named(key))
    for key in required:
        if key not in form:
            name = named(key)
            raise Refused(f"Missing required param: {name}.", code="parameter_missing", param=name)
    return {key: kinds[key](value, named(key)) for key, value in form.items()}


def _unknown(name: str) -> Refused:
    return Refused(f"Received unknown parameter: {name}", code="parameter_unknown", param=name)
