"""From JSON and query strings to frozen values, strictly: nothing is coerced, nothing is ignored, every error is told.

One cattrs converter for bodies and one for queries. Each error bears the JSON pointer (RFC 6901) of the place in the
body, or the parameter's name.
"""

import re
import types
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Any, Final, TypeVar, Union, get_args, get_origin

import attrs
import cattrs
from cattrs.errors import (
    AttributeValidationNote,
    BaseValidationError,
    ForbiddenExtraKeysError,
    IterableValidationError,
    IterableValidationNote,
)

from domain.money import Currency, UnknownCurrency
from entrypoints.http.json_text import UNSTORABLE, Fractional, NotJson, read_json
from entrypoints.http.problem_details import FieldError, Problem, ProblemKind
from entrypoints.http.wire_types import ListBounds, MoneyBody, NumberBounds, TextBounds

B = TypeVar("B")

ERRORS_MAX: Final = 50
"""More are not listed; fixing these shows the rest."""

_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_MOMENT: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})", re.ASCII
)
_WHOLE: Final = re.compile(r"-?[0-9]{1,18}", re.ASCII)
_YEARS: Final = range(1970, 2200)


class Wrong(ValueError):
    """One value is not what it must be. The message says what it must be."""


def body_from(content: bytes, type_: type[B]) -> B:
    """The body of this type. Raises Problem with every error in it."""
    try:
        value = read_json(content)
    except NotJson as error:
        raise Problem(ProblemKind.MALFORMED_REQUEST, f"The body is not acceptable JSON: {error}.") from None
    try:
        return _BODIES.structure(value, type_)
    except (BaseValidationError, Wrong) as error:
        errors = [FieldError(pointer=pointer, detail=detail) for pointer, detail in _errors(error, "")]
        raise Problem(ProblemKind.INVALID_FIELDS, errors=errors[:ERRORS_MAX]) from None


def query_from(pairs: Iterable[tuple[str, str]], type_: type[B]) -> B:
    """The query's parameters as this type. Raises Problem with every error in it."""
    found: dict[str, str] = {}
    errors = []
    for name, value in pairs:
        if name in found:
            errors.append(FieldError(parameter=name, detail="is given more than once"))
        found[name] = value
    try:
        query = _QUERIES.structure(found, type_)
    except (BaseValidationError, Wrong) as error:
        errors += [FieldError(parameter=place.lstrip("/"), detail=detail) for place, detail in _errors(error, "")]
    if errors:
        raise Problem(ProblemKind.INVALID_PARAMETERS, errors=errors[:ERRORS_MAX])
    return query


# -- errors ------------------------------------------------------------------------------------------------------------


def _errors(error: BaseException, place: str) -> list[tuple[str, str]]:
    """Each error with its place, in the order of the type's fields."""
    if isinstance(error, ForbiddenExtraKeysError):
        return [(_below(place, name), "is not known here") for name in sorted(error.extra_fields)]
    if isinstance(error, BaseExceptionGroup):
        found = []
        for each in error.exceptions:
            found += _errors(each, _below(place, *_steps(each)))
        return found
    if isinstance(error, KeyError):
        return [(place, "is missing")]
    if isinstance(error, Wrong | UnknownCurrency):
        return [(place, str(error))]
    return [(place, "is not acceptable")]


def _steps(error: BaseException) -> list[str]:
    for note in getattr(error, "__notes__", ()):
        if isinstance(note, AttributeValidationNote):
            return [note.name]
        if isinstance(note, IterableValidationNote):
            return [str(note.index)]
    return []


def _below(place: str, *steps: str) -> str:
    return place + "".join("/" + step.replace("~", "~0").replace("/", "~1") for step in steps)


# -- values ------------------------------------------------------------------------------------------------------------


def text(value: object, _type: object = str) -> str:
    """A text that can be stored."""
    if type(value) is not str:
        raise Wrong("must be a string")
    if UNSTORABLE.search(value):
        raise Wrong("must not contain U+0000 or half a surrogate pair")
    return value


def _whole_number(value: object, _type: object) -> int:
    if type(value) is not int:
        raise Wrong(
            "must be a whole number" + (", written without fraction or exponent" * isinstance(value, Fractional))
        )
    return value


def _true_or_false(value: object, _type: object) -> bool:
    if type(value) is not bool:
        raise Wrong("must be true or false")
    return value


def _day(value: object, _type: object) -> date:
    found = text(value)
    try:
        day = date.fromisoformat(found) if _DATE.fullmatch(found) else None
    except ValueError:
        day = None
    if day is None or day.year not in _YEARS:
        raise Wrong("must be a date such as 2026-06-30")
    return day


def _moment(value: object, _type: object) -> datetime:
    found = text(value)
    try:
        moment = datetime.fromisoformat(found).astimezone(UTC) if _MOMENT.fullmatch(found) else None
    except (ValueError, OverflowError):
        moment = None
    if moment is None or moment.year not in _YEARS:
        raise Wrong("must be a moment such as 2026-06-30T12:00:00Z")
    return moment


def _one_of(value: object, type_: type[StrEnum]) -> StrEnum:
    if type(value) is str and value in type_._value2member_map_:
        return type_(value)
    raise Wrong(f"must be one of: {', '.join(each.value for each in type_)}")


