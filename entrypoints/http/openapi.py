"""The OpenAPI 3.1 document, derived from the routes and their types."""

from collections.abc import Sequence
from importlib import metadata
from typing import Any, Final, get_type_hints

import attrs

from entrypoints.http.problem_details import CONTENT_TYPE, ProblemKind
from entrypoints.http.refusals import KIND_OF
from entrypoints.http.route import EVERYBODY, Route, Signed, Upload
from entrypoints.http.schemas import Schema, Schemas

_FORM_OF_ID: Final = r"^[0-9A-Za-z][0-9A-Za-z_.:-]{0,127}$"
_PROBLEM: Final[Schema] = {
    "type": "object",
    "required": ["type", "title", "status", "request_id"],
    "properties": {
        "type": {
            "type": "string",
            "format": "uri-reference",
            "enum": ["/docs/problems#" + k.slug for k in ProblemKind],
        },
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["detail"],
                "properties": {
                    "detail": {"type": "string"},
                    "pointer": {"type": "string", "format": "json-pointer"},
                    "parameter": {"type": "string"},
                },
            },
        },
    },
}
_ALWAYS: Final = (
    ProblemKind.MALFORMED_REQUEST,
    ProblemKind.UNEXPECTED,
    ProblemKind.UNAVAILABLE,
)


_HEADERS: Final[Schema] = {
    "Request-Id": {"required": True, "schema": {"type": "string"}, "description": "What to quote to us."},
    "Retry-After": {"required": True, "schema": {"type": "integer"}, "description": "Seconds to wait."},
    "WWW-Authenticate": {"required": True, "schema": {"type": "string"}, "description": "How to say who you are."},
    "Idempotent-Replayed": {"schema": {"const": "true"}, "description": "It is the first answer, given again."},
}
_HEADERS_OF: Final = {401: ("WWW-Authenticate",), 429: ("Retry-After",), 503: ("Retry-After",)}


def openapi_document(routes: Sequence[Route], public_url: str) -> dict[str, Any]:
    """The document of these routes."""
    schemas = Schemas()
    schemas.components["Problem"] = _PROBLEM
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Tieout",
            "version": _version(),
            "summary": "Ties every bank deposit to the payouts it carries, and every payout to the items inside it.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": public_url}],
        "security": [{"secret": []}],
        "tags": [{"name": tag} for tag in dict.fromkeys(route.tag for route in routes)],
        "paths": paths,
        "components": {
            "schemas": schemas.components,
            "headers": _HEADERS,
            "securitySchemes": {
                "secret": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A partner's secret key (`tie_test_…`, `tie_live_…`) or a person's session.",
                }
            },
        },
    }


def _operation(route: Route, schemas: Schemas) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": route.handler.__name__,
        "summary": route.summary,
        "tags": [route.tag],
        "parameters": [*_path_parameters(route), *_query_parameters(route, schemas), *_header_parameters(route)],
        "responses": _responses(route, schemas),
    }
    about = (route.handler.__doc__ or "").strip()
    if about:
        operation["description"] = " ".join(about.split())
    if route.may == EVERYBODY:
        operation["security"] = []
    if route.body is Upload:
        binary = {"schema": {"type": "string", "contentMediaType": "application/octet-stream", "minLength": 1}}
        operation["requestBody"] = {"required": True, "content": {"*/*": binary}}
    elif route.body is Signed:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}
    elif route.takes_body:
        content = {"schema": schemas.of(route.body)}
        if route.example is not None:
            content["example"] = dict(route.example)
        operation["requestBody"] = {"required": True, "content": {"application/json": content}}
    return operation


def _path_parameters(route: Route) -> list[dict[str, Any]]:
    schema = {"type": "string", "pattern": _FORM_OF_ID}
    return [{"name": name, "in": "path", "required": True, "schema": schema} for name in route.parameters]


def _query_parameters(route: Route, schemas: Schemas) -> list[dict[str, Any]]:
    hints = get_type_hints(route.query, include_extras=True)
    described = []
    for field in attrs.fields(route.query):
        schema = schemas.of(hints[field.name])
        options = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
        if options:  # a parameter that is absent is null to us, but no text of the query is
            schema = options[0]
        if isinstance(field.default, bool | int | str):
            schema = {**schema, "default": field.default}
        required = field.default is attrs.NOTHING
        described.append({"name": field.name, "in": "query", "required": required, "schema": schema})
    return described


def _header_parameters(route: Route) -> list[dict[str, Any]]:
    if route.signature_header is not None:
        proves = {"name": route.signature_header, "in": "header", "required": True, "schema": {"type": "string"}}
        return [{**proves, "description": "Proves whose the body is."}]
    if not route.writes or route.may == EVERYBODY:
        return []
    schema = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}
    about = "Repeat the request with the same key, and the first answer is given again, for 24 hours."
    return [{"name": "Idempotency-Key", "in": "header", "required": False, "schema": schema, "description": about}]


def _responses(route: Route, schemas: Schemas) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": "Done." if route.writes else "Found.", "headers": _headers("Request-Id")}
    if route.writes and route.may != EVERYBODY:
        answer["headers"] |= _headers("Idempotent-Replayed")
    if route.answer is not None:
        answer["content"] = {"application/json": {"schema": schemas.of(route.answer)}}
    responses = {str(route.answer_status): answer}
    if route.may_answer_nothing:
        responses["204"] = {"description": "Done; there is nothing to show."}
    for status in sorted({kind.status for kind in _problems(route)}):
        titles = [kind.title for kind in ProblemKind.of_status(status) if kind in _problems(route)]
        problem = {"schema": {"$ref": "#/components/schemas/Problem"}}
        responses[str(status)] = {
            "description": "; ".join(titles) + ".",
            "headers": _headers("Request-Id", *_HEADERS_OF.get(status, ())),
            "content": {CONTENT_TYPE: problem},
        }
    return responses


def _headers(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _problems(route: Route) -> set[ProblemKind]:
    kinds = set(_ALWAYS)
    if attrs.fields(route.query):
        kinds.add(ProblemKind.INVALID_PARAMETERS)
    if route.parameters:
        kinds.add(ProblemKind.NOT_FOUND)
    if route.may_be_unauthenticated:
        kinds |= {ProblemKind.UNAUTHENTICATED, ProblemKind.RATE_LIMITED}
    if route.may != EVERYBODY:
        kinds |= {ProblemKind.UNAUTHENTICATED, ProblemKind.FORBIDDEN, ProblemKind.RATE_LIMITED}
    if route.body is Signed:
        kinds |= {ProblemKind.TOO_LARGE, ProblemKind.TIMED_OUT, ProblemKind.UNSUPPORTED_MEDIA_TYPE}
    elif route.takes_body:
        kinds |= {
            ProblemKind.TOO_LARGE,
            ProblemKind.INVALID_FIELDS,
            ProblemKind.TIMED_OUT,
            ProblemKind.UNSUPPORTED_MEDIA_TYPE,
        }
    if route.body is Upload:
        kinds.add(ProblemKind.UNREADABLE_FILE)
    if route.writes and route.may != EVERYBODY:
        kinds |= {ProblemKind.IDEMPOTENCY_IN_PROGRESS, ProblemKind.IDEMPOTENCY_KEY_REUSED}
        kinds.add(ProblemKind.INVALID_PARAMETERS)
    if route.writes and "company" in route.parameters and not route.changes_archived:
        kinds.add(ProblemKind.COMPANY_ARCHIVED)
    return kinds | {KIND_OF[refusal] for refusal in route.refusals}


def _version() -> str:
    try:
        return metadata.version("tieout")
    except metadata.PackageNotFoundError:
        return "0"
