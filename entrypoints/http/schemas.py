"""JSON Schema of the wire types: the same types and bounds that decoding checks."""

import types
from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin, get_type_hints

import attrs

from entrypoints.http.wire_types import ListBounds, NumberBounds, TextBounds

Schema = dict[str, Any]


class Schemas:
    """Collects the schemas of named classes, so that each is described once."""

    def __init__(self) -> None:
        self.components: dict[str, Schema] = {}

    def of(self, type_: Any) -> Schema:
        """The schema of a type; classes become references to components."""
        origin = get_origin(type_)
        if origin is Annotated:
            inner, *notes = get_args(type_)
            return self._bounded(self.of(inner), notes)
        if origin in (Union, types.UnionType):
            return self._union(get_args(type_))
        if origin is tuple:
            return {"type": "array", "items": self.of(get_args(type_)[0])}
        if type_ is Any:
            return {}
        if origin is not None and isinstance(origin, type) and issubclass(origin, Mapping):
            return {"type": "object", "additionalProperties": self.of(get_args(type_)[1])}
        if attrs.has(origin or type_):
            return self._class(type_)
        return _plain(type_)

    def _union(self, options: tuple[Any, ...]) -> Schema:
        some = [self.of(each) for each in options if each is not type(None)]
        if type(None) in options:
            some.append({"type": "null"})
        return some[0] if len(some) == 1 else {"anyOf": some}

    def _bounded(self, schema: Schema, notes: list[Any]) -> Schema:
        for note in notes:
            match note:
                case TextBounds():
                    schema |= {"minLength": note.shortest, "maxLength": note.longest}
                    if note.pattern:
                        schema["pattern"] = note.pattern
                    if note.example:
                        schema["examples"] = [note.example]
                case NumberBounds():
                    schema |= {"minimum": note.least, "maximum": note.greatest}
                case ListBounds():
                    schema |= {"minItems": note.least, "maxItems": note.most}
        return schema

    def _class(self, type_: Any) -> Schema:
        origin, arguments = get_origin(type_) or type_, get_args(type_)
        name = origin.__name__ + "".join(getattr(each, "__name__", "") for each in arguments)
        if name not in self.components:
            self.components[name] = {}  # reserved, in case the class holds itself
            self.components[name] = self._object(origin, arguments)
        return {"$ref": f"#/components/schemas/{name}"}

    def _object(self, origin: Any, arguments: tuple[Any, ...]) -> Schema:
        bound = dict(zip(getattr(origin, "__parameters__", ()), arguments, strict=True))
        hints = get_type_hints(origin, include_extras=True)
        properties, required = {}, []
        for field in attrs.fields(origin):
            schema = self.of(_substituted(hints[field.name], bound))
            if field.default is attrs.NOTHING:
                required.append(field.name)
            elif isinstance(field.default, bool | int | str) and field.default is not None:
                schema = {**schema, "default": field.default}
            properties[field.name] = schema
        described: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
        if required:
            described["required"] = required
        if origin.__doc__:
            described["description"] = " ".join(origin.__doc__.split())
        return described


def _substituted(hint: Any, bound: Mapping[Any, Any]) -> Any:
    if isinstance(hint, TypeVar):
        return bound[hint]
    if bound and get_origin(hint) is tuple:
        inner: Any = bound.get(get_args(hint)[0], get_args(hint)[0])
        return tuple[inner, ...]
    return hint


def _plain(type_: Any) -> Schema:
    if isinstance(type_, type) and issubclass(type_, StrEnum):
        return {"type": "string", "enum": [each.value for each in type_]}
    schemas: dict[Any, Schema] = {
        str: {"type": "string"},
        bool: {"type": "boolean"},
        int: {"type": "integer"},
        float: {"type": "number"},
        date: {"type": "string", "format": "date", "examples": ["2026-06-30"]},
        datetime: {"type": "string", "format": "date-time", "examples": ["2026-06-30T12:00:00Z"]},
    }
    return dict(schemas[type_])