def _bounded(type_: object) -> tuple[object, TextBounds | NumberBounds | ListBounds] | None:
    if get_origin(type_) is not Annotated:
        return None
    inner, *notes = get_args(type_)
    for note in notes:
        if isinstance(note, TextBounds | NumberBounds | ListBounds):
            return inner, note
    return None


def _check(value: object, bounds: TextBounds | NumberBounds | ListBounds) -> None:
    match bounds, value:
        case TextBounds(), str():
            if not bounds.shortest <= len(value) <= bounds.longest:
                raise Wrong(f"must have {bounds.shortest} to {bounds.longest} characters")
            if bounds.pattern and not re.fullmatch(bounds.pattern, value, re.ASCII):
                raise Wrong(f"must look like {bounds.example!r}")
        case NumberBounds(), int():
            if not bounds.least <= value <= bounds.greatest:
                raise Wrong(f"must be from {bounds.least} to {bounds.greatest}")
        case ListBounds(), tuple():
            if not bounds.least <= len(value) <= bounds.most:
                raise Wrong(f"must have {bounds.least} to {bounds.most} entries")
        case _:
            raise TypeError(f"{bounds} cannot bound {value!r}")


def _is_tuple(type_: object) -> bool:
    origin: object = get_origin(type_)
    return origin is tuple


def _is_optional(type_: object) -> bool:
    return get_origin(type_) in (Union, types.UnionType) and type(None) in get_args(type_) and len(get_args(type_)) == 2


# -- the converters ----------------------------------------------------------------------------------------------------


def _converter() -> cattrs.Converter:
    converter = cattrs.Converter(forbid_extra_keys=True, detailed_validation=True)

    def optional(value: object, type_: Any) -> Any:
        inner = next(each for each in get_args(type_) if each is not type(None))
        return None if value is None else converter.structure(value, inner)

    def bounded(type_: Any) -> Any:
        inner, bounds = _bounded(type_) or (type_, NumberBounds(0, 0))
        structure: Any = converter.get_structure_hook(inner)

        def within_bounds(value: object, _type: object) -> Any:
            if isinstance(bounds, ListBounds) and isinstance(value, list) and len(value) > bounds.most:
                raise Wrong(f"must have {bounds.least} to {bounds.most} entries")  # before each of them is read
            found = structure(value, inner)
            _check(found, bounds)
            return found

        return within_bounds

    def instance(type_: Any) -> Any:
        structure = cattrs.gen.make_dict_structure_fn(
            type_, converter, _cattrs_forbid_extra_keys=True, _cattrs_detailed_validation=True
        )

        def from_object(value: object, wanted: Any) -> Any:
            if not isinstance(value, Mapping):
                raise Wrong("must be an object")
            return structure(value, wanted)

        return from_object

    def sequence(value: object, type_: Any) -> Any:
        if not isinstance(value, list):
            raise Wrong("must be an array")
        inner = get_args(type_)[0]
        found, errors = [], []
        for index, each in enumerate(value):
            try:
                found.append(converter.structure(each, inner))
            except (BaseValidationError, Wrong) as error:
                error.__notes__ = [IterableValidationNote(f"entry {index}", index, inner)]
                errors.append(error)
        if errors:
            raise IterableValidationError("entries", errors[:ERRORS_MAX], type_)
        return tuple(found)

    converter.register_structure_hook_factory(attrs.has, instance)
    converter.register_structure_hook_func(_is_tuple, sequence)
    converter.register_structure_hook_func(_is_optional, optional)
    converter.register_structure_hook_factory(lambda wanted: _bounded(wanted) is not None, bounded)
    converter.register_structure_hook(str, text)
    converter.register_structure_hook(int, _whole_number)
    converter.register_structure_hook(bool, _true_or_false)
    converter.register_structure_hook(date, _day)
    converter.register_structure_hook(datetime, _moment)
    # By class, not by a predicate: every StrEnum is a str, whose hook comes first and would take any text for one.
    converter.register_structure_hook(StrEnum, _one_of)
    return converter


def _bodies() -> cattrs.Converter:
    converter = _converter()
    money = cattrs.gen.make_dict_structure_fn(MoneyBody, converter, _cattrs_forbid_extra_keys=True)

    def known_currency(value: object, type_: type[MoneyBody]) -> MoneyBody:
        if not isinstance(value, Mapping):
            raise Wrong('must be an object such as {"minor_units": 1234, "currency": "usd"}')
        found = money(value, type_)
        try:
            Currency.of(found.currency)
        except UnknownCurrency as error:
            error.__notes__ = [AttributeValidationNote("currency", "currency", str)]
            raise cattrs.errors.ClassValidationError("money", [error], type_) from None
        return found

    converter.register_structure_hook(MoneyBody, known_currency)
    return converter


def _queries() -> cattrs.Converter:
    converter = _converter()

    def number(value: object, _type: object) -> int:
        if not isinstance(value, str) or not _WHOLE.fullmatch(value):
            raise Wrong("must be a whole number")
        return int(value)

    def flag(value: object, _type: object) -> bool:
        if value not in ("true", "false"):
            raise Wrong("must be true or false")
        return value == "true"

    converter.register_structure_hook(int, number)
    converter.register_structure_hook(bool, flag)
    return converter


_BODIES: Final = _bodies()
_QUERIES: Final = _queries()

__all__: Sequence[str] = ["Wrong", "body_from", "query_from", "text"]
