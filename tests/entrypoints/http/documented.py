"""The live route table as its document shows it, and requests made from it: what the tests that are generated go by."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import attrs

from entrypoints.http.openapi import openapi_document
from entrypoints.http.resources import ROUTES
from entrypoints.http.route import Route, Signed, Upload
from tests.entrypoints.http.callers import ACME

DOCUMENT: Final = openapi_document(ROUTES, "http://tieout.example")
METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")
SOME_ID: Final = "some_0000000000000001"


@attrs.frozen(kw_only=True)
class Documented:
    """One route, with what the document says of it."""

    route: Route
    operation: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.route.method} {self.route.path}"

    def path(self, **ids: str) -> str:
        """The route's path on these ids; the company is Acme and all else unknown unless they say otherwise."""
        known = {"company": str(ACME)} | ids
        return self.route.path.format_map({name: known.get(name, SOME_ID) for name in self.route.parameters})

    @property
    def queries(self) -> Mapping[str, Mapping[str, Any]]:
        """The schema of each parameter of its query."""
        return {each["name"]: each["schema"] for each in self.operation["parameters"] if each["in"] == "query"}

    @property
    def takes_json(self) -> bool:
        """Its body is JSON."""
        return self.route.takes_body and self.route.body not in (Upload, Signed)

    @property
    def body_schema(self) -> Mapping[str, Any]:
        """The schema of its body."""
        return resolved(self.operation["requestBody"]["content"]["application/json"]["schema"])

    def statuses(self) -> set[int]:
        """The statuses that the document announces."""
        return set(map(int, self.operation["responses"]))

    def whole(self) -> Any:
        """A body that follows the schema, with nothing left out."""
        return example(self.body_schema)

    def valid(self) -> dict[str, Any]:
        """What a client would send: the document's own example, where it has one."""
        if self.takes_json:
            content = self.operation["requestBody"]["content"]["application/json"]
            return {"body": content.get("example", self.whole())}
        if self.route.body is Upload:
            return {"content": b"Date,Amount,Description\n2026-06-30,12.34,STRIPE\n"}
        return {}


def documented_routes() -> list[Documented]:
    """All of them."""
    return [Documented(route=route, operation=DOCUMENT["paths"][route.path][route.method.lower()]) for route in ROUTES]


def resolved(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema itself, where it is only referred to."""
    while "$ref" in schema:
        schema = DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


def example(schema: Mapping[str, Any]) -> Any:
    """A value that the schema allows: its own example, or the simplest."""
    schema = resolved(schema)
    if schema.get("examples"):
        return schema["examples"][0]
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return example(schema["anyOf"][0])
    match schema.get("type"):
        case "object":
            properties = schema.get("properties", {})
            return {name: example(each) for name, each in properties.items()}
        case "array":
            return [example(schema["items"]) for _ in range(max(1, schema.get("minItems", 1)))]
        case "integer":
            return max(1, schema.get("minimum", 1))
        case "boolean":
            return True
        case "null":
            return None
    return "x" * max(1, schema.get("minLength", 1))


def places(schema: Mapping[str, Any], value: Any, above: str = "") -> Iterator[tuple[str, Any, Mapping[str, Any]]]:
    """Every place in a value: its JSON pointer, what stands there, and its schema."""
    schema = resolved(schema)
    if "anyOf" in schema:
        schema = resolved(schema["anyOf"][0])
    yield above, value, schema
    if isinstance(value, dict):
        for name, each in schema.get("properties", {}).items():
            if name in value:
                yield from places(each, value[name], f"{above}/{name}")
    if isinstance(value, list):
        for index, each in enumerate(value):
            yield from places(schema["items"], each, f"{above}/{index}")


def changed(value: Any, pointer: str, new: Any) -> Any:
    """The value with something else at this place. Names in our bodies need no escapes in pointers."""
    if not pointer:
        return new
    step, _, rest = pointer[1:].partition("/")
    below = f"/{rest}" if rest else ""
    if isinstance(value, list):
        return [changed(each, below, new) if str(index) == step else each for index, each in enumerate(value)]
    return {name: changed(each, below, new) if name == step else each for name, each in value.items()}
